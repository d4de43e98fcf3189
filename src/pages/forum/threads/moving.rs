//! Moving a thread to another book.

use super::reader_of;
use crate::db::{BookId, ThreadId};
use crate::domain::core::gate::Reader;
use crate::domain::core::policy;
use crate::domain::core::text_fields::Reason;
use crate::domain::forum::thread_actions;
use crate::domain::forum::threads::{self, Thread};
use crate::domain::library::books::{self, Book};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// `book` is a book's id, or 0 for the club.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct BookForm {
    book: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "forum/threads/book.html")]
struct BookPage {
    frame: Frame,
    thread: Thread,
    books: Vec<Book>,
    form: BookForm,
    problems: Problems,
    reader: Reader,
}

impl BookPage {
    fn is_chosen(&self, book: &Book) -> bool {
        self.form.book == book.id.to_string()
    }
}

pub async fn edit(context: RequestContext, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    Ok(html(&book_page(&context, *id, BookForm::default(), Problems::default()).await?))
}

async fn book_page(context: &RequestContext, id: ThreadId, form: BookForm, problems: Problems) -> Result<BookPage> {
    let location = context.location.clone();
    let (frame, (thread, books, reader)) = context
        .read(move |conn, viewer| {
            let thread = threads::get(conn, id)?;
            policy::require_moderation(viewer.require_member()?, thread.author.role())?;
            let reader = reader_of(conn, viewer, &location, &thread, std::iter::empty())?;
            let mut books = books::list_recent(conn)?;
            books.retain(|book| Some(book.id) != thread.book_id());
            Ok((thread, books, reader))
        })
        .await?;
    Ok(BookPage { frame: frame.in_section(Section::Discussions), thread, books, form, problems, reader })
}

pub async fn update(
    context: RequestContext,
    id: web::Path<ThreadId>,
    Form(form): Form<BookForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let mut problems = Problems::default();
    let book = match form.book.as_str() {
        "0" => Some(None),
        text => problems.check("book", text.parse().map(|id| Some(BookId(id))).map_err(|_| NO_BOOK)),
    };
    let reason = problems.check("reason", Reason::parse(&form.reason));
    let parsed = book.zip(reason).ok_or(Error::Refused(problems));
    let done = context
        .write(move |conn, member| {
            let (book, reason) = parsed?;
            match book.map(|book| books::get(conn, book)).transpose() {
                Err(Error::NotFound) => return Err(Error::Refused(Problems::one("book", NO_BOOK))),
                known => known?,
            };
            thread_actions::move_to_book(conn, member, id, book, &reason)?;
            threads::get(conn, id)
        })
        .await;
    match done {
        Ok(thread) => Ok(see_other_with_flash(&thread.path(), "Thread moved.")),
        Err(error) => form_again(error, |problems| book_page(&context, id, form, problems)).await,
    }
}

const NO_BOOK: &str = "Please choose a book or the club.";
