//! Two instances of the program on one database.

use crate::forum::book_order::start;
use crate::forum::folds::add_two_books;
use crate::harness::{Club, PASSWORD, Page, Person};
use crate::stories;
use actix_web::FromRequest;
use actix_web::test::TestRequest;
use chapterhouse::config::Limits;
use chapterhouse::db::max_connections;
use chapterhouse::domain::core::members::Role;
use chapterhouse::web::request::RequestContext;
use futures_util::future::{join, join_all};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const THREAD: &str = "/threads/1/stones";

/// A second instance of the club, and a member who has started a thread.
async fn two(club: &Club) -> (Club, Person) {
    let other = club.second_instance().await;
    add_two_books(club).await;
    let kestrel = club.member("kestrel", Role::Member).await;
    start(&kestrel, 1, "Stones").await;
    (other, kestrel)
}

async fn reply(person: &Person, body: &str) -> Page {
    let form = person.get("/threads/1/reply").await;
    person.submit(&form, "/threads/1/posts", &[("body", body), ("reach", "0")]).await
}

async fn act(person: &Person, path: &str, fields: &[(&str, &str)]) -> Page {
    let form = person.get(path).await;
    person.submit(&form, path, fields).await
}

/// Reloads a page until it shows `words` and not `gone`. Fails after the longest time that a change may take to show on
/// another instance.
async fn says_soon(person: &Person, path: &str, words: &str, gone: &str) {
    let begun = Instant::now();
    loop {
        let page = person.get(path).await;
        if page.body.contains(words) && !page.body.contains(gone) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_millis(1500), "{path} does not say {words:?}:\n{}", page.body);
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
}

