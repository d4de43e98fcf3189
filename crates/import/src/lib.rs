//! Reads one saved review page into a model: the book, the review, its comments,
//! and what a library's catalogue says.
//!
//! Pages are told apart by shape, never by site: [`read`] takes the text of a
//! blog or a catalogue, or HTML with or without marks for machines. No database,
//! no rendering, no files: bytes go in, a [`Page`] comes out.

mod bytes;
mod citation;
mod dates;
mod facts;
mod fingerprint;
mod furniture;
mod html;
mod labels;
mod lines;
mod model;
mod names;
mod passages;
mod rating;
#[cfg(test)]
mod tests;
mod text;
mod warnings;
mod words;

pub use bytes::MOST;
pub use fingerprint::fingerprint;
pub use model::{
    Announcement, Block, Blurb, Book, Comment, Edition, Kind, Page, PartialDate, Quote, Rating, Review, Suitability,
};

/// Why a file could not be read as a review page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing but blanks.
    #[error("The file is empty.")]
    Empty,
    /// Not text in an encoding that is known here.
    #[error("The file isn’t text.")]
    Binary,
    /// More than 2 MiB.
    #[error("The file is longer than 2 MiB.")]
    OverLong,
    /// Nested, or cut into pieces, beyond what pages have.
    #[error("The page is too deeply nested or too fragmented to be read.")]
    Tangled,
    /// No title, or nothing that shows that a book is meant.
    #[error("The page doesn’t name a book.")]
    NoBook,
    /// A book, and nothing said about it.
    #[error("The page names a book, but has no review, comments or catalogue facts about it.")]
    NothingSaid,
}

/// Reads a saved page. `name` is the file's name; its ending, or else the
/// beginning of the text, tells HTML from plain text.
///
/// # Errors
/// Says what was missing: see [`Unreadable`].
pub fn read(name: &str, bytes: &[u8]) -> Result<Page, Unreadable> {
    let text = bytes::text(bytes)?;
    if is_html(name, &text) { html::read(&text) } else { text::read(lines::paras(&text), text::Hints::default()) }
}

fn is_html(name: &str, text: &str) -> bool {
    let name = name.to_lowercase();
    let ending = [".html", ".htm", ".xhtml"].iter().any(|ending| name.ends_with(ending));
    let start: String = text.trim_start().chars().take(600).collect();
    let start = start.to_lowercase();
    let marks = ["<!doctype html", "<html", "<head", "<body", "<article", "<div", "<script"];
    let marked = start.starts_with('<') && marks.iter().any(|mark| start.contains(mark));
    (ending && text.contains('<')) || marked
}
