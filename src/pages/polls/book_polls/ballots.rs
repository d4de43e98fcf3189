//! Casting and changing a ballot.

use super::ShowPage;
use crate::db::BookPollId;
use crate::domain::polls::book_polls::ballots;
use crate::error::Result;
use crate::web::forms::Form;
use crate::web::request::RequestContext;
use crate::web::{form_again, see_other_with_flash};
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
        Err(error) => {
            let page =
                async |problems| Ok(ShowPage { ranks: Some(fields), problems, ..ShowPage::read(&context, id).await? });
            form_again(error, page).await
        }
    }
}
