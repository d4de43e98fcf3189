//! Posts: replying, quoting, previewing, editing and moderating.

use crate::forum::book_order::add_second_book;
use crate::forum::threads::add_book;
use crate::harness::Person;
use crate::stories;
use chapterhouse::db::schema::posts;
use chapterhouse::db::{BookId, PostId};
use chapterhouse::domain::core::gate::{Position, Reach};
use chapterhouse::domain::core::members::{self, Role};
use chapterhouse::domain::core::text_fields::{Body, Reason};
use chapterhouse::domain::forum::posts::{self as the_posts, NewPost};
use diesel::prelude::*;
use std::sync::mpsc;
use std::time::Duration;

/// Starts a thread about the first book, with a first post that has no spoilers. Returns its path.
async fn start(author: &Person) -> String {
    let form = author.get("/threads/new?book=1").await;
    let fields = [("title", "Stones"), ("body", "Who counts them?"), ("reach", "0")];
    author.submit(&form, "/threads", &fields).await.expect_redirect()
}

async fn reply(author: &Person, fields: &[(&str, &str)]) -> String {
    let page = author.get("/threads/1/reply").await;
    let path = author.submit(&page, "/threads/1/posts", fields).await.expect_redirect();
    path.split("#p").nth(1).unwrap().to_owned()
}

