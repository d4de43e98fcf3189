//! Undoes every kind of action and compares all pages: afterwards everybody gets the same bytes as before.

use crate::canary::everything;
use crate::events::agendas::set_up;
use crate::forum::book_order::start;
use crate::forum::folds::add_two_books;
use crate::harness::{Club, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;
use std::collections::BTreeMap;

/// An action of staff: the page with the form, where it is sent, and the fields.
struct StaffAction {
    form: &'static str,
    action: &'static str,
    filled: &'static [(&'static str, &'static str)],
}

const fn staff_action(
    form: &'static str,
    action: &'static str,
    filled: &'static [(&'static str, &'static str)],
) -> StaffAction {
    StaffAction { form, action, filled }
}

/// One action of each kind.
const STAFF_ACTIONS: &[StaffAction] = &[
    staff_action("/posts/2/hide", "/posts/2/hide", &[("reason", "unkind")]),
    staff_action("/threads/1/lock", "/threads/1/lock", &[("reason", "too hot")]),
    staff_action("/threads/1/approval", "/threads/1/approval", &[("reason", "it got heated")]),
    staff_action("/threads/1/pin", "/threads/1/pin", &[("reason", "read this first")]),
    staff_action("/threads/1/pin", "/threads/1/pin", &[("reason", "for a while"), ("until", "2199-10-21")]),
    staff_action("/posts/2/reach", "/posts/2/reach", &[("reach", "9"), ("reason", "it tells")]),
    staff_action("/threads/1/title", "/threads/1/title", &[("title", "Pebbles"), ("reason", "clearer")]),
    staff_action("/threads/1/book", "/threads/1/book", &[("book", "2"), ("reason", "it is about that")]),
    staff_action(
        "/threads/1/split",
        "/threads/1/split?page=1",
        &[("from", "2"), ("title", "Birds"), ("reason", "another talk")],
    ),
    staff_action("/threads/2/merge?into=1", "/threads/2/merge", &[("into", "1"), ("reason", "the same talk")]),
    staff_action("/members/heron/hide", "/members/heron/hide", &[("reason", "an advertisement")]),
    staff_action("/questions/1/hide", "/questions/1/hide", &[("reason", "unkind")]),
    staff_action("/proposals/1/hide", "/proposals/1/hide", &[("reason", "an advertisement")]),
    staff_action(
        "/club/edit",
        "/club",
        &[("name", "The Herons"), ("accent_color", "moss"), ("welcome", "Come in."), ("rules", "Be kind.")],
    ),
    staff_action("/members/kestrel/role", "/members/kestrel/role", &[("role", "host"), ("reason", "for the shelf")]),
    staff_action("/members/heron/sanctions/new?kind=warning", "/members/heron/sanctions", &[("reason", "unkind")]),
    staff_action("/members/heron/sanctions/new?kind=silence", "/members/heron/sanctions", &[("reason", "unkind")]),
    staff_action("/members/heron/sanctions/new?kind=suspension", "/members/heron/sanctions", &[("reason", "unkind")]),
    staff_action("/members/heron/sanctions/new?kind=closure", "/members/heron/sanctions", &[("reason", "unkind")]),
    staff_action("/books/1/notices", "/notices/1/verdict", &[("verdict", "decline"), ("reason", "it is not in there")]),
];

/// What is reported, with which reason, and all verdicts to try.
const REPORTED: &[(&str, &str, &[&str])] = &[
    ("/posts/3", "unkind", &["uphold", "hide", "dismiss"]),
    ("/posts/4", "spoils", &["uphold", "hide", "dismiss"]),
    ("/threads/2", "spoils", &["uphold", "dismiss"]),
    ("/notices/1", "spoils", &["uphold", "hide", "dismiss"]),
    ("/members/jay", "unkind", &["uphold", "hide", "dismiss"]),
];

/// Undoes the latest log entry.
async fn undo(admin: &Person, reason: &str) {
    let undo = admin.get("/log").await.link("Undo");
    let form = admin.get(&undo).await;
    admin.submit(&form, &undo, &[("reason", reason)]).await.expect_redirect();
}

/// Every page that a person gets, except the log and notifications, which keep what happened. Redirects aren't pages:
/// the address of a thread that was split off and put back redirects for good.
async fn all_pages(person: &Person) -> BTreeMap<String, String> {
    let pages = everything(person, 5).await.into_iter();
    // The join form contains the time at which it was made.
    let remembers = |path: &str| ["/log", "/notifications", "/join"].iter().any(|known| path.starts_with(known));
    pages.filter(|page| page.status == 200 && !remembers(&page.path)).map(|page| (page.path, page.body)).collect()
}

#[track_caller]
fn assert_same(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>, what: &str) {
    for (path, body) in before {
        let now = after.get(path).map(String::as_str).unwrap_or("nothing");
        assert_eq!(body, now, "{what}: {path}");
    }
    // The forms of a thread that was put back redirect to the thread with its posts.
    let leads_on = |path: &&String| path.starts_with("/threads/3/");
    let more: Vec<&String> = after.keys().filter(|path| !before.contains_key(*path) && !leads_on(path)).collect();
    assert!(more.is_empty(), "{what}: new pages {more:?}");
}

/// Two threads about two books, one with replies of several people.
async fn talk(club: &Club) {
    add_two_books(club).await;
    let kestrel = club.member("kestrel", Role::Member).await;
    start(&kestrel, 1, "Stones").await;
    let heron = club.member("heron", Role::Member).await;
    for (person, body, reach) in [(&heron, "An osprey, perhaps.", "0"), (&kestrel, "Look, ||9: it drowns||.", "7")] {
        let form = person.get("/threads/1/reply").await;
        person.submit(&form, "/threads/1/posts", &[("body", body), ("reach", reach)]).await.expect_redirect();
    }
    start(&heron, 2, "Reeds").await;
    let form = heron.get("/threads/2/reply").await;
    let quoting = [("body", "> [heron](/posts/2) wrote:\n>\n> An osprey, perhaps.\n\nOr so they say."), ("reach", "0")];
    heron.submit(&form, "/threads/2/posts", &quoting).await.expect_redirect();
    let host = club.member("planner", Role::Host).await;
    set_up(&host, "2199-10-21").await;
    let form = host.get("/meetings/1/agenda/edit").await;
    host.submit(&form, "/meetings/1/agenda", &[("body", "Why an osprey?"), ("reach", "0")]).await.expect_redirect();
    let form = host.get("/polls/books/new").await;
    host.submit(&form, "/polls/books", &[]).await.expect_redirect();
    let form = heron.get("/polls/books/1").await;
    let proposed = [("title", "The Weir"), ("authors", "Ida Holm"), ("pitch", "It is short.")];
    heron.submit(&form, "/polls/books/1/proposals", &proposed).await.expect_redirect();
    let form = heron.get("/settings").await;
    heron.submit(&form, "/settings", &[("about", "I read by the water.")]).await.expect_redirect();
    let form = host.get("/books/1/notices").await;
    host.submit(&form, "/books/1/notices", &[("label", "harm"), ("body", "A finger."), ("reach", "2")])
        .await
        .expect_redirect();
}

stories! {
    async fn undoing_restores_every_page_but_the_log(club: Club) {
        talk(&club).await;
        let owl = club.member("owl", Role::Member).await;
        let visitor = club.visitor();
        let admin = club.member("admin", Role::Admin).await;
        for act in STAFF_ACTIONS {
            let what = act.action;
            let (seen, public) = (all_pages(&owl).await, all_pages(&visitor).await);
            let form = admin.get(act.form).await;
            form.expect(200);
            admin.submit(&form, act.action, act.filled).await.expect_redirect();
            let changed = all_pages(&owl).await;
            // Only the member sees what is done to them.
            assert!(changed != seen || what.starts_with("/members/"), "{what}: nothing is different");
            undo(&admin, "a slip").await;
            assert_same(&seen, &all_pages(&owl).await, what);
            assert_same(&public, &all_pages(&visitor).await, what);
            // Undoing the undo does it again.
            undo(&admin, "not a slip").await;
            assert_same(&changed, &all_pages(&owl).await, what);
            undo(&admin, "a slip after all").await;
            assert_same(&seen, &all_pages(&owl).await, what);
        }
    }

    async fn undoing_a_decision_restores_everything_and_notifies_everybody(club: Club) {
        talk(&club).await;
        let jay = club.member("jay", Role::Member).await;
        for (thread, body) in [("1", "Herons, surely."), ("2", "Reeds are grass.")] {
            let form = jay.get(&format!("/threads/{thread}/reply")).await;
            jay.submit(&form, &format!("/threads/{thread}/posts"), &[("body", body), ("reach", "0")]).await.expect_redirect();
        }
        let form = jay.get("/settings").await;
        jay.submit(&form, "/settings", &[("about", "I sell boots.")]).await.expect_redirect();
        let (owl, wren) = (club.member("owl", Role::Member).await, club.member("wren", Role::Member).await);
        let admin = club.member("admin", Role::Admin).await;
        let visitor = club.visitor();
        for (case, (subject, kind, verdicts)) in (1..).zip(REPORTED) {
            let (case, path) = (format!("/reports/{case}"), format!("{subject}/report"));
            let form = wren.get(&path).await;
            wren.submit(&form, &path, &[("kind", kind), ("reach", "32767")]).await.expect_redirect();
            for verdict in *verdicts {
                let what = format!("{verdict} on {subject}");
                let (seen, public) = (all_pages(&owl).await, all_pages(&visitor).await);
                let form = admin.get(&case).await;
                let filled = [("verdict", *verdict), ("reason", "as I read it")];
                admin.submit(&form, &format!("{case}/verdict"), &filled).await.expect_redirect();
                let changed = all_pages(&owl).await;
                wren.get("/notifications").await.says("Thank you");
                // The page of the case links to the undo form, as the log does.
                admin.get(&case).await.link("Undo");
                undo(&admin, "a slip").await;
                assert_same(&seen, &all_pages(&owl).await, &what);
                assert_same(&public, &all_pages(&visitor).await, &what);
                admin.get("/reports").await.lacks("No open reports");
                wren.get("/notifications").await.says("A moderator will look at it again");
                undo(&admin, "not a slip").await;
                assert_same(&changed, &all_pages(&owl).await, &what);
                undo(&admin, "a slip after all").await;
                assert_same(&seen, &all_pages(&owl).await, &what);
            }
            // Closes the case for the next verdict.
            let form = admin.get(&case).await;
            admin.submit(&form, &format!("{case}/verdict"), &[("verdict", "dismiss"), ("reason", "fine")]).await.expect_redirect();
        }
        // The post is hidden by hand after the reports were upheld, and restored: the reporter is notified of both.
        let form = wren.get("/posts/3/report").await;
        wren.submit(&form, "/posts/3/report", &[("kind", "spam")]).await.expect_redirect();
        let case = admin.get("/reports").await.attributes("article form.fields", "action").remove(0);
        let form = admin.get("/reports").await;
        admin.submit(&form, &case, &[("verdict", "uphold"), ("reason", "it is")]).await.expect_redirect();
        let form = admin.get("/posts/3/hide").await;
        admin.submit(&form, "/posts/3/hide", &[("reason", "spam")]).await.expect_redirect();
        let told = wren.get("/notifications").await.texts("ol.threads > li > p:first-child");
        assert!(told[0].contains("It’s hidden now"), "{told:?}");
        undo(&admin, "too hard").await;
        let told = wren.get("/notifications").await.texts("ol.threads > li > p:first-child");
        assert!(told[0].contains("has been restored"), "{told:?}");
    }
}
