//! Members report texts of every kind. Moderators find one case for each text, claim it and decide it, and all
//! reporters are notified.

use crate::forum::threads::add_book;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::db::dialect::next_post_id;
use chapterhouse::db::schema::{excerpts, members, posts, report_cases, reports};
use chapterhouse::db::{BookId, Moment, ReportCaseId, ThreadId};
use chapterhouse::domain::core::members::{Role, get_by_handle};
use chrono::TimeDelta;
use diesel::prelude::*;
use futures_util::future::join;

/// A thread, an excerpt, a content warning, a meeting with a description and an agenda item, a profile and a suggested
/// book. Only the thread is by kestrel.
pub async fn full(club: &Club) -> Person {
    add_book(club).await;
    let kestrel = club.member("kestrel", Role::Member).await;
    let form = kestrel.get("/threads/new?book=1").await;
    let filled = [("title", "Stones"), ("body", "Buy boots here."), ("reach", "0")];
    kestrel.submit(&form, "/threads", &filled).await.expect_redirect();
    club.write(|conn| {
        let html = chapterhouse::text::render("Salt tells all.").unwrap().encode();
        let row = (
            (excerpts::book_id.eq(BookId(1)), excerpts::kind.eq("quote"), excerpts::html.eq(html)),
            (excerpts::reach.eq(0), excerpts::written_at.eq(Moment::now())),
        );
        diesel::insert_into(excerpts::table).values(row).execute(conn)?;
        Ok(())
    })
    .await;
    let planner = club.member("planner", Role::Admin).await;
    let form = planner.get("/books/1/notices").await;
    let filled = [("label", "harm"), ("body", "A finger is lost."), ("reach", "0")];
    planner.submit(&form, "/books/1/notices", &filled).await.expect_redirect();
    let form = planner.get("/meetings/new?book=1").await;
    let meeting = [
        ("title", "First half"),
        ("book", "1"),
        ("day", "2199-10-21"),
        ("time", "18:30"),
        ("minutes", "90"),
        ("body", "We drink the brine."),
        ("reach", "0"),
    ];
    planner.submit(&form, "/meetings", &meeting).await.expect_redirect();
    let form = planner.get("/meetings/1/agenda/edit").await;
    planner
        .submit(&form, "/meetings/1/agenda", &[("body", "Who owns the ferry?"), ("reach", "0")])
        .await
        .expect_redirect();
    let form = planner.get("/polls/books/new").await;
    planner.submit(&form, "/polls/books", &[]).await.expect_redirect();
    let jay = club.member("jay", Role::Member).await;
    let form = jay.get("/settings").await;
    jay.submit(&form, "/settings", &[("about", "I sell boots.")]).await.expect_redirect();
    let form = jay.get("/polls/books/1").await;
    let proposed = [("title", "Boots and Shoes"), ("authors", "A. Cobbler"), ("pitch", "Cheap at mine.")];
    jay.submit(&form, "/polls/books/1/proposals", &proposed).await.expect_redirect();
    kestrel
}

async fn report(reader: &Person, path: &str, kind: &str, chapter: &str, words: &str) -> Page {
    let form = reader.get(path).await;
    reader.submit(&form, path, &[("kind", kind), ("reach", chapter), ("words", words)]).await
}

async fn decide(person: &Person, case: &str, verdict: &str, reason: &str) -> Page {
    let page = person.get(case).await;
    let reason = if reason.is_empty() && verdict != "hide" { "as I read it" } else { reason };
    person.submit(&page, &format!("{case}/verdict"), &[("verdict", verdict), ("reason", reason)]).await
}

/// The name of the other of the two moderators.
fn other_name(name: &str) -> &'static str {
    if name == "keeper" { "other" } else { "keeper" }
}

async fn claim(person: &Person, case: &str, take: &str) -> Page {
    let page = person.get("/settings").await;
    let token = page.attributes("input[name=token]", "value").remove(0);
    person.post(&format!("{case}/claim"), &[("token".to_owned(), token), ("take".to_owned(), take.to_owned())]).await
}

