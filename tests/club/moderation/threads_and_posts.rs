//! What moderators do with threads and posts. Each act asks for a reason and notifies the author, and undoing it brings
//! back the same bytes on every page.

use crate::forum::book_order::{WHOLE, read_to, start, write};
use crate::forum::folds::add_two_books;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::db::schema::threads;
use chapterhouse::db::{Moment, ThreadId};
use chapterhouse::domain::core::members::Role;
use chrono::TimeDelta;
use diesel::prelude::*;

/// The pages that show threads, their titles and posts, as these people see them.
async fn outlets(people: &[&Person]) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for person in people {
        for path in ["/", "/threads", "/books/1", "/books/2", "/books/1/walk?from=0", "/books/2/walk?from=0"] {
            let page = person.get(path).await;
            pages.push((path.to_owned(), page.body));
        }
        for id in 1..=3 {
            for path in
                [format!("/threads/{id}"), format!("/threads/{id}/x?order=book"), format!("/posts/{id}/history")]
            {
                let page = person.get(&path).await;
                pages.push((path, page.body));
            }
        }
        for id in 1..=8 {
            let page = person.fetch(&format!("/posts/{id}")).await;
            pages.push((page.path.clone(), page.location().unwrap_or_default()));
        }
        for path in ["/members/kestrel", "/books/1/opened", "/threads/1/reply?quote=2"] {
            let page = person.get(path).await;
            pages.push((path.to_owned(), page.body));
        }
    }
    pages
}

#[track_caller]
fn assert_same(before: &[(String, String)], after: &[(String, String)]) {
    for (before, after) in before.iter().zip(after) {
        assert_eq!(before.1, after.1, "{} is not what it was", before.0);
    }
    assert_eq!(before.len(), after.len());
}

/// Undoes the latest entry of the log.
async fn undo(keeper: &Person) -> Page {
    let path = keeper.get("/log").await.link("Undo");
    let form = keeper.get(&path).await;
    keeper.submit(&form, &path, &[("reason", "on second thoughts")]).await
}

/// Opens a form, fills it in and submits it.
async fn act(keeper: &Person, path: &str, fields: &[(&str, &str)]) -> Page {
    let form = keeper.get(path).await;
    let action = path.split('?').next().unwrap();
    let action = form.attributes(&format!("form[action^='{action}']"), "action").into_iter().next().unwrap_or_default();
    keeper.submit(&form, &action, fields).await
}

/// Two books, two threads about the first one, one thread about the club, and four people.
async fn set_up(club: &Club) -> (Person, Person, Person, Person) {
    add_two_books(club).await;
    let kestrel = club.member("kestrel", Role::Member).await;
    start(&kestrel, 1, "Stones").await;
    let said = [("Five of them.", 5), ("And ||12: the gate|| too.", 0), ("All of it.", WHOLE)];
    write(club, "kestrel", 1, said.map(|(text, chapter)| (text.to_owned(), chapter)).to_vec()).await;
    start(&kestrel, 1, "Mills").await;
    write(club, "kestrel", 2, vec![("They turn.".to_owned(), 3)]).await;
    let form = kestrel.get("/threads/new?book=0").await;
    let fields = [("title", "Biscuits"), ("body", "Who brings them?")];
    kestrel.submit(&form, "/threads", &fields).await.expect_redirect();
    let owl = club.member("owl", Role::Member).await;
    read_to(club, "owl", 1, 12).await;
    let form = owl.get("/threads/1").await;
    owl.submit(&form, "/posts/4/watch", &[("watch", "yes")]).await.expect_redirect();
    (club.visitor(), owl, kestrel, club.member("keeper", Role::Moderator).await)
}

