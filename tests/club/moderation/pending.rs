//! The approval queue: only their author and moderators can see pending posts.

use crate::forum::book_order::start;
use crate::forum::folds::add_two_books;
use crate::harness::{Club, Page, Person};
use crate::moderation::new_member_limits::ask;
use crate::moderation::post_rules::rule;
use crate::stories;
use chapterhouse::db::Moment;
use chapterhouse::db::schema::members;
use chapterhouse::domain::core::members::Role;
use chrono::{TimeDelta, Utc};
use diesel::prelude::*;

async fn reply(person: &Person, body: &str, reach: &str) -> Page {
    let form = person.get("/threads/1/reply").await;
    person.submit(&form, "/threads/1/posts", &[("body", body), ("reach", reach)]).await
}

/// A thread by owl that requires approval, and the moderator who set this.
async fn heated(club: &Club) -> (String, Person) {
    add_two_books(club).await;
    let owl = club.member("owl", Role::Member).await;
    let thread = start(&owl, 1, "Stones").await;
    let keeper = club.member("keeper", Role::Moderator).await;
    let form = keeper.get("/threads/1/approval").await;
    keeper.submit(&form, "/threads/1/approval", &[("reason", "It got heated")]).await.expect_redirect();
    (thread, keeper)
}

/// The pages that could show a pending post, as these people see them.
async fn outlets(people: &[&Person]) -> Vec<String> {
    let mut bodies = Vec::new();
    for person in people {
        // Every page shows the number of new notifications, so mark them as read first.
        let told = person.get("/notifications").await;
        if told.body.contains("/notifications/seen") {
            person.submit(&told, "/notifications/seen", &[]).await.expect_redirect();
        }
        for path in [
            "/",
            "/threads",
            "/threads/1",
            "/books/1",
            "/books/1/walk?from=0",
            "/members/kestrel",
            "/threads/1/x?order=book",
            "/held/mine",
            "/posts/2",
        ] {
            bodies.push(person.get(path).await.body);
        }
    }
    bodies
}

/// The queue, after another page has shown the message about the last act.
async fn queue(keeper: &Person) -> String {
    keeper.get("/log").await;
    keeper.get("/held").await.body
}

/// Undoes the latest entry of the log.
async fn undo(keeper: &Person) -> Page {
    let path = keeper.get("/log").await.link("Undo");
    let form = keeper.get(&path).await;
    keeper.submit(&form, &path, &[("reason", "a slip")]).await
}

async fn approve(keeper: &Person, id: u8) -> Page {
    let queue = keeper.get("/held").await;
    keeper.submit(&queue, &format!("/held/{id}/approve"), &[]).await
}

async fn decline(keeper: &Person, id: u8, why: &str) -> Page {
    let form = keeper.get(&format!("/held/{id}/decline")).await;
    keeper.submit(&form, &format!("/held/{id}/decline"), &[("reason", why)]).await
}

