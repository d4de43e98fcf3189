//! Password resets by email, which never reveal whether an account exists.

use crate::harness::{Club, PASSWORD, Page, Person};
use crate::site::emails::{confirmed_member, recipients_and_subjects, send, with_mail};
use crate::smtp::Sink;
use crate::stories;
use chapterhouse::db::Moment;
use chapterhouse::db::schema::email_links;
use chapterhouse::domain::core::members::Role;
use chrono::TimeDelta;
use diesel::prelude::*;

const NEW: &str = "nine white egrets";

async fn forget(person: &Person, name: &str) -> Page {
    let form = person.get("/forgotten").await;
    person.submit(&form, "/forgotten", &[("name", name)]).await
}

/// Sends the queued requests, then the emails for them. Returns the links in these.
async fn reset_links(club: &Club, sink: &Sink) -> Vec<String> {
    send(club).await;
    send(club).await;
    sink.take().iter().map(|letter| letter.link("http://localhost", "/reset/")).collect()
}

stories! {
    async fn nobody_uses_up_the_reset_emails_of_another(club: Club) {
        let (club, sink) = with_mail(club).await;
        confirmed_member(&club, "kestrel").await;
        // A stranger joins again and again with her address: she hears of it once.
        for number in 0..6 {
            let stranger = club.visitor();
            let form = stranger.get("/join").await;
            let handle = format!("crowd{number}");
            let typed = [("handle", handle.as_str()), ("email", "kestrel@club.example"), ("password", PASSWORD)];
            stranger.submit(&form, "/join", &typed).await.expect_redirect();
        }
        assert_eq!(send(&club).await, 1);
        assert_eq!(sink.take()[0].subject(), "You already have an account at Our book club");
        let founder = club.member("founder", Role::Admin).await;
        founder.get("/health").await.says("Not sent").says("in this hour");
        forget(&club.visitor(), "kestrel").await.expect_redirect();
        let links = reset_links(&club, &sink).await;
        club.visitor().get(&links[0]).await.says("New password for kestrel");
    }

    async fn a_reset_link_sets_a_new_password_once(club: Club) {
        let (club, sink) = with_mail(club).await;
        let kestrel = confirmed_member(&club, "kestrel").await;
        let visitor = club.visitor();
        let door = visitor.get("/sign-in").await;
        visitor.get(&door.link("Forgot your password?")).await.says("Name or email");
        forget(&visitor, " Kestrel@club.example ").await.expect_redirect();
        visitor.get("/sign-in").await.says("If that account exists, we’ve emailed it a reset link");
        forget(&visitor, "kestrel").await.expect_redirect();
        let found = reset_links(&club, &sink).await;
        assert_eq!(found.len(), 2);
        let link = &found[0];
        assert!(link.len() >= "/reset/".len() + 43);
        for _ in 0..3 {
            let page = visitor.get(link).await;
            page.expect(200).says("New password for kestrel");
            assert_eq!(page.headers.get("cache-control").unwrap(), "no-store");
            assert_eq!(page.headers.get("referrer-policy").unwrap(), "strict-origin");
            assert_eq!(page.attributes("meta[name=robots]", "content"), ["noindex"]);
        }
        let page = visitor.get(link).await;
        let weak = visitor.submit(&page, link, &[("password", "kestrel1")]).await;
        weak.expect(422).says("easy to guess").lacks("kestrel1");
        assert_eq!(weak.headers.get("referrer-policy").unwrap(), "strict-origin");
        visitor.submit(&weak, link, &[("password", NEW)]).await.expect_redirect();
        visitor.get("/sign-in").await.says("Your password is changed and you’re signed out everywhere");
        // All sessions have ended, and the other link is revoked.
        kestrel.get("/settings").await.says("Name or email");
        for link in &found {
            visitor.get(link).await.expect(404);
            visitor.submit(&page, &found[0], &[("password", PASSWORD)]).await.expect(404);
        }
        club.visitor().sign_in("kestrel", PASSWORD).await.expect(422);
        club.visitor().sign_in("kestrel", NEW).await.expect_redirect();
        // The member is notified.
        send(&club).await;
        assert_eq!(recipients_and_subjects(&sink.take()), ["kestrel@club.example: Your password at Our book club was changed"]);
    }

    async fn the_answer_does_not_reveal_whether_an_account_exists(club: Club) {
        let (club, sink) = with_mail(club).await;
        confirmed_member(&club, "kestrel").await;
        let mut answers = Vec::new();
        for name in ["kestrel@club.example", "nobody@club.example", "kestrel", "nobody", "", "a\0b", &"x".repeat(300)] {
            let visitor = club.visitor();
            let answer = forget(&visitor, name).await;
            answers.push((answer.status, answer.location(), answer.body.clone(), visitor.get("/sign-in").await.texts("main, .said")));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(reset_links(&club, &sink).await.len(), 2);
        assert!(sink.take().is_empty());
    }

    async fn asking_is_limited_for_a_name_and_from_an_address(club: Club) {
        let (club, sink) = with_mail(club).await;
        confirmed_member(&club, "kestrel").await;
        let visitor = club.visitor();
        for _ in 0..6 {
            forget(&visitor, "kestrel@club.example").await.expect_redirect();
        }
        assert_eq!(reset_links(&club, &sink).await.len(), 3);
        for number in 0..14 {
            forget(&visitor, &format!("nobody{number}")).await.expect_redirect();
        }
        forget(&visitor, "somebody").await.expect(429);
    }

    async fn a_link_is_dead_after_any_change_and_after_an_hour(club: Club) {
        let (club, sink) = with_mail(club).await;
        let kestrel = confirmed_member(&club, "kestrel").await;
        let visitor = club.visitor();
        forget(&visitor, "kestrel").await.expect_redirect();
        let link = reset_links(&club, &sink).await.remove(0);
        let form = kestrel.get("/settings/letters").await;
        let other = [("email", "new@club.example"), ("current", PASSWORD)];
        kestrel.submit(&form, "/settings/letters/address", &other).await.expect_redirect();
        visitor.get(&link).await.expect(404);
        send(&club).await;
        sink.take();
        forget(&visitor, "new@club.example").await.expect_redirect();
        let link = reset_links(&club, &sink).await.remove(0);
        let settings = kestrel.get("/settings").await;
        let change = [("current", PASSWORD), ("password", NEW)];
        kestrel.submit(&settings, "/settings/password", &change).await.expect_redirect();
        visitor.get(&link).await.expect(404);
        // The database doesn't store the token itself.
        forget(&visitor, "kestrel").await.expect_redirect();
        let link = reset_links(&club, &sink).await.remove(0);
        visitor.get(&link).await.expect(200);
        let token = link.rsplit('/').next().unwrap().to_owned();
        let kept: Vec<String> = club.app.db.read(|conn| Ok(email_links::table.select(email_links::token_hash).load(conn)?)).await.unwrap();
        assert!(kept.len() == 1 && kept[0] != token);
        club.write(|conn| {
            let past = Moment::now().before(TimeDelta::seconds(1));
            diesel::update(email_links::table).set(email_links::expires_at.eq(past)).execute(conn)?;
            Ok(())
        })
        .await;
        visitor.get(&link).await.expect(404);
    }

    async fn a_link_for_an_address_sets_no_password(club: Club) {
        let (club, sink) = with_mail(club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/settings/letters").await;
        kestrel.submit(&form, "/settings/letters/confirm", &[]).await.expect_redirect();
        send(&club).await;
        let link = sink.take().remove(0).link("http://localhost", "/confirm/");
        let visitor = club.visitor();
        visitor.get(&link.replace("/confirm/", "/reset/")).await.expect(404);
        let token = visitor.get("/sign-in").await.form("/sign-in", &[("password", NEW)]);
        visitor.post(&link.replace("/confirm/", "/reset/"), &token).await.expect(404);
        club.visitor().sign_in("kestrel", PASSWORD).await.expect_redirect();
    }

    async fn without_email_the_page_says_whom_to_ask(club: Club) {
        let visitor = club.visitor();
        let page = visitor.get("/forgotten").await;
        page.expect(200).says("Please ask an admin");
        assert!(page.attributes("form", "action").is_empty(), "{}", page.body);
    }
}
