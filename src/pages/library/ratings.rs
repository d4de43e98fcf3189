//! Rating a book.

use crate::db::BookId;
use crate::domain::library::books;
use crate::domain::library::ratings::{self, Rating};
use crate::error::{Error, Result};
use crate::web::forms::Form;
use crate::web::request::RequestContext;
use crate::web::see_other_with_flash;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// Half stars; 0 or empty removes the rating.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RatingForm {
    rating: String,
}

/// Sets, changes or removes a rating.
pub async fn update(
    context: RequestContext,
    book: web::Path<BookId>,
    Form(form): Form<RatingForm>,
) -> Result<HttpResponse> {
    let id = *book;
    let rating = match form.rating.as_str() {
        "" | "0" => None,
        text => Some(
            text.parse()
                .ok()
                .and_then(Rating::new)
                .ok_or(Error::BadRequest("Please choose a rating from the list."))?,
        ),
    };
    let book = context
        .write(move |conn, member| {
            ratings::set(conn, member.id, id, rating)?;
            books::get(conn, id)
        })
        .await?;
    let said = match rating {
        Some(rating) => format!("You rated this book {} / 5.", rating),
        None => "Rating removed.".to_owned(),
    };
    Ok(see_other_with_flash(&format!("/books/{}/{}", book.id, book.slug()), &said))
}
