//! Posts: replying, quoting, previewing, editing, and what a moderator does with them.

use crate::harness::Person;
use crate::stories;
use crate::threads::shelve;
use chapterhouse::domain::members::Role;

/// A thread about the first book by somebody, with a first post that is safe for everybody.
async fn start(writer: &Person) -> String {
    let form = writer.get("/threads/new?book=1").await;
    let fields = [("title", "Stones"), ("body", "Who counts them?"), ("reach", "0")];
    writer.submit(&form, "/threads", &fields).await.expect_redirect()
}

async fn reply(writer: &Person, fields: &[(&str, &str)]) -> String {
    let page = writer.get("/threads/1/reply").await;
    let path = writer.submit(&page, "/threads/1/posts", fields).await.expect_redirect();
    path.split("#p").nth(1).unwrap().to_owned()
}

stories! {
    async fn a_post_is_changed_and_its_history_kept(club: Club) {
        shelve(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        let id = reply(&kestrel, &[("body", "The first version."), ("reach", "0")]).await;
        let edit = format!("/posts/{id}/edit");
        let first = kestrel.get(&edit).await;
        let stale = kestrel.get(&edit).await;
        let action = format!("/posts/{id}");
        kestrel.submit(&first, &action, &[("body", "The second version.")]).await.expect_redirect();
        let page = club.visitor().get("/threads/1/stones").await;
        page.says("The second version.").says("edited").lacks("first version");
        club.visitor().get(&format!("/posts/{id}/history")).await.says("The first version.").says("The second version.");

        let late = kestrel.submit(&stale, &action, &[("body", "From another window.")]).await;
        late.expect(422).says("changed meanwhile").says("From another window.");

        let owl = club.member("owl", Role::Admin).await;
        owl.get(&edit).await.expect(403);
        let fields = owl.get("/threads/1/reply").await.form("/threads/1/posts", &[("body", "Not mine.")]);
        owl.post(&action, &fields).await.expect(403);
        club.visitor().get("/threads/1/stones").await.lacks("Not mine");
    }

    async fn a_quote_holds_no_more_than_its_quoter_may_read(club: Club) {
        shelve(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        let id = reply(&kestrel, &[("body", "It was *cold*. ||12: The pond freezes.||"), ("reach", "0")]).await;
        let far = reply(&kestrel, &[("body", "All is lost."), ("reach", "20")]).await;
        let owl = club.member("owl", Role::Member).await;
        let page = owl.get(&format!("/threads/1/reply?quote={id}")).await;
        page.says("It was *cold*.").says("[spoiler, chapter 12]").lacks("freezes");
        owl.get(&format!("/threads/1/reply?quote={far}")).await.expect(200).lacks("lost");
        let book = owl.get("/books/1").await;
        owl.submit(&book, "/books/1/bookmark", &[("position", "12")]).await.expect_redirect();
        owl.get(&format!("/threads/1/reply?quote={id}")).await.says("kestrel wrote:").says("freezes");
    }

    async fn a_preview_posts_nothing(club: Club) {
        shelve(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        let page = kestrel.get("/threads/1/reply").await;
        let fields = [("body", "So **it** is."), ("preview", "yes")];
        let preview = kestrel.submit(&page, "/threads/1/posts", &fields).await;
        preview.expect(200).says("So it is.");
        assert_eq!(preview.texts("textarea"), ["So **it** is."]);
        club.visitor().get("/threads/1/stones").await.lacks("it</strong>");
        kestrel.submit(&preview, "/threads/1/posts", &[]).await.expect_redirect();
        club.visitor().get("/threads/1/stones").await.says("So it is.");
    }

    async fn what_cannot_be_told_for_certain_is_refused_with_the_text_intact(club: Club) {
        shelve(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        let page = kestrel.get("/threads/1/reply").await;
        for wrong in ["She ||dies at the end.", ":::spoiler 12\nShe dies.", "", "   ", ":::spoiler x\na\n:::"] {
            let answer = kestrel.submit(&page, "/threads/1/posts", &[("body", wrong)]).await;
            answer.expect(422);
            assert!(answer.body.contains("id=\"body-problem\""), "{wrong:?}: {}", answer.body);
            assert!(answer.body.contains(wrong.trim()), "{wrong:?} is lost");
        }
        let answer = kestrel.submit(&page, "/threads/1/posts", &[("body", "Yes."), ("reach", "99")]).await;
        answer.expect(422).says("Please choose how far this goes").says("Yes.");
        let long = "x".repeat(60_000);
        kestrel.submit(&page, "/threads/1/posts", &[("body", &long)]).await.expect(422);
        let longest = "x".repeat(2_000_000);
        kestrel.submit(&page, "/threads/1/posts", &[("body", &longest)]).await.expect(400);
        assert_eq!(club.visitor().get("/threads/1/stones").await.texts("article.post").len(), 1);
    }

    async fn odd_characters_are_words_or_nothing(club: Club) {
        shelve(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        for odd in ["a\0b", "a\u{202e}b", "a\rb", "𝒜 😀", "a\u{200b}\u{200b}b", "<script>alert(1)</script>", "&#2;&#x202e;"] {
            reply(&kestrel, &[("body", odd), ("reach", "0")]).await;
        }
        let page = club.visitor().get("/threads/1/stones").await;
        page.says("𝒜 😀").says("<script>alert(1)</script>").lacks("<script>alert").lacks("\u{202e}").lacks("\0");
    }

    async fn a_locked_thread_takes_no_more_posts(club: Club) {
        shelve(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel).await;
        let open = kestrel.get(&thread).await;
        let moderator = club.member("keeper", Role::Moderator).await;
        let form = moderator.get("/threads/1/lock").await;
        moderator.submit(&form, "/threads/1/lock", &[("reason", "")]).await.expect(422).says("Please give a reason");
        moderator.submit(&form, "/threads/1/lock", &[("reason", "It went in circles")]).await.expect_redirect();
        let late = kestrel.submit(&open, "/threads/1/posts", &[("body", "One more thing.")]).await;
        late.expect(422).says("locked").says("One more thing.");
        kestrel.get("/log").await.says("A moderator locked a thread: It went in circles").lacks("keeper");
        moderator.get("/log").await.says("keeper locked a thread");
        kestrel.get("/threads/1/lock").await.expect(403);
        let form = moderator.get("/threads/1/lock").await;
        moderator.submit(&form, "/threads/1/lock", &[("reason", "Calm again")]).await.expect_redirect();
        reply(&kestrel, &[("body", "Thank you."), ("reach", "0")]).await;

        let form = moderator.get("/threads/1/pin").await;
        moderator.submit(&form, "/threads/1/pin", &[("reason", "Start here")]).await.expect_redirect();
        club.visitor().get("/threads").await.says("pinned");
    }

    async fn a_reply_defaults_to_as_far_as_its_writer_has_read(club: Club) {
        shelve(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        let book = kestrel.get("/books/1").await;
        kestrel.submit(&book, "/books/1/bookmark", &[("position", "9")]).await.expect_redirect();
        let page = kestrel.get("/threads/1/reply").await;
        kestrel.submit(&page, "/threads/1/posts", &[("body", "Nine chapters in.")]).await.expect_redirect();
        club.visitor().get("/threads/1").await.says("goes as far as chapter 9").lacks("Nine chapters");
    }

    async fn fifty_writers_at_once_are_numbered_in_a_row(club: Club) {
        shelve(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        let page = kestrel.get("/threads/1/reply").await;
        let fields = page.form("/threads/1/posts", &[("body", "All at once."), ("reach", "0")]);
        let replies: Vec<_> = (0..60).map(|_| kestrel.post("/threads/1/posts", &fields)).collect();
        for answer in futures_util::future::join_all(replies).await {
            answer.expect(303);
        }
        let visitor = club.visitor();
        let mut numbers = visitor.get("/threads/1").await.texts("article.post footer a.push");
        numbers.extend(visitor.get("/threads/1/stones?page=2").await.texts("article.post footer a.push"));
        let expected: Vec<String> = (1..=61).map(|number| format!("#{number}")).collect();
        assert_eq!(numbers, expected);
        visitor.get("/threads/1/stones?page=3").await.expect(404);
    }
}
