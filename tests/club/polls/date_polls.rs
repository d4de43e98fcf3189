//! Date polls: members answer for several times, and a host turns one of them into a meeting.

use crate::forum::threads::add_book;
use crate::harness::{Club, Page, Person};
use crate::site::account::copy;
use crate::stories;
use chapterhouse::db::schema::{date_poll_answers, date_poll_slots, date_polls as polls, members};
use chapterhouse::db::{DatePollId, DatePollSlotId, MemberId, Moment};
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::polls::date_polls::{self, Answer};
use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use futures_util::future::{join, join_all};

pub const POLL: &str = "/polls/dates/1";

/// A host who has opened a poll with these times.
pub async fn ask(club: &Club, times: &[(&str, &str)], fields: &[(&str, &str)]) -> Person {
    add_book(club).await;
    let host = club.member("planner", Role::Host).await;
    let sent = send(&host, times, fields).await;
    assert_eq!(sent.expect_redirect(), POLL);
    host
}

async fn send(host: &Person, times: &[(&str, &str)], fields: &[(&str, &str)]) -> Page {
    let form = host.get("/polls/dates/new").await;
    let mut filled = vec![("title", "First half")];
    for (day, time) in times {
        filled.extend([("day", *day), ("time", *time)]);
    }
    filled.extend(fields);
    host.submit(&form, "/polls/dates", &filled).await
}

pub const TIMES: [(&str, &str); 3] = [("2199-10-21", "18:30"), ("2199-10-22", "19:00"), ("2199-10-26", "15:00")];

/// Answers the poll, in the order of its times; empty for no answer.
pub async fn answer(person: &Person, answers: &[&str]) -> Page {
    send_answers(person, &person.get(POLL).await, answers).await
}

async fn send_answers(person: &Person, page: &Page, answers: &[&str]) -> Page {
    let mut fields = page.form("/polls/dates/1/answers", &[]);
    fields.retain(|(name, _)| !name.starts_with("slot"));
    for (slot, answer) in answers.iter().enumerate().filter(|(_, answer)| !answer.is_empty()) {
        fields.push((format!("slot{}", slot + 1), (*answer).to_owned()));
    }
    person.post("/polls/dates/1/answers", &fields).await
}

async fn choose(host: &Person, slot: &str) -> Page {
    let page = host.get(POLL).await;
    host.submit(&page, "/polls/dates/1/meeting", &[("slot", slot)]).await
}

async fn set_zone(club: &Club, handle: &'static str, zone: &'static str) {
    club.write(move |conn| {
        diesel::update(members::table.filter(members::handle.eq(handle))).set(members::zone.eq(zone)).execute(conn)?;
        Ok(())
    })
    .await;
}

/// Closes the answers a day ago and, unless `closes_only`, lets all times pass.
async fn pass(club: &Club, closes_only: bool) {
    club.write(move |conn| {
        let yesterday = Moment::from(Utc::now() - TimeDelta::days(1));
        diesel::update(polls::table).set(polls::closes_at.eq(yesterday)).execute(conn)?;
        if !closes_only {
            diesel::update(polls::table).set(polls::last_slot_at.eq(yesterday)).execute(conn)?;
            diesel::update(date_poll_slots::table.filter(date_poll_slots::id.eq(1)))
                .set(date_poll_slots::starts_at.eq(yesterday))
                .execute(conn)?;
        }
        Ok(())
    })
    .await;
}

