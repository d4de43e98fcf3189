//! Agendas: members add posts and vote for them, hosts edit the list, and spoilers on it are folded.

use crate::forum::book_order::{read_to, start, write};
use crate::forum::folds::add_two_books;
use crate::forum::threads::add_book;
use crate::harness::{Page, Person};
use crate::stories;
use chapterhouse::db::schema::agenda_items;
use chapterhouse::db::{AgendaItemId, PostId};
use chapterhouse::domain::core::members::Role;
use diesel::prelude::*;

pub const MEETING: &str = "/meetings/1/first-half";

/// Creates a meeting about the first book, up to chapter 13.
pub async fn set_up(host: &Person, day: &str) {
    let form = host.get("/meetings/new?book=1").await;
    let filled =
        [("title", "First half"), ("book", "1"), ("day", day), ("time", "18:30"), ("minutes", "90"), ("through", "13")];
    host.submit(&form, "/meetings", &filled).await.expect_redirect();
}

async fn mark(person: &Person, thread: &str, post: PostId) -> Page {
    let page = person.get(thread).await;
    let action = format!("/posts/{post}/agenda");
    let to = person.submit(&page, &action, &[("meeting", "1")]).await.expect_redirect();
    person.get(&to).await
}

async fn add(host: &Person, body: &str, reach: &str) -> Page {
    let page = host.get("/meetings/1/agenda/edit").await;
    host.submit(&page, "/meetings/1/agenda", &[("body", body), ("reach", reach)]).await
}

/// The items on a page, in order.
fn listed(page: &Page) -> Vec<String> {
    page.texts("ol.agenda > li").iter().map(|text| text.chars().take(12).collect()).collect()
}

