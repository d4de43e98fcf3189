//! Parsers for text: blogs and catalogues, from plain text or from the main text of an HTML page.

pub(super) mod blocks;
mod blog;
mod book_box;
mod catalogue;
pub(super) mod comments;
mod ending;
mod heading;
mod parts;
mod people;

use super::Unreadable;
use super::facts::Facts;
use super::lines::Para;
use super::model::{Comment, Page};

/// What is known about a page from outside its text.
#[derive(Debug, Default)]
pub(super) struct Hints {
    pub site: Option<String>,
    pub address: Option<String>,
    /// Lines that may be the heading, the most likely first.
    pub headings: Vec<String>,
    /// The heading of the review.
    pub title: Option<String>,
    pub facts: Facts,
    pub comments: Vec<Comment>,
    pub left_out: Vec<String>,
}

/// The most paragraphs of a page.
const MOST: usize = 20_000;

/// Parses paragraphs as a catalogue or a blog.
pub(super) fn read(paras: Vec<Para>, hints: Hints) -> Result<Page, Unreadable> {
    if paras.len() > MOST {
        return Err(Unreadable::TooComplex);
    }
    if hints.comments.is_empty() && catalogue::is_one(&paras) {
        catalogue::read(&paras, hints)
    } else {
        blog::read(paras, hints)
    }
}
