//! Email addresses: confirming one takes its mailbox, changing one takes the password.

use crate::harness::{Club, PASSWORD, Person};
use crate::site::emails::{recipients_and_subjects, send, with_mail};
use crate::smtp::Sink;
use crate::stories;
use chapterhouse::domain::core::members::Role;

const HERE: &str = "http://localhost";

async fn join(club: &Club, handle: &str, email: &str) -> Person {
    let person = club.visitor();
    let form = person.get("/join").await;
    let typed = [("handle", handle), ("email", email), ("password", PASSWORD)];
    person.submit(&form, "/join", &typed).await.expect_redirect();
    person
}

/// The link in the only email that is sent now.
async fn link(club: &Club, sink: &Sink) -> String {
    assert_eq!(send(club).await, 1);
    sink.take().remove(0).link(HERE, "/confirm/")
}

async fn follow(person: &Person, link: &str) -> crate::harness::Page {
    let page = person.get(link).await;
    person.submit(&page, link, &[]).await
}

async fn is_confirmed(person: &Person) -> bool {
    !person.get("/settings/letters").await.body.contains("not confirmed yet")
}

stories! {
    async fn joining_sends_a_link_that_confirms_when_its_button_is_pressed(club: Club) {
        let (club, sink) = with_mail(club).await;
        let kestrel = join(&club, "kestrel", "Kestrel@club.example").await;
        kestrel.get("/").await.says("Welcome, kestrel. We’ve emailed you a link");
        kestrel.get("/settings/letters").await.says("Kestrel@club.example not confirmed yet");
        assert_eq!(send(&club).await, 1);
        let letter = sink.take().remove(0);
        assert_eq!(recipients_and_subjects(std::slice::from_ref(&letter)), ["Kestrel@club.example: Confirm your email address for Our book club"]);
        let link = letter.link(HERE, "/confirm/");
        assert!(link.len() >= "/confirm/".len() + 43 && letter.html().contains(&format!("{HERE}{link}\"")));
        // Opening the link, as mail programs do, doesn't confirm the address.
        let mailbox = club.visitor();
        for _ in 0..3 {
            let page = mailbox.get(&link).await;
            page.expect(200).says("kestrel gave Kestrel@club.example as their email here");
            assert_eq!(page.headers.get("cache-control").unwrap(), "no-store");
            assert_eq!(page.headers.get("referrer-policy").unwrap(), "strict-origin");
            assert_eq!(page.attributes("meta[name=robots]", "content"), ["noindex"]);
        }
        assert!(!is_confirmed(&kestrel).await);
        follow(&mailbox, &link).await.expect_redirect();
        mailbox.get("/").await.says("Thanks, kestrel. Your email is confirmed");
        kestrel.get("/settings/letters").await.says("confirmed").lacks("Send confirmation email");
        assert!(is_confirmed(&kestrel).await);
        mailbox.get(&link).await.expect(404).says("This link doesn’t work");
        // The link doesn't sign anybody in.
        mailbox.get("/settings").await.says("Name or email");
    }

    async fn an_email_is_confirmed_by_one_account_and_joining_reveals_nothing(club: Club) {
        let (club, sink) = with_mail(club).await;
        let first = join(&club, "first", "shared@club.example").await;
        let link_of_first = link(&club, &sink).await;
        let second = join(&club, "second", "Shared@club.example").await;
        let link_of_second = link(&club, &sink).await;
        follow(&first, &link_of_first).await.expect_redirect();
        let refused = follow(&second, &link_of_second).await;
        refused.expect(409).says("another account here uses this one");
        assert!(is_confirmed(&first).await && !is_confirmed(&second).await);
        // Joining with a confirmed address gets the usual answer. Its owner gets an email.
        let third = join(&club, "third", "shared@club.example").await;
        third.get("/").await.says("Welcome, third. We’ve emailed you a link");
        assert_eq!(send(&club).await, 1);
        let letter = sink.take().remove(0);
        assert_eq!(letter.subject(), "You already have an account at Our book club");
        assert!(letter.text().contains("the account third") && letter.text().contains("the account first"));
        assert!(!letter.text().contains("/confirm/"), "{}", letter.text());
        // The member who confirmed the address can sign in with it.
        let elsewhere = club.visitor();
        let door = elsewhere.get("/sign-in").await;
        let typed = [("handle", "shared@club.example"), ("password", PASSWORD)];
        elsewhere.submit(&door, "/sign-in", &typed).await.expect_redirect();
        elsewhere.get("/settings").await.says("Signed in as first");
    }

    async fn changing_the_email_takes_the_password_and_notifies_the_old_address(club: Club) {
        let (club, sink) = with_mail(club).await;
        let kestrel = join(&club, "kestrel", "old@club.example").await;
        let first = link(&club, &sink).await;
        // A second email, whose link is for the old address.
        let form = kestrel.get("/settings/letters").await;
        kestrel.submit(&form, "/settings/letters/confirm", &[]).await.expect_redirect();
        let stale = link(&club, &sink).await;
        follow(&kestrel, &first).await.expect_redirect();
        kestrel.get(&stale).await.expect(404);

        let form = kestrel.get("/settings/letters").await;
        let path = "/settings/letters/address";
        let wrong = kestrel.submit(&form, path, &[("email", "new@club.example"), ("current", "a guess")]).await;
        wrong.expect(422).says("Wrong password.");
        assert_eq!(wrong.attributes("input[name=email]", "value"), ["new@club.example"]);
        kestrel.submit(&form, path, &[("email", "no address"), ("current", PASSWORD)]).await.expect(422).says("doesn’t look like");
        kestrel.submit(&form, path, &[("email", "OLD@club.example"), ("current", PASSWORD)]).await.expect(422).says("already your email");
        let crlf = [("email", "new@club.example\r\nBcc: evil@evil.example"), ("current", PASSWORD)];
        kestrel.submit(&form, path, &crlf).await.expect(422);
        assert_eq!(send(&club).await, 0);
        kestrel.submit(&form, path, &[("email", "new@club.example"), ("current", PASSWORD)]).await.expect_redirect();
        assert_eq!(send(&club).await, 2);
        let letters = sink.take();
        assert_eq!(recipients_and_subjects(&letters), ["new@club.example: Confirm your email address for Our book club", "old@club.example: Your email address at Our book club was changed"]);
        let link_of_new = letters.iter().find(|letter| letter.to == ["new@club.example"]).unwrap().link(HERE, "/confirm/");
        // Changing the address again revokes that link, and so does changing the password.
        kestrel.submit(&form, path, &[("email", "third@club.example"), ("current", PASSWORD)]).await.expect_redirect();
        kestrel.get(&link_of_new).await.expect(404);
        let link_of_third = link(&club, &sink).await;
        let settings = kestrel.get("/settings").await;
        let change = [("current", PASSWORD), ("password", "nine white egrets")];
        kestrel.submit(&settings, "/settings/password", &change).await.expect_redirect();
        kestrel.get(&link_of_third).await.expect(404);
        assert!(!is_confirmed(&kestrel).await);
    }

    async fn letters_to_confirm_are_limited(club: Club) {
        let (club, sink) = with_mail(club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/settings/letters").await;
        for _ in 0..3 {
            kestrel.submit(&form, "/settings/letters/confirm", &[]).await.expect_redirect();
        }
        kestrel.submit(&form, "/settings/letters/confirm", &[]).await.expect(429);
        assert_eq!(send(&club).await, 3);
        // One address gets at most five confirmation emails per hour, whoever asks for them.
        for number in 0..5 {
            join(&club, &format!("crowd{number}"), "kestrel@club.example").await;
        }
        assert_eq!(send(&club).await, 2);
        assert_eq!(sink.take().len(), 5);
    }

    async fn links_in_emails_ignore_the_host_header(club: Club) {
        let (club, sink) = with_mail(club).await;
        let person = club.visitor();
        let form = person.get("/join").await;
        let typed = form.form("/join", &[("handle", "kestrel"), ("email", "k@club.example"), ("password", PASSWORD)]);
        let evil = actix_web::test::TestRequest::post().uri("/join").insert_header(("host", "evil.example"));
        person.send(evil.insert_header(("x-forwarded-host", "evil.example")).set_form(&typed)).await.expect(303);
        let forgot = person.get("/forgotten").await.form("/forgotten", &[("name", "kestrel")]);
        let evil = actix_web::test::TestRequest::post().uri("/forgotten").insert_header(("host", "evil.example"));
        person.send(evil.set_form(&forgot)).await.expect(303);
        send(&club).await;
        send(&club).await;
        let letters = sink.take();
        assert_eq!(letters.len(), 2);
        for letter in letters {
            let raw = String::from_utf8_lossy(&letter.raw).into_owned();
            assert!(!raw.contains("evil") && !letter.text().contains("evil") && !letter.html().contains("evil"), "{raw}");
        }
    }
}
