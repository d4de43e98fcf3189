//! A member reports a spoiler and it folds at once. Then a moderator decides, or the author accepts the report.

use crate::forum::threads::add_book;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;

const THREAD: &str = "/threads/1/stones";

/// A thread by kestrel whose first post spoils chapter 12 without saying so.
async fn spoiled(club: &Club) -> Person {
    add_book(club).await;
    let kestrel = club.member("kestrel", Role::Member).await;
    let form = kestrel.get("/threads/new?book=1").await;
    let filled = [("title", "Stones"), ("body", "The ferryman is her brother."), ("reach", "0")];
    assert_eq!(kestrel.submit(&form, "/threads", &filled).await.expect_redirect(), THREAD);
    kestrel
}

async fn report(reader: &Person, path: &str, chapter: &str) -> Page {
    let form = reader.get(path).await;
    reader.submit(&form, path, &[("reach", chapter), ("words", "It says who he is")]).await
}

async fn decide(person: &Person, page: &str, verdict: &str) -> Page {
    // A decided case is decided again on its own page.
    let queue = person.get(if verdict == "accept" { page } else { "/reports/1" }).await;
    let action = if verdict == "accept" { "accept" } else { "verdict" };
    person.submit(&queue, &format!("/reports/1/{action}"), &[("verdict", verdict), ("reason", "as I read it")]).await
}

