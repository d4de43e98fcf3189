//! Requests every route of the table as everybody, and compares the responses with the policy. Whoever may not do
//! something is sent to sign in or told who may; whoever may gets past the check, whatever the handler then answers.

use crate::forum::book_order::start;
use crate::forum::folds::add_two_books;
use crate::harness::{Club, PASSWORD, Page, Person};
use crate::stories;
use chapterhouse::db::Moment;
use chapterhouse::db::schema::members;
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::core::policy::{Act, Actor, allows};
use chapterhouse::routes::{ROUTES, Route};
use chrono::{TimeDelta, Utc};
use diesel::prelude::*;

/// One person of each kind that the policy knows. A suspended member counts as a visitor.
async fn everybody(club: &Club) -> Vec<(&'static str, Person, Actor)> {
    let mut people = vec![("a visitor", club.visitor(), Actor::Visitor { can_read: true })];
    for role in [Role::Member, Role::Host, Role::Moderator, Role::Admin] {
        people.push((role.as_str(), club.member(&format!("the-{}", role.as_str()), role).await, Actor::Member(role)));
    }
    for (name, role) in [("a silenced member", Role::Member), ("a silenced moderator", Role::Moderator)] {
        let handle = name.replace(' ', "-");
        people.push((name, club.member(&handle, role).await, Actor::Silenced));
        until(club, &handle, true).await;
    }
    people.push((
        "a suspended admin",
        club.member("a-suspended-admin", Role::Admin).await,
        Actor::Visitor { can_read: true },
    ));
    until(club, "a-suspended-admin", false).await;
    people
}

async fn until(club: &Club, handle: &str, silenced: bool) {
    let handle = handle.to_owned();
    club.write(move |conn| {
        let tomorrow = Moment::from(Utc::now() + TimeDelta::days(1));
        let member = members::table.filter(members::handle.eq(handle));
        match silenced {
            true => diesel::update(member).set(members::silenced_until.eq(tomorrow)).execute(conn)?,
            false => diesel::update(member).set(members::suspended_until.eq(tomorrow)).execute(conn)?,
        };
        Ok(())
    })
    .await;
}

/// A path for a route's pattern, with ids of things that exist.
fn address(line: &Route) -> String {
    let path = line.path.replace("{handle}", "the-member").replace("{slug}", "x").replace("{token}", "none");
    path.replace("{hash}/{name}", "none/style.css").replace("{id}", "1")
}

async fn ask(person: &Person, line: &Route) -> Page {
    if line.method == "get" {
        return person.fetch(&address(line)).await;
    }
    // A valid token from a form that everybody can see, and no valid value: the policy is asked first.
    let page = person.fetch("/settings").await;
    let page = if page.status == 200 { page } else { person.fetch("/sign-in").await };
    let token = page.attributes("input[name=token]", "value").into_iter().next().unwrap_or_default();
    let fields = vec![("token".to_owned(), token)];
    person.post(&address(line), &fields).await
}

/// Creates post 1 in thread 1 with a report on it, and content warning 1, all by a member called writer.
async fn set_up(club: &Club) -> Person {
    add_two_books(club).await;
    let author = club.member("writer", Role::Member).await;
    start(&author, 1, "Stones").await;
    let form = author.get("/books/1/notices").await;
    let warning = [("label", "harm"), ("body", "Of the ferryman."), ("reach", "3")];
    author.submit(&form, "/books/1/notices", &warning).await.expect_redirect();
    // Text 1 of the approval queue is theirs too.
    let warden = club.member("warden", Role::Moderator).await;
    for reason in ["heated", "calm"] {
        let form = warden.get("/threads/1/approval").await;
        warden.submit(&form, "/threads/1/approval", &[("reason", reason)]).await.expect_redirect();
        if reason == "heated" {
            let form = author.get("/threads/1/reply").await;
            author.submit(&form, "/threads/1/posts", &[("body", "Let it stand.")]).await.expect_redirect();
        }
    }
    // Suggestion 1 in book vote 1 is theirs.
    let pollster = club.member("pollster", Role::Host).await;
    let form = pollster.get("/polls/books/new").await;
    pollster.submit(&form, "/polls/books", &[]).await.expect_redirect();
    let form = author.get("/polls/books/1").await;
    author.submit(&form, "/polls/books/1/proposals", &[("book", "1")]).await.expect_redirect();
    let reader = club.member("reader", Role::Member).await;
    let form = reader.get("/posts/1/report").await;
    reader.submit(&form, "/posts/1/report", &[("reach", "12")]).await.expect_redirect();
    author
}

/// Acts of moderators that can't concern an admin: excerpts have no author, an admin's posts are never held, restoring
/// claiming or dismissing harms nobody, and undoing is subject to the policy of what it does.
const NOT_ABOUT_ADMINS: [&str; 15] = [
    "/passages/{id}/hide",
    "/posts/{id}/restore",
    "/reports/{id}/claim",
    "/reporters/{id}/dismiss",
    "/held/{id}/approve",
    "/held/{id}/decline",
    "/filters",
    "/filters/{id}",
    "/filters/{id}/remove",
    "/members/{handle}/notes",
    "/members/{handle}/admit",
    "/members/{handle}/decline",
    "/invitations",
    "/invitations/{id}/revoke",
    "/log/{id}/undo",
];

