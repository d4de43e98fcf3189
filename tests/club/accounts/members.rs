//! Joining, the first admin, and members' pages.

use crate::forum::threads::add_book;
use crate::harness::{Club, PASSWORD, Page, Person};
use crate::stories;
use actix_web::test::TestRequest;
use chapterhouse::db::MemberId;
use chapterhouse::domain::accounts::{credentials, new_members};
use chapterhouse::domain::core::members::{self, Role};
use chapterhouse::domain::core::names;
use chapterhouse::domain::core::{accent_colors, club, rate_limits};
use chapterhouse::domain::site::club_settings;

async fn join(person: &Person, handle: &str, password: &str) -> Page {
    let form = person.get("/join").await;
    let email = format!("{handle}@club.example");
    person.submit(&form, "/join", &[("handle", handle), ("email", &email), ("password", password)]).await
}

async fn password_hash_of(club: &Club, handle: &'static str) -> String {
    club.write(move |conn| credentials::find_candidates(conn, handle)).await.remove(0).unwrap().1
}

stories! {
    async fn a_visitor_joins_and_is_signed_in(club: Club) {
        let visitor = club.visitor();
        let home = join(&visitor, "Kestrel", PASSWORD).await.expect_redirect();
        assert_eq!(home, "/");
        let page = visitor.get(&home).await;
        page.expect(200).says("Welcome, Kestrel.").says("Your settings");
        visitor.get("/").await.lacks("Welcome, Kestrel.");
        assert_eq!(visitor.fetch("/join").await.expect_redirect(), "/");
    }

    async fn problems_stand_beside_their_fields_and_nothing_but_the_password_is_lost(club: Club) {
        club.account("kestrel", Role::Member).await;
        let visitor = club.visitor();
        let form = visitor.get("/join").await;
        let fields = [("handle", "k estrel"), ("email", "nowhere"), ("password", "short")];
        let page = visitor.submit(&form, "/join", &fields).await;
        page.expect(422).says("Please use 2 to 30").says("doesn’t look like").says("at least 8 characters");
        let fields = page.form("/join", &[]);
        assert!(fields.contains(&("handle".into(), "k estrel".into())), "{fields:?}");
        assert!(fields.contains(&("email".into(), "nowhere".into())), "{fields:?}");
        page.lacks("short");
        join(&visitor, "KESTREL", PASSWORD).await.expect(422).says("This name is taken.");
    }

    async fn passwords_are_good_long_and_whole(club: Club) {
        for (weak, why) in [
            ("seven77", "at least 8"),
            ("password", "easy to guess"),
            ("12345678", "easy to guess"),
            ("inkwell1", "easy to guess"),
            ("inkwell@club.example", "easy to guess"),
        ] {
            join(&club.visitor(), "inkwell", weak).await.expect(422).says(why);
        }
        join(&club.visitor(), "endless", &"h e r o n ".repeat(26)).await.expect(422).says("at most 256");
        let long = format!("{}a", "grey heron ".repeat(9));
        assert_eq!(long.chars().count(), 100);
        join(&club.visitor(), "inkwell", &long).await.expect_redirect();

        let visitor = club.visitor();
        let form = visitor.get("/sign-in").await;
        let other = format!("{}b", &long[..99]);
        visitor.submit(&form, "/sign-in", &[("handle", "inkwell"), ("password", &other)]).await.expect(422);
        visitor.submit(&form, "/sign-in", &[("handle", "inkwell"), ("password", &long)]).await.expect_redirect();
    }

    async fn a_password_is_kept_as_argon2id_at_the_cost_that_owasp_asks(club: Club) {
        club.account("inkwell", Role::Member).await;
        assert!(password_hash_of(&club, "inkwell").await.contains("m=64,t=1"));
        let defaults = chapterhouse::config::Settings::load(&Default::default()).unwrap().passwords;
        let club = club.with_settings(|settings| settings.passwords = defaults).await;
        join(&club.visitor(), "kestrel", PASSWORD).await.expect_redirect();
        let hash = password_hash_of(&club, "kestrel").await;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");

        // A hash with weaker parameters is replaced when the member signs in.
        let visitor = club.visitor();
        let form = visitor.get("/sign-in").await;
        visitor.submit(&form, "/sign-in", &[("handle", "inkwell"), ("password", PASSWORD)]).await.expect_redirect();
        let hash = password_hash_of(&club, "inkwell").await;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        visitor.get("/settings").await.expect(200).says("Your settings");
    }

    async fn joining_does_not_tell_whether_an_address_is_known(club: Club) {
        club.account("kestrel", Role::Member).await;
        let answer = async |email: &str| {
            let visitor = club.visitor();
            let form = visitor.get("/join").await;
            let fields = [("handle", email.split('@').next().unwrap()), ("email", email), ("password", PASSWORD)];
            let page = visitor.submit(&form, "/join", &fields).await;
            (page.status, page.location())
        };
        let form = club.visitor();
        let page = form.get("/join").await;
        let known = [("handle", "inkwell"), ("email", "Kestrel@club.example"), ("password", PASSWORD)];
        let known = form.submit(&page, "/join", &known).await;
        assert_eq!((known.status, known.location()), answer("plover@club.example").await);
        // The first account with this address still signs in with it.
        let visitor = club.visitor();
        let door = visitor.get("/sign-in").await;
        let fields = [("handle", "kestrel@club.example"), ("password", PASSWORD)];
        visitor.submit(&door, "/sign-in", &fields).await.expect_redirect();
        visitor.get("/settings").await.link("kestrel");
    }

    async fn only_successful_registrations_count_against_the_limit(club: Club) {
        club.account("kestrel", Role::Member).await;
        let club = club.with_settings(|settings| settings.limits.join = 2).await;
        for _ in 0..4 {
            join(&club.visitor(), "kestrel", PASSWORD).await.expect(422);
            join(&club.visitor(), "plover", "short").await.expect(422);
        }
        join(&club.visitor(), "plover", PASSWORD).await.expect_redirect();
        join(&club.visitor(), "inkwell", PASSWORD).await.expect_redirect();
        let visitor = club.visitor();
        join(&visitor, "heron", PASSWORD).await.expect(429).says("try again later");
        visitor.get("/members/heron").await.expect(404);

        let form = visitor.get("/join").await;
        let fields = form.form("/join", &[("handle", "heron"), ("email", "h@club.example"), ("password", PASSWORD)]);
        let elsewhere = TestRequest::post().uri("/join").peer_addr("192.0.2.7:99".parse().unwrap()).set_form(fields);
        visitor.send(elsewhere).await.expect_redirect();
    }

    async fn a_turn_is_given_back_and_no_more_than_that(club: Club) {
        let turns = club.write(|conn| {
            rate_limits::consume(conn, "heron", 2)?;
            rate_limits::refund(conn, "heron")?;
            rate_limits::refund(conn, "heron")?;
            Ok((0..4).filter(|_| rate_limits::consume(conn, "heron", 2).is_ok()).count())
        }).await;
        assert_eq!(turns, 2);
    }

    async fn a_closed_club_refuses_new_members(club: Club) {
        let visitor = club.visitor();
        let form = visitor.get("/join").await;
        club.write(|conn| {
            let admin = new_members::create(conn, &new_members::NewMember {
                handle: names::Handle::parse("admin").unwrap(),
                email: names::EmailAddress::parse("a@club.example").unwrap(),
                password_hash: String::new(),
            }, Role::Admin)?;
            let form = club_settings::ClubForm {
                name: "The Lighthouse".to_owned(),
                zone: "Europe/London".to_owned(),
                visitors_can_read: "yes".to_owned(),
                registration: "closed".to_owned(),
                accent_color: accent_colors::AccentColor::default().as_str().to_owned(),
                ..club_settings::ClubForm::default()
            };
            let change = club_settings::ClubChange::parse(&form)?;
            club_settings::update(conn, &admin, &change)
        }).await;
        visitor.get("/join").await.expect(200).says("isn’t taking new members").lacks("<form");
        let fields = [("handle", "kestrel"), ("email", "k@club.example"), ("password", PASSWORD)];
        visitor.submit(&form, "/join", &fields).await.expect(403).says("isn’t taking new members");
        visitor.submit(&form, "/join", &[("handle", ""), ("email", ""), ("password", "")]).await.expect(403);
        visitor.get("/members/kestrel").await.expect(404);
    }

    async fn fields_that_the_form_does_not_have_change_nothing(club: Club) {
        let visitor = club.visitor();
        let form = visitor.get("/join").await;
        let fields = [
            ("handle", "kestrel"), ("email", "k@club.example"), ("password", PASSWORD),
            ("role", "admin"), ("id", "1"), ("posts_count", "99"), ("member_id", "1"),
        ];
        visitor.submit(&form, "/join", &fields).await.expect_redirect();
        visitor.get("/members/kestrel").await.says("member · joined").says("no posts yet");
        visitor.get("/club/edit").await.expect(403);

        let twice = [("handle", "plover"), ("handle", "inkwell"), ("email", "k@club.example"), ("password", PASSWORD)];
        let other = club.visitor();
        let form = other.get("/join").await;
        other.submit(&form, "/join", &twice).await.expect(400);
        other.get("/members/plover").await.expect(404);
        other.get("/members/inkwell").await.expect(404);
    }

    async fn the_first_admin_comes_in_once_by_the_link(club: Club) {
        let token = club.write(club::first_admin_token).await.unwrap().0;
        let link = format!("/welcome/{token}");
        let visitor = club.visitor();
        visitor.get("/welcome/heron").await.expect(404);
        let form = visitor.get(&link).await;
        form.expect(200).says("first admin");
        let fields = [("handle", "kestrel"), ("email", "k@club.example"), ("password", "short")];
        visitor.submit(&form, &link, &fields).await.expect(422).says("at least 8 characters");
        let fields = [("handle", "kestrel"), ("email", "k@club.example"), ("password", PASSWORD)];
        let wrong: Vec<_> = form.form(&link, &fields);
        visitor.post("/welcome/heron", &wrong).await.expect(404);
        visitor.submit(&form, &link, &fields).await.expect_redirect();
        visitor.get("/club/edit").await.expect(200);
        visitor.get("/members/kestrel").await.says("admin · joined");

        let late = club.visitor();
        let spent = late.get(&link).await;
        spent.expect(404).says("It has expired, was used before, or isn’t complete.");
        assert_eq!(spent.attributes("main a.primary", "href"), ["/sign-in"]);
        let form = late.get("/join").await;
        let fields = form.form("/join", &[("handle", "late"), ("email", "l@club.example"), ("password", PASSWORD)]);
        late.post(&link, &fields).await.expect(404);
        late.get("/members/late").await.expect(404);
    }

    async fn of_two_with_the_link_one_becomes_admin(club: Club) {
        let token = club.write(club::first_admin_token).await.unwrap().0;
        let link = format!("/welcome/{token}");
        let mut waiting = Vec::new();
        for handle in ["kestrel", "inkwell", "plover"] {
            let (visitor, link) = (club.visitor(), link.clone());
            let form = visitor.get(&link).await;
            let email = format!("{handle}@club.example");
            let fields = form.form(&link, &[("handle", handle), ("email", &email), ("password", PASSWORD)]);
            waiting.push(async move { visitor.post(&link, &fields).await.status.as_u16() });
        }
        // Everybody opens the form before anybody submits it.
        let running: Vec<_> = waiting.into_iter().map(actix_web::rt::spawn).collect();
        let mut answers = Vec::new();
        for one in running {
            answers.push(one.await.unwrap());
        }
        answers.sort_unstable();
        assert_eq!(answers, [303, 404, 404]);
        let everybody = club.write(|conn| members::list(conn, MemberId(0))).await;
        assert_eq!(everybody.iter().map(|(member, _)| member.role).collect::<Vec<_>>(), [Role::Admin]);
    }

    async fn a_members_page_shows_where_they_wrote_and_folds_titles(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("Kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let fields = [("title", "Tom burns the mill"), ("title_spoils", "yes"), ("body", "He did it."), ("reach", "20")];
        let thread = kestrel.submit(&form, "/threads", &fields).await.expect_redirect();
        let form = kestrel.get("/threads/new?book=1").await;
        let fields = [("title", "Maps of the road"), ("body", "Here is one."), ("reach", "0")];
        kestrel.submit(&form, "/threads", &fields).await.expect_redirect();

        let visitor = club.visitor();
        let page = visitor.get("/members/Kestrel").await;
        page.expect(200).says("member · joined").says("2 posts").says("Maps of the road").says("The Salt Road");
        page.says("A thread about chapters up to 20").lacks("burns").lacks("Here is one").lacks("Sign out");
        visitor.get("/members/Kestrel?unfold=t1").await.says("Tom burns the mill");
        visitor.get(&page.link("A thread about")).await.expect(200).lacks("burns the mill");
        assert!(thread.starts_with("/threads/1"));

        let inkwell = club.member("inkwell", Role::Admin).await;
        inkwell.get("/members/Kestrel").await.lacks("burns");
        let book = inkwell.get("/books/1").await;
        inkwell.submit(&book, "/books/1/bookmark", &[("position", "20")]).await.expect_redirect();
        inkwell.get("/members/Kestrel").await.says("Tom burns the mill").lacks("Sign out");
        let own = kestrel.get("/members/Kestrel").await;
        own.says("Tom burns the mill").says("Sign out").link("Your settings");
    }

    async fn a_members_page_has_one_address(club: Club) {
        club.account("Kestrel", Role::Host).await;
        let visitor = club.visitor();
        let page = visitor.fetch("/members/kESTREL").await;
        page.expect(301);
        assert_eq!(page.location().as_deref(), Some("/members/Kestrel"));
        for nobody in ["heron", "%00", "k%0d%0aSet-Cookie:x", "%ff", "kestrel%27--", &"k".repeat(400)] {
            visitor.get(&format!("/members/{nobody}")).await.expect(404);
        }
        visitor.get("/members/Kestrel?before=heron").await.expect(400);
        visitor.get("/members/Kestrel?before=99999999999999999999").await.expect(400);
    }

    async fn a_members_posts_are_paged(club: Club) {
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=0").await;
        for number in 1..=23 {
            let title = format!("Walk {number}.");
            kestrel.submit(&form, "/threads", &[("title", &title), ("body", "Fine.")]).await.expect_redirect();
        }
        let visitor = club.visitor();
        let page = visitor.get("/members/kestrel").await;
        page.says("23 posts").says("Walk 23.").says("Walk 4.").lacks("Walk 3.");
        let earlier = page.link("Earlier");
        let page = visitor.get(&format!("/members/kestrel{earlier}")).await;
        page.says("Walk 3.").says("Walk 1.").lacks("Walk 4.").lacks("Earlier");
        visitor.get("/members/kestrel?before=1").await.says("No earlier posts.");
    }
}