stories! {
    async fn members_answer_and_a_host_picks_the_date(club: Club) {
        let host = ask(&club, &TIMES, &[("book", "1"), ("minutes", "90"), ("note", "We begin with chapter 1.")]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let owl = club.member("owl", Role::Member).await;
        let wren = club.member("wren", Role::Member).await;
        let heron = club.member("heron", Role::Member).await;
        kestrel.get("/").await.says("Find a date").says("3 times to choose from");
        let page = kestrel.get(POLL).await;
        page.says("We begin with chapter 1.").says("Monday 21 October 2199, 18:30–20:00, London").says("yes nobody");
        assert_eq!(page.texts("fieldset legend")[0], "Can you come on Monday 21 October 2199, 18:30–20:00?");
        page.says("The Salt Road").lacks("best so far").lacks("Pick this date");
        answer(&kestrel, &["yes", "yes", "no"]).await.expect_redirect();
        answer(&owl, &["if need be", "yes", "no"]).await.expect_redirect();
        answer(&wren, &["yes", "if need be", ""]).await.expect_redirect();
        kestrel.get("/").await.says("You’ve answered");
        heron.get("/").await.says("3 times to choose from");
        // New answers replace all earlier ones, also those that are left out.
        let page = owl.get(POLL).await;
        assert_eq!(page.attributes("input[checked]", "value"), ["if need be", "yes", "no"]);
        page.says("yes 2: kestrel, wren").says("if needed 1: owl").says("tied for best").says("3 members");
        answer(&owl, &["yes", "yes", ""]).await.expect_redirect();
        let page = owl.get(POLL).await;
        assert_eq!(page.texts(".scope"), ["best so far"]);
        page.says("yes 3: kestrel, wren, owl").says("no 1: kestrel").says("3 members");

        answer(&host, &["no", "yes", "yes"]).await.expect_redirect();
        let log = host.get("/log?show=everything").await.texts("ol.threads > li").len();
        let meeting = choose(&host, "2").await.expect_redirect();
        assert_eq!(meeting, "/meetings/1/first-half");
        let page = host.get(&meeting).await;
        page.says("Tuesday 22 October 2199, 19:00–20:30").says("The Salt Road").says("3 going, 1 maybe, 0 can’t");
        assert_eq!(host.get("/log?show=everything").await.texts("ol.threads > li").len(), log + 1);
        kestrel.get("/notifications").await.says("The date is set: the date poll “First half” became a meeting");
        heron.get("/").await.lacks("1 new").lacks("Find a date").says("First half");
        host.get("/").await.lacks("1 new");
        let page = kestrel.get(POLL).await;
        page.says("Meeting scheduled").says("Tuesday 22 October 2199").lacks("Pick this date").lacks("Update answers");
        page.link("First half");
        assert!(wren.get(&meeting).await.texts("button[aria-pressed=true]").contains(&"Maybe".to_owned()));
        kestrel.get("/polls").await.says("No open polls").says("meeting scheduled");
        club.visitor().get("/polls").await.says("Polls are for members");
    }

    async fn when_the_meeting_is_cancelled_the_poll_is_open_again(club: Club) {
        let host = ask(&club, &TIMES, &[]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        answer(&kestrel, &["yes", "yes", "yes"]).await.expect_redirect();
        let chosen = choose(&host, "1").await.expect_redirect();
        choose_again(&host).await.expect(409).says("its meeting is scheduled");
        let form = host.get("/meetings/1/cancel").await;
        host.submit(&form, "/meetings/1/cancel", &[("reason", "no room")]).await.expect_redirect();
        host.get(&chosen).await.says("Cancelled: no room");
        kestrel.get(POLL).await.lacks("Meeting scheduled").says("yes 1: kestrel");
        answer(&kestrel, &["no", "yes", "yes"]).await.expect_redirect();
        choose(&host, "2").await.expect_redirect();
        kestrel.get("/").await.says("Tuesday 19:00");
    }

    async fn members_in_another_zone_also_see_their_own_time(club: Club) {
        ask(&club, &TIMES, &[("zone", "America/New_York"), ("closes", "2199-10-01")]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        set_zone(&club, "kestrel", "Europe/Berlin").await;
        let page = kestrel.get(POLL).await;
        page.says("Monday 21 October 2199, 18:30–20:30, New York").says("Tuesday 22 October, 00:30 your time, Berlin");
        assert_eq!(page.attributes("th time", "datetime")[0], "2199-10-21T22:30:00Z");
        // As if the zone's rules had changed by an hour: the local times stay.
        club.write(|conn| {
            for slot in date_polls::slots(conn, DatePollId(1))? {
                let at = slot.starts_at.before(TimeDelta::hours(1));
                diesel::update(date_poll_slots::table.find(slot.id)).set(date_poll_slots::starts_at.eq(at)).execute(conn)?;
            }
            let at = date_polls::get(conn, DatePollId(1))?.closes_at.unwrap().before(TimeDelta::hours(1));
            diesel::update(polls::table).set(polls::closes_at.eq(at)).execute(conn)?;
            assert_eq!(date_polls::rederive(conn)?, 1);
            assert_eq!(date_polls::rederive(conn)?, 0);
            let closes_at = date_polls::get(conn, DatePollId(1))?.closes_at.unwrap();
            assert_eq!(closes_at.utc().to_rfc3339(), "2199-10-02T04:00:00+00:00");
            Ok(())
        })
        .await;
        assert_eq!(kestrel.get(POLL).await.attributes("th time", "datetime"), page.attributes("th time", "datetime"));
    }

    async fn invalid_fields_are_shown_again_with_their_errors(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        let one = send(&host, &TIMES[..1], &[]).await;
        one.expect(422).says("Please offer at least 2 times");
        let odd = [("2030-03-31", "01:30"), ("2030-10-27", "01:30"), ("2020-01-01", "10:00"), ("2199-10-21", ""), ("2199-10-21", "18:30"), ("2199-10-21", "18:30")];
        let page = send(&host, &odd, &[("zone", "Europe/London")]).await;
        page.expect(422).says("This time doesn’t exist on that day").says("This time happens twice on that day");
        page.says("This time has already passed").says("Please enter a time").says("You’ve already entered this time above");
        assert_eq!(page.attributes("input[name=day]", "value").len(), 6);
        assert_eq!(page.attributes("input[name=day]", "aria-describedby").len(), 5);
        assert_eq!(page.attributes("select[name=which]", "id"), ["which2"]);
        let said = [("day", "2030-10-27"), ("time", "01:30"), ("which", "second"), ("day", "2030-10-28"), ("time", "18:30"), ("which", "")];
        host.submit(&page, "/polls/dates", &said).await.expect_redirect();
        assert_eq!(host.get(POLL).await.attributes("th time", "datetime")[0], "2030-10-27T01:30:00Z");
        for (field, value, sentence) in [
            ("title", "", "Please give a title"),
            ("title", "It ends ||badly||", "can’t contain a hidden spoiler"),
            ("note", "It ends ||badly||", "can’t contain a hidden spoiler"),
            ("zone", "Mars/Olympus", "Please choose a time zone"),
            ("minutes", "2", "from 5 to 1440"),
            ("book", "99", "choose a book from the list"),
            ("closes", "2020-01-01", "This date has already passed"),
        ] {
            let form = host.get("/polls/dates/new").await;
            let mut filled = vec![("title", "First half"), (field, value)];
            filled.retain(|(name, kept)| *name != field || *kept == value);
            for (day, time) in TIMES {
                filled.extend([("day", day), ("time", time)]);
            }
            host.submit(&form, "/polls/dates", &filled).await.expect(422).says(sentence);
        }
    }

    async fn more_rows_keep_what_is_filled_in(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        let page = send(&host, &TIMES, &[("more", "yes"), ("note", "Bring tea")]).await;
        page.expect(200).lacks("Please fix the problem below");
        assert_eq!(page.attributes("input[name=day]", "value")[..3], ["2199-10-21", "2199-10-22", "2199-10-26"]);
        assert_eq!(page.attributes("input[name=day]", "id").len(), 8);
        assert_eq!(page.attributes("input[name=note]", "value"), ["Bring tea"]);
        let mut page = page;
        for _ in 0..4 {
            page = host.submit(&page, "/polls/dates", &[("more", "yes")]).await;
        }
        assert_eq!(page.attributes("input[name=day]", "id").len(), 20);
        page.lacks("More times");
        host.submit(&page, "/polls/dates", &[]).await.expect_redirect();
        assert_eq!(host.get(POLL).await.texts("th time").len(), 3);
    }

    async fn a_host_changes_the_times_of_an_open_poll(club: Club) {
        let host = ask(&club, &TIMES, &[]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let owl = club.member("owl", Role::Member).await;
        answer(&kestrel, &["yes", "yes", "no"]).await.expect_redirect();
        answer(&owl, &["", "yes", ""]).await.expect_redirect();
        let form = host.get(&host.get(POLL).await.link("Add times")).await;
        let add = "/polls/dates/1/slots";
        host.submit(&form, add, &[]).await.expect(422).says("Please enter a time to add");
        let same = [("day", "2199-10-22"), ("time", "19:00")];
        let refused = host.submit(&form, add, &same).await;
        refused.expect(422).says("The poll already has this time");
        assert_eq!(refused.attributes("#day1", "value"), ["2199-10-22"]);
        host.submit(&form, add, &[("day", "2199-10-28"), ("time", "19:00")]).await.expect_redirect();
        kestrel.get("/notifications").await.says("The date poll “First half” has new times to choose from");
        let page = kestrel.get(POLL).await;
        assert_eq!(page.attributes("input[checked]", "value"), ["yes", "yes", "no"]);
        assert_eq!(page.texts("th time").len(), 4);
        page.lacks("/remove").lacks("Add times");

        // Removing a time asks for a reason. Its answers come back when it is restored.
        let ask = host.get("/slots/2/remove").await;
        ask.says("Remove Tuesday 22 October 2199, 19:00 from the poll");
        host.submit(&ask, "/slots/2/remove", &[("reason", "")]).await.expect(422);
        host.submit(&ask, "/slots/2/remove", &[("reason", "the room is taken")]).await.expect_redirect();
        let told = "A host removed Tuesday 22 October 2199, 19:00 from the date poll “First half”: the room is taken";
        owl.get("/notifications").await.says(told);
        owl.get("/").await.says("3 times to choose from").lacks("You’ve answered");
        let page = kestrel.get(POLL).await;
        page.says("was removed by a host: the room is taken").says("1 member");
        assert_eq!(page.texts("th time").len(), 3);
        assert_eq!(page.attributes("input[checked]", "value"), ["yes", "no"]);
        choose(&host, "2").await.expect(404);
        kestrel.get("/log?show=everything").await.says("A host removed a time from the date poll “First half”: the room is taken").says("added times to the date poll “First half”");
        let back = host.get(&host.get(POLL).await.link("Restore")).await;
        host.submit(&back, "/slots/2/remove", &[("reason", "it is free again")]).await.expect_redirect();
        kestrel.get(POLL).await.says("yes 2: kestrel, owl").says("2 members").lacks("was removed");
        // Two times must remain. A time that is added again comes back with its answers.
        for (slot, status) in [("1", 303), ("2", 303), ("3", 409)] {
            let path = format!("/slots/{slot}/remove");
            let ask = host.get(&path).await;
            host.submit(&ask, &path, &[("reason", "no")]).await.expect(status);
        }
        host.submit(&form, add, &[("day", "2199-10-21"), ("time", "18:30")]).await.expect_redirect();
        kestrel.get(POLL).await.says("yes 1: kestrel").says("1 member");
        choose(&host, "1").await.expect_redirect();
        host.get("/slots/3/remove").await.expect(200);
        let late = host.submit(&form, add, &[("day", "2199-10-29"), ("time", "18:30")]).await;
        late.expect(409).says("its meeting is scheduled");
    }

    async fn answers_to_removed_times_crowd_out_no_others(club: Club) {
        ask(&club, &TIMES, &[]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        club.write(|conn| {
            let kestrel: MemberId = members::table.filter(members::handle.eq("kestrel")).select(members::id).first(conn)?;
            for minutes in 0..2000 {
                let at = Moment::now().before(TimeDelta::minutes(10 + minutes));
                let (day, time) = (at.utc().date_naive(), at.utc().time());
                let row = (
                    (date_poll_slots::date_poll_id.eq(DatePollId(1)), date_poll_slots::day.eq(day)),
                    (date_poll_slots::time.eq(time), date_poll_slots::starts_at.eq(at)),
                    (date_poll_slots::yes_count.eq(1), date_poll_slots::if_needed_count.eq(0)),
                    (date_poll_slots::no_count.eq(0), date_poll_slots::removed_reason.eq(Some("the room is taken"))),
                );
                let slot: DatePollSlotId =
                    diesel::insert_into(date_poll_slots::table).values(row).returning(date_poll_slots::id).get_result(conn)?;
                let given = (
                    (date_poll_answers::slot_id.eq(slot), date_poll_answers::member_id.eq(kestrel)),
                    (date_poll_answers::answer.eq(Answer::Yes), date_poll_answers::answered_at.eq(at)),
                );
                diesel::insert_into(date_poll_answers::table).values(given).execute(conn)?;
            }
            Ok(())
        })
        .await;
        answer(&kestrel, &["yes", "", ""]).await.expect_redirect();
        kestrel.get(POLL).await.says("yes 1: kestrel");
    }

    async fn answers_close_and_a_host_still_chooses(club: Club) {
        let host = ask(&club, &TIMES, &[("closes", "2199-10-01")]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get(POLL).await;
        form.says("Answer by").says("2 October 2199, 00:00");
        pass(&club, true).await;
        send_answers(&kestrel, &form, &["yes", "yes", "yes"]).await.expect(409).says("This poll no longer takes answers");
        kestrel.get(POLL).await.says("answers closed, waiting for a host to pick a date").lacks("Update answers");
        kestrel.get("/").await.says("Answers are closed. A host will pick the date.");
        choose(&host, "3").await.expect_redirect();
    }

    async fn closed_polls_cannot_be_changed(club: Club) {
        let host = ask(&club, &TIMES, &[]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let (form, page) = (kestrel.get(POLL).await, host.get(POLL).await);
        pass(&club, false).await;
        send_answers(&kestrel, &form, &["yes", "", ""]).await.expect(409).says("All times in this poll have passed");
        host.submit(&page, "/polls/dates/1/meeting", &[("slot", "1")]).await.expect(409).says("This time has already passed");
        host.submit(&page, "/polls/dates/1/meeting", &[("slot", "99")]).await.expect(404);
        kestrel.get("/").await.lacks("Find a date");
    }

    async fn cancelling_a_poll_notifies_everyone_who_answered(club: Club) {
        let host = ask(&club, &TIMES, &[]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        answer(&kestrel, &["yes", "", ""]).await.expect_redirect();
        let form = host.get("/polls/dates/1/cancel").await;
        host.submit(&form, "/polls/dates/1/cancel", &[("reason", "")]).await.expect(422);
        host.submit(&form, "/polls/dates/1/cancel", &[("reason", "the room is gone")]).await.expect_redirect();
        kestrel.get("/notifications").await.says("The date poll “First half” was cancelled: the room is gone");
        kestrel.get(POLL).await.says("Cancelled: the room is gone").lacks("Update answers");
        kestrel.get("/log?show=everything").await.says("A host cancelled the date poll “First half”: the room is gone");
        host.submit(&form, "/polls/dates/1/cancel", &[("reason", "again")]).await.expect(409);
        kestrel.get("/polls").await.says("cancelled");
    }

    async fn fifty_answer_while_two_hosts_choose(club: Club) {
        let host = ask(&club, &TIMES, &[]).await;
        let mut people = Vec::new();
        for number in 1..=50 {
            let person = club.member(&format!("reader{number}"), Role::Member).await;
            people.push((person.get(POLL).await, person));
        }
        for page in join_all(people.iter().map(|(page, person)| send_answers(person, page, &["yes", "if need be", "no"]))).await {
            page.expect(303);
        }
        let page = host.get(POLL).await;
        page.says("50 members").says("yes 50:").says("and 20 more").says("if needed 50:");
        let other = club.member("other", Role::Host).await;
        let theirs = other.get(POLL).await;
        let both = join(
            host.submit(&page, "/polls/dates/1/meeting", &[("slot", "1")]),
            other.submit(&theirs, "/polls/dates/1/meeting", &[("slot", "2")]),
        )
        .await;
        let mut answers = [both.0.status.as_u16(), both.1.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [303, 409]);
        let meeting = host.get("/meetings/1").await;
        assert!(["50 going, 0 maybe", "0 going, 50 maybe"].iter().any(|counts| meeting.body.contains(counts)));
        host.get("/meetings/2").await.expect(404);
    }

    async fn answers_are_exported_and_deleted_with_the_account(club: Club) {
        ask(&club, &TIMES, &[]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let owl = club.member("owl", Role::Member).await;
        answer(&kestrel, &["yes", "no", ""]).await.expect_redirect();
        answer(&owl, &["yes", "", ""]).await.expect_redirect();
        let files = copy(&kestrel).await;
        assert!(files[0].1.contains("2199-10-21 18:30: yes") && files[0].1.contains("2199-10-22 19:00: no"), "{}", files[0].1);
        let form = kestrel.get("/settings/account").await;
        let filled = [("words", "stay"), ("current", crate::harness::PASSWORD)];
        kestrel.submit(&form, "/settings/account", &filled).await.expect_redirect();
        owl.get(POLL).await.says("1 member").says("yes 1: owl").lacks("kestrel").lacks("no 1");
    }
}

async fn choose_again(host: &Person) -> Page {
    let fields = host.get("/polls/dates/new").await.form("/polls/dates", &[("slot", "2")]);
    host.post("/polls/dates/1/meeting", &fields).await
}
