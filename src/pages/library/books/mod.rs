//! The list of books, and adding and changing them. A book's own page is `pages/site/book.rs`.

mod form;

pub use form::{create, edit, new, update};

use crate::db::BookId;
use crate::domain::library::books::{self, Book};
use crate::domain::polls::book_polls;
use crate::domain::polls::current_book;
use crate::error::Result;
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{html, moved_permanently, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Before {
    before: Option<BookId>,
}

#[derive(Template)]
#[template(path = "library/books/index.html")]
struct IndexPage {
    frame: Frame,
    books: Vec<Book>,
    /// The book that the club reads next.
    upcoming: Option<BookId>,
    next: Option<BookId>,
}

impl IndexPage {
    /// “reading now” or “up next”.
    fn mark(&self, book: &Book) -> Option<&'static str> {
        match self.upcoming == Some(book.id) {
            _ if self.frame.is_current_book(book.id) => Some("reading now"),
            true => Some("up next"),
            false => None,
        }
    }
}

pub async fn index(context: RequestContext, query: web::Query<Before>) -> Result<HttpResponse> {
    let before = query.before;
    let (frame, (mut books, upcoming)) =
        context.read(move |conn, _| Ok((books::list(conn, before)?, book_polls::next_book(conn)?))).await?;
    let upcoming = upcoming.map(|book| book.id);
    let more = books.len() > books::PER_PAGE as usize;
    books.truncate(books::PER_PAGE as usize);
    let next = books.last().map(|book| book.id).filter(|_| more);
    Ok(html(&IndexPage { frame: frame.in_section(Section::Books), books, upcoming, next }))
}

/// A book's canonical path.
pub(in crate::pages) fn path(book: &Book) -> String {
    format!("/books/{}/{}", book.id, book.slug())
}

/// Redirects a book's URL without its title to the one with it.
pub async fn redirect(context: RequestContext, id: web::Path<BookId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, book) = context.read(move |conn, _| books::get(conn, id)).await?;
    Ok(moved_permanently(&path(&book)))
}

/// Makes a book the club's current read.
pub async fn set_current(context: RequestContext, id: web::Path<BookId>, _: Form<EmptyForm>) -> Result<HttpResponse> {
    let id = *id;
    let book = context
        .write(move |conn, member| {
            let book = books::get(conn, id)?;
            current_book::choose(conn, member, &book)?;
            Ok(book)
        })
        .await?;
    Ok(see_other_with_flash(&path(&book), &format!("{} is now the current book.", book.title)))
}
