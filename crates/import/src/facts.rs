//! Parses lines that state a fact: "Genre: ...", "Rated 3 out of 5", "First published 1961".

use super::citation;
use super::dates;
use super::labels::{fact_shaped, labelled, lone_number, only_rating, split_list, text};
use super::model::Book;
use super::names;
use super::rating::Rating;
use super::words::{count, has_any, normalize};
use chrono::NaiveDate;

/// The facts of a page so far. The first value of each fact is kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub book: Book,
    pub byline: Option<String>,
    pub date: Option<NaiveDate>,
    pub rating: Option<Rating>,
    pub average: Option<Rating>,
}

/// The result of parsing a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FactResult {
    /// It was a fact and is stored.
    Fact,
    /// It looks like a fact, but its value couldn't be parsed.
    Unparsed,
    /// It isn't a fact.
    NotAFact,
}

impl Facts {
    /// Parses the fact on a line, if there is one.
    pub fn take(&mut self, line: &str) -> FactResult {
        if line.len() > 400 {
            return FactResult::NotAFact;
        }
        if let Some((label, value)) = labelled(line) {
            return match self.take_labelled(&normalize(label), value) {
                FactResult::NotAFact if self.take_bare(line) => FactResult::Fact,
                FactResult::NotAFact if fact_shaped(label, value) => FactResult::Unparsed,
                other => other,
            };
        }
        if self.take_bare(line) { FactResult::Fact } else { FactResult::NotAFact }
    }

    fn take_labelled(&mut self, label: &str, value: &str) -> FactResult {
        let edition = &mut self.book.edition;
        let read = match label {
            "rating" | "my rating" | "overall rating" | "stars" | "score" | "rated" | "verdict" | "overall"
            | "my score" | "final rating" => set_if_none(&mut self.rating, Rating::find(value)),
            "average rating" | "avg rating" => set_if_none(&mut self.average, Rating::find(value)),
            "genre" | "genres" | "category" | "categories" => self.take_genres(value),
            "publisher" | "published by" | "imprint" => self.take_publisher(value),
            "published"
            | "publication date"
            | "pub date"
            | "release date"
            | "date published"
            | "publication"
            | "released"
            | "published on"
            | "date of publication"
            | "year published"
            | "publication year" => self.take_publication(value),
            "first published"
            | "originally published"
            | "original publication date"
            | "first publication"
            | "first published in"
            | "originally published in"
            | "original publication" => set_if_none(&mut self.book.first_published, dates::year_in(value)),
            "pages"
            | "page count"
            | "length"
            | "number of pages"
            | "print length"
            | "characteristics"
            | "physical description"
            | "no of pages"
            | "extent" => set_if_none(&mut edition.pages, citation::pages(value).or_else(|| lone_number(value))),
            "isbn" | "isbn 13" | "isbn 10" | "isbn13" | "isbn10" => citation::take_isbn(edition, value),
            "edition" => set_if_none(&mut edition.statement, text(value)),
            "format" | "binding" => {
                edition.pages = edition.pages.or_else(|| citation::pages(value));
                true
            }
            "call number" | "branch call number" | "shelf mark" | "shelfmark" | "call no" => {
                set_if_none(&mut edition.call_number, text(value))
            }
            "title" | "book title" | "book" => self.take_title(value),
            "author" | "authors" | "written by" | "book author" => self.take_authors(value),
            "reviewed by" | "reviewer" | "review by" | "posted by" => self.take_byline(value),
            "date" | "posted" | "posted on" | "review date" | "reviewed on" | "date reviewed" => {
                set_if_none(&mut self.date, dates::whole(value))
            }
            "synopsis"
            | "blurb"
            | "summary"
            | "description"
            | "book description"
            | "publishers description"
            | "from the publisher" => {
                let long = Some(value).filter(|value| count(value) >= 8).and_then(text);
                return if set_if_none(&mut self.book.synopsis, long) {
                    FactResult::Fact
                } else {
                    FactResult::NotAFact
                };
            }
            _ => return FactResult::NotAFact,
        };
        if read {
            return FactResult::Fact;
        }
        // A long value that can't be parsed is prose after a colon.
        if count(value) > 12 { FactResult::NotAFact } else { FactResult::Unparsed }
    }

