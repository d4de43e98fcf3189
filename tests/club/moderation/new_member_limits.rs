//! Limits for new members, repeated texts and hourly limits.

use crate::forum::book_order::{start, write};
use crate::forum::folds::add_two_books;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::db::Moment;
use chapterhouse::db::schema::members;
use chapterhouse::domain::core::members::Role;
use chrono::TimeDelta;
use diesel::prelude::*;

/// An admin called “warden” sets the limits.
pub async fn ask(club: &Club, fields: &[(&str, &str)]) -> Person {
    let warden = club.member("warden", Role::Admin).await;
    let form = warden.get("/filters").await;
    warden.submit(&form, "/guards", fields).await.expect_redirect();
    warden
}

async fn reply(person: &Person, thread: u8, body: &str) -> Page {
    let form = person.get(&format!("/threads/{thread}/reply")).await;
    person.submit(&form, &format!("/threads/{thread}/posts"), &[("body", body), ("reach", "0")]).await
}

stories! {
    async fn limits_apply_until_a_member_is_no_longer_new(club: Club) {
        add_two_books(&club).await;
        let owl = club.member("owl", Role::Host).await;
        start(&owl, 1, "Stones").await;
        let asked = [("new_days", "2"), ("new_posts", "2"), ("links", "2"), ("mentions", "1"), ("hourly_threads", "0"), ("hourly_posts", "4")];
        ask(&club, &asked).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let five = "https://a.example https://b.example ||https://c.example|| www.d.example [e](http://e.example)";
        let page = reply(&kestrel, 1, five).await;
        page.expect(422).says("New members can use up to 2 links in a post. This one has 5.");
        assert_eq!(page.texts("textarea"), [five]);
        reply(&kestrel, 1, "See @owl and @host").await.expect(422).says("can mention up to 1 member in a post. This one mentions 2");
        let form = kestrel.get("/threads/new?book=1").await;
        let thread = [("title", "Mine"), ("body", "My first."), ("reach", "0")];
        kestrel.submit(&form, "/threads", &thread).await.expect(422).says("New members can’t start threads yet").says("My first.");
        reply(&kestrel, 1, "Two: https://a.example and https://b.example, dear @owl, me@host.example").await.expect_redirect();
        let form = kestrel.get("/posts/2/edit").await;
        kestrel.submit(&form, "/posts/2", &[("body", five)]).await.expect(422).says("This one has 5");
        let form = kestrel.get("/settings").await;
        kestrel.submit(&form, "/settings", &[("about", "http://a.example http://b.example http://c.example")]).await.expect(422).says("2 links in a text. This one has 3");
        let form = kestrel.get("/books/1/notices").await;
        let warning = [("label", "harm"), ("body", five), ("reach", "3")];
        kestrel.submit(&form, "/books/1/notices", &warning).await.expect(422).says("This one has 5");
        for n in 0..3 {
            reply(&kestrel, 1, &format!("Again {n}")).await.expect_redirect();
        }
        reply(&kestrel, 1, "Once more").await.expect(422).says("New members can write 4 posts per hour").says("Once more");
        reply(&owl, 1, five).await.expect_redirect();

        // Four posts are visible. The member must also wait some days, and hidden posts don't count.
        club.write(|conn| {
            let past = Moment::now().before(TimeDelta::days(3));
            diesel::update(members::table.filter(members::handle.eq("kestrel"))).set(members::joined_at.eq(past)).execute(conn)?;
            Ok(())
        })
        .await;
        reply(&kestrel, 1, five).await.expect_redirect();
        let keeper = club.member("keeper", Role::Moderator).await;
        for id in [2, 3, 4, 7] {
            let form = keeper.get(&format!("/posts/{id}/hide")).await;
            keeper.submit(&form, &format!("/posts/{id}/hide"), &[("reason", "spam")]).await.expect_redirect();
        }
        reply(&kestrel, 1, &format!("{five} again")).await.expect(422);
    }

    async fn limits_are_validated_logged_and_undone(club: Club) {
        let keeper = club.member("keeper", Role::Moderator).await;
        let page = keeper.get("/filters").await;
        page.says("Only admins can change these");
        let fields = page.form("/guards", &[("new_days", "9")]);
        keeper.post("/guards", &fields).await.expect(403);
        let warden = ask(&club, &[("new_days", "3"), ("links", "0")]).await;
        let form = warden.get("/filters").await;
        for (field, wrong) in [("new_days", "-1"), ("new_posts", "many"), ("links", "9999999999"), ("approve_first", "101")] {
            let page = warden.submit(&form, "/guards", &[(field, wrong), ("mentions", "7")]).await;
            page.expect(422).says("Please enter a number from 0 to");
            let fields = page.form("/guards", &[]);
            assert!(fields.contains(&(field.into(), wrong.into())) && fields.contains(&("mentions".into(), "7".into())));
        }
        let log = warden.get("/log").await;
        log.says("changed the limits for new members").says("New members: nobody → for 3 days and 0 posts").says("Links per post: unlimited → 0").lacks("Mentions per post");
        let undo = log.link("Undo");
        let form = form_of(&warden, &undo).await;
        keeper.get(&undo).await.expect(403);
        keeper.submit(&form, &undo, &[("reason", "too strict")]).await.expect(403);
        warden.submit(&form, &undo, &[("reason", "too strict")]).await.expect_redirect();
        let fields = warden.get("/filters").await.form("/guards", &[]);
        assert!(fields.contains(&("new_days".into(), "0".into())) && fields.contains(&("links".into(), String::new())));
        warden.get(&undo).await.expect(409).says("This can’t be undone");
        warden.submit(&form, &undo, &[("reason", "again")]).await.expect(409);
    }

    async fn a_repeated_text_is_refused_with_a_link_to_the_first(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        start(&club.member("owl", Role::Member).await, 1, "Salt").await;
        reply(&kestrel, 1, "I agree.").await.expect_redirect();
        let page = reply(&kestrel, 1, "  i  AGREE.\n").await;
        page.expect(422).says("You’ve already posted this text");
        assert_eq!(page.link("See your earlier text"), "/posts/3");
        reply(&kestrel, 2, "I agree.").await.expect_redirect();
        let long = "A text of some length, which nobody needs to read in two threads of one club.";
        reply(&kestrel, 1, long).await.expect_redirect();
        reply(&kestrel, 2, long).await.expect(422).says("You’ve already posted this text");
        let form = kestrel.get("/threads/new?book=1").await;
        kestrel.submit(&form, "/threads", &[("title", "Again"), ("body", long), ("reach", "0")]).await.expect(422).says("already");
        // Another member can post the same text.
        reply(&club.member("wren", Role::Member).await, 1, long).await.expect_redirect();
    }

    async fn two_presses_of_one_button_post_once(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let club = club.with_settings(|settings| settings.limits.post = 100).await;
        let again = club.visitor();
        again.cookies.replace(kestrel.cookies.borrow().clone());
        let form = again.get("/threads/1/reply").await;
        let fields = form.form("/threads/1/posts", &[("body", "Just once."), ("reach", "0")]);
        let presses: Vec<_> = (0..6).map(|_| again.post("/threads/1/posts", &fields)).collect();
        let mut answers: Vec<u16> = futures_util::future::join_all(presses).await.iter().map(|page| page.status.as_u16()).collect();
        answers.sort_unstable();
        assert_eq!(answers, [303, 422, 422, 422, 422, 422]);
    }

    async fn posts_are_limited_per_address(club: Club) {
        add_two_books(&club).await;
        let owl = club.member("owl", Role::Member).await;
        start(&owl, 1, "Stones").await;
        let names = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "b1"];
        let mut people = Vec::new();
        for name in names {
            people.push(club.member(name, Role::Member).await.cookies.borrow().clone());
        }
        let club = club.with_settings(|settings| settings.limits.post = 1).await;
        let person = |cookies| {
            let person = club.visitor();
            person.cookies.replace(cookies);
            person
        };
        for cookies in people {
            reply(&person(cookies), 1, "One each.").await.expect_redirect();
        }
        let owl = person(owl.cookies.borrow().clone());
        reply(&owl, 1, "One more.").await.expect(429);
        let form = owl.get("/posts/2/report").await;
        owl.submit(&form, "/posts/2/report", &[("reach", "3")]).await.expect(429);
        // Another address has a limit of its own.
        let form = owl.get("/threads/1/reply").await;
        let fields = form.form("/threads/1/posts", &[("body", "One more."), ("reach", "0")]);
        let request = actix_web::test::TestRequest::post().uri("/threads/1/posts");
        let from = |port: u16, host: &str| request_from(host, port);
        owl.send(request.peer_addr(from(99, "[2001:db8:1:2::7]")).set_form(&fields)).await.expect_redirect();
        write(&club, "owl", 1, vec![("And past the pages.".to_owned(), 0)]).await;
    }
}

fn request_from(host: &str, port: u16) -> std::net::SocketAddr {
    format!("{host}:{port}").parse().unwrap()
}

async fn form_of(person: &Person, path: &str) -> Page {
    person.get(path).await
}
