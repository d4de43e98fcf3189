//! A member's own settings.

use crate::harness::{Club, PASSWORD, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;

/// Signs the same member in with another browser.
async fn elsewhere(club: &Club, handle: &str, password: &str) -> Person {
    let person = club.visitor();
    let door = person.get("/sign-in").await;
    person.submit(&door, "/sign-in", &[("handle", handle), ("password", password)]).await.expect_redirect();
    person
}

async fn is_in(person: &Person) -> bool {
    person.fetch("/settings").await.status == 200
}

stories! {
    async fn over_https_all_cookies_are_secure(club: Club) {
        let kestrel = club.member("kestrel", Role::Member).await;
        let session = kestrel.cookies.borrow()["session"].clone();
        let club = club.with_settings(|settings| settings.address = "https://club.example".to_owned()).await;
        let kestrel = kestrel.at(&club);
        kestrel.cookies.borrow_mut().insert("__Host-session".to_owned(), session);
        let form = kestrel.get("/settings").await;
        let saved = kestrel.submit(&form, "/settings", &[("about", "I read.")]).await;
        let page = kestrel.get(&saved.expect_redirect()).await;
        page.says("Settings saved.");
        for (page, value) in [(&saved, "said=Settings%20saved."), (&page, "said=;")] {
            let cookie = page.headers.get("set-cookie").unwrap().to_str().unwrap();
            assert!(cookie.starts_with(value) && cookie.contains("Secure") && cookie.contains("HttpOnly"), "{cookie}");
        }
    }

    async fn what_a_member_sets_shows_on_their_page(club: Club) {
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/settings").await;
        let about = "I read <b>slowly</b>.\r\n\r\nAnd at night.";
        let set = [("about", about), ("zone", "America/New_York"), ("role", "admin"), ("handle", "heron")];
        kestrel.submit(&form, "/settings", &set).await.expect_redirect();
        let page = kestrel.get("/settings").await;
        page.says("Settings saved.").says("Times shown in New York time");
        assert!(page.form("/settings", &[]).contains(&("zone".into(), "America/New_York".into())));
        let page = club.visitor().get("/members/kestrel").await;
        page.says("I read <b>slowly</b>.And at night.").lacks("<b>slowly").says("member · joined");
        assert!(page.body.contains("<br><br>And at night."), "{}", page.body);

        let form = kestrel.get("/settings").await;
        kestrel.submit(&form, "/settings", &[("zone", " ")]).await.expect_redirect();
        kestrel.get("/").await.says("Times shown in London time");
    }

    async fn invalid_settings_come_back_as_entered(club: Club) {
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/settings").await;
        let long = "word ".repeat(250);
        let page = kestrel.submit(&form, "/settings", &[("about", &long), ("zone", "Lighthouse")]).await;
        page.expect(422).says("1,000 characters").says("Please choose a time zone");
        let fields = page.form("/settings", &[]);
        assert!(fields.contains(&("zone".into(), "Lighthouse".into())), "{fields:?}");
        assert!(fields.contains(&("about".into(), long)));
        let odd = "\u{202e}a\0b\rc\u{1f4d6}";
        kestrel.submit(&form, "/settings", &[("about", odd), ("zone", "")]).await.expect_redirect();
        club.visitor().get("/members/kestrel").await.says("\u{1f4d6}");
        kestrel.submit(&form, "/settings", &[("zone", "Europe/London\0")]).await.expect(422);
    }

    async fn spoilers_are_folded_unless_a_member_shows_all(club: Club) {
        crate::forum::threads::add_book(&club).await;
        let owl = club.member("owl", Role::Member).await;
        let form = owl.get("/threads/new?book=1").await;
        let fields = [("title", "Stones"), ("body", "The bridge gives way."), ("reach", "12")];
        let thread = owl.submit(&form, "/threads", &fields).await.expect_redirect();
        let kestrel = club.member("kestrel", Role::Member).await;
        let heron = club.member("heron", Role::Member).await;
        let form = kestrel.get("/settings").await;
        assert!(form.form("/settings", &[]).contains(&("spoilers".into(), "fold".into())));
        kestrel.submit(&form, "/settings", &[("spoilers", "open")]).await.expect_redirect();
        kestrel.get(&thread).await.says("gives way");
        kestrel.get("/books/1").await.says("You see all spoilers, as chosen in your settings.");
        heron.get(&thread).await.lacks("gives way");
        club.visitor().get(&thread).await.lacks("gives way");
        // Showing all spoilers doesn't raise the spoiler level that their own reply starts with.
        let fields = [("title", "Ponds"), ("body", "They freeze."), ("reach", "2")];
        let form = owl.get("/threads/new?book=1").await;
        let shallow = owl.submit(&form, "/threads", &fields).await.expect_redirect();
        let reply = kestrel.get(&shallow).await.form("/threads/2/posts", &[]);
        assert!(reply.contains(&("reach".into(), "2".into())), "{reply:?}");
        let form = kestrel.get("/settings").await;
        assert!(form.form("/settings", &[]).contains(&("spoilers".into(), "open".into())));
        kestrel.submit(&form, "/settings", &[("spoilers", "fold")]).await.expect_redirect();
        kestrel.get(&thread).await.lacks("gives way");
    }

    async fn visitors_are_sent_to_sign_in(club: Club) {
        let visitor = club.visitor();
        assert_eq!(visitor.fetch("/settings").await.expect_redirect(), "/sign-in?next=/settings");
        let form = visitor.get("/sign-in").await.form("/sign-in", &[("about", "Nobody.")]);
        visitor.post("/settings", &form).await.expect(403);
        visitor.post("/settings/password", &form).await.expect(403);
        visitor.post("/settings/sessions", &form).await.expect(403);
        visitor.post("/settings/sessions/1", &form).await.expect(403);
    }

    async fn a_new_password_needs_the_old_one_and_ends_all_other_sessions(club: Club) {
        let kestrel = club.member("kestrel", Role::Member).await;
        let laptop = elsewhere(&club, "kestrel", PASSWORD).await;
        let plover = club.member("plover", Role::Member).await;
        let form = kestrel.get("/settings").await;
        let new = "nine white egrets";
        let page = kestrel.submit(&form, "/settings/password", &[("current", "wrong"), ("password", new)]).await;
        page.expect(422).says("Wrong password.").lacks(new);
        let page = kestrel.submit(&form, "/settings/password", &[("current", PASSWORD), ("password", "kestrel1")]).await;
        page.expect(422).says("easy to guess").lacks(PASSWORD);
        assert!(is_in(&laptop).await);

        let before = kestrel.cookies.borrow()["session"].clone();
        kestrel.submit(&form, "/settings/password", &[("current", PASSWORD), ("password", new)]).await.expect_redirect();
        assert_ne!(before, kestrel.cookies.borrow()["session"]);
        kestrel.get("/settings").await.says("Password changed.");
        assert!(is_in(&kestrel).await && is_in(&plover).await && !is_in(&laptop).await);
        let thief = club.visitor();
        thief.cookies.borrow_mut().insert("session".into(), before);
        assert!(!is_in(&thief).await);

        let door = laptop.get("/sign-in").await;
        laptop.submit(&door, "/sign-in", &[("handle", "kestrel"), ("password", PASSWORD)]).await.expect(422);
        elsewhere(&club, "kestrel", new).await;
        // A form from before the change has an invalid token.
        kestrel.submit(&form, "/settings/password", &[("current", new), ("password", PASSWORD)]).await.expect(403);
    }

    async fn guessing_the_password_from_an_open_session_is_limited(club: Club) {
        club.account("kestrel", Role::Member).await;
        let club = club.with_settings(|settings| settings.limits.sign_in = 3).await;
        let kestrel = elsewhere(&club, "kestrel", PASSWORD).await;
        let form = kestrel.get("/settings").await;
        let guess = [("current", "a guess"), ("password", "nine white egrets")];
        for _ in 0..3 {
            kestrel.submit(&form, "/settings/password", &guess).await.expect(422);
        }
        kestrel.submit(&form, "/settings/password", &guess).await.expect(429);
    }

    async fn sessions_are_listed_and_ended(club: Club) {
        let kestrel = club.member("kestrel", Role::Member).await;
        let laptop = elsewhere(&club, "kestrel", PASSWORD).await;
        let phone = elsewhere(&club, "kestrel", PASSWORD).await;
        let plover = club.member("plover", Role::Member).await;
        let page = kestrel.get("/settings").await;
        page.says("this browser").says("A browser").says("Sign out everywhere else");
        assert_eq!(page.body.matches("action=\"/settings/sessions/").count(), 2);

        // Ids are in the order of signing in: 2 is the laptop's session, 4 is another member's.
        kestrel.submit(&page, "/settings/sessions/2", &[]).await.expect_redirect();
        assert!(!is_in(&laptop).await && is_in(&phone).await);
        let token = page.form("/settings/sessions", &[]);
        kestrel.post("/settings/sessions/4", &token).await.expect(404);
        kestrel.post("/settings/sessions/2", &token).await.expect(404);
        kestrel.post("/settings/sessions/heron", &token).await.expect(404);
        kestrel.post("/settings/sessions/99999999999999999999", &token).await.expect(404);
        assert!(is_in(&plover).await);
        kestrel.submit(&page, "/settings/sessions", &[]).await.expect_redirect();
        assert!(is_in(&kestrel).await && is_in(&plover).await && !is_in(&phone).await);
        kestrel.get("/settings").await.says("this browser").lacks("Sign out everywhere else");
    }
}