stories! {
    async fn a_moderator_sets_a_spoiler_level_and_undoes_it(club: Club) {
        let (visitor, owl, kestrel, keeper) = set_up(&club).await;
        let form = keeper.get("/posts/1/reach").await;
        keeper.submit(&form, "/posts/1/reach", &[("reach", "9")]).await.expect(422).says("Please give a reason");
        keeper.submit(&form, "/posts/1/reach", &[("reach", "99"), ("reason", "it tells")]).await.expect(422);
        keeper.submit(&form, "/posts/1/reach", &[("reach", "20"), ("reason", "it tells")]).await.expect_redirect();
        visitor.get("/threads/1").await.says("up to chapter 20").lacks("Who counts them?");
        owl.get("/threads/1").await.lacks("Who counts them?");
        kestrel.get("/notifications").await.says("A moderator changed the spoiler level of your post in “Stones”: it tells");
        owl.get("/log").await.says("A moderator changed the spoiler level of a post in “Stones”: it tells").says("Spoiler level: no spoilers → up to chapter 20");
        // The author can raise the level but not lower it.
        let form = kestrel.get("/posts/1/edit").await;
        kestrel.submit(&form, "/posts/1", &[("reach", "0")]).await.expect(422).says("A moderator set this spoiler level");
        kestrel.submit(&form, "/posts/1", &[("reach", "21")]).await.expect_redirect();
        undo(&keeper).await.expect(409);
        act(&keeper, "/posts/1/reach", &[("reach", "20"), ("reason", "so far")]).await.expect_redirect();
        undo(&keeper).await.expect_redirect();
        visitor.get("/threads/1").await.says("up to chapter 21");
        // A reach in two books: undone, set again by undoing that, and undone.
        act(&keeper, "/posts/2/reach", &[("reach", "6"), ("also", "2"), ("also_reach", "3"), ("reason", "both")]).await.expect_redirect();
        owl.get("/threads/1").await.lacks("Five of them.");
        undo(&keeper).await.expect_redirect();
        undo(&keeper).await.expect_redirect();
        owl.get("/threads/1").await.lacks("Five of them.");
        undo(&keeper).await.expect_redirect();
    }

    async fn undoing_an_act_on_a_thread_brings_back_the_same_bytes(club: Club) {
        let (visitor, owl, kestrel, keeper) = set_up(&club).await;
        let before = outlets(&[&visitor, &owl]).await;
        let acts: [(&str, &[(&str, &str)]); 8] = [
            ("/posts/2/reach", &[("reach", "0"), ("reason", "tells nothing")]),
            ("/threads/1/title", &[("title", "Pebbles"), ("reach", "15"), ("reason", "clearer")]),
            ("/threads/1/pin", &[("until", "2199-01-01"), ("reason", "start here")]),
            ("/threads/1/book", &[("book", "2"), ("reason", "it is about the mill")]),
            ("/threads/1/book", &[("book", "0"), ("reason", "about the club")]),
            ("/threads/3/book", &[("book", "1"), ("reason", "they eat there")]),
            ("/threads/1/split?from=3", &[("title", "Gates"), ("reach", "12"), ("title_spoils", "yes"), ("reason", "another matter")]),
            ("/threads/2/merge?into=/threads/1/stones", &[("reason", "the same matter")]),
        ];
        for (path, fields) in acts {
            let done = act(&keeper, path, fields).await;
            assert_eq!(done.status, 303, "{path}: {}", done.body);
            assert!(outlets(&[&visitor, &owl]).await != before, "{path} changes nothing");
            let changed = outlets(&[&visitor, &owl]).await;
            undo(&keeper).await.expect_redirect();
            assert_same(&before, &outlets(&[&visitor, &owl]).await);
            // Undoing can be undone too.
            undo(&keeper).await.expect_redirect();
            assert_same(&changed, &outlets(&[&visitor, &owl]).await);
            undo(&keeper).await.expect_redirect();
            assert_same(&before, &outlets(&[&visitor, &owl]).await);
        }
        kestrel.get("/notifications").await.says(" was merged into ").says(": the same matter").says("A moderator renamed your thread");
        let log = owl.get("/log").await;
        log.says("from “The Salt Road” to “The Winter Mill”").lacks("Pebbles").lacks("Gates").lacks("keeper");
    }

    async fn moving_a_thread_opens_no_spoilers(club: Club) {
        let (visitor, owl, _, keeper) = set_up(&club).await;
        act(&keeper, "/threads/1/title", &[("title", "The wrentitle"), ("reach", "15"), ("reason", "clearer")]).await.expect_redirect();
        act(&keeper, "/threads/1/book", &[("book", "2"), ("reason", "about the mill")]).await.expect_redirect();
        // Having finished the new book doesn't open what spoils the old one.
        read_to(&club, "owl", 1, 0).await;
        read_to(&club, "owl", 2, WHOLE).await;
        for path in ["/threads/1", "/books/2", "/books/2/walk", "/books/1/walk", "/threads/1/x?order=book", "/threads", "/", "/posts/3/history", "/threads/1/reply?quote=3", "/threads/1/reply?quote=2"] {
            owl.get(path).await.expect(200).lacks("Five of them.").lacks("the gate").lacks("All of it.").lacks("wrentitle");
            visitor.get(path).await.lacks("Five of them.").lacks("the gate").lacks("wrentitle");
        }
        owl.get("/threads/1").await.says("chapter 5 of The Salt Road").says("spoiler up to chapter 12 of The Salt Road: show");
        read_to(&club, "owl", 1, 12).await;
        owl.get("/threads/1").await.says("Five of them.").says("the gate").lacks("All of it.").lacks("wrentitle");
        // A report on the title is about the new book. Dismissing it doesn't open what spoils the old one.
        let heron = club.member("heron", Role::Member).await;
        act(&heron, "/threads/1/report", &[("reach", "3")]).await.expect_redirect();
        read_to(&club, "owl", 2, 2).await;
        read_to(&club, "owl", 1, WHOLE).await;
        owl.get("/threads/1").await.lacks("wrentitle");
        // The moderator who renamed the thread is now the author of its title, and can't decide.
        keeper.get("/reports").await.says("another moderator decides");
        let other = club.member("other", Role::Moderator).await;
        let queue = other.get("/reports").await;
        let form = queue.attributes("form[action^='/reports/']", "action").into_iter().next().unwrap();
        other.submit(&queue, &form, &[("verdict", "dismiss"), ("reason", "not so")]).await.expect_redirect();
        owl.get("/threads/1").await.says("wrentitle");
        read_to(&club, "owl", 1, 14).await;
        owl.get("/threads/1").await.lacks("wrentitle");
    }

    async fn posts_split_off_are_found_and_the_first_stays(club: Club) {
        let (visitor, owl, kestrel, keeper) = set_up(&club).await;
        let form = keeper.get("/threads/1/split").await;
        let action = "/threads/1/split?page=1";
        let fields = |post: &'static str| [("title", "Gates"), ("reason", "another matter"), ("post", post)];
        keeper.submit(&form, action, &fields("1")).await.expect(422).says("The first post can’t be moved");
        keeper.submit(&form, action, &fields("5")).await.expect(422).says("no longer in this thread");
        keeper.submit(&form, action, &fields("x")).await.expect(422);
        keeper.submit(&form, action, &[("title", "Gates"), ("reason", "why"), ("from", "99")]).await.expect(422).says("Please choose the posts");
        keeper.submit(&form, action, &[("title", "Gates"), ("reason", "why"), ("title_spoils", "yes"), ("post", "3")]).await.expect(422).says("choose how far the title’s spoiler goes");
        let to = keeper.submit(&form, action, &[("title", "Gates"), ("reason", "why"), ("post", "2"), ("post", "4")]).await.expect_redirect();
        assert_eq!(to, "/threads/4/gates");
        assert_eq!(visitor.fetch("/posts/4").await.location().unwrap(), "/threads/4/gates#p4");
        assert_eq!(visitor.fetch("/posts/3").await.location().unwrap(), "/threads/1/stones#p3");
        let page = kestrel.get("/threads/4").await;
        assert_eq!(page.texts("article.post > footer a.push"), ["#1", "#2"]);
        assert_eq!(kestrel.get("/threads/1").await.texts("article.post > footer a.push"), ["#1", "#2"]);
        // Each thread links to the other, and the other's title is folded there as on any page.
        visitor.get("/threads/1").await.says("1 post moved from here to Gates.");
        visitor.get("/threads/4").await.says("2 posts moved here from Stones.");
        act(&keeper, "/threads/4/title", &[("title", "The wrengates"), ("reach", "20"), ("reason", "clearer")]).await.expect_redirect();
        visitor.get("/threads/1").await.lacks("wrengates").says("1 post moved from here to A thread about chapters up to 20.");
        owl.get("/threads/1").await.lacks("wrengates");
        undo(&keeper).await.expect_redirect();
        owl.get("/threads/1").await.says("moved from here to Gates.");
        // A watch moves along with its post.
        owl.get("/threads/4").await.says("We’ll remind you when you reach it");
        // A reply in the new thread is moved back with the others when the split is undone.
        let form = owl.get("/threads/4/reply").await;
        owl.submit(&form, "/threads/4/posts", &[("body", "I do."), ("reach", "0")]).await.expect_redirect();
        let split = keeper.get("/log").await.attributes("ol.threads a[href$=undo]", "href").remove(1);
        act(&keeper, &split, &[("reason", "on second thoughts")]).await.expect_redirect();
        let page = kestrel.get("/threads/4").await;
        assert_eq!(page.attributes("article.post", "id"), ["p1", "p2", "p3", "p4", "p8"]);
        page.lacks("moved from here").lacks("moved here from");
        assert_eq!(visitor.fetch("/threads/4/gates").await.location().unwrap(), "/threads/1/stones");
    }

    async fn merged_threads_redirect_to_one_thread(club: Club) {
        let (visitor, owl, kestrel, keeper) = set_up(&club).await;
        let reply = owl.get("/threads/2").await;
        let form = keeper.get("/threads/2/merge?into=1").await;
        form.says("Stones").says("Mills");
        keeper.get("/threads/2/merge?into=99").await.expect(422).says("This thread doesn’t exist");
        keeper.get("/threads/2/merge?into=2").await.expect(422).says("This is the same thread");
        keeper.get("/threads/2/merge?into=x").await.expect(422);
        keeper.submit(&form, "/threads/2/merge", &[("reason", "")]).await.expect(422).says("Please give a reason");
        keeper.submit(&form, "/threads/2/merge", &[("reason", "the same")]).await.expect_redirect();
        keeper.submit(&form, "/threads/2/merge", &[("reason", "the same")]).await.expect(409);
        for path in ["/threads/2", "/threads/2/mills", "/threads/2/x?page=1", "/threads/2/stones"] {
            assert_eq!(visitor.get(path).await.path.split('?').next().unwrap(), "/threads/1/stones", "{path}");
        }
        assert_eq!(visitor.fetch("/posts/5").await.location().unwrap(), "/threads/1/stones#p5");
        let page = kestrel.get("/threads/1").await;
        assert_eq!(page.attributes("article.post", "id"), ["p1", "p2", "p3", "p4", "p5", "p6"]);
        visitor.get("/threads").await.lacks("Mills").says("Stones");
        // A form from before the merge posts to the merged thread.
        let to = owl.submit(&reply, "/threads/2/posts", &[("body", "A late voice."), ("reach", "0")]).await.expect_redirect();
        assert_eq!(owl.get(&to).await.path.split('#').next().unwrap(), "/threads/1/stones");
        owl.get("/threads/2/reply?quote=5").await.says("Who counts them?");
        kestrel.get("/threads/1").await.says("A late voice.");
        act(&keeper, "/threads/1/lock", &[("reason", "done")]).await.expect_redirect();
        owl.submit(&reply, "/threads/2/posts", &[("body", "Too late."), ("reach", "0")]).await.expect(403);
        keeper.get("/books/1").await.says("Stones").lacks("Mills");
    }

    async fn only_one_of_two_merges_succeeds(club: Club) {
        let (visitor, _, _, keeper) = set_up(&club).await;
        let other = club.member("other", Role::Moderator).await;
        let one = keeper.get("/threads/2/merge?into=1").await.form("/threads/2/merge", &[("reason", "one way")]);
        let two = other.get("/threads/1/merge?into=2").await.form("/threads/1/merge", &[("reason", "the other")]);
        let (one, two) = futures_util::future::join(keeper.post("/threads/2/merge", &one), other.post("/threads/1/merge", &two)).await;
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409], "{} {}", one.body, two.body);
        let target = visitor.get("/threads/1").await;
        assert_eq!(visitor.get("/threads/2").await.path, target.path);
        assert_eq!(target.texts("article.post > footer a.push, .run li > a").len(), 6);
        assert_eq!(keeper.get("/log").await.texts("li > p").iter().filter(|text| text.contains(" merged ")).count(), 1);
    }

    async fn a_pin_ends_by_itself(club: Club) {
        let (visitor, _, kestrel, keeper) = set_up(&club).await;
        act(&keeper, "/threads/1/pin", &[("until", "2001-01-01"), ("reason", "first")]).await.expect(422).says("This date is in the past");
        act(&keeper, "/threads/1/pin", &[("until", "someday"), ("reason", "first")]).await.expect(422).says("such as 2026-10-21");
        act(&keeper, "/threads/1/pin", &[("until", "2199-05-03"), ("reason", "first")]).await.expect_redirect();
        visitor.get("/threads").await.says("pinned");
        visitor.get("/threads/1").await.says("pinned");
        kestrel.get("/log").await.says("pinned the thread “Stones” through 3 May 2199");
        club.write(|conn| {
            let past = Moment::now().before(TimeDelta::seconds(1));
            diesel::update(threads::table.find(ThreadId(1))).set((threads::pinned_until.eq(past), threads::version.eq(threads::version + 1))).execute(conn)?;
            Ok(())
        })
        .await;
        visitor.get("/threads").await.lacks("pinned").says("Stones");
        visitor.get("/threads/1").await.lacks("pinned");
        keeper.get("/threads/1/pin").await.says("Pin this thread");
        act(&keeper, "/threads/1/pin", &[("reason", "again")]).await.expect_redirect();
        visitor.get("/threads").await.says("pinned");
    }

    async fn moderators_cannot_act_on_threads_of_admins(club: Club) {
        let (_, owl, _, keeper) = set_up(&club).await;
        let admin = club.member("founder", Role::Admin).await;
        start(&admin, 1, "Rules").await;
        let token = keeper.get("/threads/1/title").await.form("/threads/1/title", &[("reason", "mine"), ("book", "2"), ("into", "1")]);
        for path in ["/threads/4/title", "/threads/4/book", "/threads/4/split", "/threads/4/merge", "/posts/8/reach"] {
            keeper.get(path).await.expect(403).says("An admin wrote this");
            owl.get(path).await.expect(403).says("Only moderators can do this.");
            assert!([403, 422].contains(&keeper.post(path, &token).await.status.as_u16()), "{path}");
        }
        let into = keeper.get("/threads/1/title").await.form("/threads/1/title", &[("reason", "mine"), ("into", "4")]);
        keeper.post("/threads/1/merge", &into).await.expect(403);
        admin.get("/log").await.lacks("mine");
    }
}

