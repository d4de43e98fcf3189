//! Applications: people who ask to join wait until a moderator approves or declines them.

use crate::harness::{Club, PASSWORD, Page, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;

/// A club in which moderators approve new members.
async fn club_with_approval(club: &Club) -> (Person, Person) {
    let founder = club.member("founder", Role::Admin).await;
    let settings = founder.get("/club/edit").await;
    founder
        .submit(&settings, "/club", &[("registration", "approval")])
        .await
        .expect(422)
        .says("Please give a question");
    let filled = [("registration", "approval"), ("registration_question", "Which book brought you here?")];
    founder.submit(&settings, "/club", &filled).await.expect_redirect();
    founder.get("/log").await.says("Who can join: Anyone → People approved by a moderator");
    (founder, club.member("keeper", Role::Moderator).await)
}

async fn ask(person: &Person, handle: &str, answer: &str) -> Page {
    let form = person.get("/join").await;
    let email = format!("{handle}@club.example");
    let fields = [("handle", handle), ("email", &email), ("password", PASSWORD), ("answer", answer)];
    person.submit(&form, "/join", &fields).await
}

async fn decline(by: &Person, handle: &str) -> Page {
    let path = format!("/members/{handle}/decline");
    let form = by.get(&path).await;
    by.submit(&form, &path, &[("reason", "no answer to speak of")]).await
}

stories! {
    async fn an_applicant_waits_and_is_approved(club: Club) {
        let (_, keeper) = club_with_approval(&club).await;
        let visitor = club.visitor();
        visitor.get("/join").await.says("Which book brought you here?").says("Ask to join");
        ask(&visitor, "kestrel", " ").await.expect(422).says("Please answer the question");
        ask(&visitor, "kestrel", "The ||end||").await.expect(422).says("remove the bars");
        let page = ask(&visitor, "kestrel", &"long ".repeat(300)).await;
        page.expect(422).says("Please keep this to 1,000");
        assert!(page.form("/join", &[]).iter().any(|(name, value)| name == "answer" && value.starts_with("long long")));
        let to = ask(&visitor, "kestrel", "The Salt Road,\n<b>by</b> the sea").await.expect_redirect();
        visitor.get(&to).await.says("Thanks, kestrel. A moderator will review");
        assert!(!visitor.cookies.borrow().contains_key("session"));
        ask(&club.visitor(), "Kestrel", "Me too").await.expect(422).says("This name is taken");

        visitor.get("/members/kestrel").await.expect(404);
        visitor.sign_in("kestrel", PASSWORD).await.expect(422).says("waiting for a moderator’s approval");
        visitor.sign_in("kestrel", "nine black rooks").await.expect(422).says("Wrong name or password").lacks("approval");

        keeper.get("/").await.says("1 join request");
        club.member("owl", Role::Member).await.get("/").await.lacks("join request");
        let waiting = keeper.get("/members?show=waiting").await;
        waiting.says("kestrel").says("The Salt Road,<b>by</b> the sea").lacks("<b>by");
        keeper.get("/members").await.lacks("kestrel");
        let to = keeper.submit(&waiting, "/members/kestrel/admit", &[]).await.expect_redirect();
        keeper.get(&to).await.says("kestrel is now a member").says("No join requests");
        keeper.submit(&waiting, "/members/kestrel/admit", &[]).await.expect(409);
        keeper.get("/log").await.says("keeper approved ");
        visitor.sign_in("kestrel", PASSWORD).await.expect_redirect();
        visitor.get("/notifications").await.says("A moderator approved your request to join");
        keeper.get("/members/kestrel/record").await.says("approved by keeper").says("The Salt Road");
        visitor.get("/members/kestrel").await.expect(200).lacks("Salt Road");
    }

    async fn a_declined_applicant_sees_why_and_can_be_approved_later(club: Club) {
        let (_, keeper) = club_with_approval(&club).await;
        let visitor = club.visitor();
        ask(&visitor, "kestrel", "None").await.expect_redirect();
        let form = keeper.get("/members/kestrel/decline").await;
        keeper.submit(&form, "/members/kestrel/decline", &[("reason", "")]).await.expect(422);
        decline(&keeper, "kestrel").await.expect_redirect();
        decline(&keeper, "kestrel").await.expect(409);
        visitor.sign_in("kestrel", PASSWORD).await.expect(422).says("declined your request to join: no answer to speak of");
        visitor.sign_in("kestrel", "nine black rooks").await.expect(422).lacks("declined");
        ask(&club.visitor(), "kestrel", "Again").await.expect(422).says("This name is taken");
        keeper.undo_latest().await.expect_redirect();
        visitor.sign_in("kestrel", PASSWORD).await.expect(422).says("waiting for a moderator’s approval");
        keeper.undo_latest().await.expect_redirect();
        let declined = keeper.get("/members?show=declined").await;
        declined.says("no answer to speak of").lacks("Decline kestrel");
        keeper.submit(&declined, "/members/kestrel/admit", &[]).await.expect_redirect();
        visitor.sign_in("kestrel", PASSWORD).await.expect_redirect();
        // Undoing an approval ends the member's session. It is refused once they have posted.
        keeper.undo_latest().await.expect_redirect();
        assert!(visitor.fetch("/settings").await.expect_redirect().starts_with("/sign-in"));
        keeper.undo_latest().await.expect_redirect();
        visitor.sign_in("kestrel", PASSWORD).await.expect_redirect();
        let form = visitor.get("/threads/new?book=0").await;
        visitor.submit(&form, "/threads", &[("title", "Hello"), ("body", "Here I am.")]).await.expect_redirect();
        keeper.undo_latest().await.expect(409).says("This has changed since");
    }

    async fn an_answer_is_asked_for_where_a_moderator_looks_and_nowhere_else(club: Club) {
        let visitor = club.visitor();
        let form = visitor.get("/join").await;
        form.lacks("name=\"answer\"");
        // The club starts to ask after the form was opened.
        club_with_approval(&club).await;
        let fields = [("handle", "kestrel"), ("email", "k@club.example"), ("password", PASSWORD)];
        visitor.submit(&form, "/join", &fields).await.expect(422).says("Which book brought you here?");
    }
}
