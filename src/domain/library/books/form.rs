//! The form in which hosts enter a book.

use super::{Book, Edition};
use crate::db::EditionId;
use crate::domain::core::text_fields::{Title, line, optional_line};
use crate::error::{Error, Problems, Result};
use chrono::NaiveDate;

/// A parsed book: title, authors and one edition.
#[derive(Clone, Debug)]
pub struct BookDetails {
    pub(in crate::domain) title: Title,
    pub(in crate::domain) authors: String,
    pub(in crate::domain) first_published: Option<i32>,
    pub(in crate::domain) genres: String,
    pub(in crate::domain) edition: Edition,
}

/// What a host changes about a book's editions: the one whose fields are in [`BookDetails`], and one that is added.
#[derive(Clone, Debug)]
pub struct EditionsChange {
    pub(super) shown: Option<EditionId>,
    pub(super) another: Edition,
}

/// The fields of the form, as they were sent.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct BookForm {
    pub title: String,
    pub authors: String,
    /// A year.
    pub first_published: String,
    /// Genres, separated by commas.
    pub genres: String,
    pub publisher: String,
    /// A year, month or day.
    pub published: String,
    pub pages: String,
    /// An ISBN-10 or ISBN-13, with or without hyphens.
    pub isbn: String,
    /// A library's call number.
    pub call_number: String,
    /// The id of the edition that these fields describe; empty for a new one.
    pub edition: String,
    /// The same fields for one more edition.
    pub new_publisher: String,
    pub new_published: String,
    pub new_pages: String,
    pub new_isbn: String,
    pub new_call_number: String,
    /// The book's chapters: see [`Contents::parse`](crate::domain::library::chapters::Contents::parse).
    pub contents: String,
    /// Not empty if the contents were folded for the host and must stay as they are.
    pub keep: String,
    /// Not empty if all chapter titles are to be sealed.
    pub titles_spoil: String,
    /// How many titles were sealed when the form was opened.
    pub sealed: String,
    /// The edition that the page numbers are from: empty, an edition's id, or `new` for the one that is added.
    pub paged_edition: String,
}

impl BookForm {
    /// The form, filled in with a book and one of its editions.
    pub fn from_book(book: &Book, shown: Option<(EditionId, Edition)>) -> Self {
        let (id, edition) = shown.unzip();
        let edition = edition.unwrap_or_default();
        Self {
            title: book.title.clone(),
            authors: book.authors.clone(),
            first_published: book.first_published.map(|year| year.to_string()).unwrap_or_default(),
            genres: book.genres.clone(),
            edition: id.map(|id| id.to_string()).unwrap_or_default(),
            publisher: edition.publisher.unwrap_or_default(),
            published: edition.published.unwrap_or_default(),
            pages: edition.pages.map(|pages| pages.to_string()).unwrap_or_default(),
            isbn: edition.isbn.unwrap_or_default(),
            call_number: edition.call_number.unwrap_or_default(),
            ..Self::default()
        }
    }
}

impl BookDetails {
    pub fn parse(form: &BookForm) -> Result<Self> {
        let mut problems = Problems::default();
        let title = problems.check("title", Title::parse(&form.title));
        let authors = problems.check("authors", line(&form.authors, "the author's name", 200));
        let first_published = problems.check("first_published", year(&form.first_published)).flatten();
        let genres = problems.check("genres", optional_line(&form.genres, "the genres", 200)).flatten();
        let values = [&form.publisher, &form.published, &form.pages, &form.isbn, &form.call_number];
        let names = ["publisher", "published", "pages", "isbn", "call_number"];
        let edition = edition(values, names, &mut problems);
        let (Some(title), Some(authors), true) = (title, authors, problems.is_empty()) else {
            return Err(Error::Refused(problems));
        };
        Ok(Self { title, authors, first_published, genres: genres.unwrap_or_default(), edition })
    }
}

impl EditionsChange {
    pub fn parse(form: &BookForm) -> Result<Self> {
        let mut problems = Problems::default();
        let values = [&form.new_publisher, &form.new_published, &form.new_pages, &form.new_isbn, &form.new_call_number];
        let names = ["new_publisher", "new_published", "new_pages", "new_isbn", "new_call_number"];
        let another = edition(values, names, &mut problems);
        problems.into_result()?;
        Ok(Self { shown: form.edition.parse().ok().map(EditionId), another })
    }
}

/// Parses the fields of one edition: publisher, date, pages, ISBN, call number. `names` are the form's names for them.
fn edition(values: [&String; 5], names: [&'static str; 5], problems: &mut Problems) -> Edition {
    let [publisher, published, pages, number_13, call_number] = values;
    Edition {
        publisher: problems.check(names[0], optional_line(publisher, "the publisher", 100)).flatten(),
        published: problems.check(names[1], date(published)).flatten(),
        pages: problems.check(names[2], number(pages, 1..=99_999, "Please enter a number of pages.")).flatten(),
        isbn: problems.check(names[3], isbn(number_13)).flatten(),
        call_number: problems.check(names[4], optional_line(call_number, "the call number", 60)).flatten(),
        statement: None,
    }
}

/// Parses a year, or a month or day in ISO 8601.
fn date(input: &str) -> Result<Option<String>, String> {
    let text = input.trim();
    let day = [text.to_owned(), format!("{text}-01")];
    if day.iter().any(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok()) && text.len() >= 7 {
        return Ok(Some(text.to_owned()));
    }
    year(input).map(|year| year.map(|year| year.to_string()))
}

fn year(input: &str) -> Result<Option<i32>, String> {
    number(input, -3000..=2200, "Please enter a year, such as 1847.")
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
        Err(_) => Err("This ISBN isn’t valid. Please check its digits.".to_owned()),
    }
}
