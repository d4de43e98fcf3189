//! The club's meetings in calendar programs: what a calendar contains, when it changes, and who can subscribe.

use crate::forum::threads::add_book;
use crate::harness::{Page, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;

async fn set_up(host: &Person, fields: &[(&str, &str)]) -> String {
    let form = host.get("/meetings/new?book=1").await;
    let mut filled =
        vec![("book", "1"), ("day", "2199-10-21"), ("time", "18:30"), ("minutes", "90"), ("zone", "Europe/London")];
    filled.retain(|(name, _)| !fields.iter().any(|(known, _)| known == name));
    filled.extend(fields);
    host.submit(&form, "/meetings", &filled).await.expect_redirect()
}

/// The unfolded value of the first property with this name (RFC 5545, 3.1).
fn property(calendar: &Page, name: &str) -> String {
    let lines = calendar.body.replace("\r\n ", "").replace("\r\n\t", "");
    let line = lines.split("\r\n").find(|line| line.split([':', ';']).next() == Some(name));
    line.unwrap_or_else(|| panic!("no {name} in {}", calendar.body)).split_once(':').unwrap().1.to_owned()
}

/// What strict parsers require: lines end in CRLF and have at most 75 octets, there are no other control characters,
/// and components are nested properly.
fn assert_strict(calendar: &Page) {
    assert!(calendar.body.ends_with("\r\n"));
    let mut open: Vec<&str> = Vec::new();
    for line in calendar.body.split_terminator("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(|c: char| c.is_control() && c != '\t'), "{line:?}");
        match line.split_once(':') {
            Some(("BEGIN", what)) => open.push(what),
            Some(("END", what)) => assert_eq!(open.pop(), Some(what)),
            _ => assert!(!open.is_empty(), "{line} stands outside"),
        }
    }
    assert!(open.is_empty(), "{open:?} stay open");
}

stories! {
    async fn the_clubs_meetings_are_in_its_calendar_and_changes_follow(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        let path = set_up(&host, &[("title", "First half"), ("place", "The reading room, 2nd floor"), ("body", "About the ferryman’s end."), ("reach", "12"), ("through", "9")]).await;
        let visitor = club.visitor();
        let page = visitor.get("/meetings").await;
        let calendar = visitor.get(&page.link("all club meetings")).await;
        calendar.expect(200);
        assert_eq!(calendar.headers.get("content-type").unwrap(), "text/calendar; charset=utf-8");
        assert_strict(&calendar);
        // 18:30 in British Summer Time.
        assert_eq!(property(&calendar, "DTSTART"), "21991021T173000Z");
        assert_eq!(property(&calendar, "DTEND"), "21991021T190000Z");
        assert_eq!(property(&calendar, "SUMMARY"), "First half");
        assert_eq!(property(&calendar, "LOCATION"), "The reading room\\, 2nd floor");
        assert_eq!(property(&calendar, "STATUS"), "CONFIRMED");
        assert_eq!(property(&calendar, "SEQUENCE"), "0");
        assert!(property(&calendar, "DESCRIPTION").starts_with("Read The Salt Road up to chapter 9.\\n"));
        assert_eq!(property(&calendar, "URL"), format!("http://localhost{path}"));
        calendar.lacks("ferryman");
        let (uid, stamp) = (property(&calendar, "UID"), property(&calendar, "DTSTAMP"));

        let form = host.get("/meetings/1/edit").await;
        host.submit(&form, "/meetings/1", &[("day", "2199-12-03"), ("time", "19:00")]).await.expect_redirect();
        let moved = visitor.get("/meetings/calendar.ics").await;
        assert_eq!((property(&moved, "UID"), property(&moved, "SEQUENCE")), (uid.clone(), "1".to_owned()));
        assert_eq!(property(&moved, "DTSTART"), "21991203T190000Z");
        assert!(property(&moved, "DTSTAMP") >= stamp);
        let form = host.get("/meetings/1/cancel").await;
        host.submit(&form, "/meetings/1/cancel", &[("reason", "snow")]).await.expect_redirect();
        let page = visitor.get("/meetings/1").await;
        let cancelled = visitor.get(&page.link("Add to calendar")).await;
        assert_strict(&cancelled);
        assert_eq!((property(&cancelled, "UID"), property(&cancelled, "STATUS")), (uid, "CANCELLED".to_owned()));
        assert_eq!(property(&cancelled, "SEQUENCE"), "2");
    }

    async fn nothing_in_a_title_escapes_into_the_calendar(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        let title = "Tea; cakes, \\n and 🦆🦆🦆 \r\nATTENDEE:mailto:x@example.org END:VEVENT and more words than one line holds";
        set_up(&host, &[("title", title), ("place", "At Ada’s\nDTSTART:19700101T000000Z")]).await;
        let calendar = club.visitor().get("/meetings/calendar.ics").await;
        assert_strict(&calendar);
        let summary = property(&calendar, "SUMMARY");
        assert!(summary.starts_with("Tea\\; cakes\\, \\\\n and 🦆🦆🦆 ATTENDEE"), "{summary}");
        assert_eq!(property(&calendar, "DTSTART"), "21991021T173000Z");
        assert_eq!(calendar.body.matches("\r\nATTENDEE").count(), 0);
        assert_eq!(calendar.body.matches("BEGIN:VEVENT").count(), 1);
    }

    async fn a_members_calendar_knows_their_rsvps_and_can_be_disabled(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        for title in ["One", "Two", "Three"] {
            set_up(&host, &[("title", title)]).await;
        }
        let kestrel = club.member("kestrel", Role::Member).await;
        for (meeting, answer) in [("1", "no"), ("2", "maybe")] {
            let page = kestrel.get(&format!("/meetings/{meeting}")).await;
            kestrel.submit(&page, &format!("/meetings/{meeting}/rsvp"), &[("answer", answer)]).await.expect_redirect();
        }
        let settings = kestrel.get("/settings").await;
        let made = kestrel.submit(&settings, "/settings/calendar", &[]).await;
        made.expect(200).says("It’s shown only once");
        assert_eq!(made.headers.get("cache-control").unwrap(), "no-store");
        let address = made.attributes("#address", "value").pop().unwrap();
        let path = address.strip_prefix("http://localhost").unwrap().to_owned();
        kestrel.get("/settings").await.lacks(&path).says("A new link replaces the one you have");
        let program = club.visitor();
        let calendar = program.get(&path).await;
        assert_strict(&calendar);
        calendar.lacks("SUMMARY:One");
        assert!(calendar.body.contains("SUMMARY:Two") && calendar.body.contains("SUMMARY:Three"));
        assert!(calendar.body.contains("STATUS:TENTATIVE"));

        // A new link disables the old one, and a suspension of its owner does as well.
        let settings = kestrel.get("/settings").await;
        let again = kestrel.submit(&settings, "/settings/calendar", &[]).await.attributes("#address", "value").pop().unwrap();
        let again = again.strip_prefix("http://localhost").unwrap().to_owned();
        program.get(&path).await.expect(404);
        program.get(&again).await.expect(200);
        let page = kestrel.get("/settings").await;
        kestrel.submit(&page, "/settings/calendar/end", &[]).await.expect_redirect();
        program.get(&again).await.expect(404).lacks("SUMMARY");
    }

    async fn the_calendar_of_a_private_club_is_for_members(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, &[("title", "One")]).await;
        let admin = club.member("admin", Role::Admin).await;
        let settings = host.get("/settings").await;
        let address = host.submit(&settings, "/settings/calendar", &[]).await.attributes("#address", "value").pop().unwrap();
        let form = admin.get("/club/edit").await;
        let mut fields = form.form("/club", &[]);
        fields.retain(|(name, _)| name != "visitors_can_read");
        admin.post("/club", &fields).await.expect_redirect();
        let visitor = club.visitor();
        assert!(visitor.fetch("/meetings/calendar.ics").await.location().unwrap().starts_with("/sign-in"));
        assert!(visitor.fetch("/meetings/1/calendar.ics").await.location().unwrap().starts_with("/sign-in"));
        visitor.get(address.strip_prefix("http://localhost").unwrap()).await.expect(200);
    }

    async fn an_unchanged_calendar_is_not_sent_again(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, &[("title", "One")]).await;
        let settings = host.get("/settings").await;
        let own = host.submit(&settings, "/settings/calendar", &[]).await.attributes("#address", "value").pop().unwrap();
        let own = own.replace("http://localhost", "");
        let program = club.visitor();
        let ask = async |path: &str, tag: &str| {
            let request = actix_web::test::TestRequest::get().uri(path).insert_header(("if-none-match", tag));
            program.send(request).await
        };
        for path in ["/meetings/calendar.ics", "/meetings/1/calendar.ics", &*own] {
            let tag = program.get(path).await.headers.get("etag").unwrap().to_str().unwrap().to_owned();
            let known = ask(path, &format!("\"other\", {tag}")).await;
            known.expect(304);
            assert!(known.body.is_empty());
            ask(path, "\"other\"").await.expect(200);
            let form = host.get("/meetings/1/edit").await;
            host.submit(&form, "/meetings/1", &[("place", path)]).await.expect_redirect();
            ask(path, &tag).await.expect(200);
        }
    }

    async fn a_calendar_link_ends_with_its_owners_account(club: Club) {
        use chapterhouse::db::Moment;
        use chapterhouse::db::schema::members;
        use diesel::prelude::*;
        let kestrel = club.member("kestrel", Role::Member).await;
        let settings = kestrel.get("/settings").await;
        let own = kestrel.submit(&settings, "/settings/calendar", &[]).await.attributes("#address", "value").pop().unwrap();
        let own = own.replace("http://localhost", "");
        let program = club.visitor();
        program.get(&own).await.expect(200);
        let suspend = async |until: Option<Moment>| {
            club.write(move |conn| {
                let member = members::table.filter(members::handle.eq("kestrel"));
                diesel::update(member).set(members::suspended_until.eq(until)).execute(conn)?;
                Ok(())
            })
            .await;
        };
        suspend(Some(Moment::from(chrono::Utc::now() + chrono::TimeDelta::days(1)))).await;
        program.get(&own).await.expect(404);
        suspend(None).await;
        program.get(&own).await.expect(200);
        let form = kestrel.get("/settings/account").await;
        kestrel.submit(&form, "/settings/account", &[("words", "stay"), ("current", crate::harness::PASSWORD)]).await.expect_redirect();
        program.get(&own).await.expect(404);
    }

    async fn the_clubs_name_is_escaped_too(club: Club) {
        let admin = club.member("admin", Role::Admin).await;
        let form = admin.get("/club/edit").await;
        admin.submit(&form, "/club", &[("name", "A;B,C\\nD😀")]).await.expect_redirect();
        let calendar = club.visitor().get("/meetings/calendar.ics").await;
        assert_strict(&calendar);
        assert_eq!(property(&calendar, "NAME"), "A\\;B\\,C\\\\nD😀");
        assert_eq!(property(&calendar, "X-WR-CALNAME"), "A\\;B\\,C\\\\nD😀");
    }
}
