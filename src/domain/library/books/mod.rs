//! Books: works that the club reads, with the facts of their editions.

mod editions;
mod facts;

pub use editions::{Edition, known as known_editions, list as editions};
pub use facts::{EditionsChange, Facts, FactsForm};

use crate::db::schema::{books, editions as the_editions};
use crate::db::{BookId, Conn, EditionId, MemberId, Moment};
use crate::domain::core::club;
use crate::domain::core::gate::{Position, Titles};
use crate::domain::core::members::Member;
use crate::domain::core::words::{self, Title};
use crate::domain::library::chapters::paging::{self, Whose};
use crate::domain::library::chapters::{self, Contents};
use crate::domain::safety::log::{self, Entry};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// A book, as pages name it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = books)]
pub struct Book {
    /// Its id.
    pub id: BookId,
    /// Its title.
    pub title: String,
    /// Its authors, as a reader would say them: "Neil Gaiman and Terry Pratchett".
    pub authors: String,
    /// The year it first came out.
    pub first_published: Option<i32>,
    /// Its genres, separated by commas; may be empty.
    pub genres: String,
    /// How many chapters it is known to have; 0 when nobody has said.
    pub chapters_count: i32,
    /// How many threads are about it.
    pub threads_count: i32,
    /// Rises with every change that its pages show.
    pub version: i64,
    /// The edition whose pages its contents carry, where a host has said so.
    pub paged_edition_id: Option<EditionId>,
    /// How many members said from which age on it is suitable.
    pub suitability_votes: i32,
    pub(in crate::domain) suitability_years: i32,
}

impl Book {
    /// How many places a bookmark can stand at: a book without known chapters has one, the whole.
    pub fn chapters(&self) -> i32 {
        self.chapters_count.max(1)
    }

    /// A position that a form names, if the book has it.
    pub fn position(&self, number: i32) -> Option<Position> {
        Position::new(number, self.chapters_count)
    }

    /// The end of its address.
    pub fn slug(&self) -> String {
        words::slug(&self.title, "book")
    }
}

/// What a book is found again by when a page has no ISBN: title and authors without case, accents and punctuation.
pub(in crate::domain) fn find_key(title: &str, authors: &str) -> String {
    let mut names: Vec<String> = slug::slugify(authors).split('-').map(str::to_owned).collect();
    names.retain(|name| name != "and");
    names.sort_unstable();
    format!("{} by {}", slug::slugify(title), names.join("-"))
}

/// A book by its id.
pub fn get(conn: &mut Conn, id: BookId) -> Result<Book> {
    Ok(books::table.find(id).select(Book::as_select()).first(conn)?)
}

/// The books with these ids, in one query.
pub fn several(conn: &mut Conn, ids: &[BookId]) -> Result<Vec<Book>> {
    Ok(books::table.filter(books::id.eq_any(ids)).select(Book::as_select()).load(conn)?)
}

/// What these books are called, in one query; nothing where there is none to tell from another.
pub fn titles(conn: &mut Conn, ids: &[BookId]) -> Result<Titles> {
    let titles: Vec<(BookId, String)> = match ids {
        [] => Vec::new(),
        _ => books::table.filter(books::id.eq_any(ids)).select((books::id, books::title)).load(conn)?,
    };
    Ok(titles.into())
}

/// Whether the club has a book beside this one.
pub fn has_other(conn: &mut Conn, own: Option<BookId>) -> Result<bool> {
    let other = books::table.filter(books::id.ne(own.unwrap_or(BookId(0))));
    Ok(other.select(books::id).first::<BookId>(conn).optional()?.is_some())
}

/// How many books a page of the shelf holds.
pub const SHELF: i64 = 24;

/// The shelf: books by id, the newest first, from before the given one.
pub fn shelf(conn: &mut Conn, before: Option<BookId>) -> Result<Vec<Book>> {
    let mut query = books::table.select(Book::as_select()).order(books::id.desc()).limit(SHELF + 1).into_boxed();
    if let Some(before) = before {
        query = query.filter(books::id.lt(before));
    }
    Ok(query.load(conn)?)
}

/// Titles for a form's list to choose from, the newest first.
pub fn choices(conn: &mut Conn) -> Result<Vec<Book>> {
    Ok(books::table.select(Book::as_select()).order(books::id.desc()).limit(100).load(conn)?)
}

/// Finds the book and the edition that these facts are about, by ISBN, else by title and author, or makes them; what
/// is known already stays, what is new is added.
pub fn find_or_make(conn: &mut Conn, facts: &Facts) -> Result<(BookId, Option<EditionId>)> {
    let book = match find(conn, facts)? {
        Some(book) => {
            add_facts(conn, book, facts)?;
            book
        }
        None => insert(conn, facts, &find_key(&facts.title.0, &facts.authors))?,
    };
    Ok((book, editions::find_or_make(conn, book, &facts.edition)?))
}

/// Finds the book that these facts are about, by ISBN, else by title and author.
pub(in crate::domain) fn find(conn: &mut Conn, facts: &Facts) -> Result<Option<BookId>> {
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
        None => by_key(conn, facts, &find_key(&facts.title.0, &facts.authors)),
    }
}

/// The book with this title and these authors. A page that names no author means the one book with its title.
fn by_key(conn: &mut Conn, facts: &Facts, key: &str) -> Result<Option<BookId>> {
    let exact = books::table.filter(books::find_key.eq(key)).select(books::id).first(conn).optional()?;
    if exact.is_some() || !facts.authors.is_empty() {
        return Ok(exact);
    }
    let titled: Vec<BookId> =
        books::table.filter(books::find_key.like(format!("{key}%"))).select(books::id).limit(2).load(conn)?;
    Ok(if let [only] = titled[..] { Some(only) } else { None })
}

