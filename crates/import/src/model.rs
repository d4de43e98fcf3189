//! The content of a saved review page, in one form for every kind of page. All texts are plain text, with `\n` for line
//! breaks.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use super::rating::Rating;

/// One saved page about one book.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The name of the site, if the page has it.
    pub site: Option<String>,
    /// The page's canonical URL, if it has one (HTML only).
    pub address: Option<String>,
    pub book: Book,
    pub review: Option<Review>,
    /// Readers' comments, in the order of the page.
    pub comments: Vec<Comment>,
    /// The average rating in a catalogue.
    pub source_average: Option<Rating>,
    /// Texts by staff or critics about the book, without duplicates.
    pub blurbs: Vec<Blurb>,
    /// Passages of the book that the review quotes in paragraphs of their own.
    pub quotes: Vec<Quote>,
    /// Readers' opinions on the age that the book is for.
    pub age_ratings: Vec<AgeRating>,
    pub meeting: Option<Announcement>,
    /// Kinds of boilerplate that were left out, in words, without duplicates.
    pub left_out: Vec<String>,
    /// Lines that looked like facts but couldn't be parsed, verbatim.
    pub not_understood: Vec<String>,
}

impl Page {
    /// Adds a kind of boilerplate that was left out, unless it is listed.
    pub(super) fn leave_out(&mut self, kind: &str) {
        if !self.left_out.iter().any(|known| known == kind) {
            self.left_out.push(kind.to_owned());
        }
    }
}

/// A book as the page describes it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// The title, without the author and the word "review".
    pub title: String,
    /// The authors as "First Last". Empty if the page names none.
    pub authors: Vec<String>,
    /// The year in which the book was first published.
    pub first_published: Option<i32>,
    /// Genres in the page's words and order.
    pub genres: Vec<String>,
    /// The publisher's or the library's summary.
    pub synopsis: Option<String>,
    /// The edition that the page is about.
    pub edition: Edition,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Edition {
    /// The publisher's name, without its place.
    pub publisher: Option<String>,
    /// When this edition was published.
    pub published: Option<PartialDate>,
    /// The edition statement, such as "2nd revised ed".
    pub statement: Option<String>,
    pub pages: Option<u32>,
    /// ISBN-13, digits only. Converted from the ISBN-10 if the page has only that.
    pub isbn13: Option<String>,
    /// ISBN-10, digits only (and a final `X`), if the page has it.
    pub isbn10: Option<String>,
    /// The call number in the library whose catalogue this is.
    pub call_number: Option<String>,
}

/// A date, as precise as the page gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartialDate {
    Year(i32),
    /// Year and month (1..=12).
    YearMonth(i32, u32),
    Day(NaiveDate),
}

impl PartialDate {
    /// The date, if it is complete.
    pub fn day(self) -> Option<NaiveDate> {
        match self {
            PartialDate::Day(day) => Some(day),
            _ => None,
        }
    }

    /// ISO 8601: "2005", "2005-03", "2005-03-02".
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
    /// The page's own heading, if it says more than "X by Y".
    pub title: Option<String>,
    pub byline: Option<String>,
    /// When it was published.
    pub date: Option<NaiveDate>,
    pub rating: Option<Rating>,
    /// The review's spoiler warning, verbatim.
    pub warns: Option<String>,
    pub body: Vec<Block>,
}

/// A reader's comment below a review or in a catalogue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// Its author's name. Empty if the page doesn't say.
    pub byline: String,
    pub date: Option<NaiveDate>,
    pub rating: Option<Rating>,
    /// Whether it may spoil the book, because the page or the comment says so.
    pub sealed: bool,
    pub body: Vec<Block>,
}

/// A block of a text, such as a paragraph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    pub kind: BlockKind,
    /// Plain text, perhaps with line breaks.
    pub text: String,
    /// Whether it is in a part that may spoil the book.
    pub sealed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockKind {
    /// A heading of the given level (2..=6).
    Heading(u8),
    Paragraph,
    /// A passage quoted in a paragraph of its own.
    Quote,
    /// A list item. A numbered one keeps its number.
    ListItem,
}

/// A text by staff or critics about a book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Blurb {
    pub text: String,
    /// Its author's name, if the page has it.
    pub byline: Option<String>,
}

/// A passage of the book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// The passage. The page doesn't say how far into the book it is.
    pub text: String,
}

/// One reader's opinion on the age that a book is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgeRating {
    pub byline: String,
    /// The age in years from which the book is suitable.
    pub years: u32,
    /// The reader's rating of the book.
    pub rating: Option<Rating>,
    pub date: Option<NaiveDate>,
}

/// A meeting that a page announces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Announcement {
    pub date: NaiveDate,
    /// The sentence that announces it.
    pub sentence: String,
}
