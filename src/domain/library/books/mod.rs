//! Books and their editions.

mod editions;
mod finding;
mod form;
pub mod paging;

pub use editions::{Edition, list as editions, list_with_ids as editions_with_ids};
pub use finding::find_or_create;
pub(in crate::domain) use finding::{find, find_or_create_by_title, lookup_key};
pub use form::{BookDetails, BookForm, EditionsChange};

use self::paging::PageSource;
use crate::db::dialect::try_insert;
use crate::db::schema::books;
use crate::db::{BookId, Conn, EditionId, Moment};
use crate::domain::core::club;
use crate::domain::core::gate::{Position, Titles};
use crate::domain::core::members::Member;
use crate::domain::core::pagination::Page;
use crate::domain::core::text_fields::{self, Title};
use crate::domain::library::chapters::{self, Contents};
use crate::domain::safety::log::facts::Change;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = books)]
pub struct Book {
    pub id: BookId,
    pub title: String,
    /// For example “Neil Gaiman and Terry Pratchett”.
    pub authors: String,
    /// The year of first publication; negative for BC.
    pub first_published: Option<i32>,
    /// Separated by commas; may be empty.
    pub genres: String,
    /// How many chapters it has; 0 if unknown.
    pub chapters_count: i32,
    pub threads_count: i32,
    /// Rises with every change that the book's pages show; cached pages depend on it.
    pub version: i64,
    /// The edition that the chapters' page numbers are from, if a host chose one.
    pub paged_edition_id: Option<EditionId>,
    /// How many members voted for an age rating.
    pub age_rating_votes: i32,
    pub(in crate::domain) age_rating_years: i32,
}

impl Book {
    /// How many positions a bookmark can have after 0. A book without known chapters has one, its end.
    pub fn chapters(&self) -> i32 {
        self.chapters_count.max(1)
    }

    /// The position with this number, if the book has it.
    pub fn position(&self, number: i32) -> Option<Position> {
        Position::new(number, self.chapters_count)
    }

    /// The title as the last part of the book's URL.
    pub fn slug(&self) -> String {
        text_fields::slug(&self.title, "book")
    }
}

pub fn get(conn: &mut Conn, id: BookId) -> Result<Book> {
    Ok(books::table.find(id).select(Book::as_select()).first(conn)?)
}

/// The books with these ids, in one query.
pub fn several(conn: &mut Conn, ids: &[BookId]) -> Result<Vec<Book>> {
    Ok(books::table.filter(books::id.eq_any(ids)).select(Book::as_select()).load(conn)?)
}

/// The titles of these books, in one query.
pub fn titles(conn: &mut Conn, ids: &[BookId]) -> Result<Titles> {
    let titles: Vec<(BookId, String)> = match ids {
        [] => Vec::new(),
        _ => books::table.filter(books::id.eq_any(ids)).select((books::id, books::title)).load(conn)?,
    };
    Ok(titles.into())
}

/// Whether the club has a book apart from this one.
pub fn has_other(conn: &mut Conn, own: Option<BookId>) -> Result<bool> {
    let other = books::table.filter(books::id.ne(own.unwrap_or(BookId(0))));
    Ok(other.select(books::id).first::<BookId>(conn).optional()?.is_some())
}

const PER_PAGE: i64 = 24;

/// The books before the given one, newest first.
pub fn list(conn: &mut Conn, before: Option<BookId>) -> Result<Page<Book, BookId>> {
    let earlier = books::table.filter(books::id.lt(before.unwrap_or(BookId(i64::MAX)))).order(books::id.desc());
    let found = earlier.limit(PER_PAGE + 1).select(Book::as_select()).load(conn)?;
    Ok(Page::new(found, PER_PAGE, |book| book.id))
}

/// The newest 100 books, for a form's list.
pub fn list_recent(conn: &mut Conn) -> Result<Vec<Book>> {
    Ok(books::table.select(Book::as_select()).order(books::id.desc()).limit(100).load(conn)?)
}

