//! Moving one's bookmark, from wherever its form stands, and back to there; and folding nothing of a book.

use crate::db::BookId;
use crate::domain::core::gate::Position;
use crate::domain::library::bookmarks::{self, Mark};
use crate::domain::library::books::Book;
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::location::local;
use crate::web::request::Visit;
use crate::web::{see_other, see_other_saying};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// What the form holds: one of its buttons names a position, or else the fields do.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct BookmarkForm {
    position: String,
    unit: String,
    to: String,
    back: String,
}

/// What the bookmark's form shows.
pub struct Progress {
    /// The chapter that the bookmark is at; the last one when the book is finished.
    pub chapter: i32,
    /// The chapter that can be marked as read, unless it is the last.
    pub next: Option<i32>,
    /// "finished", "not started", "chapter 3 of 23".
    pub words: String,
}

impl Book {
    /// What the bookmark's form shows to a reader at a position.
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

/// Moves the bookmark.
pub async fn update(visit: Visit, book: web::Path<BookId>, Form(form): Form<BookmarkForm>) -> Result<HttpResponse> {
    let book = *book;
    let back = local(&form.back).to_owned();
    let asked = if form.to.is_empty() { Mark::parse(&form.unit, &form.position) } else { Mark::parse("", &form.to) };
    let mark = asked.map_err(|sentence| Error::Refused(Problems::one("position", sentence)));
    match visit.write(move |conn, member| bookmarks::place(conn, member.id, book, mark?)).await {
        Ok(None) => Ok(see_other(&back)),
        Ok(Some(words)) => Ok(see_other_saying(&back, &words)),
        Err(Error::Refused(problems)) => {
            let sentence = problems.of("position").unwrap_or_default();
            Ok(see_other_saying(&back, &format!("{sentence} Your bookmark hasn’t changed.")))
        }
        Err(error) => Err(error),
    }
}

/// What the form about spoilers of one book holds: `fold` or `open`.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct SpoilersForm {
    spoilers: String,
    back: String,
}

/// Folds nothing of a book for a member, or what is ahead of them again.
pub async fn set_spoilers(
    visit: Visit,
    book: web::Path<BookId>,
    Form(form): Form<SpoilersForm>,
) -> Result<HttpResponse> {
    let book = *book;
    let minds = form.spoilers != "open";
    visit.write(move |conn, member| bookmarks::mind_spoilers(conn, member.id, book, minds)).await?;
    Ok(see_other(local(&form.back)))
}
