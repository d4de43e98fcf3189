//! Attendance: hosts record it, members see the numbers, and it can unlock what the meeting went through.

use crate::events::agendas::{MEETING, set_up};
use crate::forum::book_order::{read_to, start, write};
use crate::forum::threads::add_book;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::db::schema::{meetings, members};
use chapterhouse::db::{MeetingId, Moment};
use chapterhouse::domain::core::members::{MemberState, Role};
use diesel::prelude::*;
use futures_util::future::join_all;

/// A past meeting up to chapter 13, with these RSVPs.
async fn held(club: &Club, answers: &[(&str, &str)]) -> (Person, Vec<Person>) {
    add_book(club).await;
    let host = club.member("planner", Role::Host).await;
    set_up(&host, "2199-10-21").await;
    let mut people = Vec::new();
    for (handle, answer) in answers {
        let person = club.member(handle, Role::Member).await;
        let page = person.get(MEETING).await;
        person.submit(&page, "/meetings/1/rsvp", &[("answer", answer)]).await.expect_redirect();
        people.push(person);
    }
    club.write(|conn| {
        let past = Moment::now().before(chrono::TimeDelta::days(1));
        let values =
            (meetings::starts_at.eq(past), meetings::ends_at.eq(past), meetings::day.eq(past.utc().date_naive()));
        diesel::update(meetings::table.find(MeetingId(1))).set(values).execute(conn)?;
        Ok(())
    })
    .await;
    (host, people)
}

async fn note(host: &Person, fields: &[(&str, &str)]) -> Page {
    let form = host.get("/meetings/1/attendance").await;
    host.submit(&form, "/meetings/1/attendance", fields).await
}

async fn open_for_who_came(club: &Club, on: bool) -> Person {
    let admin = club.member(if on { "opener" } else { "closer" }, Role::Admin).await;
    let form = admin.get("/club/edit").await;
    let mut fields = form.form("/club", &[]);
    fields.retain(|(name, _)| name != "attendance_unlocks");
    if on {
        fields.push(("attendance_unlocks".to_owned(), "yes".to_owned()));
    }
    admin.post("/club", &fields).await.expect_redirect();
    admin
}

