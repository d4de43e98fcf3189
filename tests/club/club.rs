//! The club's own settings: its name, and what visitors may do.

use crate::stories;
use crate::threads::shelve;
use chapterhouse::domain::members::Role;

stories! {
    async fn a_closed_club_is_read_by_members_alone(club: Club) {
        shelve(&club).await;
        let admin = club.member("founder", Role::Admin).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let fields = [("title", "Stones"), ("body", "Who counts them?"), ("reach", "0")];
        let thread = kestrel.submit(&form, "/threads", &fields).await.expect_redirect();
        let visitor = club.visitor();
        visitor.get(&thread).await.says("Who counts them?");

        let settings = admin.get("/club/edit").await;
        let fields: Vec<_> = settings.form("/club", &[]).into_iter().filter(|(name, _)| name != "visitors_read").collect();
        admin.post("/club", &fields).await.expect_redirect();
        for path in ["/", &thread, "/books", "/books/1/the-salt-road", "/meetings", "/members/kestrel", "/posts/1", "/log"] {
            let answer = visitor.fetch(path).await;
            answer.expect(303).lacks("Who counts").lacks("Salt Road");
            assert!(answer.location().unwrap().starts_with("/sign-in"), "{path}");
        }
        for (path, status) in [("/sign-in", 200), ("/join", 200), ("/nowhere", 404)] {
            let door = visitor.get(path).await;
            door.expect(status).says("This club is for its members").link("Sign in");
            for offered in ["/threads", "/books", "/meetings"] {
                door.lacks(&format!("href=\"{offered}\""));
            }
        }
        kestrel.get("/settings").await.lacks("for its members").link("Discussions");
        kestrel.get(&thread).await.says("Who counts them?");
        admin.get("/log").await.says("members only");
    }

    async fn only_admins_set_the_club_up(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let settings = admin.get("/club/edit").await;
        let wrong = [("name", ""), ("zone", "Mars/Olympus")];
        let answer = admin.submit(&settings, "/club", &wrong).await;
        answer.expect(422).says("Please give the club’s name").says("not a time zone");
        let fields = [("name", "Tuesday <b>Readers</b>"), ("zone", "America/New_York")];
        admin.submit(&settings, "/club", &fields).await.expect_redirect();
        club.visitor().get("/").await.says("Tuesday <b>Readers</b>").says("New York").lacks("<b>Readers");
        let host = club.member("host", Role::Host).await;
        host.get("/club/edit").await.expect(403);
        host.post("/club", &host.get("/settings").await.form("/settings", &[])).await.expect(403);
    }
}
