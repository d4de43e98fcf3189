//! Preset reasons in forms that ask for a reason.

use crate::forum::book_order::start;
use crate::forum::folds::add_two_books;
use crate::stories;
use chapterhouse::domain::core::members::Role;

stories! {
    async fn forms_suggest_the_preset_reasons(club: Club) {
        add_two_books(&club).await;
        let admin = club.member("founder", Role::Admin).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let offered = |page: &crate::harness::Page| page.attributes("datalist#reasons option", "value");
        let form = keeper.get("/posts/1/hide").await;
        assert_eq!(offered(&form), ["a spoiler without a fold", "copyright", "off topic", "spam", "unkind"]);
        assert_eq!(form.attributes("input#reason", "list"), ["reasons"]);

        let page = admin.get("/reasons").await;
        admin.submit(&page, "/reasons", &[("words", "Found <b>twice</b>")]).await.expect_redirect();
        admin.submit(&page, "/reasons", &[("words", "spam")]).await.expect(422).says("already exists");
        admin.submit(&page, "/reasons", &[("words", "")]).await.expect(422).says("Please give");
        let long = "x".repeat(121);
        let refused = admin.submit(&page, "/reasons/1", &[("words", &long)]).await;
        refused.expect(422).says("120 characters");
        assert!(refused.form("/reasons/1", &[]).contains(&("words".into(), long)));
        admin.submit(&page, "/reasons/1", &[("words", "advertising")]).await.expect_redirect();
        admin.submit(&page, "/reasons/5/remove", &[]).await.expect_redirect();
        admin.submit(&page, "/reasons/5/remove", &[]).await.expect(404);
        let form = keeper.get("/posts/1/hide").await;
        assert_eq!(offered(&form), ["a spoiler without a fold", "advertising", "Found <b>twice</b>", "off topic", "unkind"]);
        form.lacks("<b>twice");

        // Each change is in the log and can be undone.
        let log = admin.get("/log").await;
        log.says("founder removed the preset reason “copyright”").says("changed the preset reason “spam” to “advertising”");
        for undo in log.attributes("ol.threads a[href$=undo]", "href") {
            let form = admin.get(&undo).await;
            admin.submit(&form, &undo, &[("reason", "as it was")]).await.expect_redirect();
        }
        let form = keeper.get("/posts/1/hide").await;
        assert_eq!(offered(&form), ["a spoiler without a fold", "copyright", "off topic", "spam", "unkind"]);
        keeper.get("/reasons").await.expect(403);
    }

    async fn a_reason_that_is_too_long_comes_back_as_it_was_typed(club: Club) {
        add_two_books(&club).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let long = "off topic ".repeat(31);
        for act in ["/threads/1/lock", "/threads/1/approval", "/threads/1/pin", "/posts/1/hide"] {
            let form = keeper.get(act).await;
            let refused = keeper.submit(&form, act, &[("reason", &long)]).await;
            refused.expect(422);
            assert_eq!(refused.attributes("input#reason", "value"), [long.as_str()], "{act}");
            keeper.submit(&form, act, &[("reason", "off topic")]).await.expect_redirect();
        }
        let undo = keeper.get("/log").await.link("Undo");
        let form = keeper.get(&undo).await;
        let refused = keeper.submit(&form, &undo, &[("reason", &long)]).await;
        refused.expect(422);
        assert_eq!(refused.attributes("input#reason", "value"), [long.as_str()]);
    }
}
