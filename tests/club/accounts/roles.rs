//! Roles: admins change them, and a club always has an admin.

use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::db::MemberId;
use chapterhouse::domain::core::members::{self, Role};

async fn change_role(admin: &Person, handle: &str, role: &str) -> Page {
    let path = format!("/members/{handle}/role");
    let form = admin.get(&path).await;
    admin.submit(&form, &path, &[("role", role), ("reason", "as agreed")]).await
}

async fn roles(club: &Club) -> Vec<(String, Role)> {
    let everybody = club.write(|conn| members::list(conn, MemberId(0))).await;
    let mut roles: Vec<_> = everybody.into_iter().map(|(member, _)| (member.handle, member.role)).collect();
    roles.sort_by(|(one, _), (other, _)| one.cmp(other));
    roles
}

stories! {
    async fn an_admin_gives_a_role_and_it_can_be_undone(club: Club) {
        let founder = club.member("founder", Role::Admin).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        kestrel.get("/reports").await.expect(403);
        let form = founder.get("/members/kestrel/role").await;
        founder.submit(&form, "/members/kestrel/role", &[("role", "emperor"), ("reason", "")]).await.expect(422).says("choose a role").says("give a reason");
        change_role(&founder, "kestrel", "member").await.expect(422).says("They already have this role").says("Change kestrel’s role");
        change_role(&founder, "kestrel", "moderator").await.expect_redirect();
        kestrel.get("/reports").await.expect(200);
        kestrel.get("/notifications").await.says("You’re now a moderator");
        kestrel.get("/log").await.says("founder changed kestrel’s role: as agreed").says("Role: member → moderator");
        club.member("owl", Role::Member).await.get("/log").await.says("An admin changed a member’s role").lacks("founder");

        // Moderators see the Undo link, but only an admin can undo it.
        let undo = founder.get("/log").await.link("Undo");
        kestrel.get(&undo).await.expect(403).says("Only admins can do this");
        let form = founder.get(&undo).await;
        founder.submit(&form, &undo, &[("reason", "a slip")]).await.expect_redirect();
        kestrel.get("/reports").await.expect(403);
        // Undoing the undo is refused once the role has changed again.
        change_role(&founder, "kestrel", "host").await.expect_redirect();
        let log = founder.get("/log").await;
        let line = log.attributes("main li[id]", "id").into_iter().nth(1).unwrap();
        let again = format!("/log/{}/undo", line.trim_start_matches('a'));
        assert!(!log.attributes("li a", "href").contains(&again), "{again} is offered");
        founder.get(&again).await.expect(409);
        founder.post(&again, &form.form(&undo, &[("reason", "after all")])).await.expect(409);
        assert_eq!(roles(&club).await.iter().find(|(name, _)| name == "kestrel").unwrap().1, Role::Host);
    }

    async fn the_last_admin_stays(club: Club) {
        let founder = club.member("founder", Role::Admin).await;
        change_role(&founder, "founder", "member").await.expect(422).says("This is the club’s last admin");
        club.account("kestrel", Role::Member).await;
        change_role(&founder, "kestrel", "admin").await.expect_redirect();
        change_role(&founder, "founder", "member").await.expect_redirect();
        founder.get("/members/kestrel/role").await.expect(403);
        // Refused changes are not in the log.
        let kestrel = club.member("owl", Role::Moderator).await;
        assert_eq!(kestrel.get("/log").await.texts("ol.threads > li").len(), 2);
    }

    async fn of_two_admins_who_demote_each_other_one_stays(club: Club) {
        for round in 0..4 {
            let names = [format!("heron{round}"), format!("owl{round}")];
            let mut running = Vec::new();
            let mut admins = Vec::new();
            for name in &names {
                admins.push(club.member(name, Role::Admin).await);
            }
            for (admin, other) in admins.into_iter().zip([names[1].clone(), names[0].clone()]) {
                let path = format!("/members/{other}/role");
                let fields = admin.get(&path).await.form(&path, &[("role", "member"), ("reason", "a quarrel")]);
                running.push(async move { admin.post(&path, &fields).await.status.as_u16() });
            }
            let running: Vec<_> = running.into_iter().map(actix_web::rt::spawn).collect();
            let mut answers = Vec::new();
            for one in running {
                answers.push(one.await.unwrap());
            }
            answers.sort_unstable();
            assert!(answers == [303, 403] || answers == [303, 422], "{answers:?}");
            let left: Vec<_> = roles(&club).await.into_iter().filter(|(_, role)| *role == Role::Admin).collect();
            assert_eq!(left.len(), 1, "{left:?}");
            // The next two start as the only admins.
            let gone = left[0].0.clone();
            club.write(move |conn| {
                use chapterhouse::db::schema::members::dsl;
                use diesel::prelude::*;
                diesel::update(dsl::members.filter(dsl::handle.eq(gone))).set(dsl::role.eq(Role::Member)).execute(conn)?;
                Ok(())
            })
            .await;
        }
    }
}
