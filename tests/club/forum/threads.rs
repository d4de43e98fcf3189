//! Threads and their posts, for visitors and members.

use crate::forum::book_order::{start, write};
use crate::harness::Club;
use crate::stories;
use chapterhouse::domain::core::members::Role;

/// Adds a book with 23 chapters. Its id is 1.
pub async fn add_book(club: &Club) {
    let host = club.member("host", Role::Host).await;
    let form = host.get("/books/new").await;
    let facts = [("title", "The Salt Road"), ("authors", "Ada Verne"), ("contents", "23 chapters")];
    host.submit(&form, "/books", &facts).await.expect_redirect();
}

stories! {
    async fn a_discussion_is_started_and_answered(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let fields = [("title", "Why do they stay?"), ("body", "Nobody is *locked* in."), ("reach", "9")];
        let thread = kestrel.submit(&form, "/threads", &fields).await.expect_redirect();
        assert_eq!(thread, "/threads/1/why-do-they-stay");

        let visitor = club.visitor();
        visitor.get(&thread).await.expect(200).says("Why do they stay?").says("Spoiler up to chapter 9").lacks("locked");

        let inkwell = club.member("inkwell", Role::Member).await;
        let book = inkwell.get("/books/1").await;
        inkwell.submit(&book, "/books/1/bookmark", &[("position", "9")]).await.expect_redirect();
        let page = inkwell.get(&thread).await;
        page.says("Nobody is locked in.");
        let reply = [("body", "They are told early. ||12: The pond freezes.||"), ("reach", "9")];
        inkwell.submit(&page, "/threads/1/posts", &reply).await.expect_redirect();

        let page = inkwell.get(&thread).await;
        page.says("They are told early.").says("The pond freezes.");
        let page = kestrel.get(&thread).await;
        page.says("Nobody is locked in.").lacks("told early").lacks("pond freezes");
    }

    async fn splitting_takes_no_more_statements_for_many_posts(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let mut statements = Vec::new();
        for (thread, count) in [(1, 6), (3, 40)] {
            start(&kestrel, 1, "Stones").await;
            let ids = write(&club, "kestrel", thread, (0..count).map(|n| (format!("Word {n}."), 0)).collect()).await;
            let path = format!("/threads/{thread}/split");
            let form = keeper.get(&path).await;
            let mut fields = form.form(&format!("{path}?page=1"), &[("title", "Every other one"), ("reach", "0"), ("reason", "another matter")]);
            fields.extend(ids.iter().skip(1).step_by(2).map(|id| ("post".to_owned(), id.to_string())));
            let before = club.query_count();
            keeper.post(&path, &fields).await.expect_redirect();
            statements.push(club.query_count() - before);
        }
        assert_eq!(statements[0], statements[1]);
    }

    async fn public_texts_cannot_contain_spoilers(club: Club) {
        add_book(&club).await;
        let host = club.member("second", Role::Admin).await;
        let form = host.get("/threads/new?book=1").await;
        let fields = [("title", "Did ||Tom|| do it?"), ("body", "Well."), ("reach", "20")];
        let answer = host.submit(&form, "/threads", &fields).await;
        answer.expect(422).says("A title can’t contain a hidden spoiler. Remove the bars, or choose “Hide the title as a spoiler too”");
        answer.form("/threads", &[]).contains(&("title".into(), "Did ||Tom|| do it?".into())).then_some(()).unwrap();
        let form = host.get("/threads/new?book=0").await;
        host.submit(&form, "/threads", &[("title", "||Tom||"), ("body", "Well.")]).await.expect(422).says("remove the spoiler or its bars").lacks("Hide the title");
        let form = host.get("/meetings/new?book=1").await;
        let meeting = [("title", "||a||"), ("day", "2199-10-21"), ("time", "18:30"), ("place", "||b||")];
        let answer = host.submit(&form, "/meetings", &meeting).await;
        answer.expect(422).says("A title can’t contain a hidden spoiler").says("The place can’t contain a hidden spoiler");
        let form = host.get("/club/edit").await;
        host.submit(&form, "/club", &[("name", "||Tom|| club")]).await.expect(422).says("The club’s name can’t contain");
        let form = host.get("/settings").await;
        for about in ["||Tom did it||", "I say:\n:::spoiler\nTom did it\n:::"] {
            host.submit(&form, "/settings", &[("about", about)]).await.expect(422).says("A profile can’t contain a hidden spoiler").says("Tom did it");
        }
        let form = host.get("/threads/1/lock").await;
        form.expect(404);
        club.visitor().get("/members/second").await.lacks("Tom");
    }

    async fn folds_unfold_on_the_same_page(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let fields = [("title", "The mill"), ("body", "It burns. ||20: Tom did it.||"), ("reach", "5")];
        let thread = kestrel.submit(&form, "/threads", &fields).await.expect_redirect();
        let visitor = club.visitor();
        let page = visitor.get(&thread).await;
        page.lacks("burns").lacks("Tom did it");
        let page = visitor.get(&page.link("Show the spoiler")).await;
        page.says("It burns.").says("spoiler up to chapter 20: show").lacks("Tom did it");
        let page = visitor.get(&page.link("spoiler up to chapter 20")).await;
        page.says("Tom did it.");
    }
}
