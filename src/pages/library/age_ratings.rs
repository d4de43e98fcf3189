//! Voting for a book's age rating.

use crate::db::BookId;
use crate::domain::library::{age_ratings, books};
use crate::error::{Error, Result};
use crate::pages::library::books::path;
use crate::web::forms::Form;
use crate::web::request::RequestContext;
use crate::web::see_other_with_flash;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// An age in years; empty withdraws the vote.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AgeRatingForm {
    years: String,
}

/// Sets, changes or withdraws a vote.
pub async fn update(
    context: RequestContext,
    book: web::Path<BookId>,
    Form(form): Form<AgeRatingForm>,
) -> Result<HttpResponse> {
    let id = *book;
    let years = match form.years.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| Error::BadRequest("Please enter an age as a number of years."))?),
    };
    let said = years.map_or("Vote removed.".to_owned(), |years| format!("You voted for {years}+."));
    let done = context
        .write(move |conn, member| {
            let book = books::get(conn, id)?;
            Ok((path(&book), age_ratings::set_vote(conn, member.id, id, years)))
        })
        .await?;
    match done {
        (path, Ok(())) => Ok(see_other_with_flash(&path, &said)),
        (path, Err(Error::Refused(problems))) => {
            Ok(see_other_with_flash(&path, problems.on("years").unwrap_or_default()))
        }
        (_, Err(error)) => Err(error),
    }
}
