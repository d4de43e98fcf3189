//! A meeting's thread, and the minutes that hosts post in it.

use crate::events::agendas::{MEETING, set_up};
use crate::forum::book_order::{read_to, start};
use crate::forum::threads::add_book;
use crate::harness::Person;
use crate::stories;
use chapterhouse::domain::core::members::Role;

async fn create_thread(host: &Person) -> String {
    let page = host.get(MEETING).await;
    host.submit(&page, "/meetings/1/thread", &[]).await.expect_redirect()
}

stories! {
    async fn a_host_creates_the_thread_of_a_meeting(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, "2199-10-21").await;
        let kestrel = club.member("kestrel", Role::Member).await;
        kestrel.get(MEETING).await.lacks("Start a discussion").lacks("Discussion and minutes");
        let page = host.get(MEETING).await;
        let thread = create_thread(&host).await;
        // Pressing the button again in another window leads to the same thread.
        assert_eq!(host.submit(&page, "/meetings/1/thread", &[]).await.expect_redirect(), thread);
        let read = club.visitor().get(&thread).await;
        read.says("Meeting: First half").says("For the meeting First half, 21 October 2199").says("before and after");
        assert_eq!(kestrel.get(MEETING).await.link("Discussion of this meeting"), thread);
        kestrel.get("/log?show=everything").await.says("A host started a thread for the meeting ");
    }

    async fn the_thread_follows_merges_and_their_undo(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, "2199-10-21").await;
        let own = create_thread(&host).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let (second, third) = (start(&kestrel, 1, "Stones").await, start(&kestrel, 1, "Reeds").await);
        let keeper = club.member("keeper", Role::Admin).await;
        for (from, into) in [("1", "2"), ("2", "3")] {
            let form = keeper.get(&format!("/threads/{from}/merge?into={into}")).await;
            let filled = [("into", into), ("reason", "the same")];
            keeper.submit(&form, &format!("/threads/{from}/merge"), &filled).await.expect_redirect();
        }
        assert_eq!(kestrel.get(MEETING).await.link("Discussion of this meeting"), third);
        kestrel.get(&third).await.says("For the meeting First half");
        let log = keeper.get("/log").await;
        let undo = log.attributes("a[href$='/undo']", "href").remove(0);
        let form = keeper.get(&undo).await;
        keeper.submit(&form, &undo, &[("reason", "a slip")]).await.expect_redirect();
        assert_eq!(kestrel.get(MEETING).await.link("Discussion of this meeting"), second);
        kestrel.get(&second).await.says("For the meeting First half");
        kestrel.get(&third).await.lacks("For the meeting First half");
        assert_eq!(kestrel.get(&own).await.path, second);
    }

    async fn minutes_are_a_post_in_the_meetings_thread(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, "2020-10-21").await;
        let kestrel = club.member("kestrel", Role::Member).await;
        kestrel.get(MEETING).await.lacks("Minutes");
        let form = host.get(&host.get(MEETING).await.link("Write minutes")).await;
        assert_eq!(form.attributes("select[name=reach] option[selected]", "value"), ["13"]);
        host.submit(&form, "/meetings/1/minutes", &[("body", "")]).await.expect(422).says("Please write something");
        let words = [("body", "We spoke of the *WRENFERRY*. ||20: Not of WRENLATER.||")];
        let preview = host.submit(&form, "/meetings/1/minutes", &[words[0], ("preview", "yes")]).await;
        preview.expect(200).says("Preview").says("WRENFERRY");
        let post = host.submit(&preview, "/meetings/1/minutes", &words).await.expect_redirect();
        host.get(&post).await.says("Minutes posted in the meeting’s discussion").says("WRENFERRY");
        let page = kestrel.get(MEETING).await;
        page.lacks("WREN");
        kestrel.get(&page.link("Minutes")).await.lacks("WREN").says("Meeting: First half");
        read_to(&club, "kestrel", 1, 13).await;
        let thread = kestrel.get(&page.link("Minutes")).await;
        thread.says("WRENFERRY").lacks("WRENLATER");
        assert_eq!(thread.texts("article.post .by .scope"), ["minutes"]);
        // The form is for posting them once; after that they are edited as a post.
        assert_eq!(host.fetch("/meetings/1/minutes").await.expect_redirect(), post);
        let other = club.member("other", Role::Host).await;
        let fields = form.form("/meetings/1/minutes", &words);
        let token = other.get("/settings").await.attributes("input[name=token]", "value").remove(0);
        let fields: Vec<_> = fields.into_iter().map(|(name, value)| if name == "token" { (name, token.clone()) } else { (name, value) }).collect();
        other.post("/meetings/1/minutes", &fields).await.expect(409).says("Another host has posted the minutes").says("WRENFERRY");
        kestrel.get("/log?show=everything").await.says("A host posted the minutes of the meeting ").lacks("WREN");
        kestrel.get("/meetings/1/minutes").await.expect(403);
    }

    async fn minutes_wait_until_the_meeting_begins(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host, "2199-10-21").await;
        host.get(MEETING).await.lacks("Write minutes");
        host.get("/meetings/1/minutes").await.expect(409).says("hasn’t started yet");
    }
}
