//! Taking part in a vote: suggesting a book, withdrawing a suggestion, casting a ballot; and removing or restoring a
//! suggestion.

use super::ShowPage;
use crate::db::{BookPollId, SuggestionId};
use crate::domain::core::gate::Key;
use crate::domain::polls::book_polls::suggestions::{self, NewSuggestion, SuggestionForm};
use crate::domain::polls::book_polls::{Suggestion, ballots};
use crate::error::{Problems, Result};
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::Section;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other, see_other_with_flash};
use actix_web::{HttpResponse, web};

/// Suggests a book.
pub async fn create(
    context: RequestContext,
    id: web::Path<BookPollId>,
    Form(form): Form<SuggestionForm>,
) -> Result<HttpResponse> {
    let (id, limits) = (*id, context.limits());
    let done = match NewSuggestion::parse(&form) {
        Ok(new) => {
            context.write_rate_limited(move |conn, member| suggestions::create(conn, member, id, &new, limits)).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(see_other_with_flash(&format!("/polls/books/{id}"), "Book suggested.")),
        Err(error) => {
            let page = async |problems| Ok(ShowPage { form, problems, ..ShowPage::read(&context, id).await? });
            form_again(error, page).await
        }
    }
}

/// Withdraws the member's own suggestion.
pub async fn withdraw(
    context: RequestContext,
    id: web::Path<SuggestionId>,
    _: Form<EmptyForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let poll = context.write(move |conn, member| suggestions::withdraw(conn, member, id)).await?;
    Ok(see_other_with_flash(&format!("/polls/books/{poll}"), "Suggestion withdrawn."))
}

/// Redirects to a suggestion on the page of its vote.
pub async fn find(context: RequestContext, id: web::Path<SuggestionId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, suggestion) = context.read(move |conn, viewer| suggestions::get(conn, viewer.member.as_ref(), id)).await?;
    Ok(see_other(&path(&suggestion)))
}

/// The path of a suggestion on the page of its vote.
pub fn path(suggestion: &Suggestion) -> String {
    format!("/polls/books/{}#{}", suggestion.poll, Key::Suggestion(suggestion.id))
}

/// Asks for the reason for removing or restoring a suggestion.
pub async fn remove(context: RequestContext, id: web::Path<SuggestionId>) -> Result<HttpResponse> {
    Ok(html(&remove_page(&context, *id, Problems::default()).await?))
}

async fn remove_page(context: &RequestContext, id: SuggestionId, problems: Problems) -> Result<ReasonPage> {
    let (frame, suggestion) =
        context.read(move |conn, viewer| suggestions::get(conn, viewer.member.as_ref(), id)).await?;
    let remove = suggestion.removed.is_none();
    let verb = if remove { "Remove book" } else { "Restore book" };
    let heading = match remove {
        true => format!("Remove {} from the vote", suggestion.title),
        false => format!("Restore {} to the vote", suggestion.title),
    };
    let (action, back) = (format!("/proposals/{id}/remove"), format!("/polls/books/{}", suggestion.poll));
    let page = ReasonPage::new(frame.in_section(Section::Books), heading, verb, action, back, remove, problems);
    let note = "Members see the reason instead of the suggestion, the member who suggested the book gets a notification, \
                and it’s logged. You can restore the book while the vote is open.";
    Ok(page.with_note(note))
}

/// Removes or restores a suggestion.
pub async fn set_removed(
    context: RequestContext,
    id: web::Path<SuggestionId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let (id, remove) = (*id, form.is_on());
    let reason = form.parse();
    let said = if remove { "Book removed." } else { "Book restored." };
    match context.write(move |conn, member| suggestions::set_removed(conn, member, id, remove, &reason?)).await {
        Ok(poll) => Ok(see_other_with_flash(&format!("/polls/books/{poll}"), said)),
        Err(error) => form.again(error, |problems| remove_page(&context, id, problems)).await,
    }
}

/// Casts the member's ballot: a field `rank12` for each suggestion.
pub async fn update_ballot(
    context: RequestContext,
    id: web::Path<BookPollId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<HttpResponse> {
    let id = *id;
    let filled = fields.clone();
    match context.write(move |conn, member| ballots::cast(conn, member, id, &filled)).await {
        Ok(()) => {
            let said = "Your ballot is cast. Only you can see it, and you can change it until voting ends.";
            Ok(see_other_with_flash(&format!("/polls/books/{id}"), said))
        }
        Err(error) => {
            let page =
                async |problems| Ok(ShowPage { ranks: Some(fields), problems, ..ShowPage::read(&context, id).await? });
            form_again(error, page).await
        }
    }
}
