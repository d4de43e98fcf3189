//! What the command line does to members is in the log and can be undone.

use crate::stories;
use chapterhouse::domain::accounts::commands;
use chapterhouse::domain::core::members::Role;

stories! {
    async fn command_line_changes_are_logged_and_can_be_undone(club: Club) {
        let founder = club.member("founder", Role::Admin).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        club.account("owl", Role::Member).await;
        club.write(|conn| commands::change_role(conn, "kestrel", Role::Moderator)).await;
        club.write(|conn| commands::change_role(conn, "kestrel", Role::Moderator)).await;
        club.write(|conn| commands::reset_password(conn, "owl", "no hash at all")).await;
        let log = founder.get("/log").await;
        assert_eq!(log.texts("ol.threads > li").len(), 2, "what changes nothing is no action");
        log.says("kestrel’s role was changed from the command line").says("Role: member → moderator").says("concerning kestrel");
        log.says("owl’s password was reset from the command line").says("concerning owl").lacks("no hash at all");
        founder.get("/log?member=owl").await.says("password was reset").lacks("kestrel");
        let table = founder.fetch("/log.csv").await;
        assert!(table.body.contains(",,command_line,role_changed,member,"), "{}", table.body);
        kestrel.get("/notifications").await.says("You’re now a moderator");
        // A moderator can't undo it, an admin can.
        let undo = founder.get("/log").await.link("Undo");
        kestrel.get(&undo).await.expect(403).says("Only admins can do this");
        founder.submit(&founder.get(&undo).await, &undo, &[("reason", "a slip")]).await.expect_redirect();
        kestrel.get("/reports").await.expect(403);
    }
}
