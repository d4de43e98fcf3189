//! Rating a book, and voting for its age rating.

use crate::db::BookId;
use crate::domain::library::ratings::{self, Rating};
use crate::domain::library::{age_ratings, books};
use crate::error::{Error, Result};
use crate::pages::library::books::path;
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
        text => match text.parse().ok().and_then(Rating::new) {
            None => return Err(context.refuse("Please choose a rating from the list.").await),
            rating => rating,
        },
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
    Ok(see_other_with_flash(&path(&book), &said))
}

/// An age in years; empty withdraws the vote.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AgeRatingForm {
    years: String,
}

/// Sets, changes or withdraws a vote.
pub async fn update_age(
    context: RequestContext,
    book: web::Path<BookId>,
    Form(form): Form<AgeRatingForm>,
) -> Result<HttpResponse> {
    let id = *book;
    let years = match form.years.trim() {
        "" => None,
        text => match text.parse().ok() {
            None => return Err(context.refuse("Please enter an age as a number of years.").await),
            years => years,
        },
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
