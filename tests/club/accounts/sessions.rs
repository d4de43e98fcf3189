//! Signing in and out, sessions, and the CSRF tokens of forms.

use crate::harness::{PASSWORD, Page};
use crate::stories;
use actix_web::test::TestRequest;
use chapterhouse::domain::accounts::credentials;
use chapterhouse::domain::accounts::new_members::{self, NewMember};
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::core::names::{EmailAddress, Handle};
use chapterhouse::domain::core::passwords::Password;

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The page without what differs between requests: its token, and the name that was typed.
fn bare(page: &Page, typed: &str) -> String {
    let token = page.form("/sign-in", &[]).into_iter().find(|(name, _)| name == "token").unwrap().1;
    assert!(token.len() > 40, "a token is long, not {token:?}");
    page.body.replace(&token, "").replace(&format!("value=\"{typed}\""), "value=\"\"")
}

stories! {
    async fn a_member_signs_in_by_handle_or_address_and_out_again(club: Club) {
        club.account("kestrel", Role::Member).await;
        for name in ["kestrel", "KESTREL ", "Kestrel@Club.example"] {
            let person = club.visitor();
            assert_eq!(person.sign_in(name, PASSWORD).await.expect_redirect(), "/");
            let page = person.get("/members/kestrel").await;
            assert_eq!(person.fetch("/sign-in").await.expect_redirect(), "/");
            assert_eq!(person.submit(&page, "/sign-out", &[]).await.expect_redirect(), "/");
            person.get("/").await.says("You’re signed out.").says("Sign in").lacks("/settings");
        }
    }

    async fn members_with_the_same_email_sign_in_with_their_own_password(club: Club) {
        let hasher = club.app.hasher.clone();
        let words = ["seven grey herons", "eight brown owls", "nine black rooks", "ten white swans"];
        for (number, password) in words.into_iter().enumerate() {
            let new = NewMember {
                handle: Handle::parse(&format!("reader{number}")).unwrap(),
                email: EmailAddress::parse("shared@club.example").unwrap(),
                password_hash: hasher.hash(Password::parse(password, "", "").unwrap()).await.unwrap(),
            };
            club.write(move |conn| new_members::create(conn, &new, Role::Member)).await;
        }
        for (number, password) in words.into_iter().enumerate().take(3) {
            let person = club.visitor();
            person.sign_in("Shared@club.example", password).await.expect_redirect();
            person.get("/settings").await.link(&format!("reader{number}"));
        }
        // Only three accounts are tried. The fourth can sign in with its handle.
        club.visitor().sign_in("shared@club.example", words[3]).await.expect(422);
        club.visitor().sign_in("reader3", words[3]).await.expect_redirect();
        let places = async |name: &'static str| club.write(move |conn| credentials::find_candidates(conn, name)).await.len();
        assert_eq!((places("shared@club.example").await, places("nobody@club.example").await), (3, 3));
        assert_eq!((places("reader1").await, places("nobody").await), (1, 1));
    }

    async fn a_wrong_password_and_an_unknown_name_get_the_same_answer(club: Club) {
        club.account("kestrel", Role::Member).await;
        let visitor = club.visitor();
        let wrong = visitor.sign_in("kestrel", "eight grey herons").await;
        wrong.expect(422).says("Wrong name or password.").lacks("eight grey");
        let nobody = visitor.sign_in("heron", "eight grey herons").await;
        assert_eq!(bare(&wrong, "kestrel"), bare(&nobody, "heron"));
        assert_eq!(format!("{:?}", wrong.headers), format!("{:?}", nobody.headers));
        assert!(nobody.form("/sign-in", &[]).contains(&("handle".into(), "heron".into())));
        for odd in ["", "a\0b", "' OR 1=1 --", "\u{202e}lertsek", &"k".repeat(20_000)] {
            visitor.sign_in(odd, PASSWORD).await.expect(422).says("Wrong name or password.");
        }
        visitor.sign_in("kestrel", &"p".repeat(20_000)).await.expect(422);
        visitor.get("/settings").await.says("Sign in");
    }

    async fn too_many_attempts_block_one_ip_address_for_one_name(club: Club) {
        club.account("kestrel", Role::Member).await;
        club.account("plover", Role::Member).await;
        let club = club.with_settings(|settings| settings.limits.sign_in = 3).await;
        let stranger = club.visitor();
        for name in ["kestrel", " Kestrel", "KESTREL"] {
            stranger.sign_in(name, "a wrong password").await.expect(422);
        }
        let shut = stranger.sign_in("kestrel", PASSWORD).await;
        shut.expect(429);
        assert!(shut.headers.contains_key("retry-after"));
        // X-Forwarded-For isn't trusted unless it comes from a configured proxy.
        let door = stranger.get("/sign-in").await;
        let typed = door.form("/sign-in", &[("handle", "kestrel"), ("password", PASSWORD)]);
        let forged = TestRequest::post().uri("/sign-in").insert_header(("x-forwarded-for", "192.0.2.7"));
        stranger.send(forged.set_form(&typed)).await.expect(429);
        stranger.sign_in("plover", PASSWORD).await.expect_redirect();

        // The member herself signs in from another IP address.
        let member = club.visitor();
        let door = member.get("/sign-in").await;
        let typed = door.form("/sign-in", &[("handle", "kestrel"), ("password", PASSWORD)]);
        let elsewhere = TestRequest::post().uri("/sign-in").peer_addr("192.0.2.7:99".parse().unwrap());
        member.send(elsewhere.set_form(&typed)).await.expect_redirect();
    }

    async fn trying_one_password_on_everybody_is_limited_too(club: Club) {
        let club = club.with_settings(|settings| settings.limits.sign_in = 2).await;
        let stranger = club.visitor();
        for number in 0..10 {
            stranger.sign_in(&format!("member{number}"), "Heron1234").await.expect(422);
        }
        stranger.sign_in("member10", "Heron1234").await.expect(429);
    }

    async fn signing_in_resets_the_count_of_attempts(club: Club) {
        club.account("kestrel", Role::Member).await;
        let club = club.with_settings(|settings| settings.limits.sign_in = 3).await;
        for _ in 0..2 {
            club.visitor().sign_in("kestrel", "a wrong password").await.expect(422);
            club.visitor().sign_in("kestrel", "a wrong password").await.expect(422);
            club.visitor().sign_in("kestrel", PASSWORD).await.expect_redirect();
        }
    }

    async fn a_form_needs_the_token_of_this_browser(club: Club) {
        club.account("kestrel", Role::Member).await;
        let visitor = club.visitor();
        let typed = [("handle", "kestrel"), ("password", PASSWORD)];
        let page = visitor.get("/sign-in").await;
        visitor.post("/sign-in", &fields(&typed)).await.expect(403);
        let foreign = club.visitor().get("/sign-in").await.form("/sign-in", &typed);
        visitor.post("/sign-in", &foreign).await.expect(403);
        club.visitor().post("/sign-in", &page.form("/sign-in", &typed)).await.expect(403);
        let empty = club.visitor();
        empty.cookies.borrow_mut().insert("session".into(), String::new());
        empty.post("/sign-in", &page.form("/sign-in", &typed)).await.expect(403);
        visitor.get("/settings").await.says("Sign in");

        // The form's cookie doesn't change, so forms in two tabs both work.
        let other_tab = visitor.get("/join").await;
        assert!(!other_tab.headers.contains_key("set-cookie"));
        visitor.submit(&page, "/sign-in", &typed).await.expect_redirect();
    }

    async fn a_csrf_token_is_invalid_after_signing_in(club: Club) {
        let visitor = club.visitor();
        club.account("kestrel", Role::Member).await;
        let door = visitor.get("/sign-in").await;
        let old = door.form("/sign-in", &[]).into_iter().find(|(name, _)| name == "token").unwrap().1;
        visitor.sign_in("kestrel", PASSWORD).await.expect_redirect();
        for forged in [vec![], fields(&[("token", &old), ("about", "Forged.")]), fields(&[("about", "Forged.")])] {
            visitor.post("/settings", &forged).await.expect(403);
        }
        visitor.post("/sign-out", &fields(&[("token", &old)])).await.expect(403);
        let other = club.member("plover", Role::Member).await;
        let foreign = other.get("/settings").await.form("/settings", &[("about", "Forged.")]);
        visitor.post("/settings", &foreign).await.expect(403);
        visitor.get("/settings").await.expect(200).lacks("Forged.");
    }

    async fn each_sign_in_creates_a_session_that_ends_with_signing_out(club: Club) {
        let person = club.member("kestrel", Role::Member).await;
        let first = person.cookies.borrow()["session"].clone();
        assert!(first.len() >= 43);
        let page = person.get("/settings").await;
        let token = page.form("/sign-out", &[]);

        // Signing in again in the same browser creates a new token and ends the first session.
        let typed: Vec<_> = [token.clone(), fields(&[("handle", "kestrel"), ("password", PASSWORD)])].concat();
        let again = person.post("/sign-in", &typed).await;
        again.expect_redirect();
        let second = person.cookies.borrow()["session"].clone();
        assert_ne!(first, second);
        let thief = club.visitor();
        thief.cookies.borrow_mut().insert("session".into(), first);
        thief.get("/settings").await.says("Name or email");

        let page = person.get("/settings").await;
        person.submit(&page, "/sign-out", &[]).await.expect_redirect();
        assert!(!person.cookies.borrow().contains_key("session"));
        thief.cookies.borrow_mut().insert("session".into(), second);
        thief.get("/settings").await.says("Name or email");
        // An ended session's cookie doesn't prevent signing in again.
        thief.sign_in("kestrel", PASSWORD).await.expect_redirect();
    }

    async fn cookies_are_kept_from_scripts_and_other_sites(club: Club) {
        club.account("kestrel", Role::Member).await;
        let person = club.visitor();
        let cookie = person.get("/sign-in").await.headers.get("set-cookie").unwrap().to_str().unwrap().to_owned();
        assert!(cookie.starts_with("form=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let done = person.sign_in("kestrel", PASSWORD).await;
        let cookie = done.headers.get("set-cookie").unwrap().to_str().unwrap().to_owned();
        for part in ["session=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=15552000"] {
            assert!(cookie.contains(part), "{cookie} lacks {part}");
        }
        assert!(!cookie.contains("Secure"));

        let club = club.with_settings(|settings| settings.address = "https://localhost".to_owned()).await;
        let person = club.visitor();
        let done = person.sign_in("kestrel", PASSWORD).await;
        let cookie = done.headers.get("set-cookie").unwrap().to_str().unwrap().to_owned();
        assert!(cookie.starts_with("__Host-session=") && cookie.contains("Secure"), "{cookie}");
        let page = person.get("/settings").await;
        let done = person.submit(&page, "/sign-out", &[]).await;
        let cleared = done.headers.get_all("set-cookie").any(|set| {
            let set = set.to_str().unwrap();
            set.starts_with("__Host-session=;") && set.contains("Secure") && set.contains("Max-Age=0")
        });
        assert!(cleared, "{:?}", done.headers);
    }

    async fn after_signing_in_nobody_is_sent_out_of_the_club(club: Club) {
        club.account("kestrel", Role::Member).await;
        for (next, to) in [
            ("/books", "/books"),
            ("/threads?after=1.2", "/threads?after=1.2"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/x\r\nSet-Cookie: a=b", "/"),
            ("/\t/evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("/caf\u{e9}", "/"),
            ("", "/"),
        ] {
            let person = club.visitor();
            let encoded: String = next.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let door = person.get(&format!("/sign-in?next={encoded}")).await;
            door.expect(200).lacks("evil");
            let typed = [("handle", "kestrel"), ("password", PASSWORD)];
            assert_eq!(person.submit(&door, "/sign-in", &typed).await.expect_redirect(), to, "{next:?}");
            // The same if the form's field was tampered with.
            let person = club.visitor();
            let door = person.get("/sign-in").await;
            let typed = [("handle", "kestrel"), ("password", PASSWORD), ("next", next)];
            let done = person.submit(&door, "/sign-in", &typed).await;
            assert_eq!(done.expect_redirect(), to, "{next:?}");
            assert_eq!(done.headers.get_all("set-cookie").count(), 1);
        }
    }

    async fn a_page_for_members_comes_back_after_signing_in(club: Club) {
        club.account("kestrel", Role::Member).await;
        let visitor = club.visitor();
        let door = visitor.get("/settings?x=1").await;
        door.says("Name or email");
        let typed = [("handle", "kestrel"), ("password", PASSWORD)];
        assert_eq!(visitor.submit(&door, "/sign-in", &typed).await.expect_redirect(), "/settings?x=1");
    }

    async fn fields_given_twice_are_refused(club: Club) {
        club.account("kestrel", Role::Member).await;
        let visitor = club.visitor();
        let door = visitor.get("/sign-in").await;
        let twice = [("handle", "kestrel"), ("handle", "plover"), ("password", PASSWORD)];
        visitor.submit(&door, "/sign-in", &twice).await.expect(400);
        visitor.get("/sign-in?next=/a&next=/b").await.expect(400);
    }

    async fn a_page_that_is_only_read_opens_no_session(club: Club) {
        let visitor = club.visitor();
        for path in ["/", "/threads", "/books"] {
            assert!(!visitor.get(path).await.headers.contains_key("set-cookie"), "{path}");
        }
        visitor.fetch("/sign-out").await.expect(404);
    }
}
