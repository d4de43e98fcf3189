//! Moving one's bookmark, from wherever its form stands, and back to there.

use crate::db::BookId;
use crate::domain::bookmarks;
use crate::domain::policy::Act;
use crate::error::{Error, Result};
use crate::pages::forms::Form;
use crate::pages::frame::local;
use crate::pages::visit::Visit;
use crate::pages::{see_other, see_other_saying};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// What the form holds: one of its buttons names a position, or else the field does.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct BookmarkForm {
    position: String,
    to: String,
    back: String,
}

/// Moves the bookmark.
pub async fn update(visit: Visit, book: web::Path<BookId>, Form(form): Form<BookmarkForm>) -> Result<HttpResponse> {
    let book = *book;
    let back = local(&form.back).to_owned();
    let asked = if form.to.is_empty() { &form.position } else { &form.to };
    let Ok(number) = asked.trim().parse() else {
        return Ok(see_other_saying(&back, "Please give the number of a chapter. Your bookmark is where it was."));
    };
    let moved = visit.write(Act::TakePart, move |conn, member| bookmarks::set(conn, member.id, book, number)).await;
    match moved {
        Ok(()) => Ok(see_other(&back)),
        Err(Error::Refused(problems)) => {
            let sentence = problems.of("position").unwrap_or_default();
            Ok(see_other_saying(&back, &format!("{sentence} Your bookmark is where it was.")))
        }
        Err(error) => Err(error),
    }
}