stories! {
    async fn a_reported_spoiler_folds_at_once_and_a_moderator_keeps_the_fold(club: Club) {
        let kestrel = spoiled(&club).await;
        let owl = club.member("owl", Role::Member).await;
        let visitor = club.visitor();
        visitor.get(THREAD).await.says("ferryman");
        assert_eq!(owl.get(THREAD).await.link("Report"), "/posts/1/report");
        let to = report(&owl, "/posts/1/report", "12").await.expect_redirect();
        owl.get(&to).await.says("hidden as a spoiler until a moderator decides").lacks("ferryman");
        visitor.get(THREAD).await.lacks("ferryman").says("up to chapter 12");

        // The author and the log say that it was reported, but not by whom.
        kestrel.get("/").await.says("A reader reported your post #1 in Stones as a spoiler of chapter 12").lacks("owl");
        kestrel.get("/log").await.says("A member reported a post in “Stones” as a spoiler").says("Spoiler level: no spoilers → up to chapter 12");

        let moderator = club.member("keeper", Role::Moderator).await;
        moderator.get("/log").await.lacks("owl");
        let queue = moderator.get("/reports").await;
        queue.says("spoiler up to chapter 12").lacks("It says who he is").says("The reporter added a comment").lacks("ferryman").lacks("owl");
        moderator.get(&queue.link("Show the spoiler")).await.says("ferryman");
        moderator.get(&queue.link("show comment")).await.says("It says who he is").lacks("ferryman");
        decide(&moderator, "/reports", "uphold").await.expect_redirect();
        moderator.get("/reports").await.says("No open reports").says("Upheld and marked as a spoiler");
        visitor.get(THREAD).await.lacks("ferryman");
        kestrel.get("/").await.lacks("A reader reported");

        decide(&moderator, "/reports", "dismiss").await.expect_redirect();
        visitor.get(THREAD).await.says("ferryman");
        decide(&moderator, "/reports", "uphold").await.expect_redirect();
        visitor.get(THREAD).await.lacks("ferryman");
    }

    async fn one_new_member_folds_three_texts_and_their_reports_are_dismissed_together(club: Club) {
        let club = club.with_settings(|settings| settings.limits.post = 60).await;
        let kestrel = spoiled(&club).await;
        for number in 2..=6 {
            let form = kestrel.get("/threads/1/reply").await;
            let body = format!("Stone number {number} is wet.");
            kestrel.submit(&form, "/threads/1/posts", &[("body", &body), ("reach", "0")]).await.expect_redirect();
        }
        let (wren, owl) = (club.member("wren", Role::Member).await, club.member("owl", Role::Member).await);
        for post in 1..=5 {
            report(&wren, &format!("/posts/{post}/report"), "12").await.expect_redirect();
        }
        report(&wren, "/posts/6/report", "12").await.expect(429);
        let open = async || club.visitor().get(THREAD).await.body.matches("is wet").count();
        assert_eq!(open().await, 3, "posts 1 to 3 are folded");
        // Somebody else reports one of them, too.
        report(&owl, "/posts/5/report", "12").await.expect_redirect();
        assert_eq!(open().await, 2);

        let keeper = club.member("keeper", Role::Moderator).await;
        let case = keeper.get("/reports/1").await;
        case.says("a member since").says("0 of 5 reports upheld").lacks("wren");
        let path = case.link("Dismiss all 5 open reports by this member");
        let form = keeper.get(&path).await;
        keeper.submit(&form, &path, &[("reason", "")]).await.expect(422);
        keeper.submit(&form, &path, &[("reason", "none of these is a spoiler")]).await.expect_redirect();
        keeper.get("/reports").await.says("4 reports dismissed.").says("2 reports");
        assert_eq!(open().await, 4);
        club.visitor().get(THREAD).await.says("ferryman");
        // The text that owl reported, too, is decided by itself. The log has each decision.
        assert_eq!(keeper.get("/log").await.body.matches("none of these is a spoiler").count(), 4);
        wren.get("/reporters/1/dismiss").await.expect(403);
    }

    async fn a_dismissed_spoiler_report_does_not_fold_the_text_again(club: Club) {
        spoiled(&club).await;
        let owl = club.member("owl", Role::Member).await;
        report(&owl, "/posts/1/report", "5").await.expect_redirect();
        let wren = club.member("wren", Role::Member).await;
        report(&wren, "/posts/1/report", "5").await.expect(422).says("already marked as a spoiler up to there");
        report(&wren, "/posts/1/report", "12").await.expect_redirect();
        club.visitor().get(THREAD).await.lacks("ferryman").says("chapter 12");
        report(&wren, "/posts/1/report", "13").await.expect(422).says("You’ve already reported this");

        // Both reports are decided together. The post goes back to its level before the first.
        let moderator = club.member("keeper", Role::Moderator).await;
        decide(&moderator, "/reports", "dismiss").await.expect_redirect();
        moderator.get("/reports").await.says("No open reports");
        club.visitor().get(THREAD).await.says("ferryman");
        decide(&moderator, "/reports", "uphold").await.expect_redirect();
        club.visitor().get(THREAD).await.lacks("ferryman").says("chapter 12");
        decide(&moderator, "/reports", "dismiss").await.expect_redirect();

        let to = report(&owl, "/posts/1/report", "9").await.expect_redirect();
        owl.get(&to).await.says("A moderator will review it. We’ll let you know");
        club.visitor().get(THREAD).await.says("ferryman");
        moderator.get("/reports").await.says("spoiler up to chapter 9");
    }

    async fn the_author_accepts_a_report(club: Club) {
        let kestrel = spoiled(&club).await;
        let owl = club.member("owl", Role::Member).await;
        report(&owl, "/posts/1/report", "12").await.expect_redirect();
        let form = kestrel.get("/posts/1/edit").await;
        let back = kestrel.submit(&form, "/posts/1", &[("body", "The ferryman!"), ("reach", "3")]).await;
        back.expect(422).says("unless a moderator disagrees");
        kestrel.submit(&form, "/posts/1", &[("body", "The old ferryman!"), ("reach", "14")]).await.expect_redirect();
        let mut forged = kestrel.get("/").await.form("/reports/1/accept", &[]);
        decide(&kestrel, "/", "accept").await.expect_redirect();
        kestrel.get("/").await.says("It stays marked as a spoiler").lacks("A reader says");
        club.visitor().get(THREAD).await.lacks("ferryman").says("chapter 14");
        kestrel.post("/reports/1/accept", &forged).await.expect(409);
        forged.retain(|(name, _)| name == "token");
        forged.push(("verdict".to_owned(), "dismiss".to_owned()));
        kestrel.post("/reports/1/verdict", &forged).await.expect(403);
        kestrel.get("/reports").await.expect(403);
    }

    async fn an_edited_post_stays_folded_when_its_report_is_dismissed(club: Club) {
        let kestrel = spoiled(&club).await;
        let owl = club.member("owl", Role::Member).await;
        report(&owl, "/posts/1/report", "12").await.expect_redirect();
        let form = kestrel.get("/posts/1/edit").await;
        kestrel.submit(&form, "/posts/1", &[("body", "And then he drowns.")]).await.expect_redirect();
        let moderator = club.member("keeper", Role::Moderator).await;
        decide(&moderator, "/reports", "dismiss").await.expect_redirect();
        club.visitor().get(THREAD).await.lacks("drowns").says("chapter 12");
        // The author can set the spoiler level again.
        let form = kestrel.get("/posts/1/edit").await;
        kestrel.submit(&form, "/posts/1", &[("reach", "3")]).await.expect_redirect();
        club.visitor().get(THREAD).await.lacks("drowns").says("chapter 3");
    }

    async fn the_author_cannot_lower_an_upheld_spoiler_level(club: Club) {
        let kestrel = spoiled(&club).await;
        let owl = club.member("owl", Role::Member).await;
        report(&owl, "/posts/1/report", "12").await.expect_redirect();
        let moderator = club.member("keeper", Role::Moderator).await;
        decide(&moderator, "/reports", "uphold").await.expect_redirect();
        let form = kestrel.get("/posts/1/edit").await;
        let back = kestrel.submit(&form, "/posts/1", &[("reach", "0")]).await;
        back.expect(422).says("unless a moderator disagrees");
        club.visitor().get(THREAD).await.lacks("ferryman");
    }

    async fn a_second_report_is_undone_too(club: Club) {
        spoiled(&club).await;
        let owl = club.member("owl", Role::Member).await;
        let moderator = club.member("keeper", Role::Moderator).await;
        report(&owl, "/posts/1/report", "5").await.expect_redirect();
        decide(&moderator, "/reports", "dismiss").await.expect_redirect();
        report(&owl, "/posts/1/report", "9").await.expect_redirect();
        let queue = moderator.get("/reports/2").await;
        moderator.submit(&queue, "/reports/2/verdict", &[("verdict", "uphold"), ("reason", "so it is")]).await.expect_redirect();
        club.visitor().get(THREAD).await.lacks("ferryman");
        let queue = moderator.get("/reports/2").await;
        moderator.submit(&queue, "/reports/2/verdict", &[("verdict", "dismiss"), ("reason", "it is not so")]).await.expect_redirect();
        club.visitor().get(THREAD).await.says("ferryman");
    }

    async fn a_quote_of_a_reported_post_without_a_book_is_folded(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=0").await;
        let filled = [("title", "Tea"), ("body", "The ferryman is her brother.")];
        let path = kestrel.submit(&form, "/threads", &filled).await.expect_redirect();
        let owl = club.member("owl", Role::Member).await;
        let form = owl.get("/posts/1/report").await;
        owl.submit(&form, "/posts/1/report", &[]).await.expect_redirect();
        club.visitor().get(&path).await.lacks("ferryman");
        let form = owl.get("/threads/1/reply?quote=1&unfold=p1").await;
        form.says("This post quotes a spoiler").says("ferryman");
        owl.submit(&form, "/threads/1/posts", &[]).await.expect_redirect();
        club.visitor().get(&path).await.lacks("ferryman").says("#2");
    }

    async fn a_title_can_be_reported_as_a_spoiler(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Moderator).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let filled = [("title", "Her brother the ferryman"), ("body", "Well."), ("reach", "0")];
        let path = kestrel.submit(&form, "/threads", &filled).await.expect_redirect();
        let owl = club.member("owl", Role::Member).await;
        assert_eq!(owl.get(&path).await.link("Report this title"), "/threads/1/report");
        let to = report(&owl, "/threads/1/report", "12").await.expect_redirect();
        assert_eq!(to, "/threads/1/thread");
        for page in [&path, "/", "/threads", "/books/1"] {
            club.visitor().get(page).await.lacks("ferryman").says("chapter");
        }
        // Moderators can't decide on their own texts.
        let own = kestrel.get("/reports").await;
        own.says("another moderator decides");
        assert_eq!(own.attributes("form", "action"), Vec::<String>::new());
        let moderator = club.member("keeper", Role::Moderator).await;
        let mut forged = moderator.get("/reports").await.form("/reports/1/verdict", &[("verdict", "dismiss"), ("reason", "mine")]);
        forged.retain(|(name, _)| name != "token");
        let token = kestrel.get("/settings").await.attributes("input[name=token]", "value").remove(0);
        forged.push(("token".to_owned(), token));
        kestrel.post("/reports/1/verdict", &forged).await.expect(403);
        kestrel.post("/reports/1/claim", &forged).await.expect(403);
        decide(&moderator, "/reports", "dismiss").await.expect_redirect();
        club.visitor().get("/threads").await.says("Her brother the ferryman");
    }

    async fn the_report_form_fits_the_kind_of_text(club: Club) {
        let kestrel = spoiled(&club).await;
        let owl = club.member("owl", Role::Member).await;
        let form = owl.get("/posts/1/report").await;
        form.says("Unmarked spoiler").says("from anyone who hasn’t read that far").says("The author is notified");
        // The reporter has to choose the chapter.
        assert!(form.form("/posts/1/report", &[]).contains(&("reach".into(), String::new())));
        owl.submit(&form, "/posts/1/report", &[]).await.expect(422).says("Please choose a chapter");
        let page = owl.submit(&form, "/posts/1/report", &[("kind", "spam")]).await;
        page.expect_redirect();

        // A text that is marked as a spoiler of the whole book can't be reported as a spoiler.
        crate::forum::book_order::write(&club, "kestrel", 1, vec![("At the end.".to_owned(), crate::forum::book_order::WHOLE)]).await;
        let form = owl.get("/posts/2/report").await;
        form.says("Spam").lacks("Unmarked spoiler").lacks("<select");
        assert!(!form.form("/posts/2/report", &[]).iter().any(|(name, _)| name == "kind"));
        crate::forum::book_order::write(&club, "kestrel", 1, vec![("Nearly.".to_owned(), 5)]).await;
        let values = owl.get("/posts/3/report").await.attributes("select[name=reach] option", "value");
        assert_eq!((values[0].as_str(), values[1].as_str()), ("", "6"));

        // A thread about the club has no chapters to choose from, and a profile can't be folded.
        let form = kestrel.get("/threads/new?book=0").await;
        kestrel.submit(&form, "/threads", &[("title", "Tea"), ("body", "With milk.")]).await.expect_redirect();
        let form = owl.get("/posts/4/report").await;
        form.says("Spoiler").says("from everyone right away").lacks("the book").lacks("read that far");
        owl.submit(&form, "/posts/4/report", &[]).await.expect_redirect();
        kestrel.get("/").await.says("as a spoiler of a book. It’s hidden until a moderator has looked at it");
        let form = kestrel.get("/settings").await;
        kestrel.submit(&form, "/settings", &[("about", "The ferryman did it.")]).await.expect_redirect();
        let form = owl.get("/members/kestrel/report").await;
        form.says("Spoiler").says("A moderator will review it").lacks("right away").lacks("chapter").lacks("the book");
        owl.submit(&form, "/members/kestrel/report", &[("kind", "spoils")]).await.expect_redirect();
        let keeper = club.member("keeper", Role::Moderator).await;
        let queue = keeper.get("/reports").await;
        queue.says("1 report: spoiler ·").lacks("the whole book").lacks("end of the book").says("Agree, no change");
        keeper.submit(&queue, "/reports/3/verdict", &[("verdict", "uphold"), ("reason", "as agreed")]).await.expect_redirect();
    }

    async fn a_report_without_a_valid_chapter_is_refused(club: Club) {
        spoiled(&club).await;
        let owl = club.member("owl", Role::Member).await;
        for chapter in ["0", "", "x", "99"] {
            report(&owl, "/posts/1/report", chapter).await.expect(422).says("Please choose a chapter");
        }
        club.visitor().get("/posts/1/report").await.says("Sign in");
        owl.get("/posts/99/report").await.expect(404);
    }
}
