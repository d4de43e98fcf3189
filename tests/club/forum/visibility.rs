//! Threads whose posts are all hidden: only moderators find them in lists, until a post is restored.

use crate::forum::book_order::start;
use crate::forum::folds::shelve_two;
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

async fn act(keeper: &Person, path: &str, fields: &[(&str, &str)]) -> Page {
    let form = keeper.get(path).await;
    keeper.submit(&form, path, fields).await
}

async fn undo(keeper: &Person) {
    let path = keeper.get("/log").await.link("Undo");
    act(keeper, &path, &[("reason", "a slip")]).await.expect_redirect();
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
    async fn a_thread_with_nothing_left_to_read_is_listed_for_moderators_alone(club: Club) {
        shelve_two(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let heron = club.member("heron", Role::Member).await;
        start(&heron, 1, "Boots for sale").await;
        let (visitor, owl) = (club.visitor(), club.member("owl", Role::Member).await);
        let keeper = club.member("keeper", Role::Moderator).await;
        act(&keeper, "/threads/2/pin", &[("reason", "by mistake")]).await.expect_redirect();
        let before = lists(&[&visitor, &owl]).await;
        assert_eq!(counts(&club).await, (2, 0));
        act(&keeper, "/posts/2/hide", &[("reason", "spam")]).await.expect_redirect();
        for person in [&visitor, &owl, &heron] {
            for path in LISTS {
                person.get(path).await.lacks("Boots for sale");
            }
        }
        owl.get("/log").await.says("hid a post: spam").lacks("Boots for sale");
        assert_eq!(counts(&club).await, (1, 0));
        keeper.get("/threads").await.says("Boots for sale").says("hidden · pinned");
        keeper.get("/threads/2").await.says("hidden").says("Hidden by a moderator: spam");
        keeper.get("/log").await.says("hid post #1 in Boots for sale: spam");
        undo(&keeper).await;
        assert_eq!(lists(&[&visitor, &owl]).await, before);
        assert_eq!(counts(&club).await, (2, 0));
    }

    async fn as_long_as_one_post_is_shown_so_is_the_thread(club: Club) {
        shelve_two(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let heron = club.member("heron", Role::Member).await;
        let form = heron.get("/threads/1/reply").await;
        heron.submit(&form, "/threads/1/posts", &[("body", "I do."), ("reach", "0")]).await.expect_redirect();
        let visitor = club.visitor();
        let keeper = club.member("keeper", Role::Moderator).await;
        act(&keeper, "/posts/1/hide", &[("reason", "unkind")]).await.expect_redirect();
        visitor.get("/threads").await.says("Stones");
        act(&keeper, "/posts/2/hide", &[("reason", "unkind")]).await.expect_redirect();
        visitor.get("/threads").await.lacks("Stones").says("No discussions yet");
        // A thread is counted where it can be found, also after it is moved, split or merged.
        act(&keeper, "/threads/1/book", &[("book", "2"), ("reason", "about the mill")]).await.expect_redirect();
        assert_eq!(counts(&club).await, (0, 0));
        act(&keeper, "/posts/2/restore", &[("reason", "kind enough")]).await.expect_redirect();
        assert_eq!(counts(&club).await, (0, 1));
        visitor.get("/books/2").await.says("Stones");
        let form = keeper.get("/threads/1/split").await;
        let cut = [("from", "2"), ("title", "Mills"), ("reason", "aside")];
        keeper.submit(&form, "/threads/1/split?page=1", &cut).await.expect_redirect();
        visitor.get("/threads").await.lacks("Stones").says("Mills");
        assert_eq!(counts(&club).await, (0, 1));
        undo(&keeper).await;
        visitor.get("/threads").await.says("Stones").lacks("Mills");
        assert_eq!(counts(&club).await, (0, 1));
        // A new post makes the thread visible again.
        act(&keeper, "/posts/2/hide", &[("reason", "no")]).await.expect_redirect();
        assert_eq!(counts(&club).await, (0, 0));
        let form = heron.get("/threads/1/reply").await;
        heron.submit(&form, "/threads/1/posts", &[("body", "Once more."), ("reach", "0")]).await.expect_redirect();
        visitor.get("/threads").await.says("Stones");
        assert_eq!(counts(&club).await, (0, 1));
    }

    async fn of_two_who_hide_the_last_two_posts_the_second_takes_the_thread_off_the_lists(club: Club) {
        shelve_two(&club).await;
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
