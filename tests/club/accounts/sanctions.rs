//! Sanctions: warnings, silences, suspensions and closed accounts, and who may impose and lift them.

use crate::forum::book_order::start;
use crate::forum::folds::add_two_books;
use crate::harness::{Club, PASSWORD, Page, Person};
use crate::stories;
use chapterhouse::db::Moment;
use chapterhouse::db::schema::{members, sanctions};
use chapterhouse::domain::core::members::Role;
use chrono::TimeDelta;
use diesel::prelude::*;

async fn sanction(by: &Person, handle: &str, kind: &str, length: &str) -> Page {
    let form = by.get(&format!("/members/{handle}/sanctions/new?kind={kind}")).await;
    let filled = [("length", length), ("reason", "unkind words")];
    by.submit(&form, &format!("/members/{handle}/sanctions"), &filled).await
}

async fn lift(by: &Person, handle: &str, id: i64) -> Page {
    let path = format!("/members/{handle}/sanctions/{id}/lift");
    let form = by.get(&path).await;
    if form.status != 200 { form } else { by.submit(&form, &path, &[("reason", "a fresh start")]).await }
}

/// In how many whole days a member's silence and suspension end.
async fn limits_of(club: &Club, handle: &'static str) -> (Option<i64>, Option<i64>) {
    let days =
        |until: Option<Moment>| until.map(|until| (until.utc() - Moment::now().utc()).num_hours().div_euclid(24) + 1);
    club.write(move |conn| {
        let columns = (members::silenced_until, members::suspended_until);
        let (silenced, suspended) = members::table.filter(members::handle.eq(handle)).select(columns).first(conn)?;
        Ok((days(silenced), days(suspended)))
    })
    .await
}

