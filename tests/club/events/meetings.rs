//! Meetings: creating, answering, changing and cancelling them, and spoilers in their descriptions.

use crate::forum::threads::add_book;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::db::MeetingId;
use chapterhouse::domain::accounts::profiles::{self, ProfileChange};
use chapterhouse::domain::core::members::{self, Role};
use chapterhouse::domain::events::meetings::form::{MeetingForm, MeetingInput};
use chapterhouse::domain::events::meetings::writing;
use chapterhouse::domain::events::series::{Scope, changing};
use chapterhouse::domain::events::{meetings, rsvps};

/// The date this many days from now.
fn in_days(days: i64) -> String {
    (chrono::Utc::now() + chrono::TimeDelta::days(days)).format("%Y-%m-%d").to_string()
}

/// Creates a meeting in ten days with these values and returns its path.
async fn set_up(host: &Person, filled: &[(&str, &str)]) -> String {
    send_new(host, filled).await.expect_redirect()
}

async fn send_new(host: &Person, filled: &[(&str, &str)]) -> Page {
    let form = host.get("/meetings/new").await;
    let day = in_days(10);
    let mut fields = vec![("title", "First half"), ("day", &*day), ("time", "18:30"), ("place", "Library, room 2")];
    fields.retain(|(name, _)| !filled.iter().any(|(known, _)| known == name));
    fields.extend(filled);
    host.submit(&form, "/meetings", &fields).await
}

async fn send_change(host: &Person, filled: &[(&str, &str)]) -> Page {
    let form = host.get("/meetings/1/edit").await;
    host.submit(&form, "/meetings/1", filled).await
}

async fn answer(person: &Person, meeting: &str, answer: &str) -> Page {
    let page = person.get(meeting).await;
    person.submit(&page, "/meetings/1/rsvp", &[("answer", answer)]).await
}

async fn move_bookmark(person: &Person, to: &str) {
    let book = person.get("/books/1").await;
    person.submit(&book, "/books/1/bookmark", &[("position", to)]).await.expect_redirect();
}

async fn live_in(club: &Club, handle: &'static str, zone: &'static str) {
    club.write(move |conn| {
        let member = members::get_by_handle(conn, handle)?;
        profiles::update(conn, &member, &ProfileChange::parse("", zone, true, false)?)
    })
    .await;
}

/// The log entries, newest first.
async fn log(reader: &Person) -> Vec<String> {
    reader.get("/log?show=everything").await.expect(200).texts("ol.threads > li")
}

