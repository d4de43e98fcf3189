//! Folds: their labels, unfolding them, and posts that spoil a second book.

use crate::forum::threads::add_book;
use crate::harness::{Club, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;

/// Adds two books: The Salt Road with 23 chapters and The Winter Mill with 10.
pub async fn add_two_books(club: &Club) {
    add_book(club).await;
    let host = club.member("miller", Role::Host).await;
    let form = host.get("/books/new").await;
    let facts = [("title", "The Winter Mill"), ("authors", "Ada Verne"), ("contents", "10 chapters")];
    host.submit(&form, "/books", &facts).await.expect_redirect();
}

async fn start(author: &Person, fields: &[(&str, &str)]) -> String {
    let form = author.get("/threads/new?book=1").await;
    author.submit(&form, "/threads", fields).await.expect_redirect()
}

async fn reply(author: &Person, body: &str, reach: &str, also: (&str, &str)) -> String {
    let page = author.get("/threads/1/reply").await;
    let fields = [("body", body), ("reach", reach), ("also", also.0), ("also_reach", also.1)];
    let path = author.submit(&page, "/threads/1/posts", &fields).await.expect_redirect();
    path.split("#p").nth(1).unwrap().to_owned()
}

async fn move_bookmark(person: &Person, book: &str, to: &str) {
    let page = person.get(&format!("/books/{book}")).await;
    person.submit(&page, &format!("/books/{book}/bookmark"), &[("to", to)]).await.expect_redirect();
}

stories! {
    async fn neighbouring_folds_are_shown_and_unfolded_together(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, &[("title", "Stones"), ("body", "Who counts them?"), ("reach", "0")]).await;
        for (body, reach) in [("It was WRENONE.", "12"), ("And WRENTWO.", "18"), ("Not WRENTHREE?", "12")] {
            reply(&kestrel, body, reach, ("", "")).await;
        }
        reply(&kestrel, "Calm again.", "0", ("", "")).await;
        reply(&kestrel, "At last WRENFOUR.", "20", ("", "")).await;
        let visitor = club.visitor();
        let page = visitor.get("/threads/1").await;
        page.says("3 posts hidden (spoilers)").says("up to chapter 18 · join to keep a bookmark").lacks("WREN");
        page.says("Spoiler up to chapter 20").lacks("I’ve read");
        assert_eq!(page.attributes(".run li", "id"), ["p2", "p3", "p4"]);
        assert_eq!(page.attributes("article.post", "id"), ["p1", "p5", "p6"]);
        assert_eq!(page.attributes(".fold form", "action"), Vec::<String>::new());
        let open = visitor.get(&page.link("Show 3 posts")).await;
        open.says("WRENONE").says("WRENTWO").says("WRENTHREE").lacks("WRENFOUR").lacks("posts hidden (spoilers)");
        assert_eq!(open.attributes("article.post", "id"), ["p1", "p2", "p3", "p4", "p5", "p6"]);
        assert_eq!(open.attributes("meta[name=robots]", "content"), ["noindex"]);
        visitor.get(&open.link("Hide again")).await.says("3 posts hidden (spoilers)").lacks("WREN");
        let all = visitor.get(&open.link("Show the spoiler")).await;
        all.says("WRENONE").says("WRENFOUR");
        // A link to a folded post leads to its fold.
        assert_eq!(visitor.fetch("/posts/3").await.expect_redirect(), "/threads/1/stones#p3");

        let moderator = club.member("keeper", Role::Moderator).await;
        let form = moderator.get("/posts/3/hide").await;
        moderator.submit(&form, "/posts/3/hide", &[("reason", "off topic")]).await.expect_redirect();
        visitor.get("/threads/1").await.says("Hidden by a moderator").lacks("posts hidden (spoilers)").lacks("WREN");
    }

    async fn a_fold_shows_the_bookmark_and_can_move_it(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, &[("title", "Stones"), ("body", "Who counts WRENONE?"), ("reach", "12")]).await;
        let owl = club.member("owl", Role::Member).await;
        owl.get("/threads/1").await.says("Spoiler up to chapter 12 · you haven’t started the book");
        move_bookmark(&owl, "1", "9").await;
        let page = owl.get("/threads/1").await;
        page.says("up to chapter 12 · you’re at chapter 9").lacks("WREN");
        assert_eq!(page.attributes(".fold button[name=to]", "value"), ["12"]);
        let back = owl.submit(&page, "/books/1/bookmark", &[("to", "12")]).await.expect_redirect();
        assert_eq!(back, "/threads/1/stones#p1");
        owl.get(&back).await.says("WRENONE").says("chapter 12 of 23").lacks("I’ve read");

        reply(&kestrel, "First WRENTWO.", "15", ("", "")).await;
        reply(&kestrel, "Then WRENTHREE.", "18", ("", "")).await;
        let page = owl.get("/threads/1").await;
        page.says("2 posts hidden (spoilers)").says("up to chapter 18 · you’re at chapter 12");
        let back = owl.submit(&page, "/books/1/bookmark", &[("to", "18")]).await.expect_redirect();
        assert_eq!(back, "/threads/1/stones#p2");
        owl.get(&back).await.says("WRENTWO").says("WRENTHREE");
    }

    async fn a_post_can_spoil_a_second_book(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, &[("title", "Stones"), ("body", "Who counts them?"), ("reach", "0")]).await;
        let both = reply(&kestrel, "Like WRENBOTH there.", "12", ("2", "7")).await;
        kestrel.get(&format!("/posts/{both}")).await.says("WRENBOTH");
        let label = "up to chapter 12 of The Salt Road and chapter 7 of The Winter Mill";
        club.visitor().get("/threads/1").await.says(label).lacks("WREN");
        let owl = club.member("owl", Role::Member).await;
        move_bookmark(&owl, "1", "12").await;
        let page = owl.get("/threads/1").await;
        page.says(label).says("you haven’t started The Winter Mill").says("I’ve read chapter 7 of The Winter Mill").lacks("WREN");
        assert_eq!(page.attributes(".fold form", "action"), ["/books/2/bookmark"]);
        // A post folds if it is ahead in either book.
        let jay = club.member("jay", Role::Member).await;
        move_bookmark(&jay, "2", "32767").await;
        jay.get("/threads/1").await.lacks("WREN").says("you haven’t started The Salt Road");
        owl.submit(&page, "/books/2/bookmark", &[("to", "7")]).await.expect_redirect();
        owl.get("/threads/1").await.says("WRENBOTH");

        // By default, a reply that quotes the post spoils as much as the post.
        let quote = owl.get(&format!("/threads/1/reply?quote={both}")).await;
        assert_eq!(quote.attributes("#reach option[selected]", "value"), ["12"]);
        assert_eq!(quote.attributes("#also option[selected]", "value"), ["2"]);
        assert_eq!(quote.attributes("#also_reach", "value"), ["7"]);
        owl.submit(&quote, "/threads/1/posts", &[]).await.expect_redirect();
        let page = jay.get("/threads/1").await;
        page.says("2 posts hidden (spoilers)").lacks("WREN");

        // The form for editing shows the second book. Saving it, with or without these fields, doesn't change it.
        let edit = kestrel.get(&format!("/posts/{both}/edit")).await;
        assert_eq!(edit.attributes("#also option[selected]", "value"), ["2"]);
        kestrel.submit(&edit, &format!("/posts/{both}"), &[("body", "Like WRENAGAIN.")]).await.expect_redirect();
        let mut fields = edit.form(&format!("/posts/{both}"), &[("body", "Like WRENTHRICE.")]);
        fields.retain(|(name, _)| name != "also" && name != "also_reach" && name != "edited_at");
        let stamp = kestrel.get(&format!("/posts/{both}/edit")).await.attributes("input[name=edited_at]", "value");
        fields.push(("edited_at".to_owned(), stamp[0].clone()));
        kestrel.post(&format!("/posts/{both}"), &fields).await.expect_redirect();
        jay.get("/threads/1").await.lacks("WREN");
        jay.get(&format!("/posts/{both}/history")).await.lacks("WREN");
        owl.get(&format!("/posts/{both}/history")).await.says("WRENBOTH").says("WRENAGAIN").says("WRENTHRICE");
        let form = kestrel.get(&format!("/posts/{both}/edit")).await;
        kestrel.submit(&form, &format!("/posts/{both}"), &[("also", ""), ("also_reach", "")]).await.expect_redirect();
        let magpie = club.member("magpie", Role::Member).await;
        move_bookmark(&magpie, "1", "12").await;
        magpie.get("/threads/1").await.says("WRENTHRICE");
        // The earlier version spoiled more, and stays folded.
        magpie.get(&format!("/posts/{both}/history")).await.lacks("WRENAGAIN");
    }

    async fn a_thread_about_the_club_can_spoil_a_book(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=0").await;
        let fields = [("title", "What next?"), ("body", "Not with WRENEND."), ("also", "2"), ("also_reach", "")];
        kestrel.submit(&form, "/threads", &fields).await.expect_redirect();
        reply(&kestrel, "Nor WRENMILL.", "", ("1", "9")).await;
        let visitor = club.visitor();
        let page = visitor.get("/threads/1").await;
        page.says("2 posts hidden (spoilers)").says("the end of The Winter Mill and chapter 9 of The Salt Road").lacks("WREN");
        let owl = club.member("owl", Role::Member).await;
        move_bookmark(&owl, "2", "32767").await;
        owl.get("/threads/1").await.says("WRENEND").lacks("WRENMILL").says("Spoiler up to chapter 9 of The Salt Road");
        move_bookmark(&owl, "1", "9").await;
        owl.get("/threads/1").await.says("WRENMILL");
        let quote = owl.get("/threads/1/reply?quote=2").await;
        assert_eq!(quote.attributes("#also option[selected]", "value"), ["1"]);
        let edit = kestrel.get("/posts/1/edit").await;
        assert_eq!(edit.attributes("#also option[selected]", "value"), ["2"]);
        assert_eq!(edit.attributes("#also_reach", "value"), [""]);
    }

    async fn an_invalid_second_book_is_refused_at_its_field(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, &[("title", "Stones"), ("body", "Who counts them?"), ("reach", "0")]).await;
        let wrong = [
            ("2", "11", "also_reach", "The Winter Mill has chapters 1 to 10."),
            ("2", "0", "also_reach", "The Winter Mill has chapters 1 to 10."),
            ("2", "x", "also_reach", "Please enter a chapter number."),
            ("", "3", "also", "Please choose the book"),
            ("1", "", "also", "own book"),
            ("99", "", "also", "Please choose a book from the list"),
            ("99999999999999999999", "", "also", "Please choose a book from the list"),
        ];
        for (book, through, field, sentence) in wrong {
            let fields = [("body", "Kept as it is."), ("also", book), ("also_reach", through)];
            let form = kestrel.get("/threads/1/reply").await;
            let answer = kestrel.submit(&form, "/threads/1/posts", &fields).await;
            answer.expect(422).says(sentence).says("Kept as it is.");
            assert!(answer.body.contains(&format!("id=\"{field}-problem\"")), "{book} {through}: {}", answer.body);
            let form = kestrel.get("/threads/new?book=1").await;
            let fields = [("title", "Mills"), ("body", "Kept."), ("also", book), ("also_reach", through)];
            kestrel.submit(&form, "/threads", &fields).await.expect(422).says(sentence);
        }
        assert_eq!(club.visitor().get("/threads/1").await.texts("article.post").len(), 1);
        // The short form on the thread's page leads to the full one, with the text in it.
        let page = kestrel.get("/threads/1").await;
        page.says("Also spoils another book…");
        let fields = [("body", "On my way."), ("preview", "yes")];
        let whole = kestrel.submit(&page, "/threads/1/posts", &fields).await;
        whole.expect(200).says("Also spoils another book").says("On my way.");
    }

    async fn unpaired_spoiler_bars_are_refused_in_every_form(club: Club) {
        add_book(&club).await;
        let host = club.member("inkwell", Role::Host).await;
        let thread = start(&host, &[("title", "Stones"), ("body", "Who counts them?"), ("reach", "0")]).await;
        for wrong in ["She ||dies at the end.", "She ||dies.\n\nAt the end.||", ":::spoiler 3\nShe dies."] {
            let says = |page: &crate::harness::Page| {
                page.expect(422).says("Line 1, “");
                assert!(page.body.contains("id=\"body-problem\""), "{wrong:?}: {}", page.body);
                assert!(page.texts("textarea[name=body]")[0].contains("dies"), "{wrong:?} is lost");
            };
            let form = host.get("/threads/new?book=1").await;
            says(&host.submit(&form, "/threads", &[("title", "Mills"), ("body", wrong)]).await);
            says(&host.submit(&form, "/threads", &[("title", "Mills"), ("body", wrong), ("preview", "yes")]).await);
            let form = host.get(&thread).await;
            says(&host.submit(&form, "/threads/1/posts", &[("body", wrong)]).await);
            let form = host.get("/posts/1/edit").await;
            says(&host.submit(&form, "/posts/1", &[("body", wrong)]).await);
            let form = host.get("/meetings/new?book=1").await;
            let fields = [("title", "First half"), ("day", "2199-10-21"), ("time", "18:30"), ("body", wrong)];
            says(&host.submit(&form, "/meetings", &fields).await);
        }
    }

    async fn a_form_says_who_will_see_what_is_written(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let hint = "Members who haven’t read that far in The Salt Road see a spoiler notice instead.";
        let form = kestrel.get("/threads/new?book=1").await;
        assert_eq!(form.texts("#reach-hint"), [hint]);
        move_bookmark(&kestrel, "1", "9").await;
        let form = kestrel.get("/threads/new?book=1").await;
        assert_eq!(form.attributes("#reach option[selected]", "value"), ["9"]);
        let thread = start(&kestrel, &[("title", "Stones"), ("body", "So far."), ("reach", "12")]).await;
        let page = kestrel.get(&thread).await;
        assert_eq!(page.attributes("#reach option[selected]", "value"), ["12"]);
        assert_eq!(page.texts("#reach-hint"), [hint]);
    }

    async fn a_folded_title_says_how_far_its_thread_goes(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        for (title, reach) in [("WRENFAR burns", "18"), ("WRENFIRST burns", "1"), ("WRENEND burns", "32767")] {
            let fields = [("title", title), ("title_spoils", "yes"), ("body", "So it is."), ("reach", reach)];
            start(&kestrel, &fields).await;
        }
        let visitor = club.visitor();
        for path in ["/threads", "/", "/books/1", "/members/kestrel"] {
            let page = visitor.get(path).await;
            page.says("A thread about chapters up to 18").says("A thread about chapter 1").lacks("WREN");
            page.says("A thread about the whole book");
        }
        let page = visitor.get("/threads/1").await;
        assert_eq!(page.texts("title"), ["A thread about chapters up to 18 · Our book club"]);
        page.lacks("WREN");
    }
}
