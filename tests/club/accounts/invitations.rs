//! Invite links: each lets a number of people join until a date.

use crate::harness::{Club, PASSWORD, Page, Person};
use crate::stories;
use chapterhouse::db::Moment;
use chapterhouse::db::schema::{club as the_club, invitations};
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::core::registration::Registration;
use chrono::TimeDelta;
use diesel::prelude::*;

async fn joining(club: &Club, way: Registration) {
    club.write(move |conn| {
        diesel::update(the_club::table).set(the_club::registration.eq(way)).execute(conn)?;
        Ok(())
    })
    .await;
}

/// Creates an invite link and returns its path.
async fn invite(by: &Person, most: &str) -> String {
    let form = by.get("/invitations").await;
    let made =
        by.submit(&form, "/invitations", &[("most", most), ("day", "2199-05-01"), ("note", "the library")]).await;
    made.expect(200);
    assert_eq!(made.headers.get("cache-control").unwrap(), "no-store");
    made.texts("code")[0].strip_prefix("http://localhost").unwrap().to_owned()
}

async fn join(link: &str, person: &Person, handle: &str) -> Page {
    let form = person.get(link).await;
    if form.status != 200 {
        return form;
    }
    let email = format!("{handle}@club.example");
    person.submit(&form, link, &[("handle", handle), ("email", &email), ("password", PASSWORD)]).await
}

