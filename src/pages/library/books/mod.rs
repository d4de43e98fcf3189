//! The list of books, and adding and changing them. A book's own page is `pages/site/book.rs`.

mod form;

pub use form::{create, edit, new, update};

use crate::db::BookId;
use crate::domain::core::pagination::Page;
use crate::domain::library::books::{self, Book};
use crate::domain::polls::book_polls;
use crate::error::Result;
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::{Frame, Section};
use crate::web::pagination::Before;
use crate::web::request::RequestContext;
use crate::web::{html, moved_permanently, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "library/books/index.html")]
struct IndexPage {
    frame: Frame,
    books: Page<Book, BookId>,
    /// The book that the club reads next.
    upcoming: Option<BookId>,
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

pub async fn index(context: RequestContext, query: web::Query<Before<BookId>>) -> Result<HttpResponse> {
    let before = query.before;
    let (frame, (books, upcoming)) =
        context.read(move |conn, _| Ok((books::list(conn, before)?, book_polls::next_book(conn)?))).await?;
    let upcoming = upcoming.map(|book| book.id);
    Ok(html(&IndexPage { frame: frame.in_section(Section::Books), books, upcoming }))
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
            book_polls::choose_current_book(conn, member, &book)?;
            Ok(book)
        })
        .await?;
    Ok(see_other_with_flash(&path(&book), &format!("{} is now the current book.", book.title)))
}
