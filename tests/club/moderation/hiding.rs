//! Hidden texts are gone from every page for everybody but moderators, and restoring them brings back the same pages.

use crate::moderation::report_cases::full;
use crate::stories;
use chapterhouse::domain::core::members::Role;

/// For each kind of text: the page to hide it, a page that shows it, and its words.
const TEXTS: [(&str, &str, &str); 6] = [
    ("/passages/1/hide", "/books/1/the-salt-road", "Salt tells all"),
    ("/notices/1/hide", "/books/1/the-salt-road", "A finger is lost"),
    ("/meetings/1/hide", "/meetings/1/first-half", "We drink the brine"),
    ("/members/jay/hide", "/members/jay", "I sell boots"),
    ("/questions/1/hide", "/meetings/1/first-half", "Who owns the ferry?"),
    ("/proposals/1/hide", "/polls/books/1", "Boots and Shoes"),
];

stories! {
    async fn hidden_texts_are_gone_and_restoring_brings_back_the_same_bytes(club: Club) {
        full(&club).await;
        // Only admins can hide an admin's text.
        let keeper = club.member("boss", Role::Admin).await;
        let moderator = club.member("keeper", Role::Moderator).await;
        let owl = club.member("owl", Role::Member).await;
        let visitor = club.visitor();
        for (act, page, words) in TEXTS {
            // Polls are for members.
            let visitor = if page.starts_with("/polls") { &owl } else { &visitor };
            let before = visitor.get(page).await.body;
            visitor.get(page).await.says(words);
            let form = keeper.get(page).await;
            assert!(form.attributes("a", "href").contains(&act.to_owned()), "{page} has no link to {act}");
            let form = keeper.get(act).await;
            keeper.submit(&form, act, &[("reason", "")]).await.expect(422);
            keeper.submit(&form, act, &[("reason", "not here")]).await.expect_redirect();
            keeper.submit(&form, act, &[("reason", "again")]).await.expect(409);
            let said = if page.starts_with("/polls") { "hidden by a moderator: not here" } else { "Hidden by a moderator: not here" };
            for person in [visitor, &owl] {
                person.get(page).await.lacks(words).says(said);
            }
            keeper.get(page).await.says(words).says(said);
            moderator.get(page).await.says(words).says(said);
            owl.get("/log").await.says("not here").lacks("boss").lacks(words);
            let undo = keeper.get("/log").await.link("Undo");
            let form = keeper.get(&undo).await;
            keeper.submit(&form, &undo, &[("reason", "a slip")]).await.expect_redirect();
            assert_eq!(visitor.get(page).await.body, before);
        }
        moderator.get("/notices/1/hide").await.expect(403);
        moderator.get("/meetings/1/hide").await.expect(403);
    }

    async fn authors_are_notified_and_cannot_restore_a_hidden_text(club: Club) {
        full(&club).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/members/jay/hide").await;
        let jay = club.visitor();
        let sign_in = jay.get("/sign-in").await;
        let fields = [("handle", "jay"), ("password", crate::harness::PASSWORD)];
        jay.submit(&sign_in, "/sign-in", &fields).await.expect_redirect();
        let old = jay.get("/settings").await;
        keeper.submit(&form, "/members/jay/hide", &[("reason", "an advertisement")]).await.expect_redirect();
        jay.get("/notifications").await.says("Your profile was hidden: an advertisement");
        jay.get("/settings").await.says("Hidden by a moderator: an advertisement").lacks("I sell boots");
        jay.submit(&old, "/settings", &[("about", "Boots, cheap.")]).await.expect_redirect();
        for person in [&jay, &club.visitor()] {
            person.get("/members/jay").await.lacks("boots").lacks("Boots").says("Hidden by a moderator: an advertisement");
        }
        let form = keeper.get("/members/jay/hide").await;
        form.says("Restore the profile of jay");
        keeper.submit(&form, "/members/jay/hide", &[("reason", "a slip")]).await.expect_redirect();
        jay.get("/members/jay").await.says("I sell boots");

        // A host who edits the meeting doesn't restore its description either.
        let boss = club.member("boss", Role::Admin).await;
        let host = club.member("host2", Role::Host).await;
        let old = host.get("/meetings/1/edit").await;
        old.says("We drink the brine");
        let form = boss.get("/meetings/1/hide").await;
        boss.submit(&form, "/meetings/1/hide", &[("reason", "not here")]).await.expect_redirect();
        host.submit(&old, "/meetings/1", &[("body", "Brine for all.")]).await.expect(403);
        let form = host.get("/meetings/1/edit").await;
        form.lacks("brine").says("Hidden by a moderator: not here");
        host.submit(&form, "/meetings/1", &[("title", "The first half")]).await.expect_redirect();
        club.visitor().get("/meetings/1").await.says("The first half").lacks("brine");
        let form = boss.get("/meetings/1/hide").await;
        boss.submit(&form, "/meetings/1/hide", &[("reason", "a slip")]).await.expect_redirect();
        club.visitor().get("/meetings/1").await.says("We drink the brine");
    }

    async fn members_cannot_hide_texts(club: Club) {
        full(&club).await;
        let owl = club.member("owl", Role::Member).await;
        let token = owl.get("/settings").await.attributes("input[name=token]", "value").remove(0);
        let fields = [("token", token.as_str()), ("reason", "because"), ("on", "yes")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        for (act, page, words) in TEXTS {
            owl.post(act, &fields).await.expect(403);
            owl.get(act).await.expect(403);
            owl.get(page).await.says(words);
        }
    }

    async fn hidden_agenda_items_and_suggestions_cannot_be_voted_for(club: Club) {
        full(&club).await;
        let boss = club.member("boss", Role::Admin).await;
        let owl = club.member("owl", Role::Member).await;
        let seen = owl.get("/meetings/1/first-half").await;
        for (path, kind) in [("/questions/1/report", "spam"), ("/proposals/1/report", "unkind")] {
            let form = owl.get(path).await;
            owl.submit(&form, path, &[("kind", kind), ("reach", "32767")]).await.expect_redirect();
        }
        let queue = boss.get("/reports").await;
        queue.says("An agenda question").says("A book suggested by jay").says("Who owns the ferry?");
        queue.says("Boots and Shoes, A. Cobbler: Cheap at mine.").lacks("by owl");
        for case in ["/reports/1", "/reports/2"] {
            let page = boss.get(case).await;
            let verdict = format!("{case}/verdict");
            boss.submit(&page, &verdict, &[("verdict", "hide"), ("reason", "an advertisement")]).await.expect_redirect();
        }
        let told = owl.get("/notifications").await;
        told.says("You reported an agenda item. It’s hidden now").says("You reported a book suggestion. It’s hidden now");
        owl.get("/meetings/1/agenda").await.lacks("ferry").says("The agenda is empty");
        boss.get("/meetings/1/agenda").await.lacks("Who owns the ferry?");
        owl.submit(&seen, "/questions/1/wish", &[("want", "yes")]).await.expect(409).says("This question is hidden");
        let host = club.member("host2", Role::Host).await;
        host.get("/meetings/1/agenda/edit").await.lacks("ferry").says("Hidden by a moderator: an advertisement");
        host.get("/questions/1/edit").await.expect(403).lacks("ferry");
        owl.get("/polls/books/1").await.lacks("Boots").lacks("Cobbler").lacks("Cheap").says("No suggestions yet");
        owl.get("/polls").await.says("0 suggested").lacks("Boots");
        // A hidden book can't be suggested again.
        let form = owl.get("/polls/books/1").await;
        let again = [("title", "Boots and shoes"), ("authors", "A. Cobbler")];
        owl.submit(&form, "/polls/books/1/proposals", &again).await.expect(422).says("A moderator has hidden this suggestion").lacks("by jay");
        for path in ["/questions/1", "/proposals/1"] {
            owl.get(path).await.expect(200).says("idden by a moderator: an advertisement");
        }
        owl.get("/log").await.says("reports about an agenda item and hid it: an advertisement").says("reports about a book suggestion and hid it").lacks("Boots");
    }
}
