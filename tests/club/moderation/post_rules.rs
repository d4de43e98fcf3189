//! Post rules: testing a rule, saving it, and what it does to new texts.

use crate::forum::book_order::{start, write};
use crate::forum::folds::add_two_books;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;

/// A moderator called “keeper” adds a rule.
pub async fn rule(club: &Club, kind: &str, pattern: &str, act: &str) -> Person {
    let keeper = club.member("keeper", Role::Moderator).await;
    add(&keeper, kind, pattern, act).await.expect_redirect();
    keeper
}

async fn add(keeper: &Person, kind: &str, pattern: &str, act: &str) -> Page {
    let form = keeper.get("/filters").await;
    let rule = [("kind", kind), ("pattern", pattern), ("act", act), ("note", "Nobody wants it")];
    keeper.submit(&form, "/filters", &rule).await
}

async fn reply(person: &Person, body: &str) -> Page {
    let form = person.get("/threads/1/reply").await;
    person.submit(&form, "/threads/1/posts", &[("body", body), ("reach", "0")]).await
}

stories! {
    async fn refused_texts_count_as_drafts(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        rule(&club, "word", "pills", "refuse").await;
        let club = club.with_settings(|settings| settings.limits.post = 1).await;
        let kestrel = kestrel.at(&club);
        // One post an hour allows ten drafts an hour.
        for turn in 0..10 {
            reply(&kestrel, &format!("pills {turn}")).await.expect(422).says("block “pills”");
        }
        reply(&kestrel, "pills again").await.expect(429).says("Copy your text before you leave this page: pills again");
        let owl = club.member("owl", Role::Member).await;
        let form = owl.get("/settings").await;
        for _ in 0..10 {
            owl.submit(&form, "/settings", &[("about", "pills")]).await.expect(422);
        }
        owl.submit(&form, "/settings", &[("about", "pills")]).await.expect(429);
    }

    async fn rules_apply_to_every_form_and_keep_what_was_typed(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let keeper = rule(&club, "word", "casino*", "refuse").await;
        add(&keeper, "link", "Ample.com", "refuse").await.expect_redirect();

        let page = reply(&kestrel, "Come to my ||*Cas*INOS||!").await;
        page.expect(422).says("The club’s rules block “CasINOS”.");
        assert_eq!(page.texts("textarea"), ["Come to my ||*Cas*INOS||!"]);
        reply(&kestrel, "[Look](http://x@SHOP.ample.com:80/)").await.expect(422).says("block links to shop.ample.com");
        reply(&kestrel, "Look at www.ample.com.").await.expect(422);
        reply(&kestrel, "An occasion on https://example.com").await.expect_redirect();
        let form = kestrel.get("/threads/new?book=1").await;
        let thread = [("title", "My casino"), ("body", "Fine."), ("reach", "0")];
        kestrel.submit(&form, "/threads", &thread).await.expect(422).says("block “casino”").form("/threads", &[]);
        // A title of invisible characters is empty. They are removed from other titles, except for joiners within an
        // emoji.
        let unseen = [("title", "\u{200b}\u{2060}\u{3164}"), ("body", "Fine."), ("reach", "0")];
        kestrel.submit(&form, "/threads", &unseen).await.expect(422).says("Please give a title");
        let seen = [("title", "Sil\u{200b}ver\u{fff9} \u{1f469}\u{200d}\u{1f680}"), ("body", "Fine."), ("reach", "0")];
        let to = kestrel.submit(&form, "/threads", &seen).await.expect_redirect();
        kestrel.get(&to).await.says("Silver \u{1f469}\u{200d}\u{1f680}");
        let form = kestrel.get("/posts/1/edit").await;
        kestrel.submit(&form, "/posts/1", &[("body", "ample.com")]).await.expect(422).says("block links to ample.com");
        let form = kestrel.get("/settings").await;
        let page = kestrel.submit(&form, "/settings", &[("about", "I run a casino.")]).await;
        page.expect(422).says("block “casino”").says("I run a casino.");
        let form = kestrel.get("/books/1/notices").await;
        let warning = [("label", "casino"), ("body", ""), ("reach", "3")];
        kestrel.submit(&form, "/books/1/notices", &warning).await.expect(422).says("block “casino”");
        let owl = club.member("owl", Role::Member).await;
        let form = owl.get("/posts/1/report").await;
        owl.submit(&form, "/posts/1/report", &[("reach", "3"), ("words", "A casino!")]).await.expect(422);
        // The rules apply to hosts too, in every form.
        let host = club.member("planner", Role::Host).await;
        let meeting = [("title", "First half"), ("book", "1"), ("day", "2199-10-21"), ("time", "18:30"), ("minutes", "90")];
        let form = host.get("/meetings/new?book=1").await;
        host.submit(&form, "/meetings", &[&meeting[..], &[("place", "At the casino")]].concat()).await.expect(422).says("block “casino”");
        host.submit(&form, "/meetings", &meeting).await.expect_redirect();
        let day = (chrono::Utc::now() + chrono::Days::new(9)).format("%Y-%m-%d").to_string();
        let times = [("day", day.as_str()), ("time", "18:30"), ("day", day.as_str()), ("time", "20:30")];
        let poll = |title, note| [&[("title", title), ("note", note), ("minutes", "90")][..], &times[..]].concat();
        for (page, action, fields) in [
            ("/meetings/1/agenda/edit", "/meetings/1/agenda", vec![("body", "Who owns the casino?")]),
            ("/polls/dates/new", "/polls/dates", poll("A casino", "")),
            ("/polls/dates/new", "/polls/dates", poll("An evening", "At ample.com")),
            ("/polls/books/new", "/polls/books", vec![("title", "Books about casinos")]),
        ] {
            let form = host.get(page).await;
            host.submit(&form, action, &fields).await.expect(422).says("The club’s rules");
        }
        let form = host.get("/meetings/1/agenda/edit").await;
        host.submit(&form, "/meetings/1/agenda", &[("body", "Who owns it?")]).await.expect_redirect();
        let form = host.get("/questions/1/edit").await;
        host.submit(&form, "/questions/1", &[("body", "Whose casino?")]).await.expect(422).says("block “casino”");
        let form = host.get("/polls/books/new").await;
        host.submit(&form, "/polls/books", &[]).await.expect_redirect();
        let form = kestrel.get("/polls/books/1").await;
        let suggestion = |pitch| [("book", "1"), ("pitch", pitch)];
        kestrel.submit(&form, "/polls/books/1/proposals", &suggestion("See ample.com")).await.expect(422).says("block links to ample.com");
        // A rule that requires approval refuses texts that can't wait for it.
        add(&keeper, "word", "roulette", "hold").await.expect_redirect();
        kestrel.submit(&form, "/polls/books/1/proposals", &suggestion("Better than roulette")).await.expect(422).says("isn’t possible here");
        let form = kestrel.get("/settings").await;
        kestrel.submit(&form, "/settings", &[("about", "Roulette!")]).await.expect(422).says("isn’t possible here");
        club.visitor().get("/threads/1").await.lacks("asino").lacks("www.ample").lacks("SHOP");
        // The rules don't apply to moderators.
        reply(&keeper, "No casinos here, please.").await.expect_redirect();
    }

    async fn a_rule_is_tested_on_texts_that_the_moderator_can_read(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "The Crème of stones").await;
        let title = [("title", "Creme in chapter 12"), ("body", "Fine."), ("reach", "12"), ("title_spoils", "yes")];
        let form = kestrel.get("/threads/new?book=1").await;
        kestrel.submit(&form, "/threads", &title).await.expect_redirect();
        let form = kestrel.get("/settings").await;
        kestrel.submit(&form, "/settings", &[("about", "I like CRE\u{300}ME.")]).await.expect_redirect();
        let form = kestrel.get("/books/1/notices").await;
        let warning = [("label", "dairy"), ("body", "Much cr\u{200b}eme"), ("reach", "3")];
        kestrel.submit(&form, "/books/1/notices", &warning).await.expect_redirect();
        let host = club.member("warden", Role::Host).await;
        let form = host.get("/meetings/new").await;
        let meeting = [("title", "Tea"), ("day", "2199-05-01"), ("time", "18:00"), ("minutes", "90"), ("body", "Bring crème.")];
        host.submit(&form, "/meetings", &meeting).await.expect_redirect();

        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/filters").await;
        let rule = [("kind", "word"), ("pattern", "creme"), ("act", "refuse"), ("try", "yes")];
        let tried = keeper.submit(&form, "/filters", &rule).await;
        tried.says("Matches 3 of").says("1 post, 1 thread title, 1 meeting, 1 profile").says("hidden from you as");
        for (words, address) in
            [("title of thread 1", "/threads/1"), ("meeting 1", "/meetings/1"), ("profile of kestrel", "/members/kestrel")]
        {
            assert_eq!(tried.link(words), address);
        }
        tried.lacks("thread 2").lacks("/notices/1");
        crate::forum::book_order::read_to(&club, "keeper", 1, 12).await;
        let tried = keeper.submit(&form, "/filters", &rule).await;
        tried.says("Matches 5 of 7 existing texts").says("2 posts, 2 thread titles, 1 meeting, 1 profile, 1 content warning).");
        // The saved rule also applies to meetings.
        add(&keeper, "word", "creme", "refuse").await.expect_redirect();
        let form = host.get("/meetings/new").await;
        host.submit(&form, "/meetings", &meeting).await.expect(422).says("block “crème”").says("Bring crème.");
    }

    async fn a_rule_is_tested_changed_removed_and_restored(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let said = (0..120).map(|n| (format!("Word {n}, {}.", if n % 60 == 0 { "gambling" } else { "reading" }), 5));
        write(&club, "kestrel", 1, said.collect()).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/filters").await;
        form.says("No rules yet");
        crate::forum::book_order::read_to(&club, "keeper", 1, 32767).await;
        let rule = [("kind", "word"), ("pattern", "Gambl*"), ("act", "refuse"), ("try", "yes")];
        let tried = keeper.submit(&form, "/filters", &rule).await;
        tried.expect(200).says("2 of 122 existing texts (latest of each kind: 121 posts, 1 thread title).").lacks("Word 0").lacks("gambling");
        assert_eq!(tried.link("post 2"), "/posts/2");
        assert!(tried.form("/filters", &[]).contains(&("pattern".into(), "Gambl*".into())));
        keeper.get("/filters").await.says("No rules yet");

        for (field, wrong) in [("pattern", "*"), ("pattern", ""), ("note", ""), ("kind", "x"), ("act", "x")] {
            let mut fields = vec![("kind", "word"), ("pattern", "gambl*"), ("act", "refuse"), ("note", "spam")];
            fields.retain(|(name, _)| *name != field);
            fields.push((field, wrong));
            keeper.submit(&form, "/filters", &fields).await.expect(422);
        }
        add(&keeper, "word", "gambl*", "refuse").await.expect_redirect();
        add(&keeper, "word", "GAMBL*", "hold").await.expect(422).says("This rule already exists");
        reply(&kestrel, "Gambling again").await.expect(422);

        let edit = keeper.get("/filters/1/edit").await;
        let changed = [("pattern", "betting"), ("act", "refuse"), ("note", "more exact")];
        keeper.submit(&edit, "/filters/1", &changed).await.expect_redirect();
        reply(&kestrel, "Gambling again").await.expect_redirect();
        reply(&kestrel, "Betting again").await.expect(422);
        let form = keeper.get("/filters/1/remove").await;
        keeper.submit(&form, "/filters/1/remove", &[("reason", "")]).await.expect(422);
        keeper.submit(&form, "/filters/1/remove", &[("reason", "calm now")]).await.expect_redirect();
        keeper.submit(&form, "/filters/1/remove", &[("reason", "again")]).await.expect(409);
        reply(&kestrel, "Betting again").await.expect_redirect();

        // The log doesn't show the word. Removing a rule can be undone, but not a change of a rule that has changed
        // again.
        let log = kestrel.get("/log").await;
        log.says("removed a post rule: calm now").says("A moderator added a post rule").lacks("betting").lacks("gambl");
        let log = keeper.get("/log").await;
        let undos: Vec<String> =
            log.attributes("a", "href").into_iter().filter(|href| href.ends_with("/undo")).collect();
        assert_eq!(undos.len(), 3);
        let form = keeper.get(&undos[2]).await;
        keeper.submit(&form, &undos[2], &[("reason", "no")]).await.expect(409);
        let form = keeper.get(&undos[0]).await;
        keeper.submit(&form, &undos[0], &[("reason", "not so calm")]).await.expect_redirect();
        reply(&kestrel, "And betting again").await.expect(422);
        kestrel.get("/filters").await.expect(403);
    }
}