stories! {
    async fn slow_parsers_hold_no_connection(club: Club) {
        let request = TestRequest::get().app_data(club.app.clone()).to_http_request();
        let context = RequestContext::extract(&request).await.unwrap();
        let is_read = Arc::new(AtomicBool::new(false));
        let parsers = (0..max_connections()).map(|_| {
            let is_read = is_read.clone();
            context.parse_blocking(move || {
                while !is_read.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(5));
                }
            })
        });
        let read = async {
            actix_web::rt::time::sleep(Duration::from_millis(300)).await;
            let read = actix_web::rt::time::timeout(Duration::from_secs(3), club.app.db.read(|_| Ok(()))).await;
            is_read.store(true, Ordering::Relaxed);
            read
        };
        let (_, read) = join(join_all(parsers), read).await;
        read.unwrap().unwrap();
    }

    async fn one_of_two_moderators_on_two_instances_decides(club: Club) {
        let (other, _) = two(&club).await;
        let owl = club.member("owl", Role::Member).await;
        act(&owl, "/posts/1/report", &[("kind", "unkind")]).await.expect_redirect();
        let keeper = club.member("keeper", Role::Moderator).await;
        let warden = club.member("warden", Role::Moderator).await.at(&other);
        let (here, there) = (keeper.get("/reports").await, warden.get("/reports").await);
        let taken = join(
            keeper.submit(&here, "/reports/1/claim", &[("take", "yes")]),
            warden.submit(&there, "/reports/1/claim", &[("take", "yes")]),
        )
        .await;
        let mut taken = [taken.0.status.as_u16(), taken.1.status.as_u16()];
        taken.sort_unstable();
        assert_eq!(taken, [303, 409]);
        let holder = if keeper.get("/reports").await.body.contains("Assigned to you") { "keeper" } else { "warden" };
        let waits = if holder == "keeper" { &warden } else { &keeper };
        waits.get("/reports").await.says(&format!("Assigned to {holder}"));
        let (holds, waits) = if holder == "keeper" { (&keeper, &warden) } else { (&warden, &keeper) };
        let page = waits.get("/reports").await;
        waits.submit(&page, "/reports/1/verdict", &[("verdict", "dismiss"), ("reason", "as agreed")]).await.expect(409);
        let page = holds.get("/reports/1").await;
        holds.submit(&page, "/reports/1/claim", &[("take", "no")]).await.expect_redirect();

        act(&owl, "/threads/1/report", &[("kind", "spam")]).await.expect_redirect();
        let (here, there) = (keeper.get("/reports/2").await, warden.get("/reports/2").await);
        let settled = join(
            keeper.submit(&here, "/reports/2/verdict", &[("verdict", "uphold"), ("reason", "as agreed")]),
            warden.submit(&there, "/reports/2/verdict", &[("verdict", "dismiss"), ("reason", "as agreed")]),
        )
        .await;
        let mut settled = [settled.0.status.as_u16(), settled.1.status.as_u16()];
        settled.sort_unstable();
        assert_eq!(settled, [303, 409]);
    }

    async fn rate_limits_are_shared_between_instances(club: Club) {
        let club = club.with_settings(|settings| {
            settings.limits = Limits { sign_in: 4, join: 3, post: 5, thread: 0 };
        }).await;
        let (other, kestrel) = two(&club).await;
        let both = [&club, &other];
        // Sign-in attempts for one handle count together.
        for turn in 0..4 {
            both[turn % 2].visitor().sign_in("kestrel", "nine black rooks").await.expect(422);
        }
        for club in both {
            club.visitor().sign_in("kestrel", PASSWORD).await.expect(429);
        }
        // New members from one address.
        for turn in 0..4 {
            let visitor = both[turn % 2].visitor();
            let (form, handle) = (visitor.get("/join").await, format!("reader{turn}"));
            let email = format!("{handle}@club.example");
            let filled = [("handle", handle.as_str()), ("email", email.as_str()), ("password", PASSWORD)];
            let page = visitor.submit(&form, "/join", &filled).await;
            page.expect(if turn < 3 { 303 } else { 429 });
        }
        // Posts at the same time through both. Starting the thread has used one of the limit.
        let there = kestrel.at(&other);
        let forms = (kestrel.get("/threads/1/reply").await, there.get("/threads/1/reply").await);
        let bodies: Vec<String> = (0..8).map(|turn| format!("Word {turn} of mine.")).collect();
        let sent = bodies.iter().enumerate().map(|(turn, body)| {
            let (person, form) = if turn % 2 == 0 { (&kestrel, &forms.0) } else { (&there, &forms.1) };
            person.submit(form, "/threads/1/posts", &[("body", body), ("reach", "0")])
        });
        let taken = join_all(sent).await.iter().filter(|page| page.status == 303).count();
        let stand = kestrel.get(THREAD).await.attributes("article.post", "id").len() - 1;
        assert_eq!(taken, stand);
        assert!((4..=5).contains(&taken), "{taken}");
        reply(&there, "One more of mine.").await.expect(429);
    }

    async fn signing_out_on_one_instance_signs_out_on_the_other(club: Club) {
        let (other, kestrel) = two(&club).await;
        let there = kestrel.at(&other);
        there.get("/settings").await.expect(200);
        let phone = other.visitor();
        phone.sign_in("kestrel", PASSWORD).await.expect_redirect();
        let page = kestrel.get("/settings").await;
        kestrel.submit(&page, "/settings/sessions", &[]).await.expect_redirect();
        assert!(phone.fetch("/settings").await.expect_redirect().starts_with("/sign-in"));
        let page = kestrel.get("/members/kestrel").await;
        kestrel.submit(&page, "/sign-out", &[]).await.expect_redirect();
        assert!(there.fetch("/settings").await.expect_redirect().starts_with("/sign-in"));

        phone.sign_in("kestrel", PASSWORD).await.expect_redirect();
        let form = phone.get("/threads/1/reply").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let sanction = async |kind: &str| {
            let form = keeper.get(&format!("/members/kestrel/sanctions/new?kind={kind}")).await;
            keeper.submit(&form, "/members/kestrel/sanctions", &[("length", "1"), ("reason", "unkind words")]).await.expect_redirect();
        };
        sanction("silence").await;
        phone.submit(&form, "/threads/1/posts", &[("body", "Still here.")]).await.expect(403).says("You can read but not post");
        phone.get(THREAD).await.expect(200).lacks("Still here");
        sanction("suspension").await;
        assert!(phone.fetch("/settings").await.expect_redirect().starts_with("/sign-in"));
        phone.sign_in("kestrel", PASSWORD).await.expect(422).says("You’re suspended");
    }

    async fn changes_show_on_the_other_instance_within_a_second(club: Club) {
        let (other, kestrel) = two(&club).await;
        let (here, there) = (club.visitor(), other.visitor());
        for visitor in [&here, &there] {
            visitor.get(THREAD).await.says("Who counts them?");
        }
        reply(&kestrel, "They count WRENWORDS.").await.expect_redirect();
        here.get(THREAD).await.says("WRENWORDS");
        says_soon(&there, THREAD, "WRENWORDS", "Hidden by").await;
        let keeper = club.member("keeper", Role::Moderator).await.at(&other);
        act(&keeper, "/posts/2/hide", &[("reason", "spam")]).await.expect_redirect();
        there.get(THREAD).await.lacks("WRENWORDS").says("Hidden by a moderator: spam");
        says_soon(&here, THREAD, "Hidden by a moderator: spam", "WRENWORDS").await;
        // Members see each change at once.
        reply(&kestrel.at(&other), "And OWLWORDS.").await.expect_redirect();
        kestrel.get(THREAD).await.says("OWLWORDS");
    }

    async fn simultaneous_posts_on_two_instances_get_distinct_numbers(club: Club) {
        let (other, kestrel) = two(&club).await;
        let owl = club.member("owl", Role::Member).await.at(&other);
        let forms = [kestrel.get("/threads/1/reply").await, owl.get("/threads/1/reply").await];
        let bodies: Vec<String> = (0..12).map(|turn| format!("Word {turn} of ours.")).collect();
        let sent = bodies.iter().enumerate().map(|(turn, body)| {
            let person = if turn % 2 == 0 { &kestrel } else { &owl };
            person.submit(&forms[turn % 2], "/threads/1/posts", &[("body", body), ("reach", "0")])
        });
        for page in join_all(sent).await {
            page.expect_redirect();
        }
        let page = owl.get(THREAD).await;
        let numbers = page.attributes("a.push[aria-label^=Post]", "aria-label");
        let expected: Vec<String> = (1..=13).map(|number| format!("Post {number}")).collect();
        assert_eq!(numbers, expected);
    }
}
