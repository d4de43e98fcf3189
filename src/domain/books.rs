//! Books: works that the club reads, with the facts of their editions.

use crate::db::schema::{books, editions, suitabilities};
use crate::db::{BookId, Conn, EditionId, Moment, SourceId};
use crate::domain::actions::{self, Entry};
use crate::domain::chapters::{self, Contents};
use crate::domain::members::Member;
use crate::domain::seal::Position;
use crate::domain::words::{self, Title, line, optional_line};
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
}

impl Book {
    /// How many places a bookmark can stand at: a book without known chapters has one, the whole.
    pub fn chapters(&self) -> i32 {
        self.chapters_count.max(1)
    }

    /// The book and its chapters, for sealing texts about it.
    pub fn span(&self) -> (BookId, i32) {
        (self.id, self.chapters_count)
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

/// One edition of a book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = editions)]
pub struct Edition {
    /// Who published it.
    pub publisher: Option<String>,
    /// When: a year, a month or a day, as ISO 8601 writes it.
    pub published: Option<String>,
    /// What it says of itself: "1st American ed".
    pub statement: Option<String>,
    /// How many pages it has.
    pub pages: Option<i32>,
    /// ISBN-13, digits only.
    pub isbn: Option<String>,
    /// Where a library keeps it.
    pub call_number: Option<String>,
}

impl Edition {
    /// Whether nothing is known of it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether both can be of one edition: nothing that one says speaks against the other.
    fn fits(&self, other: &Self) -> bool {
        fn fit<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
            one.is_none() || other.is_none() || one == other
        }
        fit(&self.publisher, &other.publisher)
            && fit(&self.published, &other.published)
            && fit(&self.statement, &other.statement)
            && fit(&self.pages, &other.pages)
            && fit(&self.isbn, &other.isbn)
            && fit(&self.call_number, &other.call_number)
    }

    /// What this says and, where it says nothing, what the other does.
    fn with(&self, other: &Self) -> Self {
        let or = |one: &Option<String>, other: &Option<String>| one.clone().or_else(|| other.clone());
        Self {
            publisher: or(&self.publisher, &other.publisher),
            published: or(&self.published, &other.published),
            statement: or(&self.statement, &other.statement),
            pages: self.pages.or(other.pages),
            isbn: or(&self.isbn, &other.isbn),
            call_number: or(&self.call_number, &other.call_number),
        }
    }
}

/// A book's facts, as somebody gives them.
#[derive(Clone, Debug)]
pub struct Facts {
    pub(super) title: Title,
    pub(super) authors: String,
    pub(super) first_published: Option<i32>,
    pub(super) genres: String,
    pub(super) edition: Edition,
}

/// The fields of the form by which a host gives a book's facts.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct FactsForm {
    /// The title.
    pub title: String,
    /// The authors.
    pub authors: String,
    /// A year.
    pub first_published: String,
    /// Genres, separated by commas.
    pub genres: String,
    /// The publisher of the edition.
    pub publisher: String,
    /// A year of the edition.
    pub published: String,
    /// A number of pages.
    pub pages: String,
    /// An ISBN, with or without hyphens.
    pub isbn: String,
    /// A library's call number.
    pub call_number: String,
    /// "23", or a line a chapter: see [`Contents::parse`].
    pub contents: String,
}

impl Facts {
    /// Reads what a host filled in.
    pub fn parse(form: &FactsForm) -> Result<Self> {
        let mut problems = Problems::default();
        let title = problems.take("title", Title::parse(&form.title));
        let authors = problems.take("authors", line(&form.authors, "the author's name", 200));
        let first_published = problems.take("first_published", year(&form.first_published)).flatten();
        let genres = problems.take("genres", optional_line(&form.genres, "the genres", 200)).flatten();
        let publisher = problems.take("publisher", optional_line(&form.publisher, "the publisher", 100)).flatten();
        let published = problems.take("published", year(&form.published)).flatten();
        let pages = problems.take("pages", number(&form.pages, 1..=99_999, "This is not a number of pages.")).flatten();
        let isbn = problems.take("isbn", isbn(&form.isbn)).flatten();
        let call_number =
            problems.take("call_number", optional_line(&form.call_number, "the call number", 60)).flatten();
        let (Some(title), Some(authors), true) = (title, authors, problems.is_empty()) else {
            return Err(Error::Refused(problems));
        };
        let published = published.map(|year| year.to_string());
        let edition = Edition { publisher, published, pages, isbn, call_number, ..Edition::default() };
        Ok(Self { title, authors, first_published, genres: genres.unwrap_or_default(), edition })
    }
}

fn year(input: &str) -> Result<Option<i32>, String> {
    number(input, -3000..=2200, "This is not a year.")
}

fn number(input: &str, range: std::ops::RangeInclusive<i32>, sentence: &str) -> Result<Option<i32>, String> {
    match input.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(sentence.to_owned()),
        },
    }
}

fn isbn(input: &str) -> Result<Option<String>, String> {
    let text: String = input.chars().filter(char::is_ascii_alphanumeric).collect();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<isbn::Isbn>() {
        Ok(isbn::Isbn::_13(isbn)) => Ok(Some(isbn.to_string())),
        Ok(isbn::Isbn::_10(isbn)) => Ok(Some(isbn::Isbn13::from(isbn).to_string())),
        Err(_) => Err("This is not an ISBN; one digit may be wrong.".to_owned()),
    }
}