stories! {
    async fn links_of_a_demoted_or_suspended_moderator_are_revoked_unless_kept(club: Club) {
        joining(&club, Registration::Invitation).await;
        let moe = club.member("moe", Role::Moderator).await;
        let founder = club.member("founder", Role::Admin).await;
        let (first, second) = (invite(&moe, "5").await, invite(&moe, "1").await);
        let change = async |role, keep| {
            let form = founder.get("/members/moe/role").await;
            let reason = ("reason", "we agreed on it");
            let filled = [("role", role), reason, ("keep_invitations", keep)];
            form.says("2 invite links of theirs still let in 6 more people");
            founder.submit(&form, "/members/moe/role", &filled[..if keep.is_empty() { 2 } else { 3 }]).await
        };
        change("admin", "").await.expect_redirect();
        change("member", "yes").await.expect_redirect();
        club.visitor().get(&first).await.says("You’re invited");
        // A suspension says what they have handed out, and revokes it.
        let form = founder.get("/members/moe/sanctions/new?kind=suspension").await;
        form.says("2 invite links of theirs still let in 6 more people");
        founder.get("/members/moe/sanctions/new?kind=silence").await.lacks("invite link");
        let filled = [("length", "none"), ("reason", "spam")];
        founder.submit(&form, "/members/moe/sanctions", &filled).await.expect_redirect();
        for link in [&first, &second] {
            club.visitor().get(link).await.expect(404).lacks("You’re invited");
        }
        let log = founder.get("/log").await;
        log.says("founder revoked an invite link").says("spam");
        // Each can be restored.
        let undo = log.link("Undo");
        let form = founder.get(&undo).await;
        founder.submit(&form, &undo, &[("reason", "this one was for the library")]).await.expect_redirect();
        let open = [&first, &second].map(async |link| club.visitor().get(link).await.status);
        let [first, second] = open;
        assert_eq!([first.await, second.await].iter().filter(|status| **status == 200).count(), 1);
    }

    async fn an_invite_link_works_for_its_number_of_uses(club: Club) {
        joining(&club, Registration::Invitation).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let visitor = club.visitor();
        visitor.get("/").await.lacks("href=\"/join\"");
        visitor.get("/join").await.says("You need an invite link").lacks("<form");
        let link = invite(&keeper, "2").await;
        let token = link.strip_prefix("/join/").unwrap();
        assert_eq!(token.len(), 43, "256 bits");
        let kept: String = club.write(|conn| Ok(invitations::table.select(invitations::token_hash).first(conn)?)).await;
        assert_ne!(kept, token);
        keeper.get("/invitations").await.says("the library").says("through 1 May 2199").says("0 of 2 used").lacks(token);
        keeper.get("/log").await.says("keeper created an invite link for 2 to join").lacks(token);

        visitor.get(&link).await.expect(200).says("You’re invited");
        join(&link, &visitor, "keeper").await.expect(422).says("This name is taken");
        assert_eq!(join(&link, &visitor, "kestrel").await.expect_redirect(), "/");
        visitor.get("/settings").await.expect(200).link("kestrel");
        assert_eq!(visitor.fetch(&link).await.expect_redirect(), "/");
        keeper.get("/members/kestrel/record").await.says("invited by keeper");
        keeper.get("/invitations").await.says("1 of 2 used");
        join(&link, &club.visitor(), "owl").await.expect_redirect();
        join(&link, &club.visitor(), "late").await.expect(404).says("ask for a new invite link");
        keeper.get("/invitations").await.says("2 of 2 used").says("used up");
        visitor.get("/members/late").await.expect(404);
        visitor.get("/join/none").await.expect(404);
        visitor.get("/invitations").await.expect(403);
    }

    async fn of_two_for_the_last_use_of_a_link_one_gets_it(club: Club) {
        let keeper = club.member("keeper", Role::Moderator).await;
        let link = invite(&keeper, "1").await;
        let mut waiting = Vec::new();
        for handle in ["kestrel", "owl", "heron"] {
            let (visitor, link) = (club.visitor(), link.clone());
            let form = visitor.get(&link).await;
            let email = format!("{handle}@club.example");
            let fields = form.form(&link, &[("handle", handle), ("email", &email), ("password", PASSWORD)]);
            waiting.push(async move { visitor.post(&link, &fields).await.status.as_u16() });
        }
        let running: Vec<_> = waiting.into_iter().map(actix_web::rt::spawn).collect();
        let mut answers = Vec::new();
        for one in running {
            answers.push(one.await.unwrap());
        }
        answers.sort_unstable();
        assert_eq!(answers, [303, 404, 404]);
        keeper.get("/invitations").await.says("1 of 1 used");
    }

    async fn it_ends_on_its_day_or_when_it_is_revoked_or_the_club_closes(club: Club) {
        let keeper = club.member("keeper", Role::Moderator).await;
        let link = invite(&keeper, "5").await;
        joining(&club, Registration::Approval).await;
        join(&link, &club.visitor(), "kestrel").await.expect_redirect();
        joining(&club, Registration::Closed).await;
        join(&link, &club.visitor(), "owl").await.expect(403).says("isn’t taking new members");
        joining(&club, Registration::Open).await;

        let form = keeper.get("/invitations/1/revoke").await;
        form.says("Revoke the invite link “the library”");
        keeper.submit(&form, "/invitations/1/revoke", &[("reason", "")]).await.expect(422);
        keeper.submit(&form, "/invitations/1/revoke", &[("reason", "it leaked")]).await.expect_redirect();
        keeper.submit(&form, "/invitations/1/revoke", &[("reason", "it leaked")]).await.expect(409);
        keeper.get("/log").await.says("keeper revoked an invite link: it leaked");
        join(&link, &club.visitor(), "owl").await.expect(404);
        let undo = keeper.get("/log").await.link("Undo");
        let form = keeper.get(&undo).await;
        keeper.submit(&form, &undo, &[("reason", "it did not")]).await.expect_redirect();
        join(&link, &club.visitor(), "owl").await.expect_redirect();
        club.write(|conn| {
            let past = Moment::now().before(TimeDelta::seconds(1));
            diesel::update(invitations::table).set(invitations::expires_at.eq(past)).execute(conn)?;
            Ok(())
        })
        .await;
        join(&link, &club.visitor(), "heron").await.expect(404);
        keeper.get("/invitations").await.says("expired");
    }

    async fn what_is_filled_in_wrongly_makes_none(club: Club) {
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/invitations").await;
        for (most, day) in [("0", "2199-05-01"), ("1001", "2199-05-01"), ("many", "2199-05-01"), ("5", "2020-01-01"), ("5", "")] {
            let page = keeper.submit(&form, "/invitations", &[("most", most), ("day", day), ("note", "the library")]).await;
            page.expect(422).says("Please fix the problem below");
            assert!(page.form("/invitations", &[]).contains(&("note".into(), "the library".into())));
        }
        keeper.get("/invitations").await.says("No invite links yet");
    }

    async fn who_joins_by_one_counts_against_the_limit_of_their_address(club: Club) {
        let club = club.with_settings(|settings| settings.limits.join = 1).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let link = invite(&keeper, "5").await;
        join(&link, &club.visitor(), "kestrel").await.expect_redirect();
        join(&link, &club.visitor(), "owl").await.expect(429);
        keeper.get("/invitations").await.says("1 of 5 used");
    }
}