/// Inserts a book and returns its id and `true`. If another request adds it at the same moment, returns that one's id and
/// `false`.
fn insert(conn: &mut Conn, facts: &BookDetails, key: &str) -> Result<(BookId, bool)> {
    let row = (
        books::title.eq(&facts.title.0),
        books::authors.eq(&facts.authors),
        books::lookup_key.eq(key),
        books::first_published.eq(facts.first_published),
        books::genres.eq(&facts.genres),
        books::chapters_count.eq(0),
        books::threads_count.eq(0),
        books::version.eq(1_i64),
        books::created_at.eq(Moment::now()),
    );
    let is_new = try_insert(conn, |conn| diesel::insert_into(books::table).values(row).execute(conn))?;
    Ok((books::table.filter(books::lookup_key.eq(key)).select(books::id).first(conn)?, is_new))
}

fn added(book: BookId, title: &Title) -> NewLogEntry {
    NewLogEntry::new(Event::BookAdded { title: title.0.clone() }, LogSubject::Book(book))
}

/// Adds a book with its contents. Refused if the club already has it, by title and authors or by ISBN.
pub fn create(conn: &mut Conn, actor: &Member, facts: &BookDetails, contents: &Contents) -> Result<BookId> {
    let key = lookup_key(&facts.title.0, &facts.authors);
    let (book, is_new) = insert(conn, facts, &key)?;
    if !is_new {
        return Err(Error::Refused(Problems::one("title", "This book is already in the list.")));
    }
    let edition = editions::add(conn, book, &facts.edition, "isbn")?;
    chapters::set(conn, book, contents)?;
    paging::set_paged_edition(conn, book, PageSource::Unspecified, edition)?;
    // Other books' pages name this book in texts that spoil both.
    club::touch(conn)?;
    log::record(conn, actor.id, added(book, &facts.title))?;
    Ok(book)
}

/// What a host changes about a book's chapters.
#[derive(Clone, Debug)]
pub struct ContentsChange {
    /// The new contents, and how many titles were sealed when the form was opened; `None` changes nothing.
    pub contents: Option<(Contents, usize)>,
    /// The edition that the page numbers are from.
    pub page_source: PageSource,
}

pub fn update(
    conn: &mut Conn,
    actor: &Member,
    book: BookId,
    facts: &BookDetails,
    editions: &EditionsChange,
    change: &ContentsChange,
) -> Result<()> {
    let before = get(conn, book)?;
    let key = lookup_key(&facts.title.0, &facts.authors);
    let values = (
        books::title.eq(&facts.title.0),
        books::authors.eq(&facts.authors),
        books::lookup_key.eq(key),
        books::first_published.eq(facts.first_published),
        books::genres.eq(&facts.genres),
    );
    if !try_insert(conn, |conn| diesel::update(books::table.find(book)).set(values).execute(conn))? {
        let sentence = "Another book in the list already has this title and author.";
        return Err(Error::Refused(Problems::one("title", sentence)));
    }
    let corrected = match editions.shown {
        Some(id) => editions::update(conn, book, id, &facts.edition).map(|()| None)?,
        None => editions::add(conn, book, &facts.edition, "isbn")?,
    };
    let added = editions::add(conn, book, &editions.another, "new_isbn")?;
    match &change.contents {
        Some((contents, sealed)) => {
            chapters::require_sealed(conn, book, *sealed)?;
            chapters::set(conn, book, contents)?;
        }
        None => touch(conn, book)?,
    }
    // An edition that this form deletes can't be the one that the page numbers are from.
    let gone = editions.shown.filter(|_| facts.edition.is_empty()).map(PageSource::Edition);
    let page_source = if gone == Some(change.page_source) { PageSource::Unspecified } else { change.page_source };
    paging::set_paged_edition(conn, book, page_source, added.or(corrected))?;
    let after = get(conn, book)?;
    club::touch(conn)?;
    let event = Event::BookChanged(Change::new(before.title, after.title));
    log::record(conn, actor.id, NewLogEntry::new(event, LogSubject::Book(book)))
}

/// Marks cached pages about the book as stale.
pub fn touch(conn: &mut Conn, book: BookId) -> Result<()> {
    diesel::update(books::table.find(book)).set(books::version.eq(books::version + 1)).execute(conn)?;
    Ok(())
}

/// Adds `by` to the number of threads about a book, if there is one.
pub(in crate::domain) fn count_thread(conn: &mut Conn, book: Option<BookId>, by: i32) -> Result<()> {
    let Some(book) = book else { return Ok(()) };
    let values = (books::threads_count.eq(books::threads_count + by), books::version.eq(books::version + 1));
    diesel::update(books::table.find(book)).set(values).execute(conn)?;
    Ok(())
}
