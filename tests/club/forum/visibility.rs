//! Threads whose posts are all hidden: only moderators find them in lists, until a post is restored.

use crate::forum::book_order::start;
use crate::forum::folds::add_two_books;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::db::schema::books;
use chapterhouse::domain::core::members::Role;
use diesel::prelude::*;

/// Pages that list threads.
const LISTS: [&str; 4] = ["/", "/threads", "/books/1", "/books"];

async fn lists(people: &[&Person]) -> Vec<String> {
    let mut bodies = Vec::new();
    for person in people {
        for path in LISTS {
            bodies.push(person.get(path).await.expect(200).body.clone());
        }
    }
    bodies
}

async fn act(moderator: &Person, path: &str, fields: &[(&str, &str)]) -> Page {
    let form = moderator.get(path).await;
    moderator.submit(&form, path, fields).await
}

async fn undo(moderator: &Person) {
    let path = moderator.get("/log").await.link("Undo");
    act(moderator, &path, &[("reason", "a slip")]).await.expect_redirect();
}

/// The thread counts of books 1 and 2.
async fn counts(club: &Club) -> (i32, i32) {
    club.write(|conn| {
        let counts: Vec<i32> = books::table.order(books::id).select(books::threads_count).load(conn)?;
        Ok((counts[0], counts[1]))
    })
    .await
}

stories! {
    async fn only_moderators_find_threads_whose_posts_are_all_hidden(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let heron = club.member("heron", Role::Member).await;
        start(&heron, 1, "Boots for sale").await;
        let (visitor, owl) = (club.visitor(), club.member("owl", Role::Member).await);
        let moderator = club.member("keeper", Role::Moderator).await;
        act(&moderator, "/threads/2/pin", &[("reason", "by mistake")]).await.expect_redirect();
        let before = lists(&[&visitor, &owl]).await;
        assert_eq!(counts(&club).await, (2, 0));
        act(&moderator, "/posts/2/hide", &[("reason", "spam")]).await.expect_redirect();
        for person in [&visitor, &owl, &heron] {
            for path in LISTS {
                person.get(path).await.lacks("Boots for sale");
            }
        }
        owl.get("/log").await.says("hid a post: spam").lacks("Boots for sale");
        assert_eq!(counts(&club).await, (1, 0));
        moderator.get("/threads").await.says("Boots for sale").says("hidden · pinned");
        moderator.get("/threads/2").await.says("hidden").says("Hidden by a moderator: spam");
        moderator.get("/log").await.says("hid a post in “Boots for sale”: spam");
        undo(&moderator).await;
        assert_eq!(lists(&[&visitor, &owl]).await, before);
        assert_eq!(counts(&club).await, (2, 0));
    }

    async fn a_thread_is_visible_while_any_of_its_posts_is(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let heron = club.member("heron", Role::Member).await;
        let form = heron.get("/threads/1/reply").await;
        heron.submit(&form, "/threads/1/posts", &[("body", "I do."), ("reach", "0")]).await.expect_redirect();
        let visitor = club.visitor();
        let moderator = club.member("keeper", Role::Moderator).await;
        act(&moderator, "/posts/1/hide", &[("reason", "unkind")]).await.expect_redirect();
        visitor.get("/threads").await.says("Stones");
        act(&moderator, "/posts/2/hide", &[("reason", "unkind")]).await.expect_redirect();
        visitor.get("/threads").await.lacks("Stones").says("No discussions yet");
        // A thread is counted where it can be found, also after it is moved, split or merged.
        act(&moderator, "/threads/1/book", &[("book", "2"), ("reason", "about the mill")]).await.expect_redirect();
        assert_eq!(counts(&club).await, (0, 0));
        act(&moderator, "/posts/2/restore", &[("reason", "kind enough")]).await.expect_redirect();
        assert_eq!(counts(&club).await, (0, 1));
        visitor.get("/books/2").await.says("Stones");
        let form = moderator.get("/threads/1/split").await;
        let cut = [("from", "2"), ("title", "Mills"), ("reason", "aside")];
        moderator.submit(&form, "/threads/1/split?page=1", &cut).await.expect_redirect();
        visitor.get("/threads").await.lacks("Stones").says("Mills");
        assert_eq!(counts(&club).await, (0, 1));
        undo(&moderator).await;
        visitor.get("/threads").await.says("Stones").lacks("Mills");
        assert_eq!(counts(&club).await, (0, 1));
        // A new post makes the thread visible again.
        act(&moderator, "/posts/2/hide", &[("reason", "no")]).await.expect_redirect();
        assert_eq!(counts(&club).await, (0, 0));
        let form = heron.get("/threads/1/reply").await;
        heron.submit(&form, "/threads/1/posts", &[("body", "Once more."), ("reach", "0")]).await.expect_redirect();
        visitor.get("/threads").await.says("Stones");
        assert_eq!(counts(&club).await, (0, 1));
    }

    async fn hiding_the_last_two_posts_at_once_hides_the_thread(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let form = kestrel.get("/threads/1/reply").await;
        kestrel.submit(&form, "/threads/1/posts", &[("body", "I do."), ("reach", "0")]).await.expect_redirect();
        let (one, two) = (club.member("keeper", Role::Moderator).await, club.member("other", Role::Moderator).await);
        let both = futures_util::future::join(
            act(&one, "/posts/1/hide", &[("reason", "spam")]),
            act(&two, "/posts/2/hide", &[("reason", "spam")]),
        );
        let both = both.await;
        both.0.expect_redirect();
        both.1.expect_redirect();
        club.visitor().get("/threads").await.lacks("Stones");
        assert_eq!(counts(&club).await, (0, 0));
    }
}