/// Replies with the text of the Quote button and some words of one's own. Returns the id of the reply.
async fn quote(author: &Person, thread: &str, post: &str, own: &str) -> String {
    let form = author.get(&format!("/threads/{thread}/reply?quote={post}")).await;
    let body = form.texts("textarea").join("");
    assert!(!body.is_empty());
    let words: String =
        form.form(&format!("/threads/{thread}/posts"), &[]).into_iter().find(|(name, _)| name == "body").unwrap().1;
    let fields = [("body", format!("{words}{own}"))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let path = author.submit(&form, &format!("/threads/{thread}/posts"), &fields).await.expect_redirect();
    path.split("#p").nth(1).unwrap().to_owned()
}

stories! {
    async fn quotes_of_a_hidden_post_are_hidden(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        write(&club, "kestrel", 1, vec![("Buy wrenspam. ||3: And wrenmore.||".to_owned(), 0)]).await;
        let owl = club.member("owl", Role::Member).await;
        read_to(&club, "owl", 1, 3).await;
        let one = quote(&owl, "1", "2", "That is spam.").await;
        let heron = club.member("heron", Role::Member).await;
        read_to(&club, "heron", 1, 3).await;
        let two = quote(&heron, "1", &one, "So it is.").await;
        // A post that quotes it only in an earlier version.
        let three = quote(&heron, "1", "2", "Look.").await;
        let form = heron.get(&format!("/posts/{three}/edit")).await;
        heron.submit(&form, &format!("/posts/{three}"), &[("body", "Never mind.")]).await.expect_redirect();

        let visitor = club.visitor();
        let keeper = club.member("keeper", Role::Moderator).await;
        act(&keeper, "/threads/1/split?from=5", &[("title", "Elsewhere"), ("reach", "0"), ("reason", "aside")]).await.expect_redirect();
        let mut paths: Vec<String> = ["/threads/1", "/threads/2", "/", "/books/1/walk?from=0", "/threads/1/x?order=book"].map(str::to_owned).to_vec();
        for id in [&one, &two, &three] {
            paths.extend([format!("/posts/{id}/history"), format!("/posts/{id}/edit"), format!("/posts/{id}/report")]);
            paths.extend([format!("/threads/1/reply?quote={id}"), format!("/threads/2/reply?quote={id}"), format!("/threads/1/reply?to={id}")]);
        }
        let mut before = Vec::new();
        for path in &paths {
            before.push((visitor.get(path).await.body, owl.get(path).await.body, heron.get(path).await.body));
        }
        assert!(before.iter().any(|(page, ..)| page.contains("wrenspam")) && before.iter().any(|(_, page, _)| page.contains("wrenmore")));
        act(&keeper, "/posts/2/hide", &[("reason", "spam")]).await.expect_redirect();
        for path in &paths {
            for person in [&visitor, &owl, &heron] {
                person.get(path).await.lacks("wrenspam").lacks("wrenmore");
            }
        }
        owl.get("/threads/1").await.says("A quote of a post that a moderator has hidden").says("That is spam.");
        owl.get("/threads/1").await.says("So it is.");
        read_to(&club, "keeper", 1, 3).await;
        keeper.get("/threads/1").await.says("wrenspam");
        // A new post that quotes it doesn't show it either.
        let form = owl.get("/threads/1/reply").await;
        let words = "> [kestrel](/posts/2) wrote:\n>\n> Buy wrenspam.\n\nAgain.";
        let to = owl.submit(&form, "/threads/1/posts", &[("body", words), ("reach", "0")]).await.expect_redirect();
        visitor.get(&to).await.says("Again.").lacks("wrenspam");
        undo(&keeper).await.expect_redirect();
        visitor.get(&to).await.says("wrenspam");
        for (path, (at_visitor, at_owl, at_heron)) in paths.iter().zip(before) {
            if path.contains("threads/1") || path.contains("walk") || path == "/" {
                continue;
            }
            assert_eq!(visitor.get(path).await.body, at_visitor, "{path}");
            assert_eq!(owl.get(path).await.body, at_owl, "{path}");
            assert_eq!(heron.get(path).await.body, at_heron, "{path}");
        }
    }

    async fn quotes_of_a_hidden_post_are_hidden_in_every_form_and_place(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        write(&club, "kestrel", 1, vec![("Buy your **wrenboots** at the old mill, they are cheap.".to_owned(), 0)]).await;
        let owl = club.member("owl", Role::Member).await;
        let reply = async |thread: &str, body: &str| {
            let form = owl.get(&format!("/threads/{thread}/reply")).await;
            owl.submit(&form, &format!("/threads/{thread}/posts"), &[("body", body), ("reach", "0")]).await.expect_redirect()
        };
        reply("1", "> [Kestrel](/posts/2) said: “Buy your wrenboots\n> at the old mill” -- really?\n\nNo.").await;
        reply("1", "As kestrel has it:\n\n> From **[here](/posts/2)**:\n> Buy *wrenboots*\n\nStill no.").await;
        // A post whose earlier version quotes it too.
        let form = owl.get("/posts/4/edit").await;
        owl.submit(&form, "/posts/4", &[("body", "> [kestrel](/posts/2) wrote: wrenboots\n\nNever.")]).await.expect_redirect();
        start(&owl, 2, "Mills").await;
        reply("2", "- > # Says [somebody](/posts/2)\n  > wrenboots at the old mill\n\nWhere is that?").await;
        let host = club.member("planner", Role::Host).await;
        let host_writes = async |form: &str, path: &str, fields: &[(&str, &str)]| {
            let form = host.get(form).await;
            host.submit(&form, path, fields).await.expect_redirect();
        };
        let quoted = "Before.\n\n> [kestrel](/posts/2) wrote:\n>\n> Buy your wrenboots.\n\nAfter.";
        let meeting = [("title", "First half"), ("book", "1"), ("day", "2199-10-21"), ("time", "18:30"), ("minutes", "90"), ("body", quoted)];
        host_writes("/meetings/new?book=1", "/meetings", &meeting).await;
        host_writes("/meetings/1/agenda/edit", "/meetings/1/agenda", &[("body", quoted)]).await;
        host_writes("/books/1/notices", "/books/1/notices", &[("label", "boots"), ("body", quoted), ("reach", "0")]).await;
        let visitor = club.visitor();
        let everywhere = ["/meetings/1", "/meetings/1/agenda", "/meetings/1/agenda/edit", "/meetings/1/edit", "/questions/1/edit", "/books/1/notices"];
        let paths = ["/threads/1", "/threads/2", "/posts/4/history", "/books/1/walk?from=0", "/threads/1/x?order=book", "/threads/1/reply?quote=3", "/posts/4/edit", "/threads/2/reply?quote=6"];
        let paths: Vec<&str> = paths.into_iter().chain(everywhere).collect();
        let mut before = Vec::new();
        for path in &paths {
            before.push((visitor.get(path).await.body, owl.get(path).await.body, host.get(path).await.body));
        }
        assert!(before.iter().filter(|(.., page)| page.contains("wrenboots")).count() > 9);
        let keeper = club.member("keeper", Role::Moderator).await;
        act(&keeper, "/posts/2/hide", &[("reason", "spam")]).await.expect_redirect();
        for path in &paths {
            for person in [&visitor, &owl, &host] {
                person.get(path).await.lacks("wrenboots");
            }
        }
        for path in ["/meetings/1", "/books/1/notices"] {
            visitor.get(path).await.says("A quote of a post that a moderator has hidden").says("After.");
        }
        visitor.get("/threads/2").await.says("Where is that?");
        assert!(crate::site::account::copy(&owl).await.iter().all(|(_, words)| !words.contains("wrenboots")));
        owl.get("/threads/1").await.says("A quote of a post that a moderator has hidden").says("Never.");
        keeper.get("/threads/1").await.says("wrenboots");
        // A new quote doesn't show it either.
        let late = reply("1", "> [kestrel](/posts/2) wrote:\n>\n> Buy wrenboots!\n\nAgain.").await;
        visitor.get(&late).await.says("Again.").lacks("wrenboots");
        // Authors who edit their text while the quote is hidden keep the quote.
        let form = owl.get("/posts/4/edit").await;
        let shown = form.form("/posts/4", &[]).into_iter().find(|(name, _)| name == "body").unwrap().1;
        assert!(shown.contains("A quote of a post that a moderator has hidden"), "{shown}");
        owl.submit(&form, "/posts/4", &[("body", &shown.replace("Never.", "Never ever."))]).await.expect_redirect();
        visitor.get("/threads/1").await.says("Never ever.").lacks("wrenboots");
        host_writes("/meetings/1/edit", "/meetings/1", &[]).await;
        host_writes("/questions/1/edit", "/questions/1", &[]).await;
        host.get("/").await.says("Question updated.");
        undo(&keeper).await.expect_redirect();
        visitor.get(&late).await.says("Buy wrenboots!");
        assert_eq!(visitor.get("/threads/1").await.body.matches("wrenboots").count(), 4);
        for (path, (at_visitor, at_owl, at_host)) in paths.iter().zip(before) {
            // These pages show texts that were written since, or the number of changes to a meeting.
            if ["/threads/1", "/posts/4", "walk", "/meetings/1/edit"].iter().any(|part| path.contains(part)) {
                continue;
            }
            assert_eq!(visitor.get(path).await.body, at_visitor, "{path}");
            assert_eq!(owl.get(path).await.body, at_owl, "{path}");
            assert_eq!(host.get(path).await.body, at_host, "{path}");
        }
        host.get("/meetings/1/edit").await.says("wrenboots");
    }

    async fn a_quote_has_the_current_spoiler_level_of_its_post(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let heron = club.member("heron", Role::Member).await;
        let owl = club.member("owl", Role::Member).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let far = club.member("far", Role::Member).await;
        read_to(&club, "far", 1, 20).await;
        let visitor = club.visitor();
        for (word, way) in [("wrenone", "reach"), ("wrentwo", "bars"), ("wrenthree", "moderator"), ("wrenfour", "report")] {
            let post = write(&club, "kestrel", 1, vec![(format!("It was {word}."), 0)]).await[0].to_string();
            let one = quote(&heron, "1", &post, "So it was.").await;
            let two = quote(&owl, "1", &one, "Was it?").await;
            // A post that quotes it only in an earlier version.
            let three = quote(&heron, "1", &post, "Look.").await;
            let form = heron.get(&format!("/posts/{three}/edit")).await;
            heron.submit(&form, &format!("/posts/{three}"), &[("body", "Never mind.")]).await.expect_redirect();
            let outlets = ["/threads/1".to_owned(), "/books/1/walk?from=0".to_owned(), format!("/posts/{three}/history"), format!("/threads/1/reply?quote={two}")];
            assert_eq!(visitor.get("/threads/1").await.body.matches(word).count(), 3, "{way}");
            let (form, path) = (kestrel.get(&format!("/posts/{post}/edit")).await, format!("/posts/{post}"));
            match way {
                "reach" => kestrel.submit(&form, &path, &[("reach", "20")]).await.expect_redirect(),
                "bars" => kestrel.submit(&form, &path, &[("body", &format!("It was ||20: {word}||."))]).await.expect_redirect(),
                "moderator" => act(&keeper, &format!("{path}/reach"), &[("reach", "20"), ("reason", "tells")]).await.expect_redirect(),
                _ => act(&owl, &format!("{path}/report"), &[("kind", "spoils"), ("reach", "20")]).await.expect_redirect(),
            };
            for path in &outlets {
                visitor.get(path).await.lacks(word);
                keeper.get(path).await.lacks(word);
            }
            let page = visitor.get("/threads/1/stones").await;
            page.says("A quote with spoilers up to chapter 20").says("So it was.");
            visitor.get(&format!("/threads/1/stones?unfold=b{post}")).await.says(word);
            for path in &outlets {
                far.get(path).await.says(word);
            }
            // The author of the quote has read it already.
            heron.get(&format!("/posts/{one}/edit")).await.says(word);
            if way == "moderator" {
                undo(&keeper).await.expect_redirect();
                assert_eq!(visitor.get("/threads/1").await.body.matches(word).count(), 3);
            }
        }
    }

    async fn several_posts_are_hidden_at_once_or_none(club: Club) {
        let (visitor, owl, kestrel, keeper) = set_up(&club).await;
        let before = outlets(&[&visitor, &owl]).await;
        let (path, why) = ("/members/kestrel/posts/hide", ("reason", "spam"));
        let form = keeper.get(&keeper.get("/members/kestrel").await.link("Hide several")).await;
        keeper.submit(&form, path, &[why]).await.expect(422).says("Please choose the posts to hide.");
        keeper.submit(&form, path, &[("post", "1"), ("reason", "")]).await.expect(422);
        keeper.submit(&form, path, &[("post", "1"), ("post", "99"), why]).await.expect(422).says("from the list");
        act(&keeper, "/posts/4/hide", &[("reason", "loud")]).await.expect_redirect();
        keeper.submit(&form, path, &[("post", "1"), ("post", "4"), why]).await.expect(409);
        visitor.get("/threads/1").await.says("Who counts them?").lacks("spam");
        undo(&keeper).await.expect_redirect();
        keeper.submit(&form, path, &[("post", "1"), ("post", "6"), ("post", "2"), why]).await.expect_redirect();
        visitor.get("/threads/1").await.lacks("Who counts them?").says("Hidden by a moderator: spam");
        visitor.get("/threads/2").await.lacks("They turn.");
        assert_eq!(owl.get("/log").await.body.matches("spam").count(), 3);
        kestrel.get("/notifications").await.says("was hidden: spam");
        for post in [1, 6, 2] {
            act(&keeper, &format!("/posts/{post}/restore"), &[("reason", "a slip")]).await.expect_redirect();
        }
        assert_same(&before, &outlets(&[&visitor, &owl]).await);
        let admin = club.member("founder", Role::Admin).await;
        start(&admin, 1, "Rules").await;
        keeper.get("/members/founder/posts/hide").await.expect(403);
        let theirs = form.form(path, &[("post", "8"), why]);
        keeper.post("/members/founder/posts/hide", &theirs).await.expect(403);
        keeper.get("/members/nobody/posts/hide").await.expect(404);
    }
}
