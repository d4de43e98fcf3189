//! What a saved review page says, in one shape for every kind of page.
//!
//! Plain values only: nothing here knows how a page was written, and nothing
//! renders. Texts are plain text; a line break inside one is `\n`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use super::rating::Rating;

/// One saved page about one book.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The name of the site the page was saved from; `None` when it does not say.
    pub site: Option<String>,
    /// The page's canonical address, when it names one (HTML only).
    pub address: Option<String>,
    /// The book the page is about.
    pub book: Book,
    /// The main review, when the page is one.
    pub review: Option<Review>,
    /// Readers' comments, in the order of the page.
    pub comments: Vec<Comment>,
    /// The average rating that a catalogue shows.
    pub source_average: Option<Rating>,
    /// What staff or critics say about the book; each text once.
    pub blurbs: Vec<Blurb>,
    /// Passages of the book that the review quotes as paragraphs of their own.
    pub quotes: Vec<Quote>,
    /// The ages that readers think the book is for.
    pub suitabilities: Vec<Suitability>,
    /// A meeting that the page announces.
    pub meeting: Option<Announcement>,
    /// Kinds of furniture left out, in short plain words, each once.
    pub left_out: Vec<String>,
    /// Lines that looked like facts and could not be read, as they stand.
    pub not_understood: Vec<String>,
}

impl Page {
    /// Notes a kind of furniture that was left out; a kind is noted once.
    pub(super) fn leave_out(&mut self, kind: &str) {
        if !self.left_out.iter().any(|known| known == kind) {
            self.left_out.push(kind.to_owned());
        }
    }
}

/// A book as the page describes it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// The title, without the author and without the word "review".
    pub title: String,
    /// The authors as "First Last"; empty when the page names none.
    pub authors: Vec<String>,
    /// The year of the first edition of all.
    pub first_published: Option<i32>,
    /// Genres in the page's words and order.
    pub genres: Vec<String>,
    /// The publisher's or the library's summary.
    pub synopsis: Option<String>,
    /// The edition in hand.
    pub edition: Edition,
}

/// Facts of one edition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Edition {
    /// The publisher's name, without its place.
    pub publisher: Option<String>,
    /// When this edition appeared.
    pub published: Option<PartialDate>,
    /// The statement of edition, such as "2nd revised ed".
    pub statement: Option<String>,
    /// Number of pages.
    pub pages: Option<u32>,
    /// ISBN-13, digits only; made from the ISBN-10 when only that is given.
    pub isbn13: Option<String>,
    /// ISBN-10, digits (and a final `X`) only, when the page gives one.
    pub isbn10: Option<String>,
    /// The shelf mark in the library that the page comes from.
    pub call_number: Option<String>,
}

/// A date as exactly as a page gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartialDate {
    /// Only the year.
    Year(i32),
    /// Year and month (1..=12).
    YearMonth(i32, u32),
    /// A whole date.
    Day(NaiveDate),
}

impl PartialDate {
    /// The whole date, when it is one.
    pub fn day(self) -> Option<NaiveDate> {
        match self {
            PartialDate::Day(day) => Some(day),
            _ => None,
        }
    }

    /// "2005", "2005-03", "2005-03-02" (ISO 8601).
    pub fn iso(self) -> String {
        match self {
            PartialDate::Year(year) => year.to_string(),
            PartialDate::YearMonth(year, month) => format!("{year}-{month:02}"),
            PartialDate::Day(day) => day.to_string(),
        }
    }

    /// The year, which every partial date has.
    pub fn year(self) -> i32 {
        match self {
            PartialDate::Year(year) | PartialDate::YearMonth(year, _) => year,
            PartialDate::Day(day) => chrono::Datelike::year(&day),
        }
    }
}

/// The main text of a review page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// The page's own heading, when it says more than "X by Y".
    pub title: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// When it was published.
    pub date: Option<NaiveDate>,
    /// The reviewer's rating.
    pub rating: Option<Rating>,
    /// The review's caution about spoilers, in its own words.
    pub warns: Option<String>,
    /// The text, in order.
    pub body: Vec<Block>,
}

/// What one reader wrote below a review or in a catalogue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// Who wrote it; empty when the page does not say.
    pub byline: String,
    /// When it was written.
    pub date: Option<NaiveDate>,
    /// The rating given with it.
    pub rating: Option<Rating>,
    /// Whether it may spoil the book: the page or the comment itself warns.
    pub sealed: bool,
    /// The text, in order.
    pub body: Vec<Block>,
}

/// One piece of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// What the piece is.
    pub kind: Kind,
    /// Plain text; may hold line breaks.
    pub text: String,
    /// Whether it lies in a part that may spoil the book.
    pub sealed: bool,
}

/// The kinds of pieces that a text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A heading of the given level (2..=6).
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A passage quoted as a paragraph of its own.
    Quote,
    /// One item of a list; a numbered item keeps its number.
    ListItem,
}

/// What staff or critics say about a book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Blurb {
    /// The text.
    pub text: String,
    /// Who said it, when the page tells.
    pub byline: Option<String>,
}

/// A passage of the book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// The passage. Nobody says how far into the book it is.
    pub text: String,
}

/// One reader's opinion about the age a book is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suitability {
    /// Whose opinion it is.
    pub byline: String,
    /// The age in years from which the book is suitable.
    pub years: u32,
    /// The rating given with it.
    pub rating: Option<Rating>,
    /// When it was given.
    pub date: Option<NaiveDate>,
}

/// A meeting that a page announces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Announcement {
    /// The day of the meeting.
    pub date: NaiveDate,
    /// The sentence that announces it.
    pub sentence: String,
}