    fn take_bare(&mut self, line: &str) -> bool {
        let words = normalize(line);
        if let Some(date) = dates::whole(line) {
            return set_if_none(&mut self.date, Some(date));
        }
        if only_rating(&words) {
            return set_if_none(&mut self.rating, Rating::find(line));
        }
        let short = count(line) <= 8;
        if short && has_any(&words, &["originally published", "first published"]) {
            return set_if_none(&mut self.book.first_published, dates::year_in(line));
        }
        let signed = ["posted on ", "posted by ", "reviewed by ", "review by ", "written by "];
        if count(line) <= 14 && signed.iter().any(|start| words.starts_with(start)) {
            return self.take_signature(line);
        }
        citation::take(&mut self.book, line)
    }

    fn take_genres(&mut self, value: &str) -> bool {
        let genres: Vec<String> = split_list(value).map(str::to_owned).collect();
        let read = !genres.is_empty() && genres.iter().all(|genre| count(genre) <= 5);
        if read && self.book.genres.is_empty() {
            self.book.genres = genres;
        }
        read
    }

    fn take_publisher(&mut self, value: &str) -> bool {
        let (publisher, date) = citation::publisher(value);
        let edition = &mut self.book.edition;
        edition.published = edition.published.or(date);
        set_if_none(&mut edition.publisher, publisher)
    }

    fn take_publication(&mut self, value: &str) -> bool {
        let (date, by) = match value.split_once(" by ") {
            Some((date, by)) => (date, Some(by)),
            None => (value, None),
        };
        if let Some(by) = by {
            self.take_publisher(by);
        }
        set_if_none(&mut self.book.edition.published, dates::partial(date))
    }

    fn take_title(&mut self, value: &str) -> bool {
        let read = names::heading(value);
        let title = read.as_ref().map_or(value, |heading| &heading.title);
        if self.book.title.is_empty() {
            self.book.title = title.trim_matches(['“', '”', '"', ' ']).to_owned();
            self.book.authors.extend(read.into_iter().flat_map(|heading| heading.authors));
        }
        !self.book.title.is_empty()
    }

    fn take_authors(&mut self, value: &str) -> bool {
        let turned = names::first_last(value);
        let authors = names::authors(&turned);
        let read = !authors.is_empty();
        if read && self.book.authors.is_empty() {
            self.book.authors = authors;
        }
        read
    }

    fn take_byline(&mut self, value: &str) -> bool {
        let date = dates::find(value);
        let end = date.as_ref().map_or(value.len(), |date| date.start);
        let name = value[..end].trim_end_matches([' ', ',', '|', '-', '–', '(']);
        let name = name.strip_suffix(" on").unwrap_or(name).trim();
        self.date = self.date.or(date.and_then(|date| date.value.day()));
        let name = Some(name).filter(|name| !name.is_empty() && count(name) <= 5);
        set_if_none(&mut self.byline, name.map(str::to_owned))
    }

    /// Parses "Posted on DATE by NAME in ...", "Reviewed by NAME on DATE".
    fn take_signature(&mut self, line: &str) -> bool {
        if let Some(date) = dates::find(line) {
            self.date = self.date.or(date.value.day());
        }
        let lower = line.to_ascii_lowercase();
        let after = lower.find(" by ").map(|at| &line[at + 4..]);
        let name = after.map(|name| name.split([',', '|', '(', '•', '·']).next().unwrap_or(name));
        let name = name.map(|name| name.split(" in ").next().unwrap_or(name));
        name.is_some_and(|name| self.take_byline(name)) || self.date.is_some()
    }
}

/// Stores `value` unless there is one already. Returns whether `value` was `Some`.
pub(super) fn set_if_none<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let some = value.is_some();
    if slot.is_none() {
        *slot = value;
    }
    some
}
