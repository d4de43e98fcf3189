//! Capacity and guests: a full meeting has a waiting list, which moves up automatically.

use crate::forum::threads::add_book;
use crate::harness::{Club, PASSWORD, Page, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;
use futures_util::future::join_all;

const MEETING: &str = "/meetings/1/first-half";

async fn set_up(club: &Club, fields: &[(&str, &str)]) -> Person {
    add_book(club).await;
    let host = club.member("planner", Role::Host).await;
    let form = host.get("/meetings/new?book=1").await;
    let mut filled =
        vec![("title", "First half"), ("book", "1"), ("day", "2199-10-21"), ("time", "18:30"), ("minutes", "90")];
    filled.extend(fields);
    host.submit(&form, "/meetings", &filled).await.expect_redirect();
    host
}

async fn change(host: &Person, fields: &[(&str, &str)]) -> Page {
    let form = host.get("/meetings/1/edit").await;
    host.submit(&form, "/meetings/1", fields).await
}

async fn answer(person: &Person, answer: &str, guests: &str) -> Page {
    let page = person.get(MEETING).await;
    let mut fields = page.form("/meetings/1/rsvp", &[("answer", answer), ("guests", guests)]);
    fields.retain(|(name, value)| name != "guests" || !value.is_empty());
    person.post("/meetings/1/rsvp", &fields).await;
    person.get(MEETING).await
}

stories! {
    async fn a_full_meeting_has_a_waiting_list(club: Club) {
        let host = set_up(&club, &[("places", "2")]).await;
        let mut people = Vec::new();
        for name in ["kestrel", "owl", "heron", "wren"] {
            people.push(club.member(name, Role::Member).await);
        }
        answer(&people[0], "yes", "").await.says("1 going (capacity 2)");
        answer(&people[1], "yes", "").await.says("2 going (capacity 2)");
        answer(&people[2], "yes", "").await.says("The meeting is full").says("You’re on the waiting list").says("1 on the waiting list");
        answer(&people[3], "yes", "").await.says("2 on the waiting list");
        host.get(MEETING).await.says("heron wren");
        people[0].get(MEETING).await.lacks("heron");
        answer(&people[0], "no", "").await.says("2 going (capacity 2)").says("1 on the waiting list");
        people[2].get("/").await.says("1 new");
        people[2].get("/notifications").await.says("You’re off the waiting list and going to the meeting");
        people[2].get(MEETING).await.lacks("You’re on the waiting list");
        people[3].get(MEETING).await.says("You’re on the waiting list");
        // Members who come back go to the end of the waiting list. New places are given in order.
        answer(&people[0], "yes", "").await.says("You’re on the waiting list");
        change(&host, &[("places", "3")]).await.expect_redirect();
        people[3].get(MEETING).await.lacks("You’re on the waiting list").says("3 going (capacity 3)");
        people[0].get(MEETING).await.says("You’re on the waiting list");
        change(&host, &[("places", "")]).await.expect_redirect();
        people[0].get(MEETING).await.lacks("You’re on the waiting list").says("4 going,");
    }

    async fn guests_take_places_too(club: Club) {
        let host = set_up(&club, &[("places", "3"), ("guests", "2")]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let owl = club.member("owl", Role::Member).await;
        answer(&kestrel, "yes", "1").await.says("2 going (capacity 3)").says("and 1 guest");
        answer(&kestrel, "yes", "3").await.says("You can bring up to 2").says("2 going (capacity 3)");
        answer(&owl, "yes", "1").await.says("You’re on the waiting list");
        answer(&owl, "yes", "0").await.lacks("You’re on the waiting list").says("3 going (capacity 3)");
        answer(&kestrel, "yes", "2").await.says("There’s room for 0 more").says("3 going (capacity 3)");
        // Answering again elsewhere doesn't change the number of guests.
        let home = kestrel.get("/").await;
        kestrel.submit(&home, "/meetings/1/rsvp", &[("answer", "yes")]).await.expect_redirect();
        kestrel.get(MEETING).await.says("3 going (capacity 3)");
        change(&host, &[("guests", "0"), ("places", "many")]).await.expect(422).says("Please enter a capacity");
    }

    async fn rsvps_close_at_the_deadline(club: Club) {
        let host = set_up(&club, &[]).await;
        let owl = club.member("owl", Role::Member).await;
        change(&host, &[("closes", "2199-10-22T18:00")]).await.expect(422).says("before the meeting starts");
        change(&host, &[("closes", "2199-10-20T18:00")]).await.expect_redirect();
        answer(&owl, "yes", "").await.says("1 going").says("RSVP by");
        change(&host, &[("closes", "2020-10-20T18:00")]).await.expect_redirect();
        let wren = club.member("wren", Role::Member).await;
        let form = wren.get(MEETING).await;
        form.says("closed since");
        let filled = form.form("/meetings/1/rsvp", &[("answer", "yes")]);
        wren.post("/meetings/1/rsvp", &filled).await.expect(409).says("RSVPs are closed");
        answer(&wren, "no", "").await.says("1 can’t");
        answer(&owl, "no", "").await.says("0 going");
    }

    async fn nobody_waits_for_more_places_than_there_are_or_holds_up_those_who_fit(club: Club) {
        let host = set_up(&club, &[("places", "4"), ("guests", "5")]).await;
        let (owl, wren) = (club.member("owl", Role::Member).await, club.member("wren", Role::Member).await);
        let tern = club.member("tern", Role::Member).await;
        let page = owl.get(MEETING).await;
        let refused = owl.submit(&page, "/meetings/1/rsvp", &[("answer", "yes"), ("guests", "5")]).await;
        refused.expect_redirect();
        owl.get(MEETING).await.says("There are 4 places in all, so you can bring up to 3.").says("0 going");
        answer(&owl, "yes", "2").await.says("3 going (capacity 4)");
        // One place is left: wren's guest doesn't fit, and tern does.
        answer(&wren, "yes", "1").await.says("You’re on the waiting list");
        answer(&tern, "yes", "0").await.lacks("You’re on the waiting list").says("4 going (capacity 4)");
        tern.get("/notifications").await.lacks("off the waiting list");
        // Asking for more places costs the turn; a lower capacity stops nobody behind.
        let late = club.member("late", Role::Member).await;
        answer(&late, "yes", "0").await.says("2 on the waiting list");
        answer(&wren, "yes", "2").await.says("You’re on the waiting list");
        change(&host, &[("places", "2")]).await.expect_redirect();
        answer(&owl, "no", "").await.says("2 going (capacity 2)");
        late.get(MEETING).await.lacks("You’re on the waiting list");
        late.get("/notifications").await.says("You’re off the waiting list");
        wren.get(MEETING).await.says("You’re on the waiting list");
    }

    async fn of_fifty_at_once_three_get_the_last_places(club: Club) {
        set_up(&club, &[("places", "3")]).await;
        let mut people = Vec::new();
        for number in 1..=50 {
            let person = club.member(&format!("reader{number}"), Role::Member).await;
            let fields = person.get(MEETING).await.form("/meetings/1/rsvp", &[("answer", "yes")]);
            people.push((person, fields));
        }
        let sent = people.iter().map(|(person, fields)| person.post("/meetings/1/rsvp", fields));
        for page in join_all(sent).await {
            page.expect(303);
        }
        people[0].0.get(MEETING).await.says("3 going (capacity 3)").says("47 on the waiting list");
        let mut waits = 0;
        for (person, _) in &people {
            waits += usize::from(person.get(MEETING).await.body.contains("You’re on the waiting list"));
        }
        assert_eq!(waits, 47);
    }

    async fn attendees_are_notified_when_a_meeting_moves_or_is_cancelled(club: Club) {
        let host = set_up(&club, &[("places", "1")]).await;
        let mut people = Vec::new();
        for (name, given) in [("kestrel", "yes"), ("owl", "yes"), ("heron", "maybe"), ("wren", "no"), ("plover", "")] {
            let person = club.member(name, Role::Member).await;
            if !given.is_empty() {
                answer(&person, given, "").await;
            }
            people.push((person, matches!(given, "yes" | "maybe")));
        }
        answer(&host, "yes", "").await.says("You’re on the waiting list");
        // Changes to description, title or capacity notify nobody.
        change(&host, &[("title", "The first half"), ("guests", "1")]).await.expect_redirect();
        people[0].0.get("/").await.lacks("1 new");
        let moves = [("place", "The mill"), ("time", "19:30"), ("minutes", "60"), ("zone", "Europe/Paris"), ("day", "2199-10-22")];
        for (number, moved) in moves.into_iter().enumerate() {
            change(&host, &[moved]).await.expect_redirect();
            for (person, hears) in &people {
                let told = person.get("/notifications").await;
                let lines = told.texts("ol.threads > li > p:first-child");
                let moved = lines.iter().filter(|line| line.starts_with("The meeting “The first half” moved "));
                assert_eq!(moved.count(), if *hears { number + 1 } else { 0 }, "{moves:?} {lines:?}");
            }
        }
        // Old and new values, in the words of the meeting's page.
        let told = people[2].0.get("/notifications").await;
        told.says("moved to “The mill”").says("from Monday 21 October 2199, 18:30–20:00 (").says(" to Monday 21 October 2199, 19:30–21:00 (");
        people[2].0.get(&told.link("The first half")).await.says("The mill");
        people[2].0.get("/").await.says("5 new");
        // The host who made the change isn't notified.
        host.get("/notifications").await.says("No notifications yet");
        let form = host.get("/meetings/1/cancel").await;
        host.submit(&form, "/meetings/1/cancel", &[("reason", "the mill is flooded")]).await.expect_redirect();
        for (person, hears) in &people {
            let told = person.get("/notifications").await;
            let said = told.texts("ol.threads > li > p:first-child");
            assert_eq!(said.first().is_some_and(|line| line == "The meeting “The first half” was cancelled: the mill is flooded"), *hears, "{said:?}");
        }
        host.get("/notifications").await.says("No notifications yet");
    }

    async fn a_suspended_member_gives_up_their_place_until_the_suspension_is_lifted(club: Club) {
        set_up(&club, &[("places", "1")]).await;
        let (moe, bob, ann) =
            (club.member("moe", Role::Member).await, club.member("bob", Role::Member).await, club.member("ann", Role::Member).await);
        answer(&moe, "yes", "").await.says("Going m moe");
        answer(&bob, "yes", "").await.says("You’re on the waiting list");
        answer(&ann, "yes", "").await.says("2 on the waiting list");
        let keeper = club.member("keeper", Role::Moderator).await;
        let suspend = async |handle: &str, length| {
            let path = format!("/members/{handle}/sanctions");
            let form = keeper.get(&format!("{path}/new?kind=suspension")).await;
            keeper.submit(&form, &path, &[("length", length), ("reason", "spam")]).await.expect_redirect();
        };
        // A suspension that ends before the meeting changes nothing.
        suspend("bob", "7").await;
        ann.get(MEETING).await.says("2 on the waiting list");
        suspend("bob", "none").await;
        ann.get(MEETING).await.says("1 on the waiting list").lacks("bob");
        suspend("moe", "none").await;
        ann.get(MEETING).await.says("1 going (capacity 1)").lacks("You’re on the waiting list").lacks("moe");
        ann.get("/notifications").await.says("You’re off the waiting list");
        // Undone, moe is back at the end of the waiting list: the place is taken.
        let undo = keeper.get("/log").await.link("Undo");
        let form = keeper.get(&undo).await;
        keeper.submit(&form, &undo, &[("reason", "it was somebody else")]).await.expect_redirect();
        ann.get(MEETING).await.says("1 going (capacity 1)").says("1 on the waiting list");
        answer(&ann, "no", "").await.says("1 going (capacity 1)").lacks("on the waiting list");
        moe.sign_in("moe", PASSWORD).await.expect_redirect();
        moe.get(MEETING).await.says("Going m moe");
        // Nobody answers with a word that only the club writes.
        let fields = moe.get(MEETING).await.form("/meetings/1/rsvp", &[("answer", "withdrawn")]);
        moe.post("/meetings/1/rsvp", &fields).await.expect(400);
    }

    async fn a_cancelled_meeting_gives_no_places(club: Club) {
        let host = set_up(&club, &[("places", "1")]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let owl = club.member("owl", Role::Member).await;
        answer(&kestrel, "yes", "").await;
        answer(&owl, "yes", "").await.says("You’re on the waiting list");
        let form = host.get("/meetings/1/cancel").await;
        host.submit(&form, "/meetings/1/cancel", &[("reason", "flood")]).await.expect_redirect();
        let form = kestrel.get("/settings/account").await;
        kestrel.submit(&form, "/settings/account", &[("words", "stay"), ("current", PASSWORD)]).await.expect_redirect();
        owl.get("/notifications").await.says("was cancelled: flood").lacks("off the waiting list");
    }

    async fn many_places_are_given_in_as_few_statements_as_one(club: Club) {
        let host = set_up(&club, &[("places", "1")]).await;
        for number in 0..14 {
            answer(&club.member(&format!("reader{number}"), Role::Member).await, "yes", "").await;
        }
        change(&host, &[("places", "2")]).await.expect_redirect();
        let mut counts = Vec::new();
        for places in ["3", "13"] {
            let before = club.query_count();
            change(&host, &[("places", places)]).await.expect_redirect();
            counts.push(club.query_count() - before);
        }
        assert!(counts[1] <= counts[0] + 2, "{counts:?}");
        host.get(MEETING).await.says("13 going (capacity 13)").says("1 on the waiting list");
    }

    async fn hosts_see_how_many_are_behind_without_names(club: Club) {
        let host = set_up(&club, &[("through", "13")]).await;
        for (name, chapter) in [("kestrel", "20"), ("owl", "4"), ("heron", "13")] {
            let person = club.member(name, Role::Member).await;
            let page = person.get(MEETING).await;
            person.submit(&page, "/books/1/bookmark", &[("position", chapter)]).await.expect_redirect();
            answer(&person, "yes", "").await.lacks("attendees behind");
        }
        host.get(MEETING).await.says("1 of 3 attendees behind");
    }
}