stories! {
    async fn a_host_sets_up_changes_and_cancels_a_meeting(club: Club) {
        add_book(&club).await;
        let host = club.member("inkwell", Role::Host).await;
        host.get("/meetings").await.expect(200).says("No meetings scheduled. Create a meeting");
        let form = host.get("/meetings/new?book=1").await;
        assert_eq!(form.attributes("select[name=book] option[selected]", "value"), ["1"]);
        assert_eq!(form.attributes("#zone option[selected]", "value"), ["Europe/London"]);
        let fields = [
            ("title", "First half"), ("day", "2030-10-22"), ("time", "18:30"), ("minutes", "90"),
            ("place", "Library, room 2"), ("through", "13"), ("body", "Bring *tea*."), ("reach", "0"),
        ];
        let path = host.submit(&form, "/meetings", &fields).await.expect_redirect();
        assert_eq!(path, "/meetings/1/first-half");

        let page = club.visitor().get(&path).await;
        page.expect(200).says("Tuesday 22 October 2030, 18:30–20:00, London").says("Library, room 2");
        page.says("up to chapter 13").says("Bring tea.").says("The Salt Road").lacks("0 going");
        page.lacks("you’re at").lacks("you haven’t").lacks("/meetings/1/edit").lacks("/meetings/1/cancel");
        assert_eq!(page.attributes("dl time", "datetime"), ["2030-10-22T17:30:00Z"]);
        club.visitor().get("/meetings").await.says("First half").says("Tuesday 22 October 2030, 18:30–20:00, London");
        club.visitor().get("/").await.says("First half").says("Tuesday 18:30–20:00");

        let form = host.get(&host.get(&path).await.link("Edit meeting")).await;
        let fields = [("title", "The first half"), ("time", "19:00"), ("zone", "Europe/Dublin"), ("through", "23")];
        let moved = host.submit(&form, "/meetings/1", &fields).await.expect_redirect();
        assert_eq!(moved, "/meetings/1/the-first-half");
        let page = host.get(&moved).await;
        page.says("Meeting updated.").says("19:00–20:30, Dublin").says("the whole book; you haven’t started");
        page.says("Bring tea.").says("Library, room 2");

        let ask = host.get(&page.link("Cancel meeting")).await;
        ask.says("Cancel The first half");
        let long = "why ".repeat(80);
        let refused = host.submit(&ask, "/meetings/1/cancel", &[("reason", &long)]).await;
        refused.expect(422).says("A reason can have at most");
        assert_eq!(refused.attributes("input[name=reason]", "value"), [&*long]);
        let path = host.submit(&ask, "/meetings/1/cancel", &[("reason", "The library is closed.")]).await.expect_redirect();
        let page = host.get(&path).await;
        page.says("Cancelled: The library is closed.").lacks("/meetings/1/rsvp").lacks("/meetings/1/edit");
        club.visitor().get("/meetings").await.says("The first half cancelled");
        club.visitor().get("/").await.lacks("The first half").says("No meeting scheduled.");
        host.get("/meetings/1/edit").await.expect(409);
        host.submit(&ask, "/meetings/1/cancel", &[("reason", "Again.")]).await.expect(409);
        host.submit(&form, "/meetings/1", &[]).await.expect(409).says("has been cancelled in the meantime");
    }

    async fn only_successful_changes_are_logged(club: Club) {
        add_book(&club).await;
        let (host, member) = (club.member("inkwell", Role::Host).await, club.member("kestrel", Role::Member).await);
        let before = log(&member).await.len();
        send_new(&host, &[("time", "soon")]).await.expect(422);
        assert_eq!(log(&member).await.len(), before);
        set_up(&host, &[("book", "1"), ("reach", "9"), ("body", "CANARY")]).await;
        send_change(&host, &[("place", "The old mill")]).await.expect_redirect();
        send_change(&host, &[("minutes", "0")]).await.expect(422);
        send_change(&host, &[("sequence", "0"), ("title", "Overtaken")]).await.expect(422);
        let ask = host.get("/meetings/1/cancel").await;
        host.submit(&ask, "/meetings/1/cancel", &[("reason", " ")]).await.expect(422);
        host.submit(&ask, "/meetings/1/cancel", &[("reason", "Snow.")]).await.expect_redirect();
        host.submit(&ask, "/meetings/1/cancel", &[("reason", "Ice.")]).await.expect(409);
        let lines = log(&member).await;
        assert_eq!(lines.len(), before + 3, "{lines:#?}");
        assert!(lines[0].starts_with("A host cancelled the meeting “First half”: Snow."), "{}", lines[0]);
        assert!(lines[1].starts_with("A host changed the meeting “First half”"), "{}", lines[1]);
        assert!(lines[2].starts_with("A host created the meeting “First half”"), "{}", lines[2]);
        // Only values that changed are logged.
        let everything = member.get("/log?show=everything").await;
        assert_eq!(everything.texts("ol.threads > li:nth-child(2) ul li"), ["Place: Library, room 2 → The old mill"]);
        let table = club.member("keeper", Role::Moderator).await.fetch("/log.csv?kind=meeting_changed").await;
        assert!(table.body.contains("changed the meeting “First half”,,\"Place: Library, room 2 → The old mill\","), "{}", table.body);
        everything.lacks("CANARY").lacks("Overtaken").lacks("inkwell");
    }

    async fn a_member_answers_and_changes_the_answer(club: Club) {
        let host = club.member("inkwell", Role::Host).await;
        let path = set_up(&host, &[]).await;
        let (kestrel, heron) = (club.member("kestrel", Role::Member).await, club.member("heron", Role::Member).await);
        let pressed = |page: &Page| page.texts("button[aria-pressed=true].primary");
        assert!(pressed(&kestrel.get(&path).await).is_empty());
        assert_eq!(answer(&kestrel, &path, "yes").await.expect_redirect(), path);
        answer(&heron, &path, "maybe").await.expect_redirect();
        let page = kestrel.get(&path).await;
        page.says("1 going, 1 maybe, 0 can’t");
        assert_eq!(pressed(&page), ["Coming"]);
        assert_eq!(page.texts("aside .people a"), ["kestrel"]);
        let visitor = club.visitor().get(&path).await;
        visitor.says("1 going, 1 maybe, 0 can’t").says("Sign in or join to RSVP").lacks("kestrel");

        let home = kestrel.get("/").await;
        assert_eq!(pressed(&home), ["Coming"]);
        assert_eq!(kestrel.submit(&home, "/meetings/1/rsvp", &[("answer", "no")]).await.expect_redirect(), "/");
        answer(&heron, &path, "maybe").await.expect_redirect();
        let page = kestrel.get(&path).await;
        page.says("0 going, 1 maybe, 1 can’t").says("Nobody yet.");
        assert_eq!(pressed(&page), ["Can’t"]);

        answer(&kestrel, &path, "perhaps").await.expect(400);
        answer(&kestrel, &path, "").await.expect(400);
        let page = kestrel.get(&path).await;
        let elsewhere = [("answer", "yes"), ("back", "//evil.example/")];
        assert_eq!(kestrel.submit(&page, "/meetings/1/rsvp", &elsewhere).await.expect_redirect(), "/");
        kestrel.post("/meetings/1/rsvp", &[("answer".into(), "no".into())]).await.expect(403);
        let nowhere = page.form("/meetings/1/rsvp", &[("answer", "yes")]);
        kestrel.post("/meetings/99/rsvp", &nowhere).await.expect(404);
        kestrel.get(&path).await.says("1 going, 1 maybe, 0 can’t");

        let ask = host.get("/meetings/1/cancel").await;
        host.submit(&ask, "/meetings/1/cancel", &[("reason", "Snow.")]).await.expect_redirect();
        kestrel.submit(&page, "/meetings/1/rsvp", &[("answer", "no")]).await.expect(409);
    }

    async fn thirty_answers_at_once_are_counted_right(club: Club) {
        let host = club.member("inkwell", Role::Host).await;
        let path = set_up(&host, &[]).await;
        let mut people = Vec::new();
        for number in 0..30 {
            let person = club.member(&format!("reader-{number:02}"), Role::Member).await;
            let fields = person.get(&path).await.form("/meetings/1/rsvp", &[]);
            people.push((person, fields));
        }
        // Everybody at once answers no and then something else: 24 members yes, 6 maybe.
        let mut windows = Vec::new();
        for (number, (person, fields)) in people.into_iter().enumerate() {
            let said = if number % 5 == 0 { "maybe" } else { "yes" };
            windows.push(actix_web::rt::spawn(async move {
                let send = |answer: &str| {
                    let mut fields = fields.clone();
                    fields.push(("answer".to_owned(), answer.to_owned()));
                    let person = &person;
                    async move { person.post("/meetings/1/rsvp", &fields).await.status.as_u16() }
                };
                assert_eq!(send("no").await, 303);
                assert_eq!(send(said).await, 303);
            }));
        }
        for window in windows {
            window.await.unwrap();
        }
        let page = host.get(&path).await;
        page.says("24 going, 6 maybe, 0 can’t").says("and 4 more");
        assert_eq!(page.texts("aside .people a").len(), 20);
    }

    async fn one_member_in_many_windows_is_counted_once(club: Club) {
        let host = club.member("inkwell", Role::Host).await;
        set_up(&host, &[]).await;
        club.account("kestrel", Role::Member).await;
        let mut windows = Vec::new();
        for number in 0..24 {
            let db = club.app.db.clone();
            windows.push(actix_web::rt::spawn(async move {
                db.write(move |conn| {
                    let member = members::get_by_handle(conn, "kestrel")?;
                    let answer = [rsvps::Answer::Yes, rsvps::Answer::No, rsvps::Answer::Maybe][number % 3];
                    rsvps::set(conn, &member, MeetingId(1), answer, None)
                })
                .await
                .unwrap();
            }));
        }
        for window in windows {
            window.await.unwrap();
        }
        let meeting = club.write(|conn| meetings::get(conn, None, MeetingId(1))).await;
        let counts = [meeting.yes_count, meeting.no_count, meeting.maybe_count];
        assert!(counts.iter().all(|count| *count >= 0) && counts.iter().sum::<i32>() == 1, "{counts:?}");
    }

    async fn only_hosts_manage_meetings(club: Club) {
        let host = club.member("inkwell", Role::Host).await;
        let path = set_up(&host, &[]).await;
        let new = host.get("/meetings/new").await.form("/meetings", &[("title", "Mine"), ("day", "2030-01-01"), ("time", "10:00")]);
        let change = host.get("/meetings/1/edit").await.form("/meetings/1", &[("title", "Mine")]);
        let cancel = host.get("/meetings/1/cancel").await.form("/meetings/1/cancel", &[("reason", "Mine.")]);
        let pages = ["/meetings/new", "/meetings/1/edit", "/meetings/1/cancel"];
        for role in [Role::Member, Role::Moderator] {
            let person = club.member(&format!("a-{}", role.as_str()), role).await;
            for list in ["/meetings", &path, "/"] {
                let page = person.get(list).await;
                for link in pages {
                    page.lacks(link);
                }
            }
            for page in pages {
                person.get(page).await.expect(403).says("Only hosts can do this.");
            }
            let own = person.get(&path).await.form("/meetings/1/rsvp", &[]);
            let token = own.iter().find(|(name, _)| name == "token").unwrap();
            for (to, fields) in [("/meetings", &new), ("/meetings/1", &change), ("/meetings/1/cancel", &cancel)] {
                let mut fields = fields.clone();
                fields.retain(|(name, _)| name != "token");
                fields.push(token.clone());
                person.post(to, &fields).await.expect(403).says("Only hosts can do this.");
                fields.retain(|(name, _)| name == "token");
                person.post(to, &fields).await.expect(403).says("Only hosts can do this.");
            }
        }
        let visitor = club.visitor();
        for page in pages {
            let to = visitor.fetch(page).await.expect_redirect();
            assert!(to.starts_with("/sign-in?next=/meetings/"), "{to}");
        }
        for to in ["/meetings", "/meetings/1", "/meetings/1/cancel", "/meetings/1/rsvp"] {
            visitor.post(to, &new).await.expect(403);
        }
        let meeting = club.write(|conn| meetings::get(conn, None, MeetingId(1))).await;
        assert_eq!((meeting.title.as_str(), meeting.sequence, meeting.cancelled), ("First half", 0, None));
        assert_eq!(host.get("/meetings").await.texts("ol.threads > li").len(), 1);
    }

    async fn skipped_times_are_refused_and_repeated_times_need_a_choice(club: Club) {
        let host = club.member("inkwell", Role::Host).await;
        let gap = send_new(&host, &[("day", "2030-03-31"), ("time", "01:30"), ("place", "The mill")]).await;
        gap.expect(422).says("This time doesn’t exist on that day");
        assert_eq!(gap.attributes("input[name=time]", "value"), ["01:30"]);
        assert_eq!(gap.attributes("input[name=place]", "value"), ["The mill"]);

        let fold = send_new(&host, &[("day", "2030-10-27"), ("time", "01:30")]).await;
        fold.expect(422).says("This time happens twice on that day");
        assert_eq!(fold.attributes("input[name=which]", "value"), ["first", "second"]);
        let path = host.submit(&fold, "/meetings", &[("which", "second")]).await.expect_redirect();
        let page = host.get(&path).await;
        page.says("Sunday 27 October 2030, 01:30–03:30, London");
        assert_eq!(page.attributes("dl time", "datetime"), ["2030-10-27T01:30:00Z"]);

        let form = host.get("/meetings/1/edit").await;
        assert_eq!(form.attributes("input[name=which][checked]", "value"), ["second"]);
        host.submit(&form, "/meetings/1", &[("which", "first")]).await.expect_redirect();
        assert_eq!(host.get(&path).await.attributes("dl time", "datetime"), ["2030-10-27T00:30:00Z"]);
        host.submit(&host.get("/meetings/1/edit").await, "/meetings/1", &[("day", "2030-11-03")]).await.expect_redirect();
        assert_eq!(host.get(&path).await.attributes("dl time", "datetime"), ["2030-11-03T01:30:00Z"]);
    }

    async fn members_in_other_zones_also_see_their_own_time(club: Club) {
        let host = club.member("inkwell", Role::Host).await;
        let path = set_up(&host, &[("day", "2030-07-02")]).await;
        club.visitor().get(&path).await.says("18:30–20:30, London").lacks("your time").lacks("London (");
        let kestrel = club.member("kestrel", Role::Member).await;
        live_in(&club, "kestrel", "Europe/Berlin").await;
        for page in [&*path, "/meetings"] {
            kestrel.get(page).await.says("Tuesday 2 July 2030, 18:30–20:30, London (19:30 your time, Berlin)");
        }
        kestrel.get("/").await.says("Tuesday 18:30–20:30, London");
        live_in(&club, "kestrel", "Asia/Tokyo").await;
        kestrel.get(&path).await.says("London (Wednesday 3 July, 02:30 your time, Tokyo)");
        // A zone with the same offset needs no second time.
        live_in(&club, "kestrel", "Europe/Lisbon").await;
        kestrel.get(&path).await.says("18:30–20:30, London").lacks("your time");
        send_change(&host, &[("zone", "america/new_york")]).await.expect_redirect();
        club.visitor().get(&path).await.says("18:30–20:30, New York (23:30 in London)");
        assert_eq!(host.get("/meetings/1/edit").await.attributes("#zone option[selected]", "value"), ["America/New_York"]);
    }

    async fn a_description_is_folded_for_readers_who_are_behind(club: Club) {
        add_book(&club).await;
        let host = club.member("inkwell", Role::Host).await;
        let body = "The mill CANARYONE burns. ||20: CANARYTWO did it.||";
        let path = set_up(&host, &[("book", "1"), ("reach", "13"), ("body", body), ("through", "13")]).await;
        host.get(&path).await.says("CANARYONE").says("CANARYTWO");
        let (kestrel, other) = (club.member("kestrel", Role::Member).await, club.member("other", Role::Host).await);
        let visitor = club.visitor();
        for person in [&visitor, &kestrel, &other] {
            for page in [&*path, "/meetings", "/", "/meetings/1", "/books/1"] {
                person.get(page).await.expect(200).lacks("CANARY");
            }
        }
        let page = kestrel.get(&path).await;
        page.says("up to chapter 13 · you haven’t started the book").says("up to chapter 13; you haven’t started");
        let open = kestrel.get(&page.link("Show the spoiler")).await;
        open.says("CANARYONE").lacks("CANARYTWO").says("Hide again");
        kestrel.get(&open.link("spoiler up to chapter 20")).await.says("CANARYTWO");
        kestrel.get(&open.link("Hide again")).await.lacks("CANARY");
        move_bookmark(&kestrel, "12").await;
        kestrel.get(&path).await.lacks("CANARY").says("you’re at chapter 12");
        move_bookmark(&kestrel, "13").await;
        kestrel.get(&path).await.says("CANARYONE").lacks("CANARYTWO");
        move_bookmark(&kestrel, "23").await;
        kestrel.get(&path).await.says("CANARYTWO").says("you’ve finished the book");
    }

    async fn a_host_who_is_behind_can_edit_all_but_the_description(club: Club) {
        add_book(&club).await;
        let (host, other) = (club.member("inkwell", Role::Host).await, club.member("other", Role::Host).await);
        let body = "The mill CANARYONE burns. ||20: CANARYTWO did it.||";
        let path = set_up(&host, &[("book", "1"), ("reach", "13"), ("body", body)]).await;
        // The form's Markdown shows all spoilers, so having read up to the description's own level isn't enough.
        move_bookmark(&other, "13").await;
        let form = other.get("/meetings/1/edit").await;
        form.expect(200).lacks("CANARY").says("Spoiler up to chapter 20").says("The description stays unchanged");
        let wrong = other.submit(&form, "/meetings/1", &[("title", ""), ("place", "The old mill")]).await;
        wrong.expect(422).lacks("CANARY").says("The description stays unchanged");
        other.submit(&form, "/meetings/1", &[("book", "")]).await.expect(422).lacks("CANARY").says("show the description before");
        other.submit(&wrong, "/meetings/1", &[("title", "At the mill")]).await.expect_redirect();
        let page = host.get(&path).await;
        page.says("At the mill").says("The old mill").says("CANARYONE").says("CANARYTWO");
        club.visitor().get(&path).await.lacks("CANARY").says("Spoiler up to chapter 13");

        let form = other.get("/meetings/1/edit").await;
        let form = other.get(&form.link("Show and edit")).await;
        assert_eq!(form.texts("textarea[name=body]"), [body]);
        let sent = other.submit(&form, "/meetings/1", &[("body", "Worse: CANARYTHREE."), ("reach", "15")]).await;
        sent.expect_redirect();
        other.get(&path).await.says("CANARYTHREE");
        // The first host is no longer its author.
        host.get(&path).await.lacks("CANARY").says("Spoiler up to chapter 15");
        host.get("/meetings/1/edit").await.lacks("CANARY");
    }

    async fn the_spoiler_level_is_asked_again_for_another_book(club: Club) {
        add_book(&club).await;
        let host = club.member("inkwell", Role::Host).await;
        let more = host.get("/books/new").await;
        let facts = [("title", "Herons"), ("authors", "Ada Verne"), ("contents", "5 chapters")];
        host.submit(&more, "/books", &facts).await.expect_redirect();
        let asked = send_new(&host, &[("book", "1"), ("body", "It burns.")]).await;
        asked.expect(422).says("Please choose a spoiler level.").says("haven’t read that far in The Salt Road");
        let other = host.submit(&asked, "/meetings", &[("book", "2"), ("reach", "12")]).await;
        other.expect(422).says("You chose another book");
        assert_eq!(other.attributes("select[name=reach] option", "value"), ["0", "1", "2", "3", "4", "32767"]);
        let bare = host.submit(&asked, "/meetings", &[("book", ""), ("reach", "12")]).await;
        bare.expect(422).says("Without a book, spoilers can’t be hidden");
        let beyond = host.submit(&other, "/meetings", &[("reach", "12")]).await;
        beyond.expect(422).says("Herons has chapters 1 to 5.");
        let path = host.submit(&beyond, "/meetings", &[("reach", "4")]).await.expect_redirect();
        club.visitor().get(&path).await.lacks("It burns").says("Spoiler up to chapter 4");
        host.submit(&bare, "/meetings", &[]).await.expect_redirect();
        club.visitor().get("/meetings/2").await.says("It burns.");
        send_new(&host, &[("through", "3")]).await.expect(422).says("Please choose a book, or leave");
    }

    async fn the_second_of_two_concurrent_edits_is_refused(club: Club) {
        let (host, other) = (club.member("inkwell", Role::Host).await, club.member("other", Role::Host).await);
        let path = set_up(&host, &[]).await;
        let (mine, theirs) = (host.get("/meetings/1/edit").await, other.get("/meetings/1/edit").await);
        host.submit(&mine, "/meetings/1", &[("place", "The mill")]).await.expect_redirect();
        let told = other.submit(&theirs, "/meetings/1", &[("place", "The pond"), ("body", "Boats.")]).await;
        told.expect(422).says("Another host changed this meeting in the meantime.");
        assert_eq!(told.attributes("input[name=place]", "value"), ["The pond"]);
        assert_eq!(told.texts("textarea[name=body]"), ["Boats."]);
        host.get(&path).await.says("The mill").lacks("The pond");
        other.submit(&told, "/meetings/1", &[]).await.expect_redirect();
        host.get(&path).await.says("The pond").says("Boats.");
        for bad in ["", "x", "99999999999999999999", "-1"] {
            send_change(&host, &[("sequence", bad), ("place", "Nowhere")]).await.expect(422);
        }
        let mut windows = Vec::new();
        for number in 0..8 {
            let db = club.app.db.clone();
            windows.push(actix_web::rt::spawn(async move {
                db.write(move |conn| {
                    let host = members::get_by_handle(conn, "inkwell")?;
                    let meeting = meetings::get(conn, None, MeetingId(1))?;
                    let form = MeetingForm { place: format!("Place {number}"), ..meetings::edit_form(conn, &host, &meeting)?.0 };
                    let seen = (2, Scope::This);
                    changing::update(conn, &host, MeetingId(1), &MeetingInput::parse(&form)?, seen).map(drop)
                })
                .await
                .is_ok()
            }));
        }
        let mut kept = 0;
        for window in windows {
            kept += u32::from(window.await.unwrap());
        }
        assert_eq!(kept, 1);
    }

    async fn a_meeting_has_one_canonical_address(club: Club) {
        let host = club.member("inkwell", Role::Host).await;
        set_up(&host, &[("title", "Écoute, s’il te plaît!")]).await;
        let visitor = club.visitor();
        for wrong in ["/meetings/1", "/meetings/1/", "/meetings/1/first-half", "/meetings/1/x?unfold=m1"] {
            let page = visitor.fetch(wrong).await;
            if page.status.as_u16() != 404 {
                page.expect(301);
                assert_eq!(page.location().unwrap(), "/meetings/1/ecoute-sil-te-plait");
            }
        }
        visitor.get("/meetings/1").await.expect(200);
        set_up(&host, &[("title", "?!")]).await;
        assert_eq!(visitor.fetch("/meetings/2").await.location().unwrap(), "/meetings/2/meeting");
        set_up(&host, &[("title", &format!("{} An evening with {}", "🎉📚".repeat(10), "stones and birds ".repeat(6)))]).await;
        let short = "/meetings/3/an-evening-with-stones-and-birds-stones-and-birds-stones-and";
        assert_eq!(visitor.fetch("/meetings/3/party-popper-books").await.location().unwrap(), short);
        for nowhere in ["/meetings/99", "/meetings/99/x", "/meetings/x", "/meetings/99999999999999999999"] {
            visitor.get(nowhere).await.expect(404);
        }
    }

    async fn past_meetings_are_listed_by_year_and_page(club: Club) {
        let host = club.member("inkwell", Role::Host).await;
        set_up(&host, &[("title", "To come")]).await;
        club.write(|conn| {
            let host = members::get_by_handle(conn, "inkwell")?;
            for number in 1..=35 {
                let form = MeetingForm {
                    title: format!("Evening {number:02}"),
                    day: format!("20{:02}-05-0{}", 10 + number / 9, 1 + number % 9),
                    time: "18:30".to_owned(),
                    minutes: "60".to_owned(),
                    zone: "Europe/London".to_owned(),
                    ..MeetingForm::default()
                };
                writing::create(conn, &host, &MeetingInput::parse(&form)?)?;
            }
            Ok(())
        })
        .await;
        let visitor = club.visitor();
        let page = visitor.get("/meetings").await;
        assert_eq!(page.texts("h3.year"), ["2013", "2012", "2011", "2010"]);
        let first = page.texts("a.title");
        assert_eq!((first.len(), &*first[0], &*first[1]), (31, "To come", "Evening 35"));
        let page = visitor.get(&page.link("Earlier meetings")).await;
        let rest = page.expect(200).texts("a.title");
        assert_eq!(rest, ["Evening 05", "Evening 04", "Evening 03", "Evening 02", "Evening 01"]);
        page.lacks("To come").lacks("rel=\"next\"");
        visitor.get("/meetings?before=0.0").await.expect(200).says("No earlier meetings.");
        for bad in ["", "x", "1", "1.", ".1", "99999999999999999999.1", "1.99999999999999999999", "1.2.3"] {
            visitor.get(&format!("/meetings?before={bad}")).await.expect(400);
        }
        let member = club.member("kestrel", Role::Member).await;
        let page = member.get("/meetings/2").await;
        page.says("this meeting is over").lacks("0 said yes").lacks("/meetings/2/rsvp").lacks("/meetings/2/cancel");
        let fields = member.get("/meetings/1").await.form("/meetings/1/rsvp", &[("answer", "yes")]);
        member.post("/meetings/2/rsvp", &fields).await.expect(409).says("This meeting is over.");
    }

    async fn a_meeting_can_have_a_day_and_no_time(club: Club) {
        let host = club.member("inkwell", Role::Host).await;
        send_new(&host, &[("time", "")]).await.expect(422).says("Please enter a time");
        let path = set_up(&host, &[("day", "2030-07-02"), ("time", ""), ("untimed", "yes")]).await;
        let page = club.visitor().get(&path).await;
        page.says("Tuesday 2 July 2030").lacks("London (").lacks("00:00");
        assert_eq!(page.attributes("dl time", "datetime"), ["2030-07-02"]);
        send_change(&host, &[("place", "The mill")]).await.expect_redirect();
        club.visitor().get(&path).await.says("The mill").lacks("00:00");
        send_change(&host, &[("time", "18:30")]).await.expect_redirect();
        club.visitor().get(&path).await.says("Tuesday 2 July 2030, 18:30–20:30, London");
        host.get("/meetings/1/edit").await.lacks("untimed");
    }

    async fn no_input_breaks_a_meeting(club: Club) {
        add_book(&club).await;
        let host = club.member("inkwell", Role::Host).await;
        set_up(&host, &[("book", "1"), ("reach", "2"), ("body", "It burns.")]).await;
        let long = "a".repeat(60_000);
        let bad = [
            "", " ", "\0", "a\0b", "\u{202e}abc", "😀", "99999999999999999999", "9223372036854775807", "-1", "0",
            "1e9", "NaN", "24:00", "2030-02-30", "\r", "a\rb\r\nc", "'; DROP TABLE meetings; --", "||", &*long,
        ];
        let names = [
            "title", "book", "day", "time", "untimed", "which", "minutes", "zone", "place", "through", "body", "keep",
            "reach", "reach_in", "sequence", "call", "call_for",
        ];
        for name in names {
            for value in bad {
                for page in [send_new(&host, &[(name, value)]).await, send_change(&host, &[(name, value)]).await] {
                    let status = page.status.as_u16();
                    assert!(matches!(status, 303 | 422), "{name}={value:.20?}: {status}\n{}", page.body);
                    if status == 422 {
                        let said = page.texts(".problem");
                        assert!(!said.is_empty(), "{name}={value:.20?}: nothing is said");
                    }
                }
            }
        }
        for wrong in [("day", "2030-02-30"), ("time", "24:00"), ("minutes", "4"), ("zone", "Mars/Olympus"), ("title", " "),
            ("book", "99"), ("book", "x"), ("book", "99999999999999999999"), ("through", "24"), ("through", "-1")]
        {
            let mut fields = vec![("book", "1"), ("reach", "2"), ("body", "Kept text")];
            fields.retain(|(name, _)| *name != wrong.0);
            fields.push(wrong);
            let page = send_new(&host, &fields).await;
            page.expect(422);
            assert_eq!(page.texts(&format!("#{}-problem", wrong.0)).len(), 1, "{wrong:?}");
            assert_eq!(page.texts("textarea[name=body]"), ["Kept text"]);
            let invalid = page.attributes("[aria-invalid=true]", "name");
            assert_eq!(invalid, [wrong.0], "{wrong:?}");
        }
        host.get("/meetings").await.expect(200);
        host.get("/").await.expect(200);
        host.get("/log").await.expect(200);
        host.get("/meetings/1").await.expect(200);
    }

    async fn scripts_are_escaped(club: Club) {
        add_book(&club).await;
        let host = club.member("inkwell", Role::Host).await;
        let evil = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";
        let fields = [("title", evil), ("place", evil), ("body", evil), ("book", "1"), ("reach", "0")];
        let path = set_up(&host, &fields).await;
        for name in ["title", "book", "day", "time", "which", "minutes", "zone", "place", "through", "body", "reach",
            "reach_in", "sequence", "untimed", "keep"]
        {
            let wrong = [(name, evil), if name == "day" { ("time", evil) } else { ("day", evil) }];
            send_new(&host, &wrong).await.expect(422).lacks("<script>alert").lacks("<img src=x");
            send_change(&host, &wrong).await.expect(422).lacks("<script>alert").lacks("<img src=x");
        }
        let ask = host.get("/meetings/1/cancel").await;
        host.submit(&ask, "/meetings/1/cancel", &[("reason", evil)]).await.expect_redirect();
        for page in [&*path, "/meetings", "/", "/log"] {
            let page = host.get(page).await;
            page.expect(200).lacks("<script>alert").lacks("<img src=x");
            assert!(page.attributes("[onerror]", "onerror").is_empty());
        }
    }

    async fn a_month_is_a_table_and_links_to_its_neighbours(club: Club) {
        add_book(&club).await;
        let host = club.member("inkwell", Role::Host).await;
        let path = set_up(&host, &[("title", "In the middle"), ("day", "2030-10-15")]).await;
        set_up(&host, &[("title", "At the end"), ("day", "2030-10-31"), ("time", "23:30")]).await;
        set_up(&host, &[("title", "Another month"), ("day", "2030-11-01")]).await;
        let ask = host.get("/meetings/2/cancel").await;
        host.submit(&ask, "/meetings/2/cancel", &[("reason", "Snow.")]).await.expect_redirect();
        let visitor = club.visitor();
        let page = visitor.get("/meetings?month=2030-10").await;
        page.expect(200).says("October 2030").lacks("Another month");
        assert_eq!(page.texts("table.month tbody tr").len(), 5);
        assert_eq!(page.texts("td:has(time[datetime='2030-10-15']) li"), ["In the middle 18:30"]);
        assert_eq!(page.texts("td:has(time[datetime='2030-10-31']) li"), ["At the end cancelled 23:30"]);
        assert_eq!(page.link("In the middle"), path);
        let next = visitor.get(&page.link("November")).await;
        next.says("Another month").says("November 2030");
        visitor.get(&next.link("December")).await.says("No meetings in December.").lacks("New meeting").lacks("Create a meeting");
        live_in(&club, "inkwell", "Asia/Tokyo").await;
        host.get("/meetings?month=2030-10").await.says("18:30 London, Wednesday 16 October, 02:30 your time, Tokyo");
        let this = visitor.get(&visitor.get("/meetings").await.link("Month")).await;
        assert_eq!(this.expect(200).texts("td[aria-current=date] .meta"), ["today"]);
        for bad in ["", "x", "2030", "2030-13", "2030-10-01", "99999-01", "0001-01", "2030-1%00"] {
            visitor.get(&format!("/meetings?month={bad}")).await.expect(400);
        }
    }

    async fn meetings_are_found_by_book_and_by_year(club: Club) {
        add_book(&club).await;
        let host = club.member("inkwell", Role::Host).await;
        set_up(&host, &[("title", "About salt"), ("book", "1")]).await;
        set_up(&host, &[("title", "About nothing"), ("book", "")]).await;
        club.write(|conn| {
            let host = members::get_by_handle(conn, "inkwell")?;
            for number in 0..40 {
                let form = MeetingForm {
                    title: format!("Evening {number:02}"),
                    book: if number % 2 == 0 { "1".to_owned() } else { String::new() },
                    day: format!("20{:02}-{:02}-28", 10 + number / 36, 1 + number % 12),
                    time: "18:30".to_owned(),
                    minutes: "60".to_owned(),
                    zone: "Europe/London".to_owned(),
                    ..MeetingForm::default()
                };
                writing::create(conn, &host, &MeetingInput::parse(&form)?)?;
            }
            Ok(())
        })
        .await;
        let visitor = club.visitor();
        let page = visitor.get("/meetings?book=1").await;
        page.expect(200).says("Meetings about The Salt Road").says("About salt").lacks("About nothing").lacks("Evening 01");
        assert_eq!(page.texts("a.title").len(), 21);
        // Years without meetings aren't offered.
        let years = visitor.get("/meetings").await.texts("nav[aria-label=Years] a");
        assert_eq!(years[years.len() - 2..], ["2011", "2010"]);
        assert!(years.len() < 5, "{years:?}");
        let page = visitor.get(&visitor.get("/meetings").await.link("2010")).await;
        page.expect(200).says("Meetings in 2010").lacks("About salt");
        assert_eq!(page.texts("a.title").len(), 30);
        let rest = visitor.get(&page.link("Earlier meetings")).await;
        assert_eq!(rest.texts("a.title").len(), 6);
        rest.lacks("rel=\"next\"");
        visitor.get("/meetings?year=2011&book=1").await.says("Evening 36").says("Evening 38").lacks("Evening 37");
        visitor.get("/meetings?year=1999").await.expect(200).says("No meetings found.");
        let book = visitor.get("/books/1").await;
        assert_eq!(book.texts("aside ul.plain li a")[0], "About salt");
        visitor.get(&book.link("All meetings about this book")).await.says("Meetings about The Salt Road");
        for (bad, status) in [("year=x", 400), ("year=1", 400), ("year=99999999999", 400), ("book=99", 404), ("book=x", 400)] {
            visitor.get(&format!("/meetings?{bad}")).await.expect(status);
        }
    }

    async fn search_engines_read_what_visitors_see(club: Club) {
        add_book(&club).await;
        let host = club.member("inkwell", Role::Host).await;
        let fields = [("day", "2030-10-15"), ("call", "https://meet.example.org/wrencall"), ("body", "It burns."), ("book", "1"), ("reach", "9")];
        let path = set_up(&host, &fields).await;
        let page = club.visitor().get(&path).await;
        assert_eq!(page.attributes("[itemtype='https://schema.org/Event']", "itemtype").len(), 1);
        assert_eq!(page.attributes("[itemprop=startDate]", "content"), ["2030-10-15T18:30:00+01:00"]);
        assert_eq!(page.attributes("[itemprop=endDate]", "content"), ["2030-10-15T20:30:00+01:00"]);
        assert_eq!(page.attributes("[itemprop=eventStatus]", "href"), ["https://schema.org/EventScheduled"]);
        assert_eq!(page.texts("h1[itemprop=name]"), ["First half"]);
        assert_eq!(page.texts("[itemprop=location] [itemprop~=address]"), ["Library, room 2"]);
        assert_eq!(page.attributes("[itemprop=organizer] [itemprop=name]", "content"), ["Our book club"]);
        page.lacks("wrencall").lacks("It burns.");
        let ask = host.get("/meetings/1/cancel").await;
        host.submit(&ask, "/meetings/1/cancel", &[("reason", "Snow.")]).await.expect_redirect();
        let page = club.visitor().get(&path).await;
        assert_eq!(page.attributes("[itemprop=eventStatus]", "href"), ["https://schema.org/EventCancelled"]);
    }

    async fn home_shows_the_members_rsvp(club: Club) {
        let host = club.member("inkwell", Role::Host).await;
        set_up(&host, &[]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        kestrel.get("/").await.says("Are you coming?");
        for (answer, words) in [("yes", "You’re going."), ("maybe", "You answered maybe."), ("no", "You’re not going.")] {
            let home = kestrel.get("/").await;
            kestrel.submit(&home, "/meetings/1/rsvp", &[("answer", answer)]).await.expect_redirect();
            kestrel.get("/").await.says(words);
        }
        club.visitor().get("/").await.lacks("Are you coming?");
    }

    async fn times_follow_local_time_when_the_rules_of_a_zone_change(club: Club) {
        let host = club.member("inkwell", Role::Host).await;
        set_up(&host, &[("day", "2030-10-15"), ("closes", "2030-10-14T12:00")]).await;
        set_up(&host, &[("day", "2030-10-16")]).await;
        set_up(&host, &[("day", "2030-10-17"), ("time", ""), ("untimed", "yes")]).await;
        assert_eq!(club.write(meetings::deriving::rederive).await, 0);
        // As if the zone's rules had been different: an hour off.
        club.write(|conn| {
            use chapterhouse::db::{Moment, schema::meetings as rows};
            use diesel::prelude::*;
            let at = |micros| Moment::from_micros(micros).unwrap();
            let meeting = meetings::get(conn, None, MeetingId(1))?;
            let hour = 3_600_000_000;
            diesel::update(rows::table.find(MeetingId(1)))
                .set((
                    rows::starts_at.eq(at(meeting.starts_at.micros() - hour)),
                    rows::ends_at.eq(at(meeting.ends_at.micros() - hour)),
                    rows::rsvp_until.eq(at(meeting.rsvp_limits.closes_at.unwrap().micros() - hour)),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
        assert_eq!(club.write(meetings::deriving::rederive).await, 1);
        let page = host.get("/meetings/1").await;
        assert_eq!(page.attributes("dl time", "datetime")[0], "2030-10-15T17:30:00Z");
        let [first, second] = [1, 2].map(|id| club.write(move |conn| meetings::get(conn, None, MeetingId(id))));
        let (first, second) = (first.await, second.await);
        assert_eq!((first.sequence, second.sequence), (1, 0));
        assert!(first.changed_at > second.changed_at);
        assert_eq!(first.rsvp_limits.closes_at.unwrap().utc().to_rfc3339(), "2030-10-14T11:00:00+00:00");
        assert_eq!(club.write(meetings::deriving::rederive).await, 0);
        page.lacks("moved from");
    }
}
