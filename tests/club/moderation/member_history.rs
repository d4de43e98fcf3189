//! A member's history, staff notes, and the list of members.

use crate::forum::book_order::start;
use crate::forum::folds::add_two_books;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::db::schema::{members, report_cases, reports};
use chapterhouse::db::{MemberId, Moment, ReportCaseId};
use chapterhouse::domain::core::members::Role;
use diesel::prelude::*;

async fn note(by: &Person, handle: &str, words: &str) -> Page {
    let record = by.get(&format!("/members/{handle}/record")).await;
    by.submit(&record, &format!("/members/{handle}/notes"), &[("note", words)]).await
}

/// Inserts reports by one member on texts of another, one for each state.
async fn report(club: &Club, by: i64, on: i64, states: &'static [&'static str]) {
    club.write(move |conn| {
        for (state, text) in states.iter().zip(100 * by..) {
            let case: ReportCaseId = diesel::insert_into(report_cases::table)
                .values((
                    (
                        report_cases::subject.eq("post"),
                        report_cases::subject_id.eq(text),
                        report_cases::author_id.eq(MemberId(on)),
                    ),
                    (
                        report_cases::state.eq(*state),
                        report_cases::reports_count.eq(1),
                        report_cases::spoils_count.eq(1),
                    ),
                    (
                        report_cases::unkind_count.eq(0),
                        report_cases::spam_count.eq(0),
                        report_cases::off_topic_count.eq(0),
                    ),
                    (
                        report_cases::copyright_count.eq(0),
                        report_cases::other_count.eq(0),
                        report_cases::opened_at.eq(Moment::now()),
                    ),
                ))
                .returning(report_cases::id)
                .get_result(conn)?;
            diesel::insert_into(reports::table)
                .values((
                    (reports::case_id.eq(case), reports::number.eq(1)),
                    (reports::kind.eq("spoils"), reports::subject.eq("post"), reports::subject_id.eq(text)),
                    (reports::reporter_id.eq(MemberId(by)), reports::author_id.eq(MemberId(on))),
                    (reports::note.eq(""), reports::state.eq(*state), reports::reported_at.eq(Moment::now())),
                ))
                .execute(conn)?;
        }
        Ok(())
    })
    .await;
}

stories! {
    async fn a_history_shows_posts_reports_and_sanctions(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let sealed = [("title", "Tom burns the mill"), ("title_spoils", "yes"), ("body", "He did."), ("reach", "20")];
        kestrel.submit(&form, "/threads", &sealed).await.expect_redirect();
        start(&kestrel, 1, "Stones").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/posts/2/hide").await;
        keeper.submit(&form, "/posts/2/hide", &[("reason", "off topic")]).await.expect_redirect();
        let id: MemberId = club.write(|conn| Ok(members::table.filter(members::handle.eq("kestrel")).select(members::id).first(conn)?)).await;
        let other: MemberId = club.write(|conn| Ok(members::table.filter(members::handle.eq("keeper")).select(members::id).first(conn)?)).await;
        club.account("heron", Role::Member).await;
        report(&club, id.0, other.0 + 1, &["upheld", "upheld", "dismissed", "open"]).await;
        report(&club, other.0, id.0, &["upheld"]).await;

        let record = keeper.get("/members/kestrel/record").await;
        record.expect(200).says("member · joined").says("2 posts.").says("hidden").says("Stones");
        record.says("A thread about chapters up to 20").lacks("burns");
        record.says("4 reports made (2 upheld, 1 dismissed, 1 open)").says("spoiler: a post upheld");
        record.says("keeper hid a post in “Stones”");
        keeper.get("/members/kestrel").await.link("History");
        keeper.get("/members/KESTREL/record").await.expect(200);
        keeper.get("/members/nobody/record").await.expect(404);
        keeper.get("/members/%00/record").await.expect(404);
        // The history doesn't show who reported the member.
        keeper.get("/members/keeper/record").await.lacks("kestrel").says("1 report made (1 upheld, 0 dismissed, 0 open)");
        kestrel.get("/members/kestrel").await.lacks("/record");
        kestrel.get("/members/kestrel/record").await.expect(403);
    }

    async fn staff_notes_are_in_order_and_never_shown_to_their_member(club: Club) {
        club.account("kestrel", Role::Member).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let warden = club.member("warden", Role::Moderator).await;
        note(&keeper, "kestrel", " ").await.expect(422).says("Please write something");
        let page = note(&keeper, "kestrel", "The ||end||").await;
        page.expect(422).says("remove the bars");
        assert!(page.form("/members/kestrel/notes", &[]).contains(&("note".into(), "The ||end||".into())));
        for number in 1..=23 {
            note(&keeper, "kestrel", &format!("Number {number}.\nA <b>talk</b>.")).await.expect_redirect();
        }
        let record = warden.get("/members/kestrel/record").await;
        record.says("Number 23.A <b>talk</b>.").says("keeper").lacks("Number 3.").lacks("<b>talk");
        warden.get(&record.link("Earlier notes")).await.says("Number 3.").lacks("Number 4.");
        // Moderators can't read the notes on themselves.
        note(&keeper, "warden", "Tired of late").await.expect_redirect();
        warden.get("/members/warden/record").await.expect(200).lacks("Tired of late").lacks("/notes");
        let fields = record.form("/members/kestrel/notes", &[("note", "All is well")]);
        warden.post("/members/warden/notes", &fields).await.expect(403).says("about yourself");
        warden.get("/log").await.lacks("Tired of late").lacks("All is well").lacks("concerning <a href=\"/members/warden");
    }

    async fn the_list_is_filtered_and_paged(club: Club) {
        let keeper = club.member("keeper", Role::Moderator).await;
        club.account("Kestrel", Role::Host).await;
        club.account("ke-st", Role::Member).await;
        club.account("kezz", Role::Member).await;
        club.account("k_z", Role::Member).await;
        let names = async |path: &str| keeper.get(path).await.expect(200).texts("main li a.title");
        assert_eq!(names("/members").await, ["k_z", "kezz", "ke-st", "Kestrel", "keeper"]);
        assert_eq!(names("/members?name=Ke").await, ["ke-st", "keeper", "Kestrel", "kezz"]);
        assert_eq!(names("/members?name=kez").await, ["kezz"]);
        assert_eq!(names("/members?show=hosts").await, ["Kestrel"]);
        for wrong in ["%25", "%00", "k%27", "%C3%A9", "zz"] {
            keeper.get(&format!("/members?name={wrong}")).await.expect(200).says("No member’s name begins with this");
        }
        keeper.get("/members?show=silenced").await.says("No members to show");
        keeper.get("/members?before=heron").await.expect(400);
        club.write(|conn| {
            for number in 0..70 {
                diesel::insert_into(members::table)
                    .values((
                        (members::handle.eq(format!("wren{number:02}")), members::handle_key.eq(format!("wren{number:02}"))),
                        (members::email.eq(""), members::email_key.eq(""), members::password_hash.eq("")),
                        (members::role.eq(Role::Member), members::about.eq(""), members::posts_count.eq(0)),
                        members::joined_at.eq(Moment::now()),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await;
        for path in ["/members", "/members?name=wren"] {
            let first = keeper.get(path).await;
            assert_eq!(first.texts("main li a.title").len(), 50);
            let second = keeper.get(&first.link("More")).await;
            let expected = if path.contains("name") { 20 } else { 25 };
            assert_eq!(second.texts("main li a.title").len(), expected);
            second.lacks("rel=\"next\"");
        }
        club.visitor().fetch("/members").await.expect(303);
    }
}
