//! Undoing, tried on every kind of action: afterwards everybody gets the same bytes as before, wherever they look.

use crate::agendas::set_up;
use crate::canary::everything;
use crate::folds::shelve_two;
use crate::harness::{Club, Person};
use crate::order::start;
use crate::stories;
use chapterhouse::domain::members::Role;
use std::collections::BTreeMap;

/// What somebody in charge does: with the form on this page, sent there, filled in like this.
struct Deed {
    form: &'static str,
    action: &'static str,
    filled: &'static [(&'static str, &'static str)],
}

const fn deed(form: &'static str, action: &'static str, filled: &'static [(&'static str, &'static str)]) -> Deed {
    Deed { form, action, filled }
}

/// One deed of each kind.
const DEEDS: &[Deed] = &[
    deed("/posts/2/hide", "/posts/2/hide", &[("reason", "unkind")]),
    deed("/threads/1/lock", "/threads/1/lock", &[("reason", "too hot")]),
    deed("/threads/1/approval", "/threads/1/approval", &[("reason", "it got heated")]),
    deed("/threads/1/pin", "/threads/1/pin", &[("reason", "read this first")]),
    deed("/threads/1/pin", "/threads/1/pin", &[("reason", "for a while"), ("until", "2199-10-21")]),
    deed("/posts/2/reach", "/posts/2/reach", &[("reach", "9"), ("reason", "it tells")]),
    deed("/threads/1/title", "/threads/1/title", &[("title", "Pebbles"), ("reason", "clearer")]),
    deed("/threads/1/book", "/threads/1/book", &[("book", "2"), ("reason", "it is about that")]),
    deed(
        "/threads/1/split",
        "/threads/1/split?page=1",
        &[("from", "2"), ("title", "Birds"), ("reason", "another talk")],
    ),
    deed("/threads/2/merge?into=1", "/threads/2/merge", &[("into", "1"), ("reason", "the same talk")]),
    deed("/members/heron/hide", "/members/heron/hide", &[("reason", "an advertisement")]),
    deed("/questions/1/hide", "/questions/1/hide", &[("reason", "unkind")]),
    deed("/proposals/1/hide", "/proposals/1/hide", &[("reason", "an advertisement")]),
    deed(
        "/club/edit",
        "/club",
        &[("name", "The Herons"), ("ribbon", "moss"), ("welcome", "Come in."), ("rules", "Be kind.")],
    ),
    deed("/members/kestrel/role", "/members/kestrel/role", &[("role", "host"), ("reason", "for the shelf")]),
    deed("/members/heron/sanctions/new?kind=warning", "/members/heron/sanctions", &[("reason", "unkind")]),
    deed("/members/heron/sanctions/new?kind=silence", "/members/heron/sanctions", &[("reason", "unkind")]),
    deed("/members/heron/sanctions/new?kind=suspension", "/members/heron/sanctions", &[("reason", "unkind")]),
    deed("/members/heron/sanctions/new?kind=closure", "/members/heron/sanctions", &[("reason", "unkind")]),
];

/// Every page that somebody gets, but the log and what they were told, which remember. An address that leads on to
/// another is no page: that of a thread that was split off and put back does, for good.
async fn all_pages(person: &Person) -> BTreeMap<String, String> {
    let pages = everything(person, 5).await.into_iter();
    // The form to join says when it was made.
    let remembers = |path: &str| ["/log", "/notifications", "/join"].iter().any(|known| path.starts_with(known));
    pages.filter(|page| page.status == 200 && !remembers(&page.path)).map(|page| (page.path, page.body)).collect()
}

#[track_caller]
fn assert_same(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>, what: &str) {
    for (path, body) in before {
        let now = after.get(path).map(String::as_str).unwrap_or("nothing");
        assert_eq!(body, now, "{what}: {path}");
    }
    // The forms of a thread that came and went lead to the one that its posts are in.
    let leads_on = |path: &&String| path.starts_with("/threads/3/");
    let more: Vec<&String> = after.keys().filter(|path| !before.contains_key(*path) && !leads_on(path)).collect();
    assert!(more.is_empty(), "{what}: new pages {more:?}");
}

/// Two threads about two books, one with replies of several people.
async fn talk(club: &Club) {
    shelve_two(club).await;
    let kestrel = club.member("kestrel", Role::Member).await;
    start(&kestrel, 1, "Stones").await;
    let heron = club.member("heron", Role::Member).await;
    for (person, body, reach) in [(&heron, "An osprey, perhaps.", "0"), (&kestrel, "Look, ||9: it drowns||.", "7")] {
        let form = person.get("/threads/1/reply").await;
        person.submit(&form, "/threads/1/posts", &[("body", body), ("reach", reach)]).await.expect_redirect();
    }
    start(&heron, 2, "Reeds").await;
    let form = heron.get("/threads/2/reply").await;
    let quoting = [("body", "> An osprey, perhaps.\n\nOr so they say."), ("reach", "0")];
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
}

stories! {
    async fn what_is_undone_leaves_no_trace_but_in_the_log(club: Club) {
        talk(&club).await;
        let owl = club.member("owl", Role::Member).await;
        let visitor = club.visitor();
        let admin = club.member("admin", Role::Admin).await;
        for deed in DEEDS {
            let what = deed.action;
            let (seen, public) = (all_pages(&owl).await, all_pages(&visitor).await);
            let form = admin.get(deed.form).await;
            form.expect(200);
            admin.submit(&form, deed.action, deed.filled).await.expect_redirect();
            let log = admin.get("/log").await;
            let changed = all_pages(&owl).await;
            // What is done to a member shows to them alone.
            assert!(changed != seen || what.starts_with("/members/"), "{what}: nothing is different");
            let undo = log.link("Undo");
            let form = admin.get(&undo).await;
            admin.submit(&form, &undo, &[("reason", "a slip")]).await.expect_redirect();
            assert_same(&seen, &all_pages(&owl).await, what);
            assert_same(&public, &all_pages(&visitor).await, what);
            // What was undone is done again by undoing that.
            let undo = admin.get("/log").await.link("Undo");
            let form = admin.get(&undo).await;
            admin.submit(&form, &undo, &[("reason", "not a slip")]).await.expect_redirect();
            assert_same(&changed, &all_pages(&owl).await, what);
            let undo = admin.get("/log").await.link("Undo");
            let form = admin.get(&undo).await;
            admin.submit(&form, &undo, &[("reason", "a slip after all")]).await.expect_redirect();
            assert_same(&seen, &all_pages(&owl).await, what);
        }
    }
}