stories! {
    async fn members_add_posts_and_vote(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let owl = club.member("owl", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        kestrel.get(&thread).await.lacks("Add to agenda");
        set_up(&host, "2199-10-21").await;
        let posts = write(&club, "kestrel", 1, vec![("Why salt?".to_owned(), 0), ("Why a road?".to_owned(), 0)]).await;
        kestrel.get(MEETING).await.says("No questions yet. To suggest one, use “Add to agenda” below a post about The Salt Road");
        mark(&kestrel, &thread, posts[0]).await.says("Added to the agenda of First half").says("Why salt?").says("1 upvote");
        mark(&owl, &thread, posts[1]).await.says("Why a road?");
        assert_eq!(listed(&owl.get(MEETING).await), ["Why salt? #2", "Why a road? "]);
        // Adding a post again, or pressing the button, counts as one vote.
        let page = kestrel.get(MEETING).await;
        kestrel.submit(&page, "/questions/2/wish", &[("want", "yes")]).await.expect_redirect();
        let page = mark(&kestrel, &thread, posts[1]).await;
        page.says("2 upvotes");
        assert!(listed(&page)[0].starts_with("Why a road?"));
        club.visitor().get(MEETING).await.says("2 upvotes").lacks("Upvote");
        // A post without votes leaves the agenda.
        kestrel.submit(&page, "/questions/1/wish", &[("want", "no")]).await.expect_redirect();
        kestrel.get(MEETING).await.lacks("Why salt?").says("Why a road?");
    }

    async fn a_member_chooses_one_of_several_meetings(club: Club) {
        add_two_books(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, "2199-10-21").await;
        set_up(&host, "2199-11-21").await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let other = start(&kestrel, 2, "Reeds").await;
        let choose = kestrel.get(&kestrel.get(&thread).await.link("Add to agenda")).await;
        choose.says("Add to which agenda?");
        assert_eq!(choose.attributes("button[name=meeting]", "value"), ["1", "2"]);
        let to = kestrel.submit(&choose, "/posts/1/agenda", &[("meeting", "2")]).await.expect_redirect();
        kestrel.get(&to).await.says("Who counts them?");
        kestrel.get(MEETING).await.lacks("Who counts them?");
        kestrel.get(&other).await.lacks("For the meeting");
        kestrel.get("/posts/2/agenda").await.says("No upcoming meeting about this book");
        kestrel.submit(&choose, "/posts/1/agenda", &[("meeting", "1")]).await.expect_redirect();
        let fields = choose.form("/posts/1/agenda", &[("meeting", "1")]);
        kestrel.post("/posts/2/agenda", &fields).await.expect(409).says("about another book than the post");
    }

    async fn hosts_edit_the_agenda(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, "2199-10-21").await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        mark(&kestrel, &thread, PostId(1)).await;
        add(&host, "", "0").await.expect(422).says("Please write a question");
        add(&host, &"long ".repeat(200), "0").await.expect(422).says("Please shorten the question to 600 characters").says("long long");
        add(&host, "What did *you* expect?", "0").await.expect_redirect();
        let page = kestrel.get(MEETING).await;
        page.says("What did you expect?").says("from a host");
        assert!(listed(&page)[0].starts_with("Who counts"));
        // The host's order comes before the number of votes.
        let edit = host.get("/meetings/1/agenda/edit").await;
        let swapped = [("item", "1"), ("place", "2"), ("item", "2"), ("place", "1")];
        host.submit(&edit, "/meetings/1/agenda/order", &swapped).await.expect_redirect();
        assert!(listed(&kestrel.get(MEETING).await)[0].starts_with("What did you"));
        host.submit(&edit, "/meetings/1/agenda/order", &[("by", "weight")]).await.expect_redirect();
        assert!(listed(&kestrel.get(MEETING).await)[0].starts_with("Who counts"));
        // A post gets a host's text, and loses it again.
        let words = host.get("/questions/1/edit").await;
        words.says("Who counts them?");
        host.submit(&words, "/questions/1", &[("body", "Who counts the stones?")]).await.expect_redirect();
        kestrel.get(MEETING).await.says("Who counts the stones?").lacks("Who counts them?").says("#1 in Stones");
        let words = host.get("/questions/1/edit").await;
        host.submit(&words, "/questions/1", &[("body", "")]).await.expect_redirect();
        kestrel.get(MEETING).await.says("Who counts them?");
        // A removed item can be restored, and the log shows both without the text.
        let fields = edit.form("/meetings/1/agenda/order", &[("off", "yes")]);
        host.post("/questions/1/off", &fields).await.expect_redirect();
        kestrel.get(MEETING).await.lacks("Who counts them?");
        let edit = host.get("/meetings/1/agenda/edit").await;
        edit.says("Removed questions").says("Who counts them?");
        mark_refused(&kestrel, &thread).await;
        host.submit(&edit, "/questions/1/off", &[("off", "no")]).await.expect_redirect();
        kestrel.get(MEETING).await.says("Who counts them?");
        // A moderator removes an item on the meeting's page, and undoes it in the log.
        let keeper = club.member("keeper", Role::Moderator).await;
        let page = keeper.get(MEETING).await;
        let to = keeper.submit(&page, "/questions/2/off", &[("off", "yes")]).await.expect_redirect();
        keeper.get(&to).await.lacks("What did you expect?").says("Question removed from the agenda.");
        host.get("/notifications").await.says("A moderator removed your item from the agenda of the meeting “First half”");
        kestrel.post("/questions/2/off", &page.form("/questions/2/off", &[("off", "no")])).await.expect(403);
        let undo = keeper.get("/log").await.link("Undo");
        let form = keeper.get(&undo).await;
        keeper.submit(&form, &undo, &[("reason", "a slip")]).await.expect_redirect();
        kestrel.get(MEETING).await.says("What did you expect?");
        let log = kestrel.get("/log").await;
        log.says("A moderator removed an item from the agenda of the meeting “First half”");
        log.says("A host removed an item from the agenda of the meeting “First half”").says("A host restored an item on the agenda of the meeting “First half”");
        log.lacks("Who counts").lacks("planner");
        kestrel.get("/meetings/1/agenda/edit").await.expect(403);
    }

    async fn spoilers_are_folded_and_hidden_items_are_gone(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, "2199-10-21").await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let posts = write(&club, "kestrel", 1, vec![("Why did WRENPOST?".to_owned(), 12)]).await;
        mark(&kestrel, &thread, posts[0]).await;
        add(&host, "Who is WRENHOST? ||20: or WRENSPOILER||", "6").await.expect_redirect();
        let owl = club.member("owl", Role::Member).await;
        for path in [MEETING, "/meetings/1/agenda"] {
            let page = owl.get(path).await;
            page.lacks("WREN").says("question with spoilers up to chapter 12: show").says("question with spoilers up to chapter 6: show");
        }
        let print = owl.get("/meetings/1/agenda").await;
        let open = owl.get(&print.link("Show all spoilers")).await;
        open.says("WRENPOST").says("WRENHOST").lacks("WRENSPOILER");
        read_to(&club, "owl", 1, 6).await;
        owl.get(MEETING).await.says("WRENHOST").lacks("WRENPOST").lacks("WRENSPOILER");
        // A host who hasn't read far enough can't replace a text unseen.
        let other = club.member("other", Role::Host).await;
        let words = other.get("/questions/2/edit").await;
        words.lacks("WREN").says("Show the question before you edit it.");
        other.get(&words.link("question with spoilers up to chapter 6: show")).await.says("WRENHOST").says("Save changes");
        other.get("/meetings/1/agenda/edit").await.lacks("WREN");
        // With a new text, a post keeps its spoiler level.
        let words = host.get(&host.get("/questions/1/edit").await.link("show")).await;
        host.submit(&words, "/questions/1", &[("body", "Why WRENOTHER?"), ("reach", "0")]).await.expect_redirect();
        owl.get(MEETING).await.lacks("WRENOTHER").says("question with spoilers up to chapter 12: show");
        let keeper = club.member("keeper", Role::Moderator).await;
        let seen = owl.get(MEETING).await;
        let form = keeper.get("/posts/2/hide").await;
        keeper.submit(&form, "/posts/2/hide", &[("reason", "spam")]).await.expect_redirect();
        for person in [&owl, &keeper, &host] {
            person.get(MEETING).await.lacks("chapter 12: show").lacks("WRENOTHER");
        }
        // Nobody can vote for it now, even on a page that is still open.
        let want = owl.submit(&seen, "/questions/1/wish", &[("want", "yes")]).await;
        want.expect(409).says("This question is hidden, so you can’t vote for it.");
        // Posts by blocked members aren't shown here either.
        let page = owl.get("/members/kestrel").await;
        mark(&kestrel, &thread, PostId(1)).await;
        owl.submit(&page, "/members/kestrel/block", &[("block", "yes")]).await.expect_redirect();
        owl.get(MEETING).await.says("A post by someone you’ve blocked").lacks("Who counts them?");
    }

    async fn only_posts_on_the_agenda_count_towards_a_members_limit(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, "2199-10-21").await;
        let thread = start(&host, 1, "Stones").await;
        for _ in 0..10 {
            add(&host, "And?", "0").await.expect_redirect();
        }
        let posts = write(&club, "planner", 1, (0..11).map(|n| (format!("Question {n}?"), 0)).collect()).await;
        for post in &posts[..10] {
            mark(&host, &thread, *post).await;
        }
        let page = host.get(&thread).await;
        let add_last = || host.submit(&page, &format!("/posts/{}/agenda", posts[10]), &[("meeting", "1")]);
        add_last().await.expect(409).says("added 10 posts to this agenda");
        club.write(|conn| {
            let last = agenda_items::table.filter(agenda_items::id.eq(AgendaItemId(20)));
            diesel::update(last).set(agenda_items::removed.eq(true)).execute(conn)?;
            Ok(())
        })
        .await;
        add_last().await.expect_redirect();
    }

    async fn an_agenda_has_a_limit_and_closes_with_the_meeting(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, "2199-10-21").await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let posts = write(&club, "kestrel", 1, (0..10).map(|n| (format!("Question {n}?"), 0)).collect()).await;
        let page = kestrel.get(&thread).await;
        for post in &posts {
            kestrel.submit(&page, &format!("/posts/{post}/agenda"), &[("meeting", "1")]).await.expect_redirect();
        }
        kestrel.submit(&page, "/posts/1/agenda", &[("meeting", "1")]).await.expect(409).says("added 10 posts to this agenda");
        for _ in 0..30 {
            add(&host, "And?", "0").await.expect_redirect();
        }
        add(&host, "And?", "0").await.expect(409).says("This agenda is full");
        let form = host.get("/meetings/1/cancel").await;
        host.submit(&form, "/meetings/1/cancel", &[("reason", "flood")]).await.expect_redirect();
        kestrel.get(&thread).await.lacks("Add to agenda");
        kestrel.submit(&page, "/posts/1/agenda", &[("meeting", "1")]).await.expect(409).says("cancelled");
    }
}

async fn mark_refused(person: &Person, thread: &str) {
    let page = person.get(thread).await;
    let refused = person.submit(&page, "/posts/1/agenda", &[("meeting", "1")]).await;
    refused.expect(409).says("A host has already removed this from the agenda");
}