/// What a book is found again by when a page has no ISBN: title and authors without case, accents and punctuation.
fn find_key(title: &str, authors: &str) -> String {
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

/// A book's editions.
pub fn editions(conn: &mut Conn, book: BookId) -> Result<Vec<Edition>> {
    let of_book = editions::table.filter(editions::book_id.eq(book)).order(editions::id).limit(20);
    Ok(of_book.select(Edition::as_select()).load(conn)?)
}

/// Finds the book and the edition that these facts are about, by ISBN, else by title and author, or makes them; what
/// is known already stays, what is new is added.
pub fn find_or_make(conn: &mut Conn, facts: &Facts) -> Result<(BookId, Option<EditionId>)> {
    let by_isbn: Option<BookId> = match &facts.edition.isbn {
        Some(isbn) => {
            editions::table.filter(editions::isbn.eq(isbn)).select(editions::book_id).first(conn).optional()?
        }
        None => None,
    };
    let key = find_key(&facts.title.0, &facts.authors);
    let found = match by_isbn {
        Some(book) => Some(book),
        None => by_key(conn, facts, &key)?,
    };
    let book = match found {
        Some(book) => {
            add_facts(conn, book, facts)?;
            book
        }
        None => insert(conn, facts, &key)?,
    };
    Ok((book, find_or_make_edition(conn, book, &facts.edition)?))
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

fn find_or_make_edition(conn: &mut Conn, book: BookId, edition: &Edition) -> Result<Option<EditionId>> {
    if edition.is_empty() {
        return Ok(None);
    }
    let known: Vec<(EditionId, Edition)> =
        editions::table.filter(editions::book_id.eq(book)).select((editions::id, Edition::as_select())).load(conn)?;
    let same_isbn = |known: &Edition| known.isbn.is_some() && known.isbn == edition.isbn;
    let same = known
        .iter()
        .find(|(_, known)| same_isbn(known))
        .or_else(|| known.iter().find(|(_, known)| known.fits(edition) && known.publisher == edition.publisher));
    if let Some((id, known)) = same {
        diesel::update(editions::table.find(id)).set(&known.with(edition)).execute(conn)?;
        return Ok(Some(*id));
    }
    let row = (editions::book_id.eq(book), edition);
    Ok(Some(diesel::insert_into(editions::table).values(row).returning(editions::id).get_result(conn)?))
}

/// A host adds a book with its contents. One that the club has already is not made twice.
pub fn create(conn: &mut Conn, actor: &Member, facts: &Facts, contents: &Contents) -> Result<BookId> {
    let key = find_key(&facts.title.0, &facts.authors);
    let same = books::table.filter(books::find_key.eq(&key)).count().get_result::<i64>(conn)?;
    if same > 0 {
        return Err(Error::Refused(Problems::one("title", "The club has this book already.")));
    }
    let known = editions::table.filter(editions::isbn.eq(&facts.edition.isbn)).count().get_result::<i64>(conn)?;
    if known > 0 {
        return Err(Error::Refused(Problems::one("isbn", "The club has a book with this ISBN already.")));
    }
    let (book, _) = find_or_make(conn, facts)?;
    chapters::set(conn, book, contents)?;
    actions::record(conn, actor.id, &Entry::add_book(book, &facts.title.0))?;
    Ok(book)
}

/// A host changes a book's facts and contents.
pub fn update(conn: &mut Conn, actor: &Member, book: BookId, facts: &Facts, contents: &Contents) -> Result<()> {
    let before = get(conn, book)?;
    let key = find_key(&facts.title.0, &facts.authors);
    let same = books::table.filter(books::find_key.eq(&key)).filter(books::id.ne(book));
    if same.count().get_result::<i64>(conn)? > 0 {
        return Err(Error::Refused(Problems::one("title", "The club has this book already, as another entry.")));
    }
    let values = (
        books::title.eq(&facts.title.0),
        books::authors.eq(&facts.authors),
        books::find_key.eq(key),
        books::first_published.eq(facts.first_published),
        books::genres.eq(&facts.genres),
    );
    diesel::update(books::table.find(book)).set(values).execute(conn)?;
    find_or_make_edition(conn, book, &facts.edition)?;
    chapters::set(conn, book, contents)?;
    let after = get(conn, book)?;
    actions::record(conn, actor.id, &Entry::book(book, &before.title, &after.title))
}

/// Notes that something changed that the book's pages show.
pub fn touch(conn: &mut Conn, book: BookId) -> Result<()> {
    diesel::update(books::table.find(book)).set(books::version.eq(books::version + 1)).execute(conn)?;
    Ok(())
}

/// Counts one more thread about a book.
pub(super) fn count_thread(conn: &mut Conn, book: BookId) -> Result<()> {
    let values = (books::threads_count.eq(books::threads_count + 1), books::version.eq(books::version + 1));
    diesel::update(books::table.find(book)).set(values).execute(conn)?;
    Ok(())
}

/// From which age on somebody thinks a book suitable.
#[derive(Clone, Debug, Queryable)]
pub struct Suitability {
    /// Who thinks so.
    pub byline: String,
    /// Years of age.
    pub years: i32,
}

/// What people think of a book's age suitability.
pub fn suitabilities(conn: &mut Conn, book: BookId) -> Result<Vec<Suitability>> {
    let of_book = suitabilities::table.filter(suitabilities::book_id.eq(book)).order(suitabilities::id).limit(50);
    Ok(of_book.select((suitabilities::byline, suitabilities::years)).load(conn)?)
}

/// Keeps what an imported page says of age suitability.
pub(super) fn add_suitability(conn: &mut Conn, book: BookId, source: SourceId, byline: &str, years: i32) -> Result<()> {
    let row = (
        suitabilities::book_id.eq(book),
        suitabilities::source_id.eq(source),
        suitabilities::byline.eq(byline),
        suitabilities::years.eq(years),
    );
    diesel::insert_into(suitabilities::table).values(row).execute(conn)?;
    Ok(())
}