stories! {
    async fn a_warning_is_shown_until_it_is_confirmed(club: Club) {
        let keeper = club.member("keeper", Role::Moderator).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let record = sanction(&keeper, "kestrel", "warning", "").await.expect_redirect();
        keeper.get(&record).await.says("warning: unkind words").says("Done. The member was notified");
        let home = kestrel.get("/").await;
        home.says("Warning from a moderator: unkind words").says("1 new").lacks("keeper");
        kestrel.get("/notifications").await.says("A moderator warned you: unkind words");
        let confirm = "/members/kestrel/sanctions/1/confirm";
        let owl = club.member("owl", Role::Member).await;
        owl.post(confirm, &owl.get("/settings").await.form("/settings", &[])).await.expect(404);
        kestrel.submit(&home, confirm, &[]).await.expect_redirect();
        kestrel.submit(&home, confirm, &[]).await.expect_redirect();
        kestrel.get("/").await.lacks("unkind words");
        keeper.get(&record).await.says("read ");
        keeper.get("/log").await.says("keeper warned kestrel: unkind words");
        owl.get("/log").await.says("A moderator warned a member").lacks("kestrel");
    }

    async fn a_silenced_member_can_read_but_not_post(club: Club) {
        add_two_books(&club).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let form = kestrel.get(&thread).await;
        sanction(&keeper, "kestrel", "silence", "3").await.expect_redirect();
        assert_eq!(limits_of(&club, "kestrel").await, (Some(3), None));
        kestrel.get("/").await.says("You can read but not post until").says("unkind words");
        kestrel.submit(&form, "/threads/1/posts", &[("body", "Still here.")]).await.expect(403).says("You can read but not post");

        // Of several silences the longest counts, and lifting one doesn't lift the others.
        sanction(&keeper, "kestrel", "silence", "30").await.expect_redirect();
        sanction(&keeper, "kestrel", "silence", "1").await.expect_redirect();
        assert_eq!(limits_of(&club, "kestrel").await, (Some(30), None));
        lift(&keeper, "kestrel", 2).await.expect_redirect();
        assert_eq!(limits_of(&club, "kestrel").await, (Some(3), None));
        lift(&keeper, "kestrel", 2).await.expect(409);
        lift(&keeper, "kestrel", 1).await.expect_redirect();
        lift(&keeper, "kestrel", 3).await.expect_redirect();
        assert_eq!(limits_of(&club, "kestrel").await, (None, None));
        kestrel.get("/notifications").await.says("A moderator lifted your silence: a fresh start");
        kestrel.submit(&form, "/threads/1/posts", &[("body", "Back again.")]).await.expect_redirect();

        // Imposing and lifting can both be undone, but not once the sanction has ended.
        keeper.undo_latest().await.expect_redirect();
        assert_eq!(limits_of(&club, "kestrel").await, (Some(1), None));
        club.write(|conn| {
            let past = Moment::now().before(TimeDelta::hours(1));
            diesel::update(sanctions::table).set(sanctions::expires_at.eq(past)).execute(conn)?;
            Ok(())
        })
        .await;
        keeper.undo_latest().await.expect(409).says("already ended");
        keeper.get("/members/kestrel/record").await.says("ended").lacks("/sanctions/3/lift");
    }

    async fn an_invalid_sanction_form_keeps_its_values(club: Club) {
        let keeper = club.member("keeper", Role::Moderator).await;
        club.account("kestrel", Role::Member).await;
        let path = "/members/kestrel/sanctions";
        let form = keeper.get("/members/kestrel/sanctions/new?kind=suspension").await;
        form.says("Suspend kestrel").says("signed out everywhere");
        for (day, why) in [("", "Please enter a date"), ("2020-01-01", "has already passed"), ("9999-99-99", "Please enter a date")] {
            let filled = [("length", "day"), ("day", day), ("reason", "unkind words")];
            let page = keeper.submit(&form, path, &filled).await;
            page.expect(422).says(why).says("Suspend kestrel");
            assert!(page.form(path, &[]).contains(&("reason".into(), "unkind words".into())));
            assert!(page.form(path, &[]).contains(&("length".into(), "day".into())));
        }
        keeper.submit(&form, path, &[("length", "fortnight"), ("reason", "x")]).await.expect(422).says("choose a duration");
        keeper.submit(&form, path, &[("length", "1"), ("reason", " ")]).await.expect(422).says("give a reason");
        keeper.submit(&form, path, &[("kind", "beheading"), ("reason", "x")]).await.expect(400);
        keeper.get("/log").await.says("Nothing yet");
        keeper.submit(&form, path, &[("length", "day"), ("day", "2199-05-01"), ("reason", "x")]).await.expect_redirect();
        keeper.get("/members/kestrel/record").await.says("through 1 May 2199").lacks("2 May");
        keeper.get("/members/nobody/sanctions/new?kind=warning").await.expect(404);
    }

    async fn a_suspended_member_is_signed_out_and_sees_the_reason_when_signing_in(club: Club) {
        let keeper = club.member("keeper", Role::Moderator).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let other_browser = club.visitor();
        other_browser.sign_in("kestrel", PASSWORD).await.expect_redirect();
        let form = kestrel.get("/settings").await;
        sanction(&keeper, "kestrel", "suspension", "7").await.expect_redirect();
        for browser in [&kestrel, &other_browser] {
            assert!(browser.fetch("/settings").await.expect_redirect().starts_with("/sign-in"));
        }
        kestrel.submit(&form, "/settings", &[("about", "Read this.")]).await.expect(403);

        let visitor = club.visitor();
        let wrong = visitor.sign_in("kestrel", "nine black rooks").await;
        wrong.expect(422).says("Wrong name or password").lacks("suspended").lacks("unkind");
        let right = visitor.sign_in("kestrel", PASSWORD).await;
        right.expect(422).says("You’re suspended until").says("unkind words").lacks("Wrong name or password");
        assert!(!visitor.cookies.borrow().contains_key("session"));
        // Nobody else sees that the member is suspended.
        visitor.get("/members/kestrel").await.expect(200).lacks("suspended");

        lift(&keeper, "kestrel", 1).await.expect_redirect();
        visitor.sign_in("kestrel", PASSWORD).await.expect_redirect();
        // The earlier sessions stay ended.
        assert!(other_browser.fetch("/settings").await.expect_redirect().starts_with("/sign-in"));
        keeper.undo_latest().await.expect_redirect();
        visitor.sign_in("kestrel", PASSWORD).await.expect(422).says("You’re suspended");
        keeper.undo_latest().await.expect_redirect();

        sanction(&keeper, "kestrel", "closure", "").await.expect_redirect();
        sanction(&keeper, "kestrel", "suspension", "1").await.expect_redirect();
        visitor.sign_in("kestrel", PASSWORD).await.expect(422).says("A moderator closed your account: unkind words");
        keeper.get("/members/kestrel/record").await.says("account closed").lacks("<b>suspended");
        keeper.get("/members?show=suspended").await.says("No members to show").lacks("ahead\">suspended");
        lift(&keeper, "kestrel", 2).await.expect_redirect();
        visitor.sign_in("kestrel", PASSWORD).await.expect(422).says("You’re suspended until");
        keeper.get("/members/kestrel/record").await.says("suspended").lacks("account closed<");
    }

    async fn nobody_sanctions_past_their_role_or_themselves(club: Club) {
        let founder = club.member("founder", Role::Admin).await;
        let second = club.member("second", Role::Admin).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        club.account("warden", Role::Moderator).await;
        club.account("kestrel", Role::Host).await;
        let tried = async |by: &Person, handle: &str| {
            let form = by.get("/members/kestrel/sanctions/new?kind=suspension").await;
            let fields = form.form("/members/kestrel/sanctions", &[("length", "1"), ("reason", "because")]);
            assert_eq!(by.get(&format!("/members/{handle}/sanctions/new")).await.status, 403);
            by.post(&format!("/members/{handle}/sanctions"), &fields).await
        };
        tried(&keeper, "founder").await.expect(403).says("Admins can’t be warned or limited");
        tried(&keeper, "warden").await.expect(403).says("Moderators can’t do this to each other");
        tried(&keeper, "keeper").await.expect(403).says("You can’t do this to yourself");
        tried(&founder, "second").await.expect(403).says("Change their role first");
        tried(&founder, "founder").await.expect(403).says("You can’t do this to yourself");
        keeper.get("/members/founder/record").await.expect(200).lacks("/sanctions/new");
        founder.get("/log").await.says("Nothing yet");
        second.get("/").await.expect(200);
        // A silenced member can't become an admin, because nobody could lift the silence.
        sanction(&founder, "warden", "silence", "1").await.expect_redirect();
        let form = founder.get("/members/warden/role").await;
        let filled = [("role", "admin"), ("reason", "because")];
        founder.submit(&form, "/members/warden/role", &filled).await.expect(422).says("They’re silenced or suspended");
    }

    async fn a_moderator_lifts_what_moderators_gave_and_nothing_more(club: Club) {
        let founder = club.member("founder", Role::Admin).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let warden = club.member("warden", Role::Moderator).await;
        club.account("kestrel", Role::Member).await;
        sanction(&founder, "kestrel", "silence", "7").await.expect_redirect();
        let record = keeper.get("/members/kestrel/record").await;
        record.says("silence: unkind words").lacks("/sanctions/1/lift");
        lift(&keeper, "kestrel", 1).await.expect(403).says("Only admins can do this");
        keeper.undo_latest().await.expect(403);
        assert_eq!(limits_of(&club, "kestrel").await, (Some(7), None));
        sanction(&keeper, "kestrel", "silence", "30").await.expect_redirect();
        lift(&warden, "kestrel", 2).await.expect_redirect();
        assert_eq!(limits_of(&club, "kestrel").await, (Some(7), None));
        // Nobody lifts their own sanction. A warning doesn't stop a moderator from moderating.
        sanction(&founder, "warden", "warning", "").await.expect_redirect();
        lift(&warden, "warden", 3).await.expect(403);
        lift(&founder, "kestrel", 1).await.expect_redirect();
        assert_eq!(limits_of(&club, "kestrel").await, (None, None));
        // A sanction of another member isn't found at this address.
        lift(&founder, "kestrel", 3).await.expect(404);
    }

    async fn sanctions_imposed_at_the_same_time_all_count(club: Club) {
        club.account("kestrel", Role::Member).await;
        let mut running = Vec::new();
        for (name, length) in [("keeper", "7"), ("warden", "30"), ("third", "1")] {
            let moderator = club.member(name, Role::Moderator).await;
            let form = moderator.get("/members/kestrel/sanctions/new?kind=silence").await;
            let fields = form.form("/members/kestrel/sanctions", &[("length", length), ("reason", "because")]);
            running.push(async move { moderator.post("/members/kestrel/sanctions", &fields).await.status.as_u16() });
        }
        for one in running.into_iter().map(actix_web::rt::spawn).collect::<Vec<_>>() {
            assert_eq!(one.await.unwrap(), 303);
        }
        assert_eq!(limits_of(&club, "kestrel").await, (Some(30), None));
    }
}