stories! {
    async fn a_host_records_attendance(club: Club) {
        let (host, people) = held(&club, &[("kestrel", "yes"), ("owl", "maybe"), ("heron", "no"), ("wren", "yes")]).await;
        people[0].get(MEETING).await.lacks("Record attendance");
        let form = host.get(&host.get(MEETING).await.link("Record attendance")).await;
        assert_eq!(form.texts("fieldset label"), ["kestrel", "wren", "owl answered maybe"]);
        assert_eq!(form.texts("fieldset label:has([checked])"), ["kestrel", "wren"]);
        note(&host, &[("others", "nobody")]).await.expect(422).says("There’s no member called nobody");
        // Closed accounts and pending applicants can't be recorded.
        for (handle, state) in [("gone", MemberState::Former), ("asker", MemberState::Waiting)] {
            club.account(handle, Role::Member).await;
            club.write(move |conn| {
                let member = members::table.filter(members::handle.eq(handle));
                diesel::update(member).set(members::state.eq(state)).execute(conn)?;
                Ok(())
            })
            .await;
            note(&host, &[("others", handle)]).await.expect(422).says(&format!("There’s no member called {handle}"));
        }
        note(&host, &[("guests", "many")]).await.expect(422).says("Please enter a number of guests");
        // Kestrel didn't come; owl came, heron came after all, and two guests.
        let owl = form.attributes("input[name=came]", "value");
        let fields = [("came", owl[1].as_str()), ("came", owl[2].as_str()), ("others", "heron, @Heron"), ("guests", "2")];
        let to = note(&host, &fields).await.expect_redirect();
        host.get(&to).await.says("Attendance saved: 3 members and 2 guests.").says("Attended 5").says("heron, owl, wren");
        people[0].get(MEETING).await.says("Attended 5").lacks("including you").lacks("owl");
        people[2].get(MEETING).await.says("Attended 5, including you").lacks("owl");
        // It can be corrected; the log has the numbers and no names.
        let again = host.get("/meetings/1/attendance").await;
        assert_eq!(again.texts("fieldset label:has([checked])"), ["wren", "owl answered maybe", "heron no RSVP"]);
        note(&host, &[("came", &owl[0]), ("guests", "0")]).await.expect_redirect();
        people[2].get(MEETING).await.says("Attended 1").lacks("including you");
        people[0].get("/log?show=everything").await.says("A host recorded attendance for the meeting ").says("Attendance: 3 members and 2 guests").lacks("heron");
        people[0].get("/meetings/1/attendance").await.expect(403);
    }

    async fn attendance_waits_until_the_meeting_begins(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, "2199-10-21").await;
        host.get(MEETING).await.lacks("Record attendance");
        host.get("/meetings/1/attendance").await.expect(409).says("hasn’t started yet");
    }

    async fn a_year_is_a_chart_with_its_table(club: Club) {
        let (host, people) = held(&club, &[("kestrel", "yes"), ("owl", "yes")]).await;
        let year = host.get(&host.get("/meetings").await.link("Attendance by year")).await;
        assert_eq!(year.texts("table.table tbody td"), ["2", "Record attendance: First half"]);
        assert_eq!(year.attributes(".chart[role=img] rect", "height"), ["100"]);
        note(&host, &[]).await.expect_redirect();
        note(&host, &[("guests", "2")]).await.expect_redirect();
        let year = host.get("/meetings/attendance").await;
        assert_eq!(year.texts("table.table tbody td"), ["2", "4 including 2 guests"]);
        assert_eq!(year.attributes(".chart[role=img] rect", "height"), ["50", "100"]);
        host.get("/meetings/attendance?year=1999").await.says("No meetings in 1999");
        host.get("/meetings/attendance?year=-5").await.expect(404);
        people[0].get("/meetings/attendance").await.expect(403);
    }

    async fn attendance_unlocks_texts_if_the_club_wants_it(club: Club) {
        let (host, people) = held(&club, &[("kestrel", "yes"), ("owl", "no")]).await;
        let author = club.member("writer", Role::Member).await;
        let thread = start(&author, 1, "Stones").await;
        write(&club, "writer", 1, vec![("WRENNEAR.".to_owned(), 13), ("WRENFAR.".to_owned(), 14)]).await;
        let (kestrel, owl) = (&people[0], &people[1]);
        read_to(&club, "kestrel", 1, 4).await;
        note(&host, &[]).await.expect_redirect();
        kestrel.get(&thread).await.lacks("WREN");
        let admin = open_for_who_came(&club, true).await;
        kestrel.get(&thread).await.says("WRENNEAR").lacks("WRENFAR");
        owl.get(&thread).await.lacks("WREN");
        kestrel.get(MEETING).await.says("spoilers up to chapter 13 are unlocked for you").says("Your bookmark: chapter 4");
        owl.get(MEETING).await.lacks("unlocked for you");
        // It's unlocked for them now, on the home page and in threads; their bookmark hasn't moved.
        kestrel.get("/").await.says("Unlocked for you in The Salt Road: 1 post up to chapter 13");
        kestrel.get("/books/1/opened").await.says("WRENNEAR").lacks("WRENFAR");
        assert_eq!(kestrel.get("/books/1").await.attributes("input[name=position]", "value"), ["4"]);
        // Their posts get at least the spoiler level of what they can see, unless they choose another.
        assert_eq!(kestrel.get(&thread).await.attributes("select[name=reach] option[selected]", "value"), ["13"]);
        read_to(&club, "kestrel", 1, 20).await;
        kestrel.get(&thread).await.says("WRENFAR");
        read_to(&club, "kestrel", 1, 2).await;
        kestrel.get(&thread).await.says("WRENNEAR").lacks("WRENFAR");
        // Members without a bookmark get it unlocked as well; correcting the attendance locks it again.
        note(&host, &[("others", "owl"), ("guests", "")]).await.expect_redirect();
        owl.get(&thread).await.says("WRENNEAR");
        let form = host.get("/meetings/1/attendance").await;
        let mut fields = form.form("/meetings/1/attendance", &[]);
        fields.retain(|(name, _)| name != "came");
        host.post("/meetings/1/attendance", &fields).await.expect_redirect();
        kestrel.get(&thread).await.lacks("WREN");
        owl.get(&thread).await.lacks("WREN");
        // The setting is logged and can be undone.
        note(&host, &[("others", "kestrel")]).await.expect_redirect();
        kestrel.get(&thread).await.says("WRENNEAR");
        // A shorter book unlocks nothing, however often attendance is recorded.
        let shorten = host.get("/books/1/edit").await;
        host.submit(&shorten, "/books/1", &[("contents", "10 chapters")]).await.expect_redirect();
        kestrel.get(&thread).await.lacks("WREN");
        note(&host, &[]).await.expect_redirect();
        kestrel.get(&thread).await.lacks("WREN");
        host.get(MEETING).await.says("up to chapter 9");
        let grow = host.get("/books/1/edit").await;
        host.submit(&grow, "/books/1", &[("contents", "23 chapters")]).await.expect_redirect();
        kestrel.get(&thread).await.lacks("WREN");
        club.write(|conn| {
            diesel::update(meetings::table).set(meetings::through.eq(13)).execute(conn)?;
            Ok(())
        })
        .await;
        note(&host, &[]).await.expect_redirect();
        kestrel.get(&thread).await.says("WRENNEAR");
        admin.get("/log").await.says("Attending a meeting unlocks its chapters: off → on");
        open_for_who_came(&club, false).await;
        kestrel.get(&thread).await.lacks("WREN");
    }

    async fn meetings_about_one_book_can_be_recorded_at_once(club: Club) {
        let (host, _) = held(&club, &[("kestrel", "yes"), ("owl", "yes"), ("wren", "yes")]).await;
        for _ in 0..7 {
            set_up(&host, "2199-10-21").await;
        }
        club.write(|conn| {
            let past = Moment::now().before(chrono::TimeDelta::days(1));
            diesel::update(meetings::table).set((meetings::starts_at.eq(past), meetings::ends_at.eq(past))).execute(conn)?;
            Ok(())
        })
        .await;
        open_for_who_came(&club, true).await;
        let form = host.get("/meetings/1/attendance").await;
        let mut fields = form.form("/meetings/1/attendance", &[("others", "kestrel owl wren")]);
        fields.retain(|(name, _)| name != "came");
        let paths: Vec<String> = (1..=8).map(|id| format!("/meetings/{id}/attendance")).collect();
        for page in join_all(paths.iter().map(|path| host.post(path, &fields))).await {
            page.expect(303);
        }
    }

    async fn a_meeting_cancelled_while_it_runs_unlocks_nothing(club: Club) {
        let (host, people) = held(&club, &[("kestrel", "yes")]).await;
        club.write(|conn| {
            let later = Moment::now().after(chrono::TimeDelta::hours(1));
            diesel::update(meetings::table.find(MeetingId(1))).set(meetings::ends_at.eq(later)).execute(conn)?;
            Ok(())
        })
        .await;
        let author = club.member("writer", Role::Member).await;
        let thread = start(&author, 1, "Stones").await;
        write(&club, "writer", 1, vec![("WRENNEAR.".to_owned(), 13)]).await;
        open_for_who_came(&club, true).await;
        note(&host, &[]).await.expect_redirect();
        people[0].get(&thread).await.says("WRENNEAR");
        let form = host.get("/meetings/1/cancel").await;
        host.submit(&form, "/meetings/1/cancel", &[("reason", "the lights went out")]).await.expect_redirect();
        people[0].get(&thread).await.lacks("WREN");
    }

    async fn names_of_members_behind_are_shown_only_with_consent(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, "2199-10-21").await;
        for (handle, allows) in [("kestrel", true), ("owl", false), ("heron", true)] {
            let person = club.member(handle, Role::Member).await;
            let page = person.get(MEETING).await;
            page.says("You haven’t started the book. This meeting covers up to chapter 13.");
            person.submit(&page, "/meetings/1/rsvp", &[("answer", "yes")]).await.expect_redirect();
            let form = person.get("/settings").await;
            let mut fields = form.form("/settings", &[]);
            fields.retain(|(name, _)| name != "place");
            if allows {
                fields.push(("place".to_owned(), "yes".to_owned()));
            }
            person.post("/settings", &fields).await.expect_redirect();
        }
        read_to(&club, "kestrel", 1, 4).await;
        let page = host.get(MEETING).await;
        page.says("3 of 3 attendees behind: heron (not started), kestrel (chapter 4)");
        read_to(&club, "kestrel", 1, 13).await;
        host.get(MEETING).await.says("2 of 3 attendees behind: heron (not started)");
        club.member("guest", Role::Member).await.get(MEETING).await.lacks("of 3 attendees behind");
    }
}
