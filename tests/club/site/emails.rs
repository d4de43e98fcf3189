//! Emails: each recipient gets each email once, whatever the mail server does, and nobody else does.

use crate::harness::{Club, PASSWORD, Page, Person};
use crate::smtp::{Arrived, Mood, Sink};
use crate::stories;
use actix_web::test::TestRequest;
use chapterhouse::db::Moment;
use chapterhouse::db::schema::{club as the_club, meetings, members, queued_emails, rate_limits};
use chapterhouse::domain::core::members::{MemberState, Role};
use chapterhouse::domain::site::emails::sending;
use chapterhouse::jobs;
use chrono::TimeDelta;
use diesel::prelude::*;

/// The same club with a mail server.
pub async fn with_mail(club: Club) -> (Club, Sink) {
    let sink = Sink::start();
    let url = sink.url();
    (club.with_settings(|settings| settings.mail_url = Some(url)).await, sink)
}

/// A member with a confirmed email address.
pub async fn confirmed_member(club: &Club, handle: &str) -> Person {
    let person = club.member(handle, Role::Member).await;
    let name = handle.to_owned();
    club.write(move |conn| {
        let member = members::table.filter(members::handle.eq(name));
        diesel::update(member).set(members::email_confirmed_at.eq(Moment::now())).execute(conn)?;
        Ok(())
    })
    .await;
    person
}

/// Sends the emails that are due at this moment, and returns how many.
pub async fn send_at(club: &Club, now: Moment) -> usize {
    jobs::emails::send(&club.app, move || now, || true).await.unwrap()
}

/// Sends the emails that are due now, and returns how many.
pub async fn send(club: &Club) -> usize {
    send_at(club, Moment::now()).await
}

/// Creates a meeting at the end of the next century, and returns its host.
pub async fn set_up(club: &Club, fields: &[(&str, &str)]) -> Person {
    crate::forum::threads::add_book(club).await;
    let host = club.member("planner", Role::Host).await;
    let form = host.get("/meetings/new?book=1").await;
    let mut filled = vec![
        ("title", "First half"),
        ("book", "1"),
        ("day", "2199-10-21"),
        ("time", "18:30"),
        ("minutes", "90"),
        ("place", "Library, room 2"),
    ];
    filled.retain(|(name, _)| !fields.iter().any(|(known, _)| known == name));
    filled.extend(fields);
    host.submit(&form, "/meetings", &filled).await.expect_redirect();
    host
}

/// RSVPs to the meeting.
pub async fn answer(person: &Person, answer: &str) {
    let page = person.get("/meetings/1").await;
    person.submit(&page, "/meetings/1/rsvp", &[("answer", answer)]).await.expect_redirect();
}

async fn change(host: &Person, fields: &[(&str, &str)]) {
    let form = host.get("/meetings/1/edit").await;
    host.submit(&form, "/meetings/1", fields).await.expect_redirect();
}

async fn cancel(host: &Person) {
    let form = host.get("/meetings/1/cancel").await;
    host.submit(&form, "/meetings/1/cancel", &[("reason", "the mill is flooded")]).await.expect_redirect();
}

/// Recipients and subject of each email, sorted.
pub fn recipients_and_subjects(letters: &[Arrived]) -> Vec<String> {
    let mut all: Vec<String> =
        letters.iter().map(|letter| format!("{}: {}", letter.to.join(" "), letter.subject())).collect();
    all.sort();
    all
}

