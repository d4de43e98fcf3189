//! The book of an imported page, in the form that the library stores.

use super::{cut, title};
use crate::domain::library::books::{BookDetails, Edition};
use crate::error::Result;
use crate::import::{Page, PartialDate};

/// Title, authors and edition of the page's book, shortened to what the library allows.
pub(super) fn from_page(page: &Page) -> Result<BookDetails> {
    let book = &page.book;
    let line = |text: &Option<String>, most| text.as_deref().and_then(|text| cut(text, most));
    let edition = Edition {
        publisher: line(&book.edition.publisher, 100),
        published: book.edition.published.map(PartialDate::iso),
        statement: line(&book.edition.statement, 100),
        pages: book.edition.pages.and_then(|pages| i32::try_from(pages).ok()).filter(|pages| *pages < 100_000),
        isbn: book.edition.isbn13.clone(),
        call_number: line(&book.edition.call_number, 60),
    };
    Ok(BookDetails {
        title: title(&book.title)?,
        authors: cut(&join_names(&book.authors), 200).unwrap_or_default(),
        first_published: book.first_published,
        genres: cut(&book.genres.iter().map(|genre| genre_name(genre)).collect::<Vec<_>>().join(", "), 200)
            .unwrap_or_default(),
        edition,
    })
}

/// Joins names: "A", "A and B", "A, B and C".
fn join_names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A genre in plain words: a shelf mark such as "Fiction: literary" becomes "Literary Fiction".
fn genre_name(genre: &str) -> String {
    let Some((kind, which)) = genre.split_once(':') else { return genre.to_owned() };
    let mut which = which.trim().chars();
    let first: String = which.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{} {}", which.as_str(), kind.trim())
}