/// Whether the policy rejected the request.
fn is_refused(page: &Page, line: &Route) -> bool {
    let doors = [
        "Only the author can",
        "Only members can",
        "Only moderators can",
        "Only hosts can",
        "Only hosts and moderators can",
        "Only admins can",
    ];
    let told = page.texts("main").join(" ");
    match line.method {
        "get" if page.status == 303 => page.location().unwrap().starts_with("/sign-in?next="),
        _ if page.status != 403 => false,
        _ => {
            told.contains("You’re signed out")
                || told.contains("You can read but not post")
                || doors.iter().any(|door| told.contains(door))
        }
    }
}

stories! {
    async fn every_route_follows_the_policy(club: Club) {
        let author = set_up(&club).await;
        let mut people = everybody(&club).await;
        people.push(("its writer", author, Actor::Member(Role::Member)));
        for (who, person, standing) in people {
            for line in ROUTES {
                // Paths that end the session have stories of their own.
                if ["/sign-out", "/settings/sessions/{id}", "/settings/sessions"].contains(&line.path) {
                    continue;
                }
                let page = ask(&person, line).await;
                assert!(page.status.as_u16() < 500, "{who}: {line:?}: {}", page.body);
                let refused = is_refused(&page, line);
                let lets_in = allows(standing, line.act) && (line.act != Act::EditOwn || who == "its writer");
                assert_eq!(refused, !lets_in, "{who}: {line:?} answers {}: {:?}", page.status, page.texts("main"));
                if line.method == "get" && !refused {
                    assert!([200, 301, 303, 403, 404, 409].contains(&page.status.as_u16()), "{who}: {line:?}: {}", page.status);
                }
            }
        }
    }

    async fn a_moderator_cant_act_on_an_admins_texts(club: Club) {
        add_two_books(&club).await;
        let admin = club.member("founder", Role::Admin).await;
        start(&admin, 1, "Rules").await;
        let form = admin.get("/threads/1/reply").await;
        admin.submit(&form, "/threads/1/posts", &[("body", "And more."), ("reach", "0")]).await.expect_redirect();
        let form = admin.get("/books/1/notices").await;
        let warning = [("label", "harm"), ("body", "Of the ferryman."), ("reach", "0")];
        admin.submit(&form, "/books/1/notices", &warning).await.expect_redirect();
        let form = admin.get("/meetings/new?book=1").await;
        let meeting = [("title", "First half"), ("book", "1"), ("day", "2199-10-21"), ("time", "18:30"), ("minutes", "90"), ("body", "Bring bread."), ("reach", "0")];
        admin.submit(&form, "/meetings", &meeting).await.expect_redirect();
        let form = admin.get("/meetings/1/agenda/edit").await;
        admin.submit(&form, "/meetings/1/agenda", &[("body", "And the bread?"), ("reach", "0")]).await.expect_redirect();
        let form = admin.get("/polls/books/new").await;
        admin.submit(&form, "/polls/books", &[]).await.expect_redirect();
        let form = admin.get("/polls/books/1").await;
        admin.submit(&form, "/polls/books/1/proposals", &[("book", "1"), ("pitch", "It is mine.")]).await.expect_redirect();
        let form = admin.get("/settings").await;
        admin.submit(&form, "/settings", &[("about", "I founded this.")]).await.expect_redirect();
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        for path in ["/posts/1/report", "/threads/1/report"] {
            let form = kestrel.get(path).await;
            kestrel.submit(&form, path, &[("kind", "unkind"), ("reach", "32767")]).await.expect_redirect();
        }
        let keeper = club.member("keeper", Role::Moderator).await;
        let token = keeper.get("/settings").await.attributes("input[name=token]", "value").remove(0);
        let filled = |more: &[(&str, &str)]| -> Vec<(String, String)> {
            let all = [("token", token.as_str()), ("reason", "mine now"), ("on", "yes"), ("title", "Mine"), ("reach", "3"), ("book", "2"), ("from", "2"), ("kind", "warning"), ("post", "1"), ("verdict", "uphold")];
            all.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        keeper.post("/questions/1/off", &filled(&[("off", "yes")])).await.expect(403);
        let acts = ROUTES.iter().filter(|line| line.act == Act::Moderate && line.method == "post");
        for line in acts.filter(|line| !NOT_ABOUT_ADMINS.contains(&line.path)) {
            let path = line.path.replace("{handle}", "founder").replace("{id}", "1");
            let page = keeper.post(&path, &filled(&[("into", "2")])).await;
            assert_eq!(page.status, 403, "{path}: {:?}", page.texts("main"));
        }
        // Nor by acting on something else.
        keeper.post("/threads/2/merge", &filled(&[("into", "1")])).await.expect(403);
        keeper.post("/reports/2/verdict", &filled(&[])).await.expect(403);
        admin.get("/log").await.lacks("mine now");
        for path in ["/reports", "/reports/1", "/threads/1"] {
            keeper.get(path).await.expect(200).lacks("/threads/1/pin").lacks("value=\"uphold\"").lacks("value=\"hide\"");
        }
        // A report of an admin's text can be dismissed, which harms nobody.
        let form = keeper.get("/reports/1").await;
        keeper.submit(&form, "/reports/1/verdict", &[("verdict", "dismiss"), ("reason", "kind enough")]).await.expect_redirect();
        admin.get("/notifications").await.says("A moderator dismissed a report about ").says(": kind enough");
    }

    async fn a_private_club_shows_visitors_only_public_pages(club: Club) {
        add_two_books(&club).await;
        club.write(|conn| {
            use chapterhouse::db::schema::club::dsl;
            diesel::update(dsl::club).set(dsl::visitors_can_read.eq(false)).execute(conn)?;
            Ok(())
        })
        .await;
        let visitor = club.visitor();
        for line in ROUTES {
            let page = ask(&visitor, line).await;
            assert_eq!(is_refused(&page, line), line.act != Act::Public, "{line:?} answers {}", page.status);
        }
    }

    async fn a_silenced_member_can_read_but_not_write(club: Club) {
        add_two_books(&club).await;
        let person = club.member("kestrel", Role::Member).await;
        let thread = start(&person, 1, "Stones").await;
        let owl = club.member("owl", Role::Member).await;
        start(&owl, 1, "Pebbles").await;
        // Forms opened before the silence, here and in a second browser.
        let reply = person.get(&thread).await;
        let second = club.visitor();
        let door = second.get("/sign-in").await;
        second.submit(&door, "/sign-in", &[("handle", "kestrel"), ("password", PASSWORD)]).await.expect_redirect();
        let also = second.get("/threads/2/reply?quote=2").await;
        let opening = second.get("/threads/new?book=1").await;
        let report = second.get("/posts/2/report").await;
        let profile = second.get("/members/owl").await;
        let book = person.get("/books/1").await;
        let edit = person.get("/posts/1/edit").await;
        let settings = person.get("/settings").await;
        let warnings = person.get("/books/1/notices").await;
        until(&club, "kestrel", true).await;
        let said = [("kind", "unkind"), ("words", "Read this."), ("reach", "12")];
        let sent = [
            person.submit(&reply, "/threads/1/posts", &[("body", "Still here.")]).await,
            person.submit(&reply, "/threads/1/posts", &[("body", "Still here."), ("preview", "yes")]).await,
            second.submit(&also, "/threads/2/posts", &[("body", "Still here.")]).await,
            second.submit(&opening, "/threads", &[("title", "Still here"), ("body", "Read this."), ("reach", "0")]).await,
            second.submit(&opening, "/threads", &[("title", "Still here"), ("body", "Read this."), ("preview", "yes")]).await,
            second.submit(&report, "/posts/2/report", &said).await,
            person.submit(&book, "/books/1/rating", &[("rating", "8")]).await,
            person.submit(&book, "/books/1/suitability", &[("years", "12")]).await,
            person.submit(&edit, "/posts/1", &[("body", "Changed.")]).await,
            person.submit(&settings, "/settings", &[("about", "Read this.")]).await,
            person.submit(&warnings, "/books/1/notices", &[("label", "harm"), ("body", "Look."), ("reach", "3")]).await,
        ];
        for page in sent {
            page.expect(403).says("You can read but not post");
        }
        // A session opened afterwards can't do more, even with a forged form.
        let third = club.visitor();
        let door = third.get("/sign-in").await;
        third.submit(&door, "/sign-in", &[("handle", "kestrel"), ("password", PASSWORD)]).await.expect_redirect();
        let mut forged = third.get("/settings").await.form("/settings", &[("body", "Still here."), ("title", "Still here")]);
        forged.retain(|(name, _)| name != "about");
        for path in ["/threads/1/posts", "/threads", "/posts/1", "/posts/2/report", "/books/1/rating", "/books/1/notices"] {
            third.post(path, &forged).await.expect(403).says("You can read but not post");
        }
        for path in ["/threads/1/reply", "/threads/new", "/posts/1/edit", "/posts/2/report"] {
            third.get(path).await.expect(403).says("You can read but not post");
        }
        club.visitor().get("/threads").await.lacks("Still here");
        // One's own data can still be changed: blocks, bookmarks, settings.
        second.submit(&profile, "/members/owl/block", &[("block", "yes")]).await.expect_redirect();
        person.get(&thread).await.expect(200).says("You can read but not post").lacks("Changed").lacks("Still here");
        let page = person.get("/books/1").await;
        person.submit(&page, "/books/1/bookmark", &[("position", "3")]).await.expect_redirect();
        person.submit(&settings, "/settings", &[("zone", "Europe/Paris")]).await.expect_redirect();
        // The silence ends by itself.
        club.write(|conn| {
            let past = Moment::now().before(TimeDelta::seconds(1));
            diesel::update(members::table.filter(members::handle.eq("kestrel"))).set(members::silenced_until.eq(past)).execute(conn)?;
            Ok(())
        })
        .await;
        person.submit(&reply, "/threads/1/posts", &[("body", "Back again.")]).await.expect_redirect();
    }
}
