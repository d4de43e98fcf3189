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
}
