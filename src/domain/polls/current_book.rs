//! The club's current book.

use crate::db::schema::club;
use crate::db::{BookId, Conn};
use crate::domain::core::club::touch;
use crate::domain::core::members::Member;
use crate::domain::library::books::Book;
use crate::domain::polls::book_polls;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::error::Result;
use diesel::prelude::*;

/// Sets or clears the current book, without a log entry.
pub fn set(conn: &mut Conn, book: Option<BookId>) -> Result<()> {
    if let Some(book) = book {
        book_polls::clear_next_book(conn, book)?;
    }
    diesel::update(club::table).set(club::current_book_id.eq(book)).execute(conn)?;
    touch(conn)
}

/// Makes a book the current one and logs it.
pub fn choose(conn: &mut Conn, actor: &Member, book: &Book) -> Result<()> {
    set(conn, Some(book.id))?;
    let event = Event::CurrentBookChosen { title: book.title.clone() };
    log::record(conn, actor.id, NewLogEntry::new(event, LogSubject::Book(book.id)))
}
