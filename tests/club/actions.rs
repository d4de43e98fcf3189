//! What those in charge do is written down for good, told to whom it concerns, and can be undone.

use crate::folds::shelve_two;
use crate::order::start;
use crate::stories;
use chapterhouse::domain::members::Role;
use diesel::RunQueryDsl;
use diesel::sql_query;

stories! {
    async fn what_is_done_is_told_and_undone_once(club: Club) {
        shelve_two(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let before = club.visitor().get(&thread).await.body;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/posts/1/hide").await;
        keeper.submit(&form, "/posts/1/hide", &[("reason", "off topic")]).await.expect_redirect();
        kestrel.get("/").await.says("1 new");
        kestrel.get("/notifications").await.says("Your post: a moderator hid it: off topic").lacks("keeper");
        let page = kestrel.get("/notifications").await;
        kestrel.submit(&page, "/notifications/seen", &[]).await.expect_redirect();
        kestrel.get("/").await.lacks("1 new");
        kestrel.get("/log").await.lacks("/undo");

        let other = club.member("other", Role::Moderator).await;
        let log = other.get("/log").await;
        let undo = log.link("Undo");
        let form = other.get(&undo).await;
        other.submit(&form, &undo, &[("reason", "")]).await.expect(422);
        other.submit(&form, &undo, &[("reason", "it belongs here")]).await.expect_redirect();
        assert_eq!(club.visitor().get(&thread).await.body, before);
        other.submit(&form, &undo, &[("reason", "again")]).await.expect(409);
        keeper.get("/log").await.says("other restored a post: it belongs here").says("undid an earlier action");
        kestrel.get("/notifications").await.says("a moderator restored it");
        kestrel.submit(&form, &undo, &[("reason", "again")]).await.expect(403);
    }

    async fn nobody_removes_a_line_of_the_log(club: Club) {
        shelve_two(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/posts/1/hide").await;
        keeper.submit(&form, "/posts/1/hide", &[("reason", "off topic")]).await.expect_redirect();
        for attempt in [
            "DELETE FROM actions",
            "UPDATE actions SET reason = ''",
            "INSERT OR REPLACE INTO actions (id, acted_at, actor_id, kind, subject, subject_id, reason, before, after) \
             SELECT id, acted_at, actor_id, 'nothing', subject, subject_id, '', '', '' FROM actions",
            "TRUNCATE actions CASCADE",
            "DELETE FROM members WHERE handle = 'keeper'",
        ] {
            let done = club.app.db.write(move |conn| Ok(sql_query(attempt).execute(conn)?)).await;
            assert!(done.is_err(), "{attempt}");
        }
        keeper.get("/log").await.says("keeper hid a post: off topic");
    }

    async fn what_fails_leaves_no_line(club: Club) {
        shelve_two(&club).await;
        let admin = club.member("admin", Role::Admin).await;
        start(&admin, 1, "Stones").await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Reeds").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/posts/2/hide").await;
        let lines = keeper.get("/log").await.texts("main li").len();
        for (path, reason, status) in [
            ("/posts/1/hide", "unkind", 403),
            ("/posts/2/hide", "  ", 422),
            ("/posts/2/restore", "a slip", 409),
            ("/posts/99/hide", "spam", 404),
            ("/threads/1/lock", "hot", 403),
            ("/threads/2/lock", "", 422),
            ("/log/99/undo", "a slip", 404),
        ] {
            let mut fields = form.form("/posts/2/hide", &[("reason", reason)]);
            if fields.iter().all(|(name, _)| name != "on") {
                fields.push(("on".to_owned(), "yes".to_owned()));
            }
            keeper.post(path, &fields).await.expect(status);
        }
        assert_eq!(keeper.get("/log").await.texts("main li").len(), lines);
    }

    async fn of_two_who_undo_it_at_once_one_does(club: Club) {
        shelve_two(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let other = club.member("other", Role::Moderator).await;
        let form = keeper.get("/threads/1/lock").await;
        keeper.submit(&form, "/threads/1/lock", &[("reason", "hot")]).await.expect_redirect();
        let undo = keeper.get("/log").await.link("Undo");
        let (one, two) = (keeper.get(&undo).await, other.get(&undo).await);
        let both = futures_util::future::join(
            keeper.submit(&one, &undo, &[("reason", "cooler")]),
            other.submit(&two, &undo, &[("reason", "cooler")]),
        );
        let both = both.await;
        let mut answers = [both.0.status.as_u16(), both.1.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [303, 409]);
        club.visitor().get(&thread).await.lacks("Locked");
        assert_eq!(keeper.get("/log").await.texts("main li").iter().filter(|line| line.contains("unlocked")).count(), 1);
    }
}
