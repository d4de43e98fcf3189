//! Series: a host creates one after a preview, and changes one meeting, later ones, or all of them.

use crate::forum::book_order::read_to;
use crate::forum::folds::add_two_books;
use crate::forum::threads::add_book;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::db::MeetingId;
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::events::meetings;

/// Sends the form: the third Tuesday of October 2199 and of the following months, 18:30 in London, unless overridden.
async fn send(host: &Person, filled: &[(&str, &str)]) -> Page {
    let form = host.get("/meetings/new?book=1").await;
    let mut fields =
        vec![("title", "Evening"), ("day", "2199-10-15"), ("time", "18:30"), ("minutes", "90"), ("repeat", "nth")];
    fields.push(("place", "Library, room 2"));
    fields.retain(|(name, _)| !filled.iter().any(|(known, _)| known == name));
    fields.extend(filled);
    host.submit(&form, "/meetings", &fields).await
}

/// Sends the form, and sends it again after the preview.
async fn set_up(host: &Person, filled: &[(&str, &str)]) -> String {
    let shown = send(host, filled).await;
    shown.expect(200);
    host.submit(&shown, "/meetings", &[]).await.expect_redirect()
}

async fn change(host: &Person, id: i64, filled: &[(&str, &str)]) -> Page {
    let form = host.get(&format!("/meetings/{id}/edit")).await;
    host.submit(&form, &format!("/meetings/{id}"), filled).await
}

/// The dates, in the order of the meetings' ids.
async fn days(club: &Club) -> Vec<String> {
    let all = club.write(|conn| (1..20).map(|id| Ok(meetings::get(conn, None, MeetingId(id)).ok())).collect());
    let all: Vec<Option<meetings::Meeting>> = all.await;
    all.into_iter().flatten().map(|meeting| meeting.day.to_string()).collect()
}

async fn meeting(club: &Club, id: i64) -> meetings::Meeting {
    club.write(move |conn| meetings::get(conn, None, MeetingId(id))).await
}

async fn host(club: &Club) -> Person {
    add_book(club).await;
    club.member("planner", Role::Host).await
}

async fn answer(person: &Person, id: i64, answer: &str) {
    let page = person.get(&format!("/meetings/{id}")).await;
    person.submit(&page, &format!("/meetings/{id}/rsvp"), &[("answer", answer)]).await.expect_redirect();
}

/// The log entries, newest first.
async fn log(reader: &Person) -> Vec<String> {
    reader.get("/log?show=everything").await.texts("ol.threads > li")
}

