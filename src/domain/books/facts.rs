//! A book's facts as a host fills them in.

use super::Edition;
use crate::domain::words::{Title, line, optional_line};
use crate::error::{Error, Problems, Result};

/// A book's facts, as somebody gives them.
#[derive(Clone, Debug)]
pub struct Facts {
    pub(in crate::domain) title: Title,
    pub(in crate::domain) authors: String,
    pub(in crate::domain) first_published: Option<i32>,
    pub(in crate::domain) genres: String,
    pub(in crate::domain) edition: Edition,
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