stories! {
    async fn an_excerpt_stays_folded_as_far_as_a_report_says(club: Club) {
        full(&club).await;
        let owl = club.member("owl", Role::Member).await;
        report(&owl, "/passages/1/report", "spoils", "9", "").await.expect_redirect();
        let host = club.member("second", Role::Host).await;
        let set = async |reach: &str| {
            let form = host.get("/passages/1/edit").await;
            host.submit(&form, "/passages/1", &[("reach", reach)]).await
        };
        set("3").await.expect(422).says("A reader reported that this spoils chapter 9");
        set("12").await.expect_redirect();
        let keeper = club.member("keeper", Role::Moderator).await;
        decide(&keeper, "/reports/1", "dismiss", "").await.expect_redirect();
        set("3").await.expect_redirect();
    }

    async fn texts_of_every_kind_can_be_reported(club: Club) {
        full(&club).await;
        let owl = club.member("owl", Role::Member).await;
        for (page, path) in [
            ("/threads/1/stones", "/posts/1/report"),
            ("/threads/1/stones", "/threads/1/report"),
            ("/books/1/the-salt-road", "/passages/1/report"),
            ("/books/1/the-salt-road", "/notices/1/report"),
            ("/meetings/1/first-half", "/meetings/1/report"),
            ("/members/jay", "/members/jay/report"),
            ("/meetings/1/first-half", "/questions/1/report"),
            ("/polls/books/1", "/proposals/1/report"),
        ] {
            let there = owl.get(page).await;
            assert!(there.attributes("a", "href").contains(&path.to_owned()), "{page} has no link to {path}");
            club.visitor().get(page).await.lacks(path);
            let to = report(&owl, path, "unkind", "32767", "It hurts").await.expect_redirect();
            owl.get(&to).await.expect(200).says("A moderator will review it. We’ll let you know the outcome");
        }
        let keeper = club.member("keeper", Role::Moderator).await;
        let queue = keeper.get("/reports").await;
        queue.says("Post #1 by kestrel").says("The title of a thread by kestrel").says("A quote").says("A content warning by planner");
        queue.says("A meeting description").says("The profile of jay").lacks("owl").says("“It hurts”");
        queue.says("Buy boots here.").says("Salt tells all.").says("A finger is lost.").says("We drink the brine.").says("I sell boots.");
        // Moderators get no links to act on an admin's text or on its author.
        let acts = queue.attributes("article footer a", "href");
        for act in ["/posts/1/reach", "/threads/1/title", "/threads/1/lock", "/threads/1/book"] {
            assert!(acts.contains(&act.to_owned()), "{act} is not among {acts:?}");
        }
        assert!(acts.contains(&"/members/jay/sanctions/new?kind=warning".to_owned()));
        assert!(!acts.iter().any(|act| act.contains("planner") || act.ends_with("/hide")));
        assert_eq!(queue.texts("#r1 button[name=verdict]"), ["Agree, keep post", "Agree and hide", "Disagree"]);
        // A title can't be hidden, and moderators can't uphold a report on an admin's text.
        assert_eq!(queue.texts("#r2 button[name=verdict]"), ["Agree, no change", "Disagree"]);
        assert_eq!(queue.texts("#r4 button[name=verdict]"), ["Disagree"]);
        keeper.get("/reports/6").await.says("The profile of jay").says("1 report: unkind");
    }

    async fn the_report_form_shows_its_errors(club: Club) {
        let kestrel = full(&club).await;
        let owl = club.member("owl", Role::Member).await;
        report(&owl, "/posts/1/report", "other", "32767", "").await.expect(422).says("Please give a comment");
        report(&owl, "/posts/1/report", "boring", "32767", "Yawn").await.expect(422).says("Please choose why");
        let long = "x".repeat(301);
        let back = report(&owl, "/posts/1/report", "spam", "32767", &long).await;
        assert_eq!(back.expect(422).attributes("input[name=words]", "value"), [long]);
        assert_eq!(back.attributes("input[type=radio][checked]", "value"), ["spam"]);
        report(&kestrel, "/posts/1/report", "spam", "32767", "").await.expect(403);
        kestrel.get("/threads/1").await.lacks("/posts/1/report").lacks("/threads/1/report");
        report(&owl, "/posts/1/report", "spam", "32767", "").await.expect_redirect();
        report(&owl, "/posts/1/report", "unkind", "32767", "").await.expect(422).says("You’ve already reported this");
        club.member("keeper", Role::Moderator).await.get("/reports/1").await.says("1 report: spam");
        for path in ["/posts/9/report", "/passages/9/report", "/notices/9/report", "/meetings/9/report", "/members/nobody/report"] {
            owl.get(path).await.expect(404);
        }
    }

    async fn reports_of_one_text_are_one_case_and_all_reporters_are_notified(club: Club) {
        let kestrel = full(&club).await;
        let (owl, wren) = (club.member("owl", Role::Member).await, club.member("wren", Role::Member).await);
        report(&owl, "/posts/1/report", "spam", "32767", "Boots!").await.expect_redirect();
        report(&wren, "/posts/1/report", "spoils", "9", "The boots are his").await.expect_redirect();
        kestrel.get("/").await.says("as a spoiler of chapter 9").lacks("Agree").lacks("spam");
        let keeper = club.member("keeper", Role::Moderator).await;
        let queue = keeper.get("/reports").await;
        queue.says("2 reports: spoiler up to chapter 9, spam").lacks("The boots are his").lacks("Boots!").lacks("Buy boots");
        assert_eq!(queue.texts("article h2"), ["Post #1 by kestrel"]);
        keeper.get("/reports/1").await.says("All reports").lacks("owl").lacks("wren").says("A member reported a post in “Stones” as a spoiler");

        let case = keeper.get("/reports/1").await;
        assert_eq!(case.texts("button[name=verdict]"), ["Agree, keep as spoiler", "Agree and hide", "Disagree, remove spoiler"]);
        case.lacks("/posts/1/hide");
        decide(&keeper, "/reports/1", "hide", "").await.expect(422).says("Please give a reason");
        decide(&keeper, "/reports/1", "hide", "an advertisement").await.expect_redirect();
        club.visitor().get("/threads/1").await.says("Hidden by a moderator: an advertisement").lacks("Buy boots");
        for reporter in [&owl, &wren] {
            reporter.get("/").await.says("1 new");
            reporter.get("/notifications").await.says("You reported a post. It’s hidden now. Thank you.").lacks("keeper");
        }
        kestrel.get("/notifications").await.says("Your post in “Stones” was hidden after a report: an advertisement").says("Someone reported your post in “Stones” as a spoiler").lacks("owl").lacks("wren").lacks("keeper");
        keeper.get("/reports").await.says("No open reports").says("Recently decided");
        report(&owl, "/posts/1/report", "spam", "32767", "").await.expect(409);

        // After a second decision the reporters and the author are notified again.
        let queue = keeper.get("/reports").await;
        assert!(queue.attributes("form", "action").iter().all(|action| !action.ends_with("/verdict")));
        keeper.get("/reports/1").await.says("Disagree, keep hidden");
        decide(&keeper, "/reports/1", "dismiss", "a second look").await.expect_redirect();
        wren.get("/notifications").await.says("You reported a post. A moderator disagreed, but it’s hidden for another reason");
        kestrel.get("/notifications").await.says("A moderator dismissed a report about your post in “Stones”: a second look");
        keeper.get("/reports").await.says("Dismissed, but hidden for another reason");
        // Dismissing the reports doesn't restore the post.
        club.visitor().get("/threads/1").await.says("Hidden by a moderator");
    }

    async fn a_reported_spoiler_of_any_kind_is_folded(club: Club) {
        full(&club).await;
        let owl = club.member("owl", Role::Member).await;
        let keeper = club.member("keeper", Role::Admin).await;
        let visitor = club.visitor();
        for (case, path, page, words) in [
            (1, "/passages/1/report", "/books/1", "Salt tells all"),
            (2, "/notices/1/report", "/books/1", "A finger is lost"),
            (3, "/meetings/1/report", "/meetings/1", "We drink the brine"),
        ] {
            visitor.get(page).await.says(words);
            let to = report(&owl, path, "spoils", "9", "").await.expect_redirect();
            owl.get(&to).await.says("hidden as a spoiler until a moderator decides").lacks(words);
            visitor.get(page).await.lacks(words);
            keeper.get("/reports").await.lacks(words).says("spoiler up to chapter 9");
            decide(&keeper, &format!("/reports/{case}"), "dismiss", "").await.expect_redirect();
            visitor.get(page).await.says(words);
            // Undoing the decision folds the text again and reopens the case.
            let log = keeper.get("/log").await;
            let undo = log.link("Undo");
            let form = keeper.get(&undo).await;
            keeper.submit(&form, &undo, &[("reason", "a slip")]).await.expect_redirect();
            visitor.get(page).await.lacks(words);
            decide(&keeper, &format!("/reports/{case}"), "uphold", "").await.expect_redirect();
            visitor.get(page).await.lacks(words);
        }
        // A profile has no reach: it stays open, and only the queue folds it.
        report(&owl, "/members/jay/report", "spoils", "32767", "").await.expect_redirect();
        visitor.get("/members/jay").await.says("I sell boots");
        let queue = keeper.get("/reports").await;
        queue.lacks("I sell boots");
        keeper.get(&queue.link("show text")).await.says("I sell boots");
        // A host can't lower the level of a meeting's description below the report.
        let planner = club.member("planner2", Role::Host).await;
        let form = planner.get("/meetings/1/edit?unfold=m1").await;
        planner.submit(&form, "/meetings/1", &[("reach", "3")]).await.expect(422).says("unless a moderator disagrees");
    }

    async fn an_admin_takes_over_what_a_moderator_has_claimed(club: Club) {
        full(&club).await;
        let owl = club.member("owl", Role::Member).await;
        report(&owl, "/posts/1/report", "spam", "32767", "").await.expect_redirect();
        let (keeper, founder) = (club.member("keeper", Role::Moderator).await, club.member("founder", Role::Admin).await);
        claim(&keeper, "/reports/1", "yes").await.expect_redirect();
        claim(&founder, "/reports/1", "yes").await.expect_redirect();
        founder.get("/reports/1").await.says("Assigned to you");
        claim(&keeper, "/reports/1", "yes").await.expect(409);
        decide(&keeper, "/reports/1", "uphold", "").await.expect(409).says("assigned to founder");
    }

    async fn only_one_moderator_can_claim_a_case(club: Club) {
        full(&club).await;
        let owl = club.member("owl", Role::Member).await;
        report(&owl, "/posts/1/report", "spam", "32767", "").await.expect_redirect();
        let (keeper, other) = (club.member("keeper", Role::Moderator).await, club.member("other", Role::Moderator).await);
        let (one, two) = join(claim(&keeper, "/reports/1", "yes"), claim(&other, "/reports/1", "yes")).await;
        let statuses = [one.status.as_u16(), two.status.as_u16()];
        assert!(statuses == [303, 409] || statuses == [409, 303], "{statuses:?}");
        let ((first, name), second) = if one.status == 303 { ((&keeper, "keeper"), &other) } else { ((&other, "other"), &keeper) };
        first.get("/reports").await.says("Assigned to you");
        second.get("/reports").await.says(&format!("Assigned to {name}"));
        decide(second, "/reports/1", "uphold", "").await.expect(409).says(&format!("assigned to {name}"));
        claim(second, "/reports/1", "no").await.expect(409);
        claim(first, "/reports/1", "no").await.expect_redirect();
        claim(second, "/reports/1", "yes").await.expect_redirect();
        decide(first, "/reports/1", "uphold", "").await.expect(409);
        // A claim lasts one hour.
        club.write(|conn| {
            let past = Moment::now().before(TimeDelta::minutes(61));
            diesel::update(report_cases::table).set(report_cases::claimed_at.eq(past)).execute(conn)?;
            Ok(())
        })
        .await;
        first.get("/reports").await.lacks("Assigned to");
        let (one, two) = join(decide(first, "/reports/1", "uphold", ""), decide(second, "/reports/1", "uphold", "")).await;
        let statuses = [one.status.as_u16(), two.status.as_u16()];
        assert!(statuses == [303, 409] || statuses == [409, 303], "{statuses:?}");
        // The later moderator reads who was first.
        let decided = |late: &Page, by: &str| {
            late.says(&format!("{by} was faster, so nothing was changed")).says("See the log");
        };
        let (late, by) = if one.status == 409 { (&one, other_name(name)) } else { (&two, name) };
        decided(late, by);
        // The same goes for hiding a post on its own page.
        let (hides, verdict) = (
            first.get("/posts/1/hide").await.form("/posts/1/hide", &[("reason", "spam")]),
            second.get("/posts/1/hide").await.form("/posts/1/hide", &[("reason", "an advertisement")]),
        );
        let (one, two) = join(first.post("/posts/1/hide", &hides), second.post("/posts/1/hide", &verdict)).await;
        let (late, by) = if one.status == 409 { (one, other_name(name)) } else { (two, name) };
        decided(late.expect(409), by);
        owl.get("/log").await.says("hid a post").lacks(name);
        let upheld: i32 = club
            .write(|conn| Ok(members::table.filter(members::handle.eq("kestrel")).select(members::upheld_count).first(conn)?))
            .await;
        assert_eq!(upheld, 1);
        owl.get("/").await.says("2 new");
        claim(first, "/reports/1", "yes").await.expect(409);
        // Members can't see who has claimed the case.
        owl.get("/log").await.lacks(name);
    }

    async fn simultaneous_reports_are_one_case(club: Club) {
        full(&club).await;
        let (owl, wren) = (club.member("owl", Role::Member).await, club.member("wren", Role::Member).await);
        let (one, two) = join(
            report(&owl, "/posts/1/report", "spoils", "5", ""),
            report(&wren, "/posts/1/report", "spoils", "12", ""),
        )
        .await;
        // The second report may find the post folded up to there already.
        assert!([303, 422].contains(&one.status.as_u16()), "{}", one.body);
        two.expect_redirect();
        let open: i64 = club.write(|conn| Ok(report_cases::table.count().get_result(conn)?)).await;
        assert_eq!(open, 1);
        club.visitor().get("/threads/1").await.lacks("Buy boots").says("chapter 12");
        let (one, two) = join(
            report(&owl, "/threads/1/report", "spam", "32767", ""),
            report(&owl, "/threads/1/report", "spam", "32767", ""),
        )
        .await;
        let statuses = [one.status.as_u16(), two.status.as_u16()];
        assert!(statuses == [303, 422] || statuses == [422, 303], "{statuses:?}");
    }

    async fn a_decision_is_undone_to_the_byte_unless_something_changed(club: Club) {
        let kestrel = full(&club).await;
        let owl = club.member("owl", Role::Member).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let visitor = club.visitor();
        let undo = async || {
            let to = keeper.get("/log").await.link("Undo");
            let form = keeper.get(&to).await;
            keeper.submit(&form, &to, &[("reason", "a slip")]).await
        };
        report(&owl, "/posts/1/report", "spoils", "5", "").await.expect_redirect();
        decide(&keeper, "/reports/1", "dismiss", "").await.expect_redirect();
        report(&owl, "/posts/1/report", "spoils", "9", "").await.expect_redirect();
        let before = visitor.get("/threads/1").await.body;
        // The case was dismissed before, so only upholding folds the post. Undoing opens it, and undoing that folds it
        // again.
        decide(&keeper, "/reports/2", "uphold", "").await.expect_redirect();
        let folded = visitor.get("/threads/1").await.body;
        assert_ne!(before, folded);
        undo().await.expect_redirect();
        assert_eq!(visitor.get("/threads/1").await.body, before);
        keeper.get("/reports").await.says("spoiler up to chapter 9").says("Mark as spoiler");
        keeper.get("/log").await.says("reopened the reports about a post in “Stones”: a slip");
        undo().await.expect_redirect();
        assert_eq!(visitor.get("/threads/1").await.body, folded);
        // An edited post stays folded.
        let form = kestrel.get("/posts/1/edit").await;
        kestrel.submit(&form, "/posts/1", &[("body", "And then he drowns.")]).await.expect_redirect();
        undo().await.expect(409);
        visitor.get("/threads/1").await.lacks("drowns");
    }

    async fn the_queue_goes_on_by_key_and_a_case_of_thousands_has_pages(club: Club) {
        full(&club).await;
        let owl = club.member("owl", Role::Member).await;
        report(&owl, "/posts/1/report", "spam", "32767", "").await.expect_redirect();
        club.write(|conn| {
            let kestrel = get_by_handle(conn, "kestrel")?.id;
            for n in 1..=30 {
                let post = next_post_id(conn)?;
                let row = (
                    (posts::id.eq(post), posts::thread_id.eq(ThreadId(1)), posts::number.eq(100 + n)),
                    (posts::author_id.eq(kestrel), posts::markdown.eq(""), posts::html.eq("")),
                    posts::written_at.eq(Moment::now()),
                );
                diesel::insert_into(posts::table).values(row).execute(conn)?;
                let row = (
                    (report_cases::subject.eq("post"), report_cases::subject_id.eq(post.0), report_cases::state.eq("open")),
                    (report_cases::reports_count.eq(1), report_cases::spoils_count.eq(0), report_cases::unkind_count.eq(1)),
                    (report_cases::spam_count.eq(0), report_cases::off_topic_count.eq(0), report_cases::copyright_count.eq(0)),
                    (report_cases::other_count.eq(0), report_cases::opened_at.eq(Moment::now())),
                );
                diesel::insert_into(report_cases::table).values(row).execute(conn)?;
            }
            diesel::update(report_cases::table.find(ReportCaseId(2))).set(report_cases::reports_count.eq(120)).execute(conn)?;
            for number in 1..=120 {
                let handle = format!("m{number}");
                let row = (
                    (members::handle.eq(&handle), members::handle_key.eq(&handle), members::email.eq("")),
                    (members::email_key.eq(""), members::password_hash.eq(""), members::role.eq("member")),
                    (members::about.eq(""), members::posts_count.eq(0), members::joined_at.eq(Moment::now())),
                );
                let member: chapterhouse::db::MemberId =
                    diesel::insert_into(members::table).values(row).returning(members::id).get_result(conn)?;
                let row = (
                    (reports::case_id.eq(ReportCaseId(2)), reports::number.eq(number), reports::kind.eq("unkind")),
                    (reports::subject.eq("post"), reports::subject_id.eq(1_i64), reports::reporter_id.eq(member)),
                    (reports::note.eq(format!("word{number}.")), reports::state.eq("open")),
                    reports::reported_at.eq(Moment::now()),
                );
                diesel::insert_into(reports::table).values(row).execute(conn)?;
            }
            Ok(())
        })
        .await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let queue = keeper.get("/reports").await;
        assert_eq!(queue.attributes("article", "id").len(), 20);
        queue.says("word3.").lacks("word4.");
        let next = keeper.get(&queue.link("More reports")).await;
        assert_eq!(next.attributes("article", "id").len(), 11);
        let case = keeper.get("/reports/2").await;
        case.says("word50.").lacks("word51.");
        let more = keeper.get(&case.link("More reports")).await;
        more.says("word51.").says("word100.").lacks("word101.");
        keeper.get(&more.link("More reports")).await.says("word120.").lacks("More reports");
        let page = keeper.get("/reports/2").await;
        keeper.submit(&page, "/reports/2/verdict", &[("verdict", "dismiss"), ("reason", "not so")]).await.expect_redirect();
        let told: i64 = club
            .write(|conn| Ok(members::table.filter(members::unread_count.eq(1)).count().get_result(conn)?))
            .await;
        // 120 reporters and the author.
        assert_eq!(told, 121);
    }

    async fn a_case_about_something_unknown_is_an_error_and_no_post(club: Club) {
        full(&club).await;
        let owl = club.member("owl", Role::Member).await;
        report(&owl, "/posts/1/report", "spam", "32767", "").await.expect_redirect();
        club.write(|conn| {
            diesel::update(report_cases::table).set(report_cases::subject.eq("poem")).execute(conn)?;
            Ok(())
        })
        .await;
        let keeper = club.member("keeper", Role::Moderator).await;
        keeper.get("/reports/1").await.expect(500).lacks("Buy boots");
    }
}
