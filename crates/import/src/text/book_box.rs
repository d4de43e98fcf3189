//! Parses the box that some blogs show above a review: title, author, genres, publisher and date, each on a line
//! without a label.

use super::super::citation;
use super::super::dates;
use super::super::facts::{FactResult, Facts, set_if_none};
use super::super::labels;
use super::super::lines::Para;
use super::super::model::Book;
use super::super::words::{count, has, normalize};

/// Parses a box of facts. `None` if the paragraph isn't one, else the lines that couldn't be parsed.
pub(super) fn take(facts: &mut Facts, para: &Para, book: &Book) -> Option<Vec<String>> {
    let author = |line: &String| book.authors.iter().any(|name| normalize(line) == normalize(name));
    let short = para.lines.iter().all(|line| count(line) <= 25);
    if !(3..=14).contains(&para.lines.len()) || !short || !para.lines.iter().any(author) {
        return None;
    }
    let mut rest = Vec::new();
    for line in para.lines.iter().filter(|line| !author(line)) {
        if !is_caption(line, book) && !take_line(facts, line) {
            rest.push(line.clone());
        }
    }
    if let [publisher] = rest.as_slice()
        && facts.book.edition.publisher.is_none()
        && count(publisher) <= 5
    {
        set_if_none(&mut facts.book.edition.publisher, rest.pop());
    }
    Some(rest)
}

fn take_line(facts: &mut Facts, line: &str) -> bool {
    if let Some(date) = dates::whole(line) {
        let date = super::super::model::PartialDate::Day(date);
        return set_if_none(&mut facts.book.edition.published, Some(date));
    }
    if let Some(genres) = labels::genres(line).filter(|_| !citation::is_publisher(line)) {
        facts.book.genres.extend(genres);
        return true;
    }
    if citation::is_publisher(line) && labels::labelled(line).is_none() {
        let (name, date) = citation::publisher(line);
        set_if_none(&mut facts.book.edition.published, date);
        return set_if_none(&mut facts.book.edition.publisher, name);
    }
    let binding = ["kindle", "paperback", "hardcover", "hardback", "ebook", "audiobook"];
    let words = normalize(line);
    facts.take(line) == FactResult::Fact || (count(line) <= 3 && binding.iter().any(|kind| has(&words, kind)))
}

/// Whether a line only repeats title and author, as a picture's text does.
pub(super) fn is_caption(line: &str, book: &Book) -> bool {
    const OTHER: &[&str] = &[
        "book",
        "cover",
        "covers",
        "review",
        "by",
        "for",
        "the",
        "of",
        "image",
        "picture",
        "photo",
        "a",
        "novel",
        "front",
        "jacket",
        "from",
        "paperback",
        "reviewed",
    ];
    if line.len() > 400 || count(line) > 25 {
        return false;
    }
    let mut words = normalize(line);
    let title = normalize(&book.title);
    let names: Vec<String> = book.authors.iter().map(|name| normalize(name)).collect();
    let named = has(&words, &title) || names.iter().any(|name| has(&words, name));
    for known in std::iter::once(&title).chain(&names).filter(|known| !known.is_empty()) {
        words = words.replace(known.as_str(), " ");
    }
    named && words.split_whitespace().all(|word| OTHER.contains(&word))
}