fn insert(conn: &mut Conn, facts: &Facts, key: &str) -> Result<BookId> {
    let row = (
        books::title.eq(&facts.title.0),
        books::authors.eq(&facts.authors),
        books::find_key.eq(key),
        books::first_published.eq(facts.first_published),
        books::genres.eq(&facts.genres),
        books::chapters_count.eq(0),
        books::threads_count.eq(0),
        books::version.eq(1_i64),
        books::created_at.eq(Moment::now()),
    );
    Ok(diesel::insert_into(books::table).values(row).returning(books::id).get_result(conn)?)
}

/// Adds to a book what it does not say yet.
fn add_facts(conn: &mut Conn, book: BookId, facts: &Facts) -> Result<()> {
    let known = get(conn, book)?;
    let mut genres: Vec<&str> = list(&known.genres).collect();
    let new = list(&facts.genres).filter(|genre| !genres.iter().any(|known| known.eq_ignore_ascii_case(genre)));
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

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// Puts a book of which title and authors are known on the shelf, in somebody's name; one that is there already is found.
pub(in crate::domain) fn shelve(conn: &mut Conn, actor: MemberId, title: &Title, authors: &str) -> Result<BookId> {
    let facts = Facts {
        title: title.clone(),
        authors: authors.to_owned(),
        first_published: None,
        genres: String::new(),
        edition: Edition::default(),
    };
    let key = find_key(&facts.title.0, authors);
    if let Some(book) = by_key(conn, &facts, &key)? {
        return Ok(book);
    }
    let book = insert(conn, &facts, &key)?;
    club::touch(conn)?;
    log::record(conn, actor, &Entry::add_book(book, &facts.title.0))?;
    Ok(book)
}

/// A host adds a book with its contents. One that the club has already is not made twice.
pub fn create(conn: &mut Conn, actor: &Member, facts: &Facts, contents: &Contents) -> Result<BookId> {
    let key = find_key(&facts.title.0, &facts.authors);
    let same = books::table.filter(books::find_key.eq(&key)).count().get_result::<i64>(conn)?;
    if same > 0 {
        return Err(Error::Refused(Problems::one("title", "This book is already in the list.")));
    }
    let known =
        the_editions::table.filter(the_editions::isbn.eq(&facts.edition.isbn)).count().get_result::<i64>(conn)?;
    if known > 0 {
        return Err(Error::Refused(Problems::one("isbn", "Another book already has this ISBN.")));
    }
    let (book, edition) = find_or_make(conn, facts)?;
    chapters::set(conn, book, contents)?;
    paging::settle(conn, book, Whose::Unsaid, edition)?;
    // Pages about other books name it where a text goes into both.
    club::touch(conn)?;
    log::record(conn, actor.id, &Entry::add_book(book, &facts.title.0))?;
    Ok(book)
}

/// What a host says of a book's contents.
#[derive(Clone, Debug)]
pub struct ContentsChange {
    /// The new contents, and how many titles were sealed in those that they replace; `None` leaves these.
    pub contents: Option<(Contents, usize)>,
    /// Whose pages they carry.
    pub whose: Whose,
}

/// A host changes a book's facts, its editions and its contents.
pub fn update(
    conn: &mut Conn,
    actor: &Member,
    book: BookId,
    facts: &Facts,
    editions: &EditionsChange,
    change: &ContentsChange,
) -> Result<()> {
    let before = get(conn, book)?;
    let key = find_key(&facts.title.0, &facts.authors);
    let same = books::table.filter(books::find_key.eq(&key)).filter(books::id.ne(book));
    if same.count().get_result::<i64>(conn)? > 0 {
        return Err(Error::Refused(Problems::one(
            "title",
            "Another book in the list already has this title and author.",
        )));
    }
    let values = (
        books::title.eq(&facts.title.0),
        books::authors.eq(&facts.authors),
        books::find_key.eq(key),
        books::first_published.eq(facts.first_published),
        books::genres.eq(&facts.genres),
    );
    diesel::update(books::table.find(book)).set(values).execute(conn)?;
    let corrected = match editions.shown {
        Some(id) => editions::correct(conn, book, id, &facts.edition).map(|()| None)?,
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
    // An edition that this form took off the list carries no pages any more.
    let gone = editions.shown.filter(|_| facts.edition.is_empty()).map(Whose::Edition);
    let whose = if gone == Some(change.whose) { Whose::Unsaid } else { change.whose };
    paging::settle(conn, book, whose, added.or(corrected))?;
    let after = get(conn, book)?;
    club::touch(conn)?;
    log::record(conn, actor.id, &Entry::book(book, &before.title, &after.title))
}

/// Notes that something changed that the book's pages show.
pub fn touch(conn: &mut Conn, book: BookId) -> Result<()> {
    diesel::update(books::table.find(book)).set(books::version.eq(books::version + 1)).execute(conn)?;
    Ok(())
}

/// Counts one more thread about a book, or one less. About none, there is nothing to count.
pub(in crate::domain) fn count_thread(conn: &mut Conn, book: Option<BookId>, by: i32) -> Result<()> {
    let Some(book) = book else { return Ok(()) };
    let values = (books::threads_count.eq(books::threads_count + by), books::version.eq(books::version + 1));
    diesel::update(books::table.find(book)).set(values).execute(conn)?;
    Ok(())
}