/// The unsubscribe link of an email.
fn unsubscribe_link(letter: &Arrived) -> String {
    let link = letter.header("List-Unsubscribe").unwrap();
    assert_eq!(letter.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    let link = link.trim_matches(['<', '>']).to_owned();
    assert!(letter.text().contains(&link) && letter.html().contains(&link));
    link.replace("http://localhost", "")
}

/// A mail provider's one-click unsubscribe request (RFC 8058, 3.2): without a cookie, as multipart/form-data.
async fn one_click(person: &Person, link: &str) -> Page {
    let body = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    let request = TestRequest::post().uri(link).insert_header(("content-type", "multipart/form-data; boundary=x"));
    person.send(request.set_payload(body)).await
}

stories! {
    async fn one_click_unsubscribes_from_one_list(club: Club) {
        let (club, sink) = with_mail(club).await;
        let host = set_up(&club, &[]).await;
        let kestrel = confirmed_member(&club, "kestrel").await;
        let owl = confirmed_member(&club, "owl").await;
        for person in [&kestrel, &owl] {
            answer(person, "yes").await;
        }
        change(&host, &[("place", "The mill")]).await;
        send(&club).await;
        let letters = sink.take();
        let link = unsubscribe_link(letters.iter().find(|letter| letter.to == ["kestrel@club.example"]).unwrap());
        let nobody = club.visitor();
        // Opening the link changes nothing, and neither does a forged link.
        let asked = nobody.get(&link).await;
        asked.expect(200).says("Unsubscribe from meeting updates?").says("kestrel gets meeting updates by email");
        let (whose, signature) = link.rsplit_once('.').unwrap();
        let owls = link.replacen(char::is_numeric, "9", 1);
        for wrong in [format!("{whose}.x"), format!("{whose}."), link.replace("news", "reminders"), owls] {
            assert_ne!(wrong, link);
            nobody.get(&wrong).await.expect(404).lacks("kestrel");
            one_click(&nobody, &wrong).await.expect(404);
        }
        assert!(signature.len() > 40);
        change(&host, &[("place", "The ferry")]).await;
        assert_eq!(send(&club).await, 2);
        one_click(&nobody, &link).await.expect(200).says("kestrel no longer gets meeting updates by email");
        change(&host, &[("place", "The library")]).await;
        send(&club).await;
        sink.take();
        change(&host, &[("place", "The pond")]).await;
        send(&club).await;
        assert_eq!(recipients_and_subjects(&sink.take()), ["owl@club.example: Moved: First half"]);
        let page = kestrel.get("/settings/letters").await;
        assert_eq!(page.attributes("input[checked]", "name"), ["day", "by_mail", "on_site"]);
        assert_eq!(kestrel.get("/notifications").await.texts("ol.threads > li").len(), 4);
        // The page unsubscribes as well. A link sent to an earlier address does nothing.
        kestrel.submit(&page, "/settings/letters", &[("news", "yes")]).await.expect_redirect();
        nobody.submit(&asked, &link, &[]).await.expect(200).says("Unsubscribed from meeting updates");
        nobody.get(&link).await.says("kestrel no longer gets").lacks("Unsubscribe from");
        // Unsubscribe requests are rate limited.
        club.write(|conn| {
            let own = rate_limits::table.filter(rate_limits::bucket.like("unsubscribe:%"));
            assert_eq!(diesel::update(own).set(rate_limits::used.eq(300)).execute(conn)?, 1);
            Ok(())
        })
        .await;
        one_click(&nobody, &link).await.expect(429);
        club.write(|conn| Ok(diesel::delete(rate_limits::table).execute(conn)?)).await;
        club.write(|conn| {
            let member = members::table.filter(members::handle.eq("kestrel"));
            diesel::update(member).set(members::email_key.eq("other@club.example")).execute(conn)?;
            Ok(())
        })
        .await;
        one_click(&nobody, &link).await.expect(404);
    }

    async fn attendees_get_an_email_when_a_meeting_moves_or_is_cancelled(club: Club) {
        let (club, sink) = with_mail(club).await;
        let host = set_up(&club, &[("through", "13")]).await;
        for (name, given) in [("kestrel", "yes"), ("owl", "maybe"), ("wren", "no")] {
            answer(&confirmed_member(&club, name).await, given).await;
        }
        // A member who has turned off meeting updates gets none.
        let quiet = confirmed_member(&club, "quiet").await;
        answer(&quiet, "yes").await;
        let page = quiet.get("/settings/letters").await;
        let mut chosen = page.form("/settings/letters", &[]);
        assert!(chosen.iter().any(|(name, _)| name == "news"));
        chosen.retain(|(name, _)| name != "news");
        quiet.post("/settings/letters", &chosen).await.expect_redirect();
        // A member without a confirmed address gets none.
        answer(&club.member("heron", Role::Member).await, "yes").await;
        confirmed_member(&club, "plover").await;
        change(&host, &[("place", "The mill"), ("zone", "Europe/Paris")]).await;
        assert_eq!(send(&club).await, 2);
        assert_eq!(send(&club).await, 0);
        let letters = sink.take();
        assert_eq!(recipients_and_subjects(&letters), ["kestrel@club.example: Moved: First half", "owl@club.example: Moved: First half"]);
        for letter in &letters {
            for said in [letter.text(), letter.html()] {
                for words in ["First half", "Monday 21 October 2199, 18:30–20:00, Paris", "17:30 in London", "The mill", "The Salt Road", "up to chapter 13", "http://localhost/meetings/1/first-half"] {
                    assert!(said.contains(words), "{words:?} is not in\n{said}");
                }
                assert!(!said.contains("<img") && !said.contains("style="), "{said}");
            }
            assert_eq!(letter.header("Auto-Submitted").as_deref(), Some("auto-generated"));
            assert!(letter.header("Date").is_some() && letter.header("From").unwrap().contains("club@localhost"));
            assert!(letter.id().ends_with("@localhost") && letter.id().len() > 50, "{}", letter.id());
            assert!(letter.header("List-Unsubscribe").unwrap().starts_with("<http://localhost/unsubscribe/"));
        }
        assert_ne!(letters[0].id(), letters[1].id());
        cancel(&host).await;
        send(&club).await;
        let letters = sink.take();
        assert_eq!(recipients_and_subjects(&letters), ["kestrel@club.example: Cancelled: First half", "owl@club.example: Cancelled: First half"]);
        assert!(letters[0].text().contains("the mill is flooded") && letters[0].html().contains("the mill is flooded"));
    }

    async fn leaving_the_waiting_list_sends_an_email(club: Club) {
        let (club, sink) = with_mail(club).await;
        set_up(&club, &[("places", "1")]).await;
        let kestrel = confirmed_member(&club, "kestrel").await;
        answer(&kestrel, "yes").await;
        let owl = confirmed_member(&club, "owl").await;
        answer(&owl, "yes").await;
        answer(&kestrel, "no").await;
        send(&club).await;
        assert_eq!(recipients_and_subjects(&sink.take()), ["owl@club.example: You’re in: First half"]);
    }

    async fn emails_are_checked_again_when_they_are_sent(club: Club) {
        let (club, sink) = with_mail(club).await;
        let host = set_up(&club, &[]).await;
        let mut people = Vec::new();
        for name in ["kestrel", "owl", "heron", "wren", "plover"] {
            let person = confirmed_member(&club, name).await;
            answer(&person, "yes").await;
            people.push(person);
        }
        change(&host, &[("place", "The mill")]).await;
        change(&host, &[("place", "The pond")]).await;
        // One can't come any more, one closes their account, one is suspended, one changes their address.
        answer(&people[1], "no").await;
        let form = people[2].get("/settings/account").await;
        people[2].submit(&form, "/settings/account", &[("words", "stay"), ("current", PASSWORD)]).await.expect_redirect();
        club.write(|conn| {
            let wren = members::table.filter(members::handle.eq("wren"));
            let tomorrow = Moment::now().after(TimeDelta::days(1));
            diesel::update(wren).set(members::suspended_until.eq(tomorrow)).execute(conn)?;
            Ok(())
        })
        .await;
        let form = people[4].get("/settings/letters").await;
        let other = [("email", "elsewhere@club.example"), ("current", PASSWORD)];
        people[4].submit(&form, "/settings/letters/address", &other).await.expect_redirect();
        send(&club).await;
        let letters = sink.take();
        let told = ["elsewhere@club.example: Confirm your email address for Our book club", "kestrel@club.example: Moved: First half", "plover@club.example: Your email address at Our book club was changed"];
        assert_eq!(recipients_and_subjects(&letters), told);
        let moved = letters.iter().find(|letter| letter.subject().starts_with("Moved")).unwrap();
        assert!(moved.text().contains("The pond") && !moved.text().contains("The mill"), "{}", moved.text());
        // A meeting that moved and was then cancelled is only announced as cancelled.
        change(&host, &[("place", "The mill")]).await;
        cancel(&host).await;
        send(&club).await;
        assert_eq!(recipients_and_subjects(&sink.take()), ["kestrel@club.example: Cancelled: First half"]);
        let waiting: i64 = club.app.db.read(|conn| Ok(queued_emails::table.filter(queued_emails::sent_at.is_null()).count().get_result(conn)?)).await.unwrap();
        assert_eq!(waiting, 0);
    }

    async fn a_mail_server_outage_loses_and_duplicates_nothing(club: Club) {
        let (club, sink) = with_mail(club).await;
        let admin = club.member("founder", Role::Admin).await;
        let host = set_up(&club, &[]).await;
        for number in 0..5 {
            answer(&confirmed_member(&club, &format!("reader{number}")).await, "yes").await;
        }
        change(&host, &[("place", "The mill")]).await;
        let start = Moment::now();
        sink.set(Mood::Hangs);
        send_at(&club, start).await;
        admin.get("/health").await.says("5, the oldest since").says("The server didn’t answer in time");
        sink.close();
        for minute in 0..60 {
            assert_eq!(send_at(&club, start.after(TimeDelta::minutes(minute))).await, 0);
        }
        for path in ["/health", "/club/mail"] {
            admin.get(path).await.says("5, the oldest since").says("The last attempt failed").says("none in the last week");
        }
        sink.open();
        sink.set(Mood::Refuses("451 not now"));
        send_at(&club, start.after(TimeDelta::minutes(70))).await;
        admin.get("/health").await.says("5, the oldest since").says("not now");
        sink.set(Mood::Takes);
        let mut sent = 0;
        for quarter in 0..30 {
            sent += send_at(&club, start.after(TimeDelta::minutes(71 + 15 * quarter))).await;
        }
        assert_eq!(sent, 5);
        let letters = sink.take();
        let to: Vec<String> = recipients_and_subjects(&letters);
        assert_eq!(to.len(), 5, "{to:?}");
        assert_eq!((0..5).map(|number| format!("reader{number}@club.example: Moved: First half")).collect::<Vec<_>>(), to);
        admin.get("/health").await.says("Queued none").lacks("last attempt failed").says("Failed none in the last month");
    }

    async fn an_email_that_is_retried_keeps_its_message_id(club: Club) {
        let (club, sink) = with_mail(club).await;
        let host = set_up(&club, &[]).await;
        answer(&confirmed_member(&club, "kestrel").await, "yes").await;
        change(&host, &[("place", "The mill")]).await;
        let start = Moment::now();
        sink.set(Mood::HangsUp);
        assert_eq!(send_at(&club, start).await, 0);
        sink.set(Mood::Takes);
        assert_eq!(send_at(&club, start.after(TimeDelta::seconds(30))).await, 0, "it waits a minute");
        assert_eq!(send_at(&club, start.after(TimeDelta::seconds(120))).await, 1);
        let letters = sink.take();
        assert_eq!(letters.len(), 2);
        assert_eq!(letters[0].id(), letters[1].id());
    }

    async fn permanent_failures_are_not_retried_and_shown_to_admins(club: Club) {
        let (club, sink) = with_mail(club).await;
        let admin = club.member("founder", Role::Admin).await;
        let host = set_up(&club, &[]).await;
        answer(&confirmed_member(&club, "kestrel").await, "yes").await;
        change(&host, &[("place", "The mill")]).await;
        sink.set(Mood::Refuses("550 no such reader"));
        let start = Moment::now();
        assert_eq!(send_at(&club, start).await, 0);
        sink.set(Mood::Takes);
        assert_eq!(send_at(&club, start.after(TimeDelta::days(1))).await, 0);
        assert!(sink.take().is_empty());
        admin.get("/health").await.says("1 in the last month").says("Meeting moved, to kestrel").says("no such reader");
        // If the server wants us to sign in, nothing is wrong with the email, so it is retried.
        change(&host, &[("place", "The pond")]).await;
        sink.set(Mood::Refuses("530 sign in first"));
        let later = Moment::now();
        assert_eq!(send_at(&club, later).await, 0);
        sink.set(Mood::Takes);
        assert_eq!(send_at(&club, later.after(TimeDelta::minutes(2))).await, 1);
        // After four days, it isn't retried any more.
        change(&host, &[("place", "The mill")]).await;
        sink.set(Mood::Refuses("451 not now"));
        let last = Moment::now();
        for hours in 0..100 {
            send_at(&club, last.after(TimeDelta::hours(hours))).await;
        }
        sink.set(Mood::Takes);
        assert_eq!(send_at(&club, last.after(TimeDelta::days(6))).await, 0);
        admin.get("/health").await.says("2 in the last month").says("not now").says("Queued none");
    }

    async fn without_a_mail_server_the_queue_stays_small(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let host = set_up(&club, &[]).await;
        answer(&confirmed_member(&club, "kestrel").await, "yes").await;
        change(&host, &[("place", "The mill")]).await;
        assert_eq!(send(&club).await, 0);
        admin.get("/health").await.says("no server set; everything else works without one").says("Queued email is sent once you set up a server");
        admin.get("/club/mail").await.says("No mail server is set").says("1, the oldest since");
        club.write(|conn| sending::sweep(conn, Moment::now().after(TimeDelta::days(5)))).await;
        admin.get("/health").await.says("Queued none").says("Failed none in the last month");
        // Without a mail server, nobody is asked to confirm an address.
        let kestrel = club.member("owl", Role::Member).await;
        kestrel.get("/settings/letters").await.says("Email is off for this club").lacks("Send confirmation email");
    }

    async fn no_name_can_inject_an_email_header(club: Club) {
        let (club, sink) = with_mail(club).await;
        let host = set_up(&club, &[]).await;
        answer(&confirmed_member(&club, "kestrel").await, "yes").await;
        change(&host, &[("place", "The mill")]).await;
        // Forms would refuse these characters.
        let title = "Eve\r\nBcc: evil@evil.example\r\n\r\nBuy \u{1f4d6} \"now\", <b>, =?utf-8?q?x?=";
        let name = "A \u{1f4d6}, \"club\" <evil@evil.example>\r\nBcc: evil@evil.example";
        club.write(move |conn| {
            diesel::update(meetings::table).set(meetings::title.eq(title)).execute(conn)?;
            diesel::update(the_club::table).set(the_club::name.eq(name)).execute(conn)?;
            Ok(())
        })
        .await;
        assert_eq!(send(&club).await, 1);
        let letter = sink.take().remove(0);
        assert_eq!(letter.to, ["kestrel@club.example"]);
        let head = letter.head();
        let names: Vec<&str> = head.iter().map(|line| line.split(':').next().unwrap()).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        let known = ["Auto-Submitted", "Content-Type", "Date", "From", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Message-ID", "Subject", "To"];
        assert_eq!(sorted, known, "{head:?}");
        assert!(head.iter().all(|line| line.is_ascii()), "{head:?}");
        assert!(letter.header("From").unwrap().ends_with("<club@localhost>"), "{head:?}");
        assert!(letter.subject().contains("\u{1f4d6}"), "{}", letter.subject());
        assert!(!letter.html().contains("<b>,") && letter.html().contains("&#60;b&#62;"), "{}", letter.html());
    }

    async fn only_members_get_meeting_emails(club: Club) {
        let (club, sink) = with_mail(club).await;
        let host = set_up(&club, &[]).await;
        answer(&confirmed_member(&club, "kestrel").await, "yes").await;
        change(&host, &[("place", "The mill")]).await;
        club.write(|conn| {
            let kestrel = members::table.filter(members::handle.eq("kestrel"));
            diesel::update(kestrel).set(members::state.eq(MemberState::Waiting)).execute(conn)?;
            Ok(())
        })
        .await;
        assert_eq!(send(&club).await, 0);
        assert!(sink.take().is_empty());
    }
}
