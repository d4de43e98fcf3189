//! Regression tests for bugs that were found by hand.

use crate::forum::book_order::{read_to, start};
use crate::forum::folds::add_two_books;
use crate::harness::{PASSWORD, Page, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;

async fn act(person: &Person, path: &str, fields: &[(&str, &str)]) -> Page {
    let form = person.get(path).await;
    person.submit(&form, path.split('?').next().unwrap(), fields).await
}

async fn say(person: &Person, thread: i64, body: &str) {
    let path = format!("/threads/{thread}/reply");
    let form = person.get(&path).await;
    let fields = [("body", body), ("reach", "0")];
    person.submit(&form, &format!("/threads/{thread}/posts"), &fields).await.expect_redirect();
}

stories! {
    async fn spoilers_stay_folded_after_a_thread_moves_to_another_book(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        say(&kestrel, 1, "Look, ||12: it is wrenquoted||.").await;
        act(&keeper, "/threads/1/approval", &[("reason", "heated")]).await.expect_redirect();
        say(&kestrel, 1, "And ||12: wrenheld|| too.").await;
        act(&keeper, "/threads/1/book", &[("book", "2"), ("reason", "it is about that")]).await.expect_redirect();
        let queue = keeper.get("/held").await;
        keeper.submit(&queue, "/held/1/approve", &[]).await.expect_redirect();
        act(&keeper, "/threads/1/approval", &[("reason", "calm")]).await.expect_redirect();

        // A reader of both books can quote it; a reader of only the second sees none of it.
        let owl = club.member("owl", Role::Member).await;
        read_to(&club, "owl", 1, 32767).await;
        read_to(&club, "owl", 2, 32767).await;
        let form = owl.get("/threads/1/reply?quote=2").await;
        assert!(form.texts("textarea").iter().all(|words| !words.contains("wrenquoted")));
        owl.submit(&form, "/threads/1/posts", &[("reach", "0")]).await.expect_redirect();
        // A spoiler that its author adds after the move is folded too.
        let form = kestrel.get("/posts/1/edit").await;
        kestrel.submit(&form, "/posts/1", &[("body", "See ||3: wrenedited||.")]).await.expect_redirect();
        let one = club.member("one", Role::Member).await;
        read_to(&club, "one", 1, 32767).await;
        let other = club.member("other", Role::Member).await;
        read_to(&club, "other", 2, 32767).await;
        for person in [&one, &other] {
            person.get("/threads/1").await.lacks("wrenheld").lacks("wrenedited");
        }
        other.get("/threads/1").await.lacks("wrenquoted");
    }

    async fn an_action_overridden_since_cant_be_undone(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        say(&kestrel, 1, "You are all idiots.").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        act(&keeper, "/posts/2/hide", &[("reason", "unkind")]).await.expect_redirect();
        let first = keeper.get("/log").await.link("Undo");
        let form = keeper.get(&first).await;
        act(&keeper, "/posts/2/restore", &[("reason", "a slip")]).await.expect_redirect();
        act(&keeper, "/posts/2/hide", &[("reason", "unkind after all")]).await.expect_redirect();
        assert_eq!(keeper.get("/log").await.attributes("main li a[href$='/undo']", "href").len(), 1);
        keeper.submit(&form, &first, &[("reason", "a slip")]).await.expect(409).says("something has changed since");
        club.visitor().get("/threads/1").await.lacks("idiots");
    }

    async fn a_moderator_cant_restore_a_sanction_lifted_by_an_admin(club: Club) {
        add_two_books(&club).await;
        club.account("kestrel", Role::Member).await;
        let admin = club.member("admin", Role::Admin).await;
        let form = admin.get("/members/kestrel/sanctions/new?kind=silence").await;
        admin.submit(&form, "/members/kestrel/sanctions", &[("reason", "unkind")]).await.expect_redirect();
        act(&admin, "/members/kestrel/sanctions/1/lift", &[("reason", "a slip")]).await.expect_redirect();
        let line = admin.get("/log").await.link("Undo");
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get(&line).await;
        keeper.submit(&form, &line, &[("reason", "no slip")]).await.expect(403);
    }

    async fn a_stale_decision_is_rejected(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let owl = club.member("owl", Role::Member).await;
        act(&owl, "/posts/1/report", &[("kind", "unkind")]).await.expect_redirect();
        let (one, two) = (club.member("one", Role::Moderator).await, club.member("two", Role::Moderator).await);
        one.get("/").await.says("1 open report");
        kestrel.get("/").await.lacks("Reports wait");
        let (seen, also_seen) = (one.get("/reports").await, two.get("/reports").await);
        one.submit(&seen, "/reports/1/verdict", &[("verdict", "uphold"), ("reason", "so it is")]).await.expect_redirect();
        two.submit(&also_seen, "/reports/1/verdict", &[("verdict", "dismiss"), ("reason", "not so")]).await.expect(409);
        one.get("/").await.lacks("Reports wait");
    }

    async fn withdrawn_posts_vanish_from_quotes_and_close_their_reports(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        say(&kestrel, 1, "Of the wrenwithdrawn.").await;
        let owl = club.member("owl", Role::Member).await;
        let form = owl.get("/threads/1/reply?quote=2").await;
        owl.submit(&form, "/threads/1/posts", &[]).await.expect_redirect();
        start(&owl, 2, "Elsewhere").await;
        say(&owl, 2, "> As [kestrel](/posts/2) says: of the *wrenwithdrawn*").await;
        act(&owl, "/posts/2/report", &[("kind", "unkind")]).await.expect_redirect();
        let keeper = club.member("keeper", Role::Moderator).await;
        keeper.get("/members/owl/record").await.says("1 report made");
        club.account("admin", Role::Admin).await;
        let form = kestrel.get("/settings/account").await;
        let go = [("words", "go"), ("current", PASSWORD)];
        kestrel.submit(&form, "/settings/account", &go).await.expect_redirect();
        for path in ["/threads/1", "/posts/3/history", "/threads/1/reply?quote=3", "/threads/2", "/posts/5/history", "/reports"] {
            keeper.get(path).await.lacks("wrenwithdrawn");
        }
        keeper.get("/").await.lacks("Reports wait");
    }

    async fn member_history_doesnt_reveal_who_reported_the_viewer(club: Club) {
        add_two_books(&club).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        start(&keeper, 1, "Stones").await;
        let owl = club.member("owl", Role::Member).await;
        let before = keeper.get("/members/owl/record").await.texts("main").join(" ");
        act(&owl, "/posts/1/report", &[("kind", "unkind")]).await.expect_redirect();
        // Moderators see in the queue that their own text is reported, but not by whom.
        let after = keeper.get("/members/owl/record").await.texts("main").join(" ");
        assert_eq!(after.replace("Reports 1 open", "Reports"), before);
    }

    async fn testing_a_rule_reveals_no_spoilers(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        say(&kestrel, 1, "So ||12: wrenhushed||, as wrensaid.").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let page = keeper.get("/filters").await;
        let tried = async |word: &str| {
            let rule = [("kind", "word"), ("pattern", word), ("act", "refuse"), ("try", "yes")];
            keeper.submit(&page, "/filters", &rule).await.texts("#trial ~ p").join(" ")
        };
        assert!(tried("wrenhushed").await.contains("Matches 0 of"), "{}", tried("wrenhushed").await);
        assert!(tried("wrensaid").await.contains("Matches 1 of"), "{}", tried("wrensaid").await);
        read_to(&club, "keeper", 1, 12).await;
        assert!(tried("wrenhushed").await.contains("Matches 1 of"));
    }

    async fn a_moderator_cant_split_off_an_admins_post(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let admin = club.member("admin", Role::Admin).await;
        say(&admin, 1, "As I said.").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/threads/1/split").await;
        let cut = [("from", "2"), ("title", "Said"), ("reason", "another matter")];
        keeper.submit(&form, "/threads/1/split?page=1", &cut).await.expect(403);
    }
}
