//! Moving a bookmark from any page that has its form, and showing or hiding a book's spoilers.

use crate::db::BookId;
use crate::domain::core::gate::Position;
use crate::domain::library::bookmarks::{self, BookmarkInput};
use crate::domain::library::books::Book;
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::location::safe_return_path;
use crate::web::request::RequestContext;
use crate::web::{see_other, see_other_with_flash};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// `to` is a chapter that a button names. Otherwise `unit` and `position` count. `back` is the page to return to.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct BookmarkForm {
    position: String,
    unit: String,
    to: String,
    back: String,
}

/// The values of the bookmark form.
pub struct Progress {
    /// The chapter that the bookmark is at; the last one if the book is finished.
    pub chapter: i32,
    /// The chapter that can be marked as read, unless it is the last.
    pub next: Option<i32>,
    /// For example “finished”, “not started” or “chapter 3 of 23”.
    pub words: String,
}

impl Book {
    /// The bookmark form for a reader at this position.
    pub fn bookmark_form(&self, position: &Position) -> Progress {
        let (position, count) = (*position, self.chapters_count);
        Progress {
            chapter: position.chapter().unwrap_or(count),
            next: position.chapter().map(|chapter| chapter + 1).filter(|next| *next < count),
            words: match position {
                Position::WHOLE => "finished".to_owned(),
                Position::NONE => "not started".to_owned(),
                _ => format!("{position} of {count}"),
            },
        }
    }
}

pub async fn update(
    context: RequestContext,
    book: web::Path<BookId>,
    Form(form): Form<BookmarkForm>,
) -> Result<HttpResponse> {
    let book = *book;
    let back = safe_return_path(&form.back).to_owned();
    let asked = if form.to.is_empty() {
        BookmarkInput::parse(&form.unit, &form.position)
    } else {
        BookmarkInput::parse("", &form.to)
    };
    let mark = asked.map_err(|sentence| Error::Refused(Problems::one("position", sentence)));
    match context.write(move |conn, member| bookmarks::move_to(conn, member.id, book, mark?)).await {
        Ok(None) => Ok(see_other(&back)),
        Ok(Some(words)) => Ok(see_other_with_flash(&back, &words)),
        Err(Error::Refused(problems)) => {
            let sentence = problems.on("position").unwrap_or_default();
            Ok(see_other_with_flash(&back, &format!("{sentence} Your bookmark hasn’t changed.")))
        }
        Err(error) => Err(error),
    }
}

/// `spoilers` is `fold` or `open`.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct SpoilersForm {
    spoilers: String,
    back: String,
}

/// Shows all spoilers of a book to a member, or hides those ahead of their bookmark again.
pub async fn update_spoilers(
    context: RequestContext,
    book: web::Path<BookId>,
    Form(form): Form<SpoilersForm>,
) -> Result<HttpResponse> {
    let book = *book;
    let minds = form.spoilers != "open";
    context.write(move |conn, member| bookmarks::set_hides_spoilers(conn, member.id, book, minds)).await?;
    Ok(see_other(safe_return_path(&form.back)))
}
