//! Completes a parsed blog page: comments, quotes, a rating in a sentence, merged facts.

use super::super::Unreadable;
use super::super::lines::Para;
use super::super::model::{Block, BlockKind, Book, Comment, Page, Quote, Review};
use super::super::rating::Rating;
use super::super::warnings;
use super::super::words::{after_prefix, count, normalize, sentences};
use super::blog::Reader;
use super::heading::Found;
use super::parts::Parts;
use super::{blocks, comments};

impl Reader {
    /// The page, if it says something about the book.
    pub(super) fn finish(mut self, found: Option<Found>, parts: &Parts) -> Result<Page, Unreadable> {
        let names: Vec<&str> =
            std::iter::once(self.book.title.as_str()).chain(self.book.authors.iter().map(String::as_str)).collect();
        let mut body = blocks::review(&self.prose, &names);
        let line = found.as_ref().map(|found| found.line.clone());
        let whole = line.as_deref().filter(|line| warnings::is_caution(line)).map(str::to_owned);
        if whole.is_some() {
            body.iter_mut().for_each(|block| block.sealed = true);
        }
        let warns = whole.or(warnings::seal(&mut body));
        self.page.quotes = quotes(&body);
        self.page.comments = self.comments(parts, warns.is_some());
        let own = self.own_title.take().or(line);
        let title = own.filter(|line| says_more(line, &self.book, self.page.site.as_deref()));
        let rating = self.facts.rating.or_else(|| spoken_rating(&self.prose));
        let prose = body.iter().any(|block| count(&block.text) >= 8);
        if !prose && self.page.comments.is_empty() && !self.has_edition() {
            return Err(Unreadable::NoContent);
        }
        self.page.review = prose.then_some(Review {
            title,
            byline: self.facts.byline.take(),
            date: self.facts.date,
            rating,
            warns,
            body,
        });
        self.page.source_average = self.facts.average;
        self.page.book = merged(self.book, self.facts.book);
        Ok(self.page)
    }

    fn has_edition(&self) -> bool {
        let known = |book: &Book| {
            let edition = &book.edition;
            edition.isbn13.is_some() || edition.publisher.is_some() || book.synopsis.is_some()
        };
        known(&self.book) || known(&self.facts.book) || self.facts.average.is_some()
    }

    fn comments(&mut self, parts: &Parts, warned: bool) -> Vec<Comment> {
        let mut all = std::mem::take(&mut self.known_comments);
        if all.is_empty() {
            all = comments::read(&parts.comments);
            let header = parts.header.clone();
            if parts.told.is_some_and(|told| told != all.len()) {
                self.page.not_understood.extend(header);
            }
        }
        for comment in &mut all {
            comment.sealed |=
                warned || comment.body.iter().any(|block| block.sealed || warnings::is_caution(&block.text));
        }
        all
    }
}

/// The passages of the book in the blocks of a review.
fn quotes(body: &[Block]) -> Vec<Quote> {
    let quotes = body.iter().filter(|block| block.kind == BlockKind::Quote);
    quotes.map(|block| Quote { text: block.text.clone() }).collect()
}

/// A paragraph without a picture's text joined to its first word.
pub(super) fn unglued(line: &str, title: &str) -> String {
    let rest = after_prefix(line, title);
    let glued = rest.filter(|rest| !title.is_empty() && rest.starts_with(char::is_uppercase));
    glued.unwrap_or(line).to_owned()
}

/// Whether a heading says more than the title, the author and "review".
fn says_more(line: &str, book: &Book, site: Option<&str>) -> bool {
    const OTHER: &[&str] = &["book", "review", "reviews", "by", "a", "of", "my", "the", "and", "reviewed", "s"];
    let mut words = format!(" {} ", normalize(line));
    let names = book.authors.iter().map(String::as_str).chain(site).chain([book.title.as_str()]);
    for name in names.map(normalize).filter(|name| !name.is_empty()) {
        words = words.replace(&format!(" {name} "), "  ");
    }
    words.split_whitespace().any(|word| !OTHER.contains(&word))
}

/// A rating such as "I give it four out of five stars", near the beginning or the end.
fn spoken_rating(prose: &[Para]) -> Option<Rating> {
    let near = prose.iter().rev().take(3).chain(prose.iter().take(2));
    let verbs = ["give", "giving", "gave", "rate", "rated", "rating", "score", "deserves"];
    near.flat_map(|para| para.lines.iter()).find_map(|line| {
        sentences(line).into_iter().find_map(|piece| {
            let words = normalize(piece);
            let rates = words.split(' ').any(|word| verbs.contains(&word));
            rates.then(|| Rating::find(piece)).flatten()
        })
    })
}

/// The known facts, completed by those from the text.
fn merged(mut book: Book, told: Book) -> Book {
    book.first_published = book.first_published.or(told.first_published);
    book.synopsis = book.synopsis.or(told.synopsis);
    if book.genres.is_empty() {
        book.genres = told.genres;
    }
    if book.authors.is_empty() {
        book.authors = told.authors;
    }
    let (mut edition, other) = (book.edition, told.edition);
    edition.publisher = edition.publisher.or(other.publisher);
    edition.published = edition.published.or(other.published);
    edition.statement = edition.statement.or(other.statement);
    edition.pages = edition.pages.or(other.pages);
    edition.isbn13 = edition.isbn13.or(other.isbn13);
    edition.isbn10 = edition.isbn10.or(other.isbn10);
    edition.call_number = edition.call_number.or(other.call_number);
    book.edition = edition;
    book
}
