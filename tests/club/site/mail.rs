//! The mail settings: saving and testing them, and never showing the password.

use crate::stories;
use chapterhouse::db::schema::reversals;
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::site::mail;
use diesel::prelude::*;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

/// A mail server that accepts one message and returns what it was sent.
fn server(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("smtp://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"220 mail.example\r\n").unwrap();
        let (mut heard, mut in_text) = (String::new(), false);
        for line in BufReader::new(stream.try_clone().unwrap()).lines() {
            let Ok(line) = line else { break };
            heard.push_str(&line);
            heard.push('\n');
            let reply = match line.as_str() {
                "." => {
                    in_text = false;
                    answer
                }
                _ if in_text => continue,
                "DATA" => {
                    in_text = true;
                    "354 go on\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 mail.example\r\n",
            };
            if stream.write_all(reply.as_bytes()).is_err() {
                break;
            }
        }
        heard
    });
    (address, thread)
}

stories! {
    async fn a_change_is_undone_without_the_password(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let form = admin.get("/club/mail").await;
        let first = [("server", "smtps://us:wrensecret@mail.example"), ("sender", "us@club.example")];
        admin.submit(&form, "/club/mail", &first).await.expect_redirect();
        let form = admin.get("/club/mail").await;
        admin.submit(&form, "/club/mail", &[("server", "smtp://localhost:25"), ("sender", "")]).await.expect_redirect();
        let log = admin.get("/log").await;
        log.says("Server: changed").says("Password: removed").says("Sender: removed");
        log.lacks("mail.example").lacks("wrensecret");
        let undo = async || {
            let path = admin.get("/log").await.link("Undo");
            let form = admin.get(&path).await;
            admin.submit(&form, &path, &[("reason", "a slip")]).await
        };
        let server = async || admin.get("/club/mail").await.attributes("#server", "value").remove(0);
        undo().await.expect_redirect();
        assert_eq!(server().await, "smtps://us@mail.example");
        admin.get("/club/mail").await.says("No password saved").lacks("wrensecret");
        undo().await.expect_redirect();
        assert_eq!(server().await, "smtp://localhost:25");
        undo().await.expect_redirect();
        // A change of the password alone can't be undone, and neither can a change that was followed by another.
        let kept = admin.get("/log").await.link("Undo");
        let form = admin.get("/club/mail").await;
        admin.submit(&form, "/club/mail", &[("password", "wrenother")]).await.expect_redirect();
        assert_eq!(admin.get("/log").await.link("Undo"), kept);
        let form = admin.get("/club/mail").await;
        admin.submit(&form, "/club/mail", &[("sender", "you@club.example")]).await.expect_redirect();
        let form = admin.get(&kept).await;
        admin.submit(&form, &kept, &[("reason", "too late")]).await.expect(409).says("have changed since then");
        let undone: Vec<String> = club.write(|conn| Ok(reversals::table.select(reversals::data).load(conn)?)).await;
        assert!(undone.iter().all(|data| !data.contains("wrensecret") && !data.contains("wrenother")), "{undone:?}");
    }

    async fn a_test_message_tells_what_the_server_answered(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let page = admin.get("/club/mail").await;
        page.says("No mail server is set");
        page.lacks("/club/mail/test");
        let token = page.form("/club/mail", &[]);
        admin.post("/club/mail/test", &token).await.expect(422).says("No mail server is set. Set one first");

        let (address, thread) = server("250 taken as 4711\r\n");
        admin.submit(&page, "/club/mail", &[("server", &address), ("sender", "us@club.example")]).await.expect_redirect();
        let page = admin.get("/club/mail").await;
        admin.submit(&page, "/club/mail/test", &[]).await.expect_redirect();
        admin.get("/club/mail").await.says("Test email sent. The server answered: 250 taken as 4711");
        let heard = thread.join().unwrap();
        assert!(heard.contains("From: us@club.example") && heard.contains("RCPT TO:<founder@club.example>"), "{heard}");

        let (address, thread) = server("550 not from you\r\n");
        admin.submit(&page, "/club/mail", &[("server", &address)]).await.expect_redirect();
        admin.submit(&page, "/club/mail/test", &[]).await.expect(422).says("not from you");
        thread.join().unwrap();
        // No server answers at this port.
        admin.submit(&page, "/club/mail", &[("server", "smtp://127.0.0.1:1")]).await.expect_redirect();
        admin.submit(&page, "/club/mail/test", &[]).await.expect(422).says("Sending failed");
    }

    async fn a_password_is_stored_but_never_shown(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let page = admin.get("/club/mail").await;
        let with = [("server", "smtps://us:hushhush@mail.example"), ("sender", "us@secret.example")];
        admin.submit(&page, "/club/mail", &with).await.expect_redirect();
        let page = admin.get("/club/mail").await;
        page.says("A password is saved").lacks("hushhush");
        assert!(page.form("/club/mail", &[]).contains(&("server".into(), "smtps://us@mail.example".into())));
        let url = || club.app.db.read(|conn| Ok(mail::get(conn)?.url_or(None)));
        let whole = Some("smtps://us:hushhush@mail.example".to_owned());
        assert_eq!(url().await.unwrap(), whole);
        // An empty field keeps the password, but not for another server.
        admin.submit(&page, "/club/mail", &[("sender", "")]).await.expect_redirect();
        assert_eq!(url().await.unwrap(), whole);
        admin.submit(&page, "/club/mail", &[("server", "smtps://us@evil.example")]).await.expect_redirect();
        assert_eq!(url().await.unwrap().as_deref(), Some("smtps://us@evil.example"));
        let wrong = [("server", "http://x"), ("password", "hushhush"), ("sender", "nobody")];
        let refused = admin.submit(&page, "/club/mail", &wrong).await;
        refused.expect(422).lacks("hushhush").says("Please use the form smtps://").says("doesn’t look like an email address");

        for path in ["/log", "/log.csv", "/health", "/club/edit"] {
            admin.get(path).await.expect(200).lacks("hushhush").lacks("secret.example").lacks("us@");
        }
        admin.get("/log").await.says("founder changed the email settings").says("Server: added");
        // The server's configuration overrides the saved settings.
        let club = club.with_settings(|settings| settings.mail_url = Some("smtp://127.0.0.1:1".into())).await;
        let admin = club.member("second", Role::Admin).await;
        admin.get("/club/mail").await.says("The server’s configuration sets a mail server");
    }
}