stories! {
    async fn posts_in_a_thread_that_requires_approval_are_pending(club: Club) {
        let (thread, keeper) = heated(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        kestrel.get(&thread).await.says("posts require approval").says("A moderator has to approve each post in this thread");
        assert_eq!(reply(&kestrel, "Calm down, WRENWAITS.", "5").await.expect_redirect(), "/held/mine");
        let mine = kestrel.get("/held/mine").await;
        mine.says("Your post is awaiting approval by a moderator.").says("WRENWAITS").says("Stones");
        kestrel.get(&thread).await.says("Only you and the moderators see this").says("WRENWAITS").says("no replies yet");
        reply(&kestrel, "Calm down, WRENWAITS.", "5").await.expect(422).says("It’s awaiting approval");
        let owl = club.member("wren", Role::Member).await;
        for path in [thread.as_str(), "/", "/threads", "/books/1/walk", "/members/kestrel", "/held/mine", "/log"] {
            owl.get(path).await.lacks("WRENWAITS");
        }
        owl.get("/held").await.expect(403);
        club.visitor().get("/members/kestrel").await.says("no posts yet");

        // The post is a spoiler for this moderator, who can show it.
        let queue = keeper.get("/held").await;
        queue.says("kestrel in Stones").says("this thread requires approval").says("up to chapter 5").lacks("WRENWAITS");
        keeper.get(&queue.link("Show")).await.says("WRENWAITS");
        approve(&keeper, 1).await.expect_redirect();
        let page = kestrel.get(&thread).await;
        page.says("WRENWAITS").says("1 reply").lacks("Only you and the moderators see this");
        assert_eq!(page.texts("article.post footer a.push"), ["#1", "#2"]);
        kestrel.get("/notifications").await.says("Your post in “Stones” was approved").lacks("keeper");
        kestrel.get("/held/mine").await.says("You have no posts awaiting approval");
        kestrel.get("/members/kestrel").await.says("1 post");
        owl.get("/log").await.says("A moderator approved a post in “Stones”").lacks("WRENWAITS");
        approve_again(&keeper, 1).await.expect(409);
        // Moderators need no approval.
        reply(&keeper, "Thank you.", "0").await.expect_redirect();
        keeper.get(&thread).await.says("Thank you.");
    }

    async fn approved_posts_cannot_be_edited_without_approval(club: Club) {
        let (thread, keeper) = heated(&club).await;
        let owl = club.member("second", Role::Member).await;
        reply(&owl, "As agreed.", "0").await.expect_redirect();
        approve(&keeper, 1).await.expect_redirect();
        owl.get(&thread).await.says("As agreed.").lacks("/posts/2/edit");
        owl.get("/posts/2/edit").await.expect(403).says("can’t be edited once approved");
        let form = keeper.get("/threads/1/approval").await;
        // Posts that were approved can be edited once the thread doesn't require approval. A form from then is refused
        // later.
        keeper.submit(&form, "/threads/1/approval", &[("reason", "calm")]).await.expect_redirect();
        let edit = owl.get("/posts/2/edit").await;
        edit.expect(200);
        let form = keeper.get("/threads/1/approval").await;
        keeper.submit(&form, "/threads/1/approval", &[("reason", "heated")]).await.expect_redirect();
        owl.submit(&edit, "/posts/2", &[("body", "WRENSNEAK")]).await.expect(403);
        club.visitor().get(&thread).await.lacks("WRENSNEAK").says("As agreed.");
    }

    async fn first_posts_and_threads_are_pending(club: Club) {
        add_two_books(&club).await;
        ask(&club, &[("approve_first", "2")]).await;
        let host = club.member("guide", Role::Host).await;
        start(&host, 1, "Stones").await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let thread = [("title", "The WRENTITLE"), ("title_spoils", "yes"), ("body", "So it is. ||20: WRENEND||"), ("reach", "12"), ("also", "2"), ("also_reach", "3"), ("review", "yes"), ("rating", "7")];
        assert_eq!(kestrel.submit(&form, "/threads", &thread).await.expect_redirect(), "/held/mine");
        kestrel.get("/held/mine").await.says("The WRENTITLE").says("WRENEND");
        let keeper = club.member("keeper", Role::Moderator).await;
        let queue = keeper.get("/held").await;
        queue.says("kestrel starts: a thread whose title is a spoiler").says("The Salt Road").says("one of the author’s first posts");
        queue.lacks("WRENTITLE").lacks("WRENEND");
        club.visitor().get("/threads").await.lacks("kestrel");
        // A profile can't wait for approval, so it is refused.
        let form = kestrel.get("/settings").await;
        let told = kestrel.submit(&form, "/settings", &[("about", "I read at night.")]).await;
        told.expect(422).says("isn’t possible here").says("I read at night.");
        kestrel.submit(&form, "/settings", &[("zone", "Europe/Paris")]).await.expect_redirect();
        approve(&keeper, 1).await.expect_redirect();
        club.visitor().get("/threads/2").await.says("started by kestrel").says("chapter 12").lacks("WREN");
        let page = kestrel.get("/threads/2").await;
        page.says("The WRENTITLE").says("WRENEND");
        assert_eq!(page.texts(".stars").len(), 2, "{:?}", page.texts(".stars"));
        let form = kestrel.get("/posts/2/edit").await;
        form.expect(403).says("until a few more are approved");
        reply(&kestrel, "The second.", "0").await.expect_redirect();
        approve(&keeper, 2).await.expect_redirect();
        assert_eq!(reply(&kestrel, "The third.", "0").await.expect_redirect(), "/threads/1/stones#p4");
        kestrel.get("/posts/2/edit").await.expect(200);
    }

    async fn a_rule_requires_approval_and_the_author_withdraws(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let keeper = rule(&club, "word", "kills", "hold").await;
        reply(&kestrel, "He kills her.", "0").await.expect_redirect();
        let form = kestrel.get("/posts/1/edit").await;
        kestrel.submit(&form, "/posts/1", &[("body", "He kills her.")]).await.expect(422).says("isn’t possible for edits");
        keeper.get("/held").await.says("He kills her.").says("matches a rule for posts");
        let late = keeper.get("/held").await;
        let mine = kestrel.get(&thread).await;
        kestrel.submit(&mine, "/held/1/withdraw", &[]).await.expect_redirect();
        kestrel.submit(&mine, "/held/1/withdraw", &[]).await.expect(404);
        keeper.submit(&late, "/held/1/approve", &[]).await.expect(404);
        keeper.get("/held").await.says("Nothing to approve").lacks("kills");
        let owl = club.member("owl", Role::Member).await;
        reply(&kestrel, "He kills her again.", "0").await.expect_redirect();
        let forged = owl.get(&thread).await.form("/threads/1/posts", &[]);
        owl.post("/held/2/withdraw", &forged).await.expect(403).says("Only the author can do this");
        kestrel.get("/held/mine").await.says("again");
    }

    async fn a_declined_post_can_return_to_the_queue(club: Club) {
        let (thread, keeper) = heated(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        reply(&kestrel, "It is WRENRUDE.", "0").await.expect_redirect();
        decline(&keeper, 1, "").await.expect(422);
        decline(&keeper, 1, "not in this tone").await.expect_redirect();
        kestrel.get("/notifications").await.says("Your pending post was declined: not in this tone");
        kestrel.get("/held/mine").await.says("WRENRUDE").says("Declined by a moderator: not in this tone");
        kestrel.get(&thread).await.lacks("WRENRUDE");
        let log = keeper.get("/log").await;
        log.says("keeper declined a pending post: not in this tone").lacks("WRENRUDE");
        let undo = log.link("Undo");
        let form = keeper.get(&undo).await;
        keeper.submit(&form, &undo, &[("reason", "a second look")]).await.expect_redirect();
        keeper.get("/held").await.says("WRENRUDE");
        kestrel.get(&thread).await.says("WRENRUDE").says("Only you and the moderators see this");
        approve(&keeper, 1).await.expect_redirect();
        club.visitor().get(&thread).await.says("WRENRUDE");
    }

    async fn an_approval_can_be_undone_and_redone(club: Club) {
        let (thread, keeper) = heated(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let heron = club.member("heron", Role::Member).await;
        reply(&kestrel, "Calm, ||9: WRENCALM||.", "0").await.expect_redirect();
        reply(&heron, "Another voice.", "0").await.expect_redirect();
        approve(&keeper, 2).await.expect_redirect();
        let (visitor, owl) = (club.visitor(), club.member("wren", Role::Member).await);
        let before = outlets(&[&visitor, &owl, &kestrel]).await;
        let waiting = queue(&keeper).await;
        approve(&keeper, 1).await.expect_redirect();
        // For a post that is written after the approval.
        let form = keeper.get("/threads/1/reply").await;
        let shown = outlets(&[&visitor, &owl, &kestrel]).await;
        assert_ne!(before, shown);
        undo(&keeper).await.expect_redirect();
        assert_eq!(outlets(&[&visitor, &owl, &kestrel]).await, before);
        assert_eq!(queue(&keeper).await, waiting);
        keeper.get("/log").await.says("returned a pending post to the approval queue: a slip").lacks("WRENCALM");
        kestrel.get("/notifications").await.says("Your pending post is back in the approval queue");
        undo(&keeper).await.expect_redirect();
        assert_eq!(outlets(&[&visitor, &owl, &kestrel]).await, shown);
        keeper.get("/held").await.says("Nothing to approve");
        // A later post moves up when this one is unapproved, and back when it is approved again.
        undo(&keeper).await.expect_redirect();
        keeper.submit(&form, "/threads/1/posts", &[("body", "Meanwhile."), ("reach", "0")]).await.expect_redirect();
        assert_eq!(visitor.get(&thread).await.texts("article.post footer a.push"), ["#1", "#2", "#3"]);
        undo(&keeper).await.expect_redirect();
        let page = visitor.get(&thread).await;
        assert_eq!(page.texts("article.post footer a.push"), ["#1", "#2", "#3", "#4"]);
        assert_eq!(page.attributes("article.post", "id"), ["p1", "p2", "p3", "p4"]);
        assert!(page.texts("article.post").pop().unwrap().contains("Meanwhile."));
        // Once its author has withdrawn it, it can't be approved again.
        undo(&keeper).await.expect_redirect();
        let late = keeper.get("/log").await.link("Undo");
        let mine = kestrel.get("/held/mine").await;
        kestrel.submit(&mine, "/held/1/withdraw", &[]).await.expect_redirect();
        let form = keeper.get(&late).await;
        keeper.submit(&form, &late, &[("reason", "late")]).await.expect(404);
    }

    async fn an_approved_post_with_a_reply_stays(club: Club) {
        let (thread, keeper) = heated(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let owl = club.member("wren", Role::Member).await;
        let visitor = club.visitor();
        for (number, answer) in [(1, "reply"), (2, "quote"), (3, "report"), (4, "hide")] {
            reply(&kestrel, &format!("Number {number}."), "0").await.expect_redirect();
            approve(&keeper, number).await.expect_redirect();
            let approval = keeper.get("/log").await.link("Undo");
            let post = visitor.get(&thread).await.attributes("article.post", "id").pop().unwrap().replace('p', "");
            match answer {
                "reply" | "quote" => {
                    let query = if answer == "reply" { "to" } else { "quote" };
                    let form = keeper.get(&format!("/threads/1/reply?{query}={post}")).await;
                    let words = form.form("/threads/1/posts", &[]).into_iter().find(|(name, _)| name == "body").unwrap().1;
                    let words = format!("{words}\n\nSo it is.");
                    keeper.submit(&form, "/threads/1/posts", &[("body", &words)]).await.expect_redirect();
                }
                "report" => {
                    let path = format!("/posts/{post}/report");
                    let form = owl.get(&path).await;
                    owl.submit(&form, &path, &[("kind", "unkind"), ("reach", "32767")]).await.expect_redirect();
                }
                _ => {
                    let path = format!("/posts/{post}/hide");
                    let form = keeper.get(&path).await;
                    keeper.submit(&form, &path, &[("reason", "no")]).await.expect_redirect();
                }
            }
            let shown = visitor.get(&thread).await.body;
            let lines = keeper.get("/log").await.texts("ol.threads > li").len();
            let form = keeper.get(&approval).await;
            keeper.submit(&form, &approval, &[("reason", "a slip")]).await.expect(409).says("Hide it instead");
            assert_eq!(visitor.get(&thread).await.body, shown, "{answer}");
            assert_eq!(keeper.get("/log").await.texts("ol.threads > li").len(), lines);
        }
    }

    async fn the_approval_of_a_thread_can_be_undone(club: Club) {
        add_two_books(&club).await;
        ask(&club, &[("approve_first", "1")]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let review = [("title", "The WRENTITLE"), ("title_spoils", "yes"), ("body", "So it is, WRENSO."), ("reach", "12"), ("review", "yes"), ("rating", "7")];
        kestrel.submit(&form, "/threads", &review).await.expect_redirect();
        let (visitor, owl) = (club.visitor(), club.member("owl", Role::Member).await);
        let everywhere = [&visitor, &owl, &kestrel];
        let before = outlets(&everywhere).await;
        let waiting = queue(&keeper).await;
        approve(&keeper, 1).await.expect_redirect();
        let shown = outlets(&everywhere).await;
        assert_ne!(before, shown);
        for _ in 0..2 {
            undo(&keeper).await.expect_redirect();
            assert_eq!(outlets(&everywhere).await, before);
            assert_eq!(queue(&keeper).await, waiting);
            visitor.get("/threads/1").await.expect(404);
            keeper.get("/threads").await.says("No discussions yet");
            undo(&keeper).await.expect_redirect();
            assert_eq!(outlets(&everywhere).await, shown);
        }
        // Its ids aren't given to another thread in the meantime.
        undo(&keeper).await.expect_redirect();
        start(&keeper, 1, "Reeds").await;
        undo(&keeper).await.expect_redirect();
        kestrel.get("/threads/1").await.says("The WRENTITLE").says("WRENSO");
        visitor.get("/threads/2").await.says("Reeds");
        // A thread with a second post can't be unapproved.
        let approval = keeper.get("/log").await.link("Undo");
        let form = keeper.get("/threads/1/reply").await;
        keeper.submit(&form, "/threads/1/posts", &[("body", "Indeed."), ("reach", "0")]).await.expect_redirect();
        let form = keeper.get(&approval).await;
        keeper.submit(&form, &approval, &[("reason", "a slip")]).await.expect(409);
        kestrel.get("/threads/1").await.says("The WRENTITLE").says("Indeed.");
    }

    async fn only_one_of_two_decisions_counts(club: Club) {
        let (thread, keeper) = heated(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        reply(&kestrel, "Only once.", "0").await.expect_redirect();
        let other = club.member("other", Role::Moderator).await;
        let (queue, form) = (keeper.get("/held").await, other.get("/held/1/decline").await);
        let fields = form.form("/held/1/decline", &[("reason", "no")]);
        let twice = other.get("/held").await.form("/held/1/approve", &[]);
        let once = queue.form("/held/1/approve", &[]);
        let (a, b, c) = futures_util::future::join3(
            keeper.post("/held/1/approve", &once),
            other.post("/held/1/decline", &fields),
            other.post("/held/1/approve", &twice),
        )
        .await;
        let mut answers = [a.status.as_u16(), b.status.as_u16(), c.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [303, 409, 409]);
        let shown = club.visitor().get(&thread).await.body.contains("Only once.");
        assert_eq!(shown, b.status != 303);
        let lines = keeper.get("/log").await.texts("ol.threads > li").len();
        assert_eq!(lines, 2, "that approval is required, and one decision");
    }

    async fn pending_posts_of_silenced_members_cannot_be_approved(club: Club) {
        let (thread, keeper) = heated(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        reply(&kestrel, "Before.", "0").await.expect_redirect();
        for silenced in [true, false] {
            club.write(move |conn| {
                let tomorrow = Some(Moment::from(Utc::now() + TimeDelta::days(1)));
                let (silence, suspension) = if silenced { (tomorrow, None) } else { (None, tomorrow) };
                let values = (members::silenced_until.eq(silence), members::suspended_until.eq(suspension));
                diesel::update(members::table.filter(members::handle.eq("kestrel"))).set(values).execute(conn)?;
                Ok(())
            })
            .await;
            approve(&keeper, 1).await.expect(409).says("The author can’t post at the moment");
        }
        club.visitor().get(&thread).await.lacks("Before.");
        keeper.get("/held").await.says("Before.");
        assert_eq!(keeper.get("/log").await.texts("ol.threads > li").len(), 1, "that approval is required");
    }

    async fn the_queue_goes_on_by_key(club: Club) {
        let (_, keeper) = heated(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let wren = club.member("wren", Role::Member).await;
        for n in 1..=20 {
            reply(&kestrel, &format!("Number {n}."), "0").await.expect_redirect();
        }
        reply(&kestrel, "Too many.", "0").await.expect(422).says("You already have 20 posts");
        reply(&wren, "Number 21.", "0").await.expect_redirect();
        let page = keeper.get("/held").await;
        page.says("Number 1.").says("Number 20.").lacks("Number 21.");
        keeper.get(&page.link("More posts")).await.says("Number 21.").lacks("Number 20.");
    }
}

/// Submits an outdated form of the queue.
async fn approve_again(keeper: &Person, id: u8) -> Page {
    let token = keeper.get("/settings").await.attributes("input[name=token]", "value").remove(0);
    keeper.post(&format!("/held/{id}/approve"), &[("token".to_owned(), token)]).await
}
