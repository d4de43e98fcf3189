//! Exporting one's data, and closing one's account with or without one's posts.

use crate::forum::book_order::{read_to, start};
use crate::forum::folds::add_two_books;
use crate::harness::{Club, PASSWORD, Page, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// A person's export: the name and content of each file.
pub async fn copy(person: &Person) -> Vec<(String, String)> {
    let page = person.get("/settings/account").await;
    let answer = person.submit(&page, "/settings/copy", &[]).await;
    answer.expect(200);
    assert_eq!(answer.headers.get("cache-control").unwrap(), "no-store");
    let mut zip = ZipArchive::new(Cursor::new(answer.bytes)).unwrap();
    let mut files = Vec::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut words = String::new();
        file.read_to_string(&mut words).unwrap();
        files.push((file.name().unwrap().into_owned(), words));
    }
    files
}

async fn close(person: &Person, words: &str, password: &str) -> Page {
    let page = person.get("/settings/account").await;
    person.submit(&page, "/settings/account", &[("words", words), ("current", password)]).await
}

/// A thread by kestrel with a reply by owl, an edit, a rating and an RSVP.
async fn talk(club: &Club) -> (Person, Person, String) {
    add_two_books(club).await;
    let kestrel = club.member("kestrel", Role::Member).await;
    let thread = start(&kestrel, 1, "Stones in the weir").await;
    let form = kestrel.get("/posts/1/edit").await;
    kestrel
        .submit(&form, "/posts/1", &[("body", "The **ferryman** counts ||9: the drowned||.")])
        .await
        .expect_redirect();
    let owl = club.member("owl", Role::Member).await;
    let page = owl.get(&thread).await;
    owl.submit(&page, "/threads/1/posts", &[("body", "An owl’s thought."), ("reach", "0")]).await.expect_redirect();
    let page = kestrel.get(&thread).await;
    kestrel
        .submit(&page, "/threads/1/posts", &[("body", "A kestrel’s answer."), ("reach", "0")])
        .await
        .expect_redirect();
    let book = kestrel.get("/books/1").await;
    kestrel.submit(&book, "/books/1/rating", &[("rating", "8")]).await.expect_redirect();
    (kestrel, owl, thread)
}