stories! {
    async fn an_edited_post_has_a_history(club: Club) {
        add_book(&club).await;
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
        late.expect(422).says("has been edited since").says("From another window.");

        let owl = club.member("owl", Role::Admin).await;
        owl.get(&edit).await.expect(403);
        let fields = owl.get("/threads/1/reply").await.form("/threads/1/posts", &[("body", "Not mine.")]);
        owl.post(&action, &fields).await.expect(403);
        club.visitor().get("/threads/1/stones").await.lacks("Not mine");
    }

    async fn an_edit_never_overwrites_a_second_book_that_a_moderator_is_adding(club: Club) {
        add_book(&club).await;
        add_second_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        club.account("keeper", Role::Moderator).await;
        let limits = club.app.settings.limits;
        let (sender, receiver) = mpsc::channel();
        let moderator = club.write(move |conn| {
            let keeper = members::get_by_handle(conn, "keeper")?;
            let fen = Reach::Through(BookId(2), Position::from_chapter(Some(4)));
            the_posts::set_reach(conn, &keeper, PostId(1), fen, &Reason::parse("it tells").unwrap())?;
            sender.send(()).unwrap();
            // On PostgreSQL the author's edit reads the post meanwhile.
            std::thread::sleep(Duration::from_millis(400));
            Ok(())
        });
        let author = club.write(move |conn| {
            receiver.recv().unwrap();
            let kestrel = members::get_by_handle(conn, "kestrel")?;
            let new = NewPost { body: Body::parse("Who counts?").unwrap(), reach: Reach::Safe, reply_to: None };
            Ok(the_posts::update(conn, &kestrel, PostId(1), &new, None, limits).is_ok())
        });
        let ((), edited) = futures_util::future::join(moderator, author).await;
        assert!(!edited);
        club.visitor().get("/threads/1/stones").await.lacks("Who counts");
    }

    async fn a_reply_names_only_posts_of_its_own_thread(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        start(&kestrel).await;
        reply(&kestrel, &[("body", "Here."), ("reply_to", "1")]).await;
        reply(&kestrel, &[("body", "Elsewhere."), ("reply_to", "2")]).await;
        let answered: Vec<Option<PostId>> = club.write(|conn| {
            Ok(posts::table.filter(posts::number.gt(1)).order(posts::id).select(posts::reply_to).load(conn)?)
        }).await;
        assert_eq!(answered, [Some(PostId(1)), None]);
    }

    async fn a_quote_contains_only_what_its_author_can_read(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        let id = reply(&kestrel, &[("body", "It was *cold*. ||12: The pond freezes.||"), ("reach", "0")]).await;
        let far = reply(&kestrel, &[("body", "All is lost."), ("reach", "20")]).await;
        let owl = club.member("owl", Role::Member).await;
        let page = owl.get(&format!("/threads/1/reply?quote={id}")).await;
        page.says("It was *cold*.").says("[spoiler up to chapter 12]").lacks("freezes");
        owl.get(&format!("/threads/1/reply?quote={far}")).await.expect(200).lacks("lost");
        let book = owl.get("/books/1").await;
        owl.submit(&book, "/books/1/bookmark", &[("position", "12")]).await.expect_redirect();
        owl.get(&format!("/threads/1/reply?quote={id}")).await.says("[kestrel](/posts/2) wrote:").says("freezes");
    }

    async fn nobody_moderates_past_their_role(club: Club) {
        add_book(&club).await;
        let admin = club.member("founder", Role::Admin).await;
        let other = club.member("second", Role::Admin).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let thread = start(&admin).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let id = reply(&kestrel, &[("body", "I do."), ("reach", "0")]).await;
        let page = keeper.get(&thread).await;
        assert_eq!(page.attributes("article a[href$='/hide']", "href"), [format!("/posts/{id}/hide")]);
        assert!(page.attributes("a[href$='/lock']", "href").is_empty());
        keeper.get("/posts/1/hide").await.expect(403).says("An admin wrote this");
        keeper.get("/threads/1/lock").await.expect(403).says("An admin wrote this");
        let form = keeper.get(&format!("/posts/{id}/hide")).await.form(&format!("/posts/{id}/hide"), &[("reason", "mine")]);
        keeper.post("/posts/1/hide", &form).await.expect(403);
        keeper.post("/threads/1/lock", &form).await.expect(403);
        club.visitor().get(&thread).await.says("Who counts them?").lacks("This thread is locked");

        let form = other.get("/posts/1/hide").await;
        other.submit(&form, "/posts/1/hide", &[("reason", "off topic")]).await.expect_redirect();
        club.visitor().get(&thread).await.lacks("Who counts them?");
        let form = keeper.get("/posts/1/restore").await;
        keeper.submit(&form, "/posts/1/restore", &[("reason", "a slip")]).await.expect_redirect();
        let form = other.get("/threads/1/lock").await;
        other.submit(&form, "/threads/1/lock", &[("reason", "done")]).await.expect_redirect();
        club.visitor().get(&thread).await.says("Who counts them?").says("This thread is locked");
    }

    async fn a_quote_contains_what_its_author_has_unfolded(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel).await;
        let body = "It was cold. ||12: The pond freezes.|| ||13: The mill burns.||";
        let far = reply(&kestrel, &[("body", body), ("reach", "5")]).await;
        let other = reply(&kestrel, &[("body", "All is lost."), ("reach", "20")]).await;
        let owl = club.member("owl", Role::Member).await;
        let page = owl.get(&format!("{thread}?unfold=p{far},p{far}.2,p{other}")).await;
        page.says("The mill burns.").says("All is lost.").lacks("pond freezes");
        let links = page.attributes("a[href*='quote=']", "href");
        assert_eq!(links[1], format!("/threads/1/reply?quote={far}&unfold=p{far},p{far}.2"));
        let form = owl.get(&links[1]).await;
        form.says("It was cold.").says("||13: The mill burns.||").says("[spoiler up to chapter 12]").lacks("freezes").lacks("lost");
        assert!(form.form("/threads/1/posts", &[]).contains(&("reach".into(), "5".into())));
        owl.get(&links[0]).await.lacks("burns");
    }

    async fn a_preview_shows_what_will_be_folded(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        let page = kestrel.get("/threads/1/reply").await;
        let body = "So ||12: it froze|| there.\n\n:::spoiler\nAll of it.\n:::";
        let preview = kestrel.submit(&page, "/threads/1/posts", &[("body", body), ("preview", "yes")]).await;
        preview.expect(200);
        assert_eq!(preview.texts(".preview .spoiler"), ["it froze", "All of it.spoiler up to the end of the book"]);
        assert_eq!(preview.texts(".preview .scope")[0], "spoiler up to chapter 12");
    }

    async fn previews_count_against_a_limit(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        let club = club.with_settings(|settings| settings.limits.post = 1).await;
        let again = club.visitor();
        again.cookies.replace(kestrel.cookies.borrow().clone());
        let page = again.get("/threads/1/reply").await;
        for turn in 0..11 {
            let answer = again.submit(&page, "/threads/1/posts", &[("body", "As *it* is."), ("preview", "yes")]).await;
            answer.expect(if turn < 10 { 200 } else { 429 }).says(if turn < 10 { "As it is." } else { "Copy your text before you leave this page: As *it* is." });
        }
        let owl = club.member("owl", Role::Member).await;
        let page = owl.get("/threads/1/reply").await;
        owl.submit(&page, "/threads/1/posts", &[("body", "Mine."), ("preview", "yes")]).await.expect(200);
    }

    async fn a_preview_posts_nothing(club: Club) {
        add_book(&club).await;
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

    async fn invalid_posts_are_refused_without_losing_the_text(club: Club) {
        add_book(&club).await;
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
        answer.expect(422).says("Please choose a spoiler level").says("Yes.");
        let long = "x".repeat(60_000);
        kestrel.submit(&page, "/threads/1/posts", &[("body", &long)]).await.expect(422);
        let longest = "x".repeat(2_000_000);
        kestrel.submit(&page, "/threads/1/posts", &[("body", &longest)]).await.expect(413).says("This is too long").link("Discussions");
        assert_eq!(club.visitor().get("/threads/1/stones").await.texts("article.post").len(), 1);
    }

    async fn odd_characters_are_escaped_or_removed(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        for odd in ["a\0b", "c\u{202e}d", "a\rb", "𝒜 😀", "a\u{200b}\u{200b}b", "<script>alert(1)</script>", "&#2;&#x202e;"] {
            reply(&kestrel, &[("body", odd), ("reach", "0")]).await;
        }
        let page = club.visitor().get("/threads/1/stones").await;
        page.says("𝒜 😀").says("<script>alert(1)</script>").lacks("<script>alert").lacks("\u{202e}").lacks("\0");
    }

    async fn a_locked_thread_takes_no_more_posts(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel).await;
        let open = kestrel.get(&thread).await;
        let moderator = club.member("keeper", Role::Moderator).await;
        let form = moderator.get("/threads/1/lock").await;
        moderator.submit(&form, "/threads/1/lock", &[("reason", "")]).await.expect(422).says("Please give a reason");
        moderator.submit(&form, "/threads/1/lock", &[("reason", "It went in circles")]).await.expect_redirect();
        let late = kestrel.submit(&open, "/threads/1/posts", &[("body", "One more thing.")]).await;
        late.expect(403).says("This thread is locked").says("Copy your text before you leave this page").says("One more thing.").lacks("Post reply");
        assert_eq!(late.link("Open the thread"), "/threads/1");
        club.visitor().get(&thread).await.says("Locked by a moderator: It went in circles");
        kestrel.get("/posts/1/edit").await.expect(403).says("This thread is locked").link("Open the thread");
        kestrel.get("/threads/1/reply").await.expect(403).says("This thread is locked").link("Open the thread");
        let change = open.form("/threads/1/posts", &[("body", "Otherwise put.")]);
        kestrel.post("/posts/1", &change).await.expect(403).says("Otherwise put.").lacks("Save");
        kestrel.get("/log").await.says("A moderator locked the thread “Stones”: It went in circles").lacks("keeper");
        moderator.get("/log").await.says("keeper locked the thread “Stones”");
        kestrel.get("/threads/1/lock").await.expect(403);
        let form = moderator.get("/threads/1/lock").await;
        moderator.submit(&form, "/threads/1/lock", &[("reason", "Calm again")]).await.expect_redirect();
        reply(&kestrel, &[("body", "Thank you."), ("reach", "0")]).await;
        club.visitor().get(&thread).await.lacks("It went in circles");

        let form = moderator.get("/threads/1/pin").await;
        moderator.submit(&form, "/threads/1/pin", &[("reason", "Start here")]).await.expect_redirect();
        club.visitor().get("/threads").await.says("pinned");
    }

    async fn a_reply_defaults_to_as_far_as_its_writer_has_read(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        let book = kestrel.get("/books/1").await;
        kestrel.submit(&book, "/books/1/bookmark", &[("position", "9")]).await.expect_redirect();
        let page = kestrel.get("/threads/1/reply").await;
        kestrel.submit(&page, "/threads/1/posts", &[("body", "Nine chapters in.")]).await.expect_redirect();
        club.visitor().get("/threads/1").await.says("up to chapter 9").lacks("Nine chapters");
    }

    async fn concurrent_replies_get_consecutive_numbers(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel).await;
        let page = kestrel.get("/threads/1/reply").await;
        let said: Vec<_> = (0..60)
            .map(|number| page.form("/threads/1/posts", &[("body", &format!("All at once, {number}.")), ("reach", "0")]))
            .collect();
        let replies: Vec<_> = said.iter().map(|fields| kestrel.post("/threads/1/posts", fields)).collect();
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
