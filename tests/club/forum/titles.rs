//! Titles: each is sealed as the text of its author, who may be somebody else than the author of the thread.

use crate::forum::book_order::{read_to, start};
use crate::forum::folds::shelve_two;
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

async fn retitle(keeper: &Person, fields: &[(&str, &str)]) -> Page {
    let form = keeper.get("/threads/1/title").await;
    keeper.submit(&form, "/threads/1/title", fields).await
}

async fn undo(keeper: &Person) {
    let path = keeper.get("/log").await.link("Undo");
    let form = keeper.get(&path).await;
    keeper.submit(&form, &path, &[("reason", "a slip")]).await.expect_redirect();
}

async fn assert_lacks(person: &Person, word: &str) {
    for path in PAGES.iter().chain(&["/log", "/notifications"]) {
        person.get(path).await.expect(200).lacks(word);
    }
    assert!(copy(person).await.iter().all(|(_, words)| !words.contains(word)), "the copy has {word}");
}

stories! {
    async fn what_a_moderator_calls_a_thread_opens_to_its_starter_like_to_anybody(club: Club) {
        shelve_two(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let before = bodies(&kestrel).await;
        retitle(&keeper, &[("title", "The wrendrowned"), ("reach", "15"), ("reason", "clearer")]).await.expect_redirect();
        assert_lacks(&kestrel, "wrendrowned").await;
        let page = kestrel.get("/threads/1").await;
        kestrel.get(&page.link("show title")).await.says("The wrendrowned");
        // The title belongs to the moderator, who sees it. So does everybody who has read that far.
        keeper.get("/threads/1").await.says("The wrendrowned");
        let owl = club.member("owl", Role::Member).await;
        read_to(&club, "owl", 1, 15).await;
        owl.get("/threads/1").await.says("The wrendrowned");
        owl.get("/log").await.says("changed the title of the thread The wrendrowned");
        undo(&keeper).await;
        assert_eq!(bodies(&kestrel).await, before);
        assert!(copy(&kestrel).await.iter().any(|(name, words)| name == "me.json" && words.contains("Stones")));
        undo(&keeper).await;
        assert_lacks(&kestrel, "wrendrowned").await;
    }

    async fn ones_own_title_stays_ones_own_whatever_its_reach(club: Club) {
        shelve_two(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let told = [("title", "The wrenown"), ("title_spoils", "yes"), ("body", "Well."), ("reach", "12")];
        kestrel.submit(&form, "/threads", &told).await.expect_redirect();
        let keeper = club.member("keeper", Role::Moderator).await;
        // A moderator who hasn't read that far can change the spoiler level without seeing the title.
        keeper.get("/threads/1/title").await.lacks("wrenown").says("Leave this field empty to keep it");
        retitle(&keeper, &[("reach", "20"), ("reason", "it goes farther")]).await.expect_redirect();
        kestrel.get("/threads/1").await.says("The wrenown");
        keeper.get("/threads/1").await.lacks("wrenown");
        let before = bodies(&kestrel).await;
        retitle(&keeper, &[("title", "The wrennew"), ("reach", "20"), ("reason", "clearer")]).await.expect_redirect();
        assert_lacks(&kestrel, "wrennew").await;
        assert_lacks(&kestrel, "wrenown").await;
        undo(&keeper).await;
        assert_eq!(bodies(&kestrel).await, before);
        // The title of a thread that is split off belongs to the moderator who splits it.
        let form = kestrel.get("/threads/1/reply").await;
        kestrel.submit(&form, "/threads/1/posts", &[("body", "More."), ("reach", "0")]).await.expect_redirect();
        let form = keeper.get("/threads/1/split").await;
        let cut = [("from", "2"), ("title", "The wrensplit"), ("title_spoils", "yes"), ("reach", "18"), ("reason", "aside")];
        keeper.submit(&form, "/threads/1/split?page=1", &cut).await.expect_redirect();
        keeper.get("/threads/2").await.says("The wrensplit");
        kestrel.get("/threads/2").await.says("started by kestrel").lacks("wrensplit");
        assert_lacks(&kestrel, "wrensplit").await;
    }

    async fn nobody_renames_what_an_admin_has_named(club: Club) {
        shelve_two(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/threads/1/title").await;
        let admin = club.member("founder", Role::Admin).await;
        retitle(&admin, &[("title", "Pebbles"), ("reason", "clearer")]).await.expect_redirect();
        keeper.submit(&form, "/threads/1/title", &[("title", "Rocks"), ("reason", "mine")]).await.expect(403);
        keeper.get("/threads/1/title").await.expect(403).says("An admin wrote this");
        club.visitor().get("/threads/1").await.says("Pebbles");
    }
}