stories! {
    async fn an_export_has_all_of_a_members_texts_and_nobody_elses(club: Club) {
        let (kestrel, _, _) = talk(&club).await;
        let files = copy(&kestrel).await;
        let words = |name: &str| files.iter().find(|(known, _)| known == name).unwrap().1.clone();
        let posts: serde_json::Value = serde_json::from_str(&words("posts.json")).unwrap();
        assert_eq!(posts.as_array().unwrap().len(), 2);
        assert_eq!(posts[0]["markdown"], "The **ferryman** counts ||9: the drowned||.");
        assert_eq!(posts[0]["title"], "Stones in the weir");
        assert!(posts[0]["earlier"][0].as_str().unwrap().contains("Who counts them?"));
        assert!(words("posts.md").contains("A kestrel’s answer."));
        let me: serde_json::Value = serde_json::from_str(&words("me.json")).unwrap();
        assert_eq!((&me["name"], &me["email"]), (&"kestrel".into(), &"kestrel@club.example".into()));
        assert_eq!(me["ratings"][0]["value"], 8);
        assert!(files.iter().all(|(_, words)| !words.contains("owl")));
    }

    async fn an_export_folds_titles_by_others(club: Club) {
        add_two_books(&club).await;
        let owl = club.member("owl", Role::Member).await;
        let form = owl.get("/threads/new?book=1").await;
        let told = [("title", "The ferryman drowns"), ("title_spoils", "yes"), ("body", "Well."), ("reach", "12")];
        owl.submit(&form, "/threads", &told).await.expect_redirect();
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/1/reply").await;
        kestrel.submit(&form, "/threads/1/posts", &[("body", "Oh.")]).await.expect_redirect();
        assert!(copy(&kestrel).await.iter().all(|(_, words)| !words.contains("drowns")));
        read_to(&club, "kestrel", 1, 12).await;
        assert!(copy(&kestrel).await.iter().any(|(_, words)| words.contains("drowns")));
    }

    async fn closing_an_account_can_keep_the_posts(club: Club) {
        let (kestrel, owl, thread) = talk(&club).await;
        club.account("admin", Role::Admin).await;
        close(&kestrel, "", PASSWORD).await.expect(422).says("Please choose what happens to your posts");
        close(&kestrel, "stay", "wrong").await.expect(422).says("Wrong password");
        close(&kestrel, "stay", PASSWORD).await.expect_redirect();
        kestrel.get("/settings").await.says("Sign in");
        let page = owl.get(&thread).await;
        page.says("former member").says("A kestrel’s answer").lacks("kestrel</").lacks("/members/kestrel");
        for path in ["/", "/threads", "/books/1"] {
            owl.get(path).await.lacks(">kestrel").lacks("· kestrel,").says("former member");
        }
        owl.get("/members/kestrel").await.expect(404);
        owl.get("/log").await.says("A member deleted their account and left their posts").lacks("kestrel");
        let form = kestrel.get("/sign-in").await;
        for name in ["kestrel", "kestrel@club.example", "former member 2", ""] {
            let signed = kestrel.submit(&form, "/sign-in", &[("handle", name), ("password", PASSWORD)]).await;
            signed.expect(422);
        }
    }

    async fn the_name_of_a_closed_account_cannot_be_taken(club: Club) {
        club.member("founder", Role::Admin).await;
        let kestrel = club.member("Kestrel", Role::Member).await;
        close(&kestrel, "stay", PASSWORD).await.expect_redirect();
        let visitor = club.visitor();
        let form = visitor.get("/join").await;
        let filled = |handle| [("handle", handle), ("email", "new@club.example"), ("password", PASSWORD)];
        let answer = visitor.submit(&form, "/join", &filled("kestreL")).await;
        answer.expect(422).says("This name is taken. Please choose another.");
        visitor.submit(&form, "/join", &filled("kestrel2")).await.expect_redirect();
    }

    async fn quotes_of_closed_accounts_have_no_name(club: Club) {
        let (kestrel, owl, _) = talk(&club).await;
        club.account("admin", Role::Admin).await;
        for quoted in ["3", "4"] {
            let form = owl.get(&format!("/threads/1/reply?quote={quoted}")).await;
            form.says("kestrel");
            owl.submit(&form, "/threads/1/posts", &[]).await.expect_redirect();
        }
        let visitor = club.visitor();
        visitor.get("/threads/1").await.says("kestrel wrote: A kestrel’s answer.");
        close(&kestrel, "stay", PASSWORD).await.expect_redirect();
        for person in [&visitor, &owl] {
            for path in ["/threads/1", "/books/1/walk?from=0"] {
                let page = person.get(path).await;
                page.says("former member wrote: A kestrel’s answer.").lacks(">kestrel</a>");
            }
        }
        for path in ["/posts/4/edit", "/threads/1/reply?quote=5"] {
            owl.get(path).await.says("[former member](/posts/3) wrote:").lacks("[kestrel]");
        }
        assert!(copy(&owl).await.iter().all(|(_, words)| !words.contains("[kestrel]")));
    }

    async fn closing_an_account_can_remove_all_texts(club: Club) {
        let (kestrel, owl, thread) = talk(&club).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/posts/3/hide").await;
        keeper.submit(&form, "/posts/3/hide", &[("reason", "off topic")]).await.expect_redirect();
        club.account("admin", Role::Admin).await;
        close(&kestrel, "go", PASSWORD).await.expect_redirect();
        for person in [&owl, &keeper, &club.visitor()] {
            let page = person.get(&thread).await;
            page.says("Deleted by its author").says("An owl’s thought").lacks("ferryman").lacks("A kestrel’s answer");
            page.lacks("weir");
            person.get("/posts/1/history").await.expect(404).lacks("Who counts them");
            person.get("/books/1").await.lacks("weir");
        }
        keeper.get("/log").await.says("deleted their account and their posts");
        let form = keeper.get("/posts/3/restore").await;
        keeper.submit(&form, "/posts/3/restore", &[("reason", "a slip")]).await.expect(409);
        keeper.get(&thread).await.lacks("/posts/1/restore");
    }

    async fn the_last_admin_cannot_close_their_account(club: Club) {
        add_two_books(&club).await;
        let admin = club.member("admin", Role::Admin).await;
        close(&admin, "stay", PASSWORD).await.expect(422).says("You’re the club’s last admin");
        admin.get("/settings").await.expect(200);
        let other = club.member("other", Role::Admin).await;
        let form = admin.get("/settings/account").await.form("/settings/account", &[("words", "stay"), ("current", PASSWORD)]);
        let others = other.get("/settings/account").await.form("/settings/account", &[("words", "stay"), ("current", PASSWORD)]);
        let both = futures_util::future::join(admin.post("/settings/account", &form), other.post("/settings/account", &others)).await;
        let mut answers = [both.0.status.as_u16(), both.1.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [303, 422]);
    }
}
