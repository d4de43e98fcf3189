//! Titles: each is sealed as the text of its author, who may be somebody else than the author of the thread.

use crate::forum::book_order::{read_to, start};
use crate::forum::folds::add_two_books;
use crate::harness::{Page, Person};
use crate::site::account::copy;
use crate::stories;
use chapterhouse::domain::core::members::Role;

/// Pages that show titles.
const PAGES: [&str; 7] =
    ["/", "/threads", "/threads/1", "/books/1", "/threads/1/reply", "/posts/1/edit", "/members/kestrel"];

async fn bodies(person: &Person) -> Vec<String> {
    // Every page shows the number of unread notifications until they have been read.
    let told = person.get("/notifications").await;
    if told.body.contains("/notifications/seen") {
        person.submit(&told, "/notifications/seen", &[]).await.expect_redirect();
    }
    let mut bodies = Vec::new();
    for path in PAGES {
        bodies.push(person.get(path).await.expect(200).body.clone());
    }
    bodies
}

async fn rename(moderator: &Person, fields: &[(&str, &str)]) -> Page {
    let form = moderator.get("/threads/1/title").await;
    moderator.submit(&form, "/threads/1/title", fields).await
}

async fn undo(moderator: &Person) {
    let path = moderator.get("/log").await.link("Undo");
    let form = moderator.get(&path).await;
    moderator.submit(&form, &path, &[("reason", "a slip")]).await.expect_redirect();
}

async fn assert_lacks(person: &Person, word: &str) {
    for path in PAGES.iter().chain(&["/log", "/notifications"]) {
        person.get(path).await.expect(200).lacks(word);
    }
    assert!(copy(person).await.iter().all(|(_, words)| !words.contains(word)), "the copy has {word}");
}

stories! {
    async fn a_moderators_title_is_sealed_for_the_threads_author_too(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let moderator = club.member("keeper", Role::Moderator).await;
        let before = bodies(&kestrel).await;
        rename(&moderator, &[("title", "The wrendrowned"), ("reach", "15"), ("reason", "clearer")]).await.expect_redirect();
        assert_lacks(&kestrel, "wrendrowned").await;
        let page = kestrel.get("/threads/1").await;
        kestrel.get(&page.link("show title")).await.says("The wrendrowned");
        // The title belongs to the moderator, who sees it. So does everybody who has read that far.
        moderator.get("/threads/1").await.says("The wrendrowned");
        let owl = club.member("owl", Role::Member).await;
        read_to(&club, "owl", 1, 15).await;
        owl.get("/threads/1").await.says("The wrendrowned");
        owl.get("/log").await.says("renamed the thread “The wrendrowned");
        undo(&moderator).await;
        assert_eq!(bodies(&kestrel).await, before);
        assert!(copy(&kestrel).await.iter().any(|(name, words)| name == "me.json" && words.contains("Stones")));
        undo(&moderator).await;
        assert_lacks(&kestrel, "wrendrowned").await;
    }

    async fn changing_a_titles_spoiler_level_does_not_change_its_author(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let told = [("title", "The wrenown"), ("title_spoils", "yes"), ("body", "Well."), ("reach", "12")];
        kestrel.submit(&form, "/threads", &told).await.expect_redirect();
        let moderator = club.member("keeper", Role::Moderator).await;
        // A moderator who hasn't read that far can change the spoiler level without seeing the title.
        moderator.get("/threads/1/title").await.lacks("wrenown").says("Leave this field empty to keep it");
        rename(&moderator, &[("reach", "20"), ("reason", "it goes farther")]).await.expect_redirect();
        kestrel.get("/threads/1").await.says("The wrenown");
        moderator.get("/threads/1").await.lacks("wrenown");
        let before = bodies(&kestrel).await;
        rename(&moderator, &[("title", "The wrennew"), ("reach", "20"), ("reason", "clearer")]).await.expect_redirect();
        assert_lacks(&kestrel, "wrennew").await;
        assert_lacks(&kestrel, "wrenown").await;
        undo(&moderator).await;
        assert_eq!(bodies(&kestrel).await, before);
        // The title of a thread that is split off belongs to the moderator who splits it.
        let form = kestrel.get("/threads/1/reply").await;
        kestrel.submit(&form, "/threads/1/posts", &[("body", "More."), ("reach", "0")]).await.expect_redirect();
        let form = moderator.get("/threads/1/split").await;
        let cut = [("from", "2"), ("title", "The wrensplit"), ("title_spoils", "yes"), ("reach", "18"), ("reason", "aside")];
        moderator.submit(&form, "/threads/1/split?page=1", &cut).await.expect_redirect();
        moderator.get("/threads/2").await.says("The wrensplit");
        kestrel.get("/threads/2").await.says("started by kestrel").lacks("wrensplit");
        assert_lacks(&kestrel, "wrensplit").await;
    }

    async fn moderators_cannot_rename_what_an_admin_named(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let moderator = club.member("keeper", Role::Moderator).await;
        let form = moderator.get("/threads/1/title").await;
        let admin = club.member("founder", Role::Admin).await;
        rename(&admin, &[("title", "Pebbles"), ("reason", "clearer")]).await.expect_redirect();
        moderator.submit(&form, "/threads/1/title", &[("title", "Rocks"), ("reason", "mine")]).await.expect(403);
        moderator.get("/threads/1/title").await.expect(403).says("An admin wrote this");
        club.visitor().get("/threads/1").await.says("Pebbles");
    }
}
