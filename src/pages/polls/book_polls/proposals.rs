//! Suggesting a book, withdrawing a suggestion, and removing or restoring one.

use super::ShowPage;
use crate::db::{BookPollId, ProposalId};
use crate::domain::core::gate::Key;
use crate::domain::core::words::Reason;
use crate::domain::polls::book_polls::Proposal;
use crate::domain::polls::book_polls::proposals::{self, NewProposal, ProposalForm};
use crate::error::{Error, Problems, Result};
use crate::web::forms::{Form, Nothing};
use crate::web::frame::Nav;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::Visit;
use crate::web::{html, see_other, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};

/// Suggests a book.
pub async fn create(visit: Visit, id: web::Path<BookPollId>, Form(form): Form<ProposalForm>) -> Result<HttpResponse> {
    let (id, limits) = (*id, visit.limits());
    let done = match NewProposal::parse(&form) {
        Ok(new) => visit.write_text(move |conn, member| proposals::create(conn, member, id, &new, limits)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(see_other_saying(&format!("/polls/books/{id}"), "Book suggested.")),
        Err(Error::Refused(problems)) => {
            let page = ShowPage::read(&visit, id).await?;
            Ok(unprocessable(&ShowPage { form, problems, ..page }))
        }
        Err(error) => Err(error),
    }
}

/// Withdraws the member's own suggestion.
pub async fn withdraw(visit: Visit, id: web::Path<ProposalId>, _: Form<Nothing>) -> Result<HttpResponse> {
    let id = *id;
    let poll = visit.write(move |conn, member| proposals::withdraw(conn, member, id)).await?;
    Ok(see_other_saying(&format!("/polls/books/{poll}"), "Suggestion withdrawn."))
}

/// Redirects to a suggestion on the page of its vote.
pub async fn find(visit: Visit, id: web::Path<ProposalId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, proposal) = visit.read(move |conn, seen| proposals::get(conn, seen.viewer.as_ref(), id)).await?;
    Ok(see_other(&path(&proposal)))
}

/// The path of a suggestion on the page of its vote.
pub fn path(proposal: &Proposal) -> String {
    format!("/polls/books/{}#{}", proposal.poll, Key::Proposal(proposal.id))
}

/// Asks for the reason for removing or restoring a suggestion.
pub async fn remove(visit: Visit, id: web::Path<ProposalId>) -> Result<HttpResponse> {
    Ok(html(&remove_page(&visit, *id, String::new(), Problems::default()).await?))
}

async fn remove_page(visit: &Visit, id: ProposalId, reason: String, problems: Problems) -> Result<ReasonPage> {
    let (frame, proposal) = visit.read(move |conn, seen| proposals::get(conn, seen.viewer.as_ref(), id)).await?;
    let remove = proposal.removed.is_none();
    let verb = if remove { "Remove book" } else { "Restore book" };
    let heading = match remove {
        true => format!("Remove {} from the vote", proposal.title),
        false => format!("Restore {} to the vote", proposal.title),
    };
    let (action, back) = (format!("/proposals/{id}/remove"), format!("/polls/books/{}", proposal.poll));
    let page = ReasonPage::new(frame.at(Nav::Books), heading, verb, action, back, remove, problems);
    let note = "Members see the reason instead of the suggestion, the member who suggested the book gets a notification, \
                and it’s logged. You can restore the book while the vote is open.";
    Ok(page.noting(note).keeping(reason))
}

/// Removes or restores a suggestion.
pub async fn set_removed(
    visit: Visit,
    id: web::Path<ProposalId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let (id, remove) = (*id, form.is_on());
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let problems = Problems::one("reason", sentence);
            return Ok(unprocessable(&remove_page(&visit, id, form.reason, problems).await?));
        }
    };
    let poll = visit.write(move |conn, member| proposals::set_removed(conn, member, id, remove, &reason)).await?;
    let said = if remove { "Book removed." } else { "Book restored." };
    Ok(see_other_saying(&format!("/polls/books/{poll}"), said))
}
