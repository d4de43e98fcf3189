//! Books and their editions.

mod editions;
mod form;

pub use editions::{Edition, list as editions, list_with_ids as editions_with_ids};
pub use form::{BookDetails, BookForm, EditionsChange};

use crate::db::schema::{books, editions as the_editions};
use crate::db::{BookId, Conn, EditionId, MemberId, Moment};
use crate::domain::core::club;
use crate::domain::core::gate::{Position, Titles};
use crate::domain::core::members::Member;
use crate::domain::core::text_fields::{self, Title};
use crate::domain::library::chapters::paging::{self, PageSource};
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

/// The key by which an imported book without an ISBN is recognised: its title and sorted authors without case, accents
/// and punctuation.
pub(in crate::domain) fn lookup_key(title: &str, authors: &str) -> String {
    let mut names: Vec<String> = slug::slugify(authors).split('-').map(str::to_owned).collect();
    names.retain(|name| name != "and");
    names.sort_unstable();
    format!("{} by {}", slug::slugify(title), names.join("-"))
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

/// Books per page.
pub const PER_PAGE: i64 = 24;

/// The books before the given one, newest first, and one more than a page.
pub fn list(conn: &mut Conn, before: Option<BookId>) -> Result<Vec<Book>> {
    let mut query = books::table.select(Book::as_select()).order(books::id.desc()).limit(PER_PAGE + 1).into_boxed();
    if let Some(before) = before {
        query = query.filter(books::id.lt(before));
    }
    Ok(query.load(conn)?)
}

/// The newest 100 books, for a form's list.
pub fn list_recent(conn: &mut Conn) -> Result<Vec<Book>> {
    Ok(books::table.select(Book::as_select()).order(books::id.desc()).limit(100).load(conn)?)
}

/// Finds a book and edition by ISBN, or else by title and authors, and adds facts that are new. Inserts them if they
/// aren't found.
pub fn find_or_create(conn: &mut Conn, facts: &BookDetails) -> Result<(BookId, Option<EditionId>)> {
    let book = match find(conn, facts)? {
        Some(book) => {
            merge_details(conn, book, facts)?;
            book
        }
        None => insert(conn, facts, &lookup_key(&facts.title.0, &facts.authors))?,
    };
    Ok((book, editions::find_or_create(conn, book, &facts.edition)?))
}

/// Finds a book by ISBN, or else by title and authors.
pub(in crate::domain) fn find(conn: &mut Conn, facts: &BookDetails) -> Result<Option<BookId>> {
    let by_isbn: Option<BookId> = match &facts.edition.isbn {
        Some(isbn) => the_editions::table
            .filter(the_editions::isbn.eq(isbn))
            .select(the_editions::book_id)
            .first(conn)
            .optional()?,
        None => None,
    };
    match by_isbn {
        Some(book) => Ok(Some(book)),
        None => by_key(conn, facts, &lookup_key(&facts.title.0, &facts.authors)),
    }
}

/// Finds a book by its key. If no author is given, a book counts as found if it is the only one with that title.
fn by_key(conn: &mut Conn, facts: &BookDetails, key: &str) -> Result<Option<BookId>> {
    let exact = books::table.filter(books::lookup_key.eq(key)).select(books::id).first(conn).optional()?;
    if exact.is_some() || !facts.authors.is_empty() {
        return Ok(exact);
    }
    // A key has no authors at its end here, so other keys with this title begin with it. `~` sorts after all that a key
    // can contain.
    let titled = books::table.filter(books::lookup_key.ge(key)).filter(books::lookup_key.lt(format!("{key}~")));
    let titled: Vec<BookId> = titled.select(books::id).limit(2).load(conn)?;
    Ok(if let [only] = titled[..] { Some(only) } else { None })
}

fn insert(conn: &mut Conn, facts: &BookDetails, key: &str) -> Result<BookId> {
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
    Ok(diesel::insert_into(books::table).values(row).returning(books::id).get_result(conn)?)
}

/// Fills in the year if it is unknown and adds new genres.
fn merge_details(conn: &mut Conn, book: BookId, facts: &BookDetails) -> Result<()> {
    let known = get(conn, book)?;
    let mut genres: Vec<&str> = split_genres(&known.genres).collect();
    let new = split_genres(&facts.genres).filter(|genre| !genres.iter().any(|known| known.eq_ignore_ascii_case(genre)));
    let new: Vec<&str> = new.collect();
    genres.extend(new);
    let values = (
        books::first_published.eq(known.first_published.or(facts.first_published)),
        books::genres.eq(genres.join(", ")),
        books::version.eq(books::version + 1),
    );
    diesel::update(books::table.find(book)).set(values).execute(conn)?;
    Ok(())
}

fn split_genres(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// Finds a book by title and authors, or adds it in a member's name.
pub(in crate::domain) fn find_or_create_by_title(
    conn: &mut Conn,
    actor: MemberId,
    title: &Title,
    authors: &str,
) -> Result<BookId> {
    let facts = BookDetails {
        title: title.clone(),
        authors: authors.to_owned(),
        first_published: None,
        genres: String::new(),
        edition: Edition::default(),
    };
    let key = lookup_key(&facts.title.0, authors);
    if let Some(book) = by_key(conn, &facts, &key)? {
        return Ok(book);
    }
    let book = insert(conn, &facts, &key)?;
    club::touch(conn)?;
    log::record(conn, actor, added(book, &facts.title))?;
    Ok(book)
}

fn added(book: BookId, title: &Title) -> NewLogEntry {
    NewLogEntry::new(Event::BookAdded { title: title.0.clone() }, LogSubject::Book(book))
}

/// Adds a book with its contents. Refused if the club already has it, by title and authors or by ISBN.
pub fn create(conn: &mut Conn, actor: &Member, facts: &BookDetails, contents: &Contents) -> Result<BookId> {
    let key = lookup_key(&facts.title.0, &facts.authors);
    let same = books::table.filter(books::lookup_key.eq(&key)).count().get_result::<i64>(conn)?;
    if same > 0 {
        return Err(Error::Refused(Problems::one("title", "This book is already in the list.")));
    }
    let known =
        the_editions::table.filter(the_editions::isbn.eq(&facts.edition.isbn)).count().get_result::<i64>(conn)?;
    if known > 0 {
        return Err(Error::Refused(Problems::one("isbn", "Another book already has this ISBN.")));
    }
    let (book, edition) = find_or_create(conn, facts)?;
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

/// Changes a book, its editions and its contents.
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
    let same = books::table.filter(books::lookup_key.eq(&key)).filter(books::id.ne(book));
    if same.count().get_result::<i64>(conn)? > 0 {
        return Err(Error::Refused(Problems::one(
            "title",
            "Another book in the list already has this title and author.",
        )));
    }
    let values = (
        books::title.eq(&facts.title.0),
        books::authors.eq(&facts.authors),
        books::lookup_key.eq(key),
        books::first_published.eq(facts.first_published),
        books::genres.eq(&facts.genres),
    );
    diesel::update(books::table.find(book)).set(values).execute(conn)?;
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
