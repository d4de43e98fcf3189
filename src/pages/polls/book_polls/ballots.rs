//! Casting and changing a ballot.

use super::ShowPage;
use crate::db::BookPollId;
use crate::domain::polls::book_polls::ballots;
use crate::error::{Error, Result};
use crate::web::forms::Form;
use crate::web::request::RequestContext;
use crate::web::{see_other_with_flash, unprocessable};
use actix_web::{HttpResponse, web};

/// Casts the member's ballot: a field `rank12` for each suggestion.
pub async fn update(
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
        Err(Error::Refused(problems)) => {
            let page = ShowPage::read(&context, id).await?;
            Ok(unprocessable(&ShowPage { ranks: Some(fields), problems, ..page }))
        }
        Err(error) => Err(error),
    }
}
