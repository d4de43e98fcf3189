//! Parses one saved review page to a [`Page`]: the book, the review, its comments, and what a library's catalogue says.
//!
//! Pages are recognised by their structure, never by their site: [`read`] accepts the text of a blog or a catalogue, or
//! HTML with or without machine-readable data. The crate uses no database and no files, and renders nothing.

mod boilerplate;
mod bytes;
mod citation;
mod dates;
mod facts;
mod fingerprint;
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

pub use bytes::MAX_BYTES;
pub use fingerprint::fingerprint;
pub use model::{
    AgeRating, Announcement, Block, BlockKind, Blurb, Book, Comment, Edition, Page, PartialDate, Quote, Rating, Review,
};

/// Why a file could not be read as a review page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("The file is empty.")]
    Empty,
    /// It isn't text in a known encoding.
    #[error("The file isn’t text.")]
    Binary,
    #[error("The file is longer than 2 MiB.")]
    TooLong,
    /// It is nested too deeply or has too many parts.
    #[error("The page is too deeply nested or too fragmented to be read.")]
    TooComplex,
    /// It has no title, or nothing that shows that it is about a book.
    #[error("The page doesn’t name a book.")]
    NoBook,
    /// It names a book but has nothing else about it.
    #[error("The page names a book, but has no review, comments or catalogue facts about it.")]
    NoContent,
}

/// Parses a saved page. HTML is recognised by the ending of the file's `name` or by the beginning of its text.
///
/// # Errors
/// See [`Unreadable`].
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