stories! {
    async fn a_description_is_not_copied_to_meetings_about_another_book(club: Club) {
        add_two_books(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, &[("count", "3"), ("through", "3"), ("body", "Bring tea."), ("reach", "0")]).await;
        let other = [("book", "2"), ("through", "2"), ("reach", "0"), ("reach_in", "2"), ("scope", "later")];
        change(&host, 3, &other).await.expect_redirect();
        let farther = [("through", "15"), ("body", "It WRENDROWNS."), ("reach", "20"), ("scope", "all")];
        change(&host, 1, &farther).await.expect_redirect();
        let kestrel = club.member("kestrel", Role::Member).await;
        read_to(&club, "kestrel", 2, 32767).await;
        for id in [1, 2] {
            kestrel.get(&format!("/meetings/{id}")).await.says("up to chapter 15").lacks("WREN");
        }
        kestrel.get("/meetings/3").await.says("up to chapter 2").says("Bring tea").lacks("WREN");
    }

    async fn a_series_is_previewed_before_it_is_created(club: Club) {
        let host = host(&club).await;
        let lines = log(&host).await.len();
        let shown = send(&host, &[("day", "2198-10-16"), ("count", "4"), ("skipped", "12"), ("body", "Bring *tea*."), ("reach", "0")]).await;
        shown.expect(200).says("Create these 4 meetings?");
        assert_eq!(shown.texts("main button.primary"), ["Create 4 meetings"]);
        assert!(days(&club).await.is_empty());
        assert_eq!(shown.texts("ol.days li"), ["Tuesday 16 October 2198", "Tuesday 20 November 2198", "Tuesday 15 January 2199", "Tuesday 19 February 2199"]);
        assert_eq!(shown.texts("textarea[name=body]"), ["Bring *tea*."]);
        // A changed rule shows a new preview.
        let other = host.submit(&shown, "/meetings", &[("count", "3")]).await;
        assert_eq!(other.expect(200).texts("ol.days li").len(), 3);
        let path = host.submit(&other, "/meetings", &[]).await.expect_redirect();
        assert_eq!(path, "/meetings/1/evening");
        assert_eq!(days(&club).await, ["2198-10-16", "2198-11-20", "2199-01-15"]);
        let page = host.get(&path).await;
        page.says("3 meetings created: third Tuesday of the month, not in December.").says("Bring tea.");
        page.says("Meetings · third Tuesday of the month, not in December");
        assert_eq!(page.link("20 November 2198"), "/meetings/2/evening");
        // The local time stays; the clocks went back between the two.
        assert_eq!(page.attributes("dl time", "datetime"), ["2198-10-16T17:30:00Z"]);
        assert_eq!(host.get("/meetings/2").await.attributes("dl time", "datetime"), ["2198-11-20T18:30:00Z"]);
        let lines = log(&host).await.len() - lines;
        assert_eq!(lines, 1, "one act, one line");
        host.get("/log?show=everything").await.says("created a series of 3 meetings");
        let calendar = host.get("/meetings/calendar.ics").await;
        assert_eq!(calendar.body.matches("BEGIN:VEVENT").count(), 3);
        let uids: std::collections::BTreeSet<&str> = calendar.body.lines().filter(|line| line.starts_with("UID")).collect();
        assert_eq!(uids.len(), 3);
    }

    async fn a_time_that_the_clocks_skip_or_repeat_is_named_with_its_day(club: Club) {
        let host = host(&club).await;
        let skipped = send(&host, &[("day", "2030-03-24"), ("time", "01:30"), ("repeat", "weeks"), ("count", "3")]).await;
        skipped.expect(422).says("This time doesn’t exist on Sunday 31 March 2030");
        assert_eq!(skipped.texts("ol.days li")[1], "Sunday 31 March 2030 This time doesn’t exist on this day, because the clocks go forward.");
        assert_eq!(skipped.texts("ol.days li")[2], "Sunday 7 April 2030");
        let forced = skipped.form("/meetings", &[("shown", "2030-03-24 2030-03-31 2030-04-07")]);
        host.post("/meetings", &forced).await.expect(422);
        assert!(days(&club).await.is_empty());

        let twice = send(&host, &[("day", "2030-10-20"), ("time", "01:30"), ("repeat", "weeks"), ("weeks", "1"), ("until", "2030-11-05")]).await;
        twice.expect(422).says("This time happens twice on Sunday 27 October 2030");
        let shown = host.submit(&twice, "/meetings", &[("which", "second")]).await;
        host.submit(shown.expect(200), "/meetings", &[]).await.expect_redirect();
        assert_eq!(days(&club).await, ["2030-10-20", "2030-10-27", "2030-11-03"]);
        assert_eq!(host.get("/meetings/2").await.attributes("dl time", "datetime"), ["2030-10-27T01:30:00Z"]);
    }

    async fn an_invalid_series_is_refused_at_its_field(club: Club) {
        let host = host(&club).await;
        for (filled, field, says) in [
            (&[("count", "")][..], "count", "Please enter a number of meetings or a last date"),
            (&[("count", "105")], "count", "from 1 to 104"),
            (&[("count", "1")], "count", "at least 2 meetings"),
            (&[("count", "2"), ("until", "2199-12-31")], "count", "fill in only one"),
            (&[("until", "soon")], "until", "Please enter a date"),
            (&[("until", "2199-01-01")], "until", "There’s no meeting up to this date"),
            (&[("day", "2190-10-12"), ("repeat", "weeks"), ("until", "2199-12-31")], "until", "more than 104"),
            (&[("repeat", "weeks"), ("weeks", "0"), ("count", "3")], "weeks", "from 1 to 52"),
            (&[("repeat", "daily"), ("count", "3")], "repeat", "choose how the meeting repeats"),
            (&[("repeat", "last"), ("count", "3")], "repeat", "isn’t the last Tuesday of the month. That’s 29 October"),
            (&[("count", "3"), ("skipped", "10")], "skipped", "in a month you skip"),
        ] {
            let page = send(&host, filled).await;
            page.expect(422).says(says);
            assert_eq!(page.texts(&format!("#{field}-problem")).len(), 1, "{filled:?}");
        }
        assert!(days(&club).await.is_empty());
    }

    async fn an_exception_keeps_its_changes(club: Club) {
        let host = host(&club).await;
        set_up(&host, &[("day", "2198-10-16"), ("count", "4")]).await;
        change(&host, 2, &[("place", "The old mill"), ("day", "2198-11-21")]).await.expect_redirect();
        host.get("/meetings/2").await.says("one of a series").says("The old mill").says("moved from Tuesday 20 November 2198, 18:30");
        host.get("/meetings/1").await.says("third Tuesday").says("Library, room 2").lacks("moved from");
        // Saving the form unchanged doesn't make the meeting an exception.
        let lines = log(&host).await.len();
        change(&host, 3, &[]).await.expect_redirect();
        assert_eq!(log(&host).await.len(), lines);
        let form = host.get("/meetings/1/edit").await;
        form.says("Changed individually, so left as they are: 21 November 2198.");
        let before = log(&host).await.len();
        let to = host.submit(&form, "/meetings/1", &[("place", "The pond"), ("time", "19:00"), ("scope", "all")]).await.expect_redirect();
        host.get(&to).await.says("Meeting updated, and 2 others in the series. 1 individually changed meeting was left as it is: 21 November 2198.");
        assert_eq!(log(&host).await.len(), before + 1);
        host.get("/log?show=everything").await.says("and 2 more in its series");
        for id in [1, 3, 4] {
            host.get(&format!("/meetings/{id}")).await.says("The pond").says("19:00–20:30");
        }
        host.get("/meetings/2").await.says("The old mill").says("18:30–20:00").lacks("The pond");
        assert_eq!(meeting(&club, 3).await.sequence, 2);
        // Values that weren't changed here stay as they are in each meeting.
        change(&host, 4, &[("title", "The end")]).await.expect_redirect();
        change(&host, 1, &[("minutes", "60"), ("scope", "all")]).await.expect_redirect();
        host.get("/meetings/3").await.says("19:00–20:00");
        host.get("/meetings/4").await.says("The end").says("19:00–20:30");
    }

    async fn another_weekday_moves_the_later_ones_by_the_rule(club: Club) {
        let host = host(&club).await;
        set_up(&host, &[("day", "2198-10-16"), ("count", "5"), ("closes", "2198-10-15T12:00"), ("places", "9")]).await;
        change(&host, 4, &[("title", "By hand")]).await.expect_redirect();
        let refused = change(&host, 3, &[("day", "2198-12-12"), ("closes", "2198-12-11T12:00"), ("scope", "all")]).await;
        refused.expect(422).says("To change the date, choose");
        for (id, day, closes, says) in [
            (3, "2198-11-20", "2198-11-19T12:00", "an earlier meeting on 20 November 2198. Please choose a later date"),
            (3, "1900-01-10", "", "an earlier meeting on"),
            (1, "1900-01-10", "", "This date has already passed"),
        ] {
            let refused = change(&host, id, &[("day", day), ("closes", closes), ("scope", "later")]).await;
            refused.expect(422).says(says);
            assert_eq!(refused.texts("#day-problem").len(), 1);
        }
        // The second Wednesday from now on.
        change(&host, 3, &[("day", "2198-12-12"), ("closes", "2198-12-11T12:00"), ("scope", "later")]).await.expect_redirect();
        assert_eq!(days(&club).await, ["2198-10-16", "2198-11-20", "2198-12-12", "2199-01-15", "2199-02-13"]);
        let third = host.get("/meetings/3").await;
        third.says("second Wednesday of the month");
        assert_eq!(third.attributes("[itemprop=previousStartDate]", "content"), ["2198-12-18T18:30:00+00:00"]);
        assert_eq!(third.attributes("[itemprop=eventStatus]", "href"), ["https://schema.org/EventRescheduled"]);
        host.get("/meetings/5").await.says("second Wednesday of the month").says("RSVP by");
        host.get("/meetings/1").await.says("third Tuesday of the month");
        host.get("/meetings/4").await.says("one of a series").says("By hand");
        let kept = meeting(&club, 5).await;
        assert_eq!(kept.rsvp_limits.closes_at.unwrap().utc().to_rfc3339(), "2199-02-12T12:00:00+00:00");
        assert_eq!(meeting(&club, 1).await.sequence, 0);
        // Moved back to its original time, it counts as not moved.
        change(&host, 3, &[("day", "2198-12-18"), ("closes", "")]).await.expect_redirect();
        host.get("/meetings/3").await.lacks("previousStartDate").lacks("moved from");
    }

    async fn attendees_are_notified_once_for_each_moved_meeting(club: Club) {
        let host = host(&club).await;
        set_up(&host, &[("day", "2198-10-16"), ("count", "4")]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        for id in [1, 2, 4] {
            answer(&kestrel, id, "yes").await;
        }
        change(&host, 2, &[("time", "19:00"), ("scope", "later")]).await.expect_redirect();
        kestrel.get("/").await.says("2 new");
        // A new title notifies nobody.
        change(&host, 1, &[("title", "Evenings"), ("scope", "all")]).await.expect_redirect();
        kestrel.get("/").await.says("2 new");
        let ask = host.get("/meetings/3/cancel").await;
        ask.says("Which meetings in the series?");
        let before = log(&host).await.len();
        let to = host.submit(&ask, "/meetings/3/cancel", &[("reason", "Snow."), ("scope", "later")]).await.expect_redirect();
        host.get(&to).await.says("Meeting cancelled, and 1 other in the series.").says("Cancelled: Snow.");
        assert_eq!(log(&host).await.len(), before + 1);
        host.get("/meetings/4").await.says("Cancelled: Snow.");
        host.get("/meetings/2").await.lacks("Cancelled: Snow.").says("cancelled");
        kestrel.get("/").await.says("3 new");
    }

    async fn cancelling_all_leaves_exceptions_alone(club: Club) {
        let host = host(&club).await;
        set_up(&host, &[("day", "2198-10-16"), ("count", "3")]).await;
        change(&host, 3, &[("place", "The mill")]).await.expect_redirect();
        let ask = host.get("/meetings/2/cancel").await;
        ask.says("left as they are: 18 December 2198");
        let refused = host.submit(&ask, "/meetings/2/cancel", &[("reason", " "), ("scope", "all")]).await;
        refused.expect(422);
        assert_eq!(refused.attributes("input[name=scope][checked]", "value"), ["all"]);
        host.submit(&refused, "/meetings/2/cancel", &[("reason", "Snow.")]).await.expect_redirect();
        assert!(meeting(&club, 1).await.cancelled.is_some() && meeting(&club, 2).await.cancelled.is_some());
        assert!(meeting(&club, 3).await.cancelled.is_none());
    }

    async fn the_list_has_all_meetings_of_the_longest_series(club: Club) {
        let host = host(&club).await;
        set_up(&host, &[("day", "2190-10-15"), ("repeat", "weeks"), ("weeks", "1"), ("count", "104")]).await;
        assert!(host.get("/meetings").await.body.contains("/meetings/104/evening"));
    }

    async fn a_series_can_be_extended(club: Club) {
        let host = host(&club).await;
        set_up(&host, &[("day", "2198-10-16"), ("count", "2"), ("call", "https://meet.example.org/x"), ("body", "Bring *tea*."), ("reach", "0")]).await;
        change(&host, 2, &[("place", "The mill"), ("day", "2198-11-28")]).await.expect_redirect();
        let form = host.get(&host.get("/meetings/2").await.link("Add meetings")).await;
        form.expect(200).says("Add meetings: Evening").says("third Tuesday of the month");
        host.submit(&form, "/series/1/more", &[]).await.expect(422).says("Please enter a number of meetings");
        let shown = host.submit(&form, "/series/1/more", &[("until", "2199-01-31")]).await;
        assert_eq!(shown.expect(200).texts("ol.days li"), ["Tuesday 18 December 2198", "Tuesday 15 January 2199"]);
        assert_eq!(days(&club).await.len(), 2);
        let stale = host.submit(&shown, "/series/1/more", &[("shown", "2198-12-18")]).await;
        stale.expect(422);
        host.submit(&shown, "/series/1/more", &[]).await.expect_redirect();
        // Sent twice, the form shows a new preview and creates nothing.
        host.submit(&shown, "/series/1/more", &[]).await.expect(422);
        assert_eq!(days(&club).await, ["2198-10-16", "2198-11-28", "2198-12-18", "2199-01-15"]);
        // New meetings copy the last one that isn't an exception.
        host.get("/meetings/4").await.says("Library, room 2").says("Bring tea.").says("link visible to attendees");
        let member = club.member("kestrel", Role::Member).await;
        member.get("/series/1/more").await.expect(403);
        member.get("/meetings/1").await.lacks("/series/1/more");
        host.get("/series/9/more").await.expect(404);
    }
}
