//! A hash of a page's content, to recognise a page that was imported before.

use super::model::{Block, Page, PartialDate};
use super::rating::Rating;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The SHA-256 of a page's content, in hexadecimal. It ignores white space, boilerplate, heading levels and what is
/// sealed, so that it stays the same when a page is saved in another way or parsed better.
pub fn fingerprint(page: &Page) -> String {
    let mut input = HashInput(String::new());
    input.book(page);
    if let Some(review) = &page.review {
        input.text("review", review.title.as_deref().unwrap_or_default());
        input.text("by", review.byline.as_deref().unwrap_or_default());
        input.value("on", review.date);
        input.rating(review.rating);
        input.blocks(&review.body);
    }
    for comment in &page.comments {
        input.text("comment", &comment.byline);
        input.value("on", comment.date);
        input.rating(comment.rating);
        input.blocks(&comment.body);
    }
    input.rating(page.source_average);
    for blurb in &page.blurbs {
        input.text("blurb", &blurb.text);
        input.text("by", blurb.byline.as_deref().unwrap_or_default());
    }
    for age in &page.age_ratings {
        input.text("age", &age.byline);
        input.value("years", Some(age.years));
        input.rating(age.rating);
    }
    input.value("meeting", page.meeting.as_ref().map(|meeting| meeting.date));
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(input.0.as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The text to hash: lines of a name and a value, with white space normalised.
struct HashInput(String);

impl HashInput {
    fn text(&mut self, name: &str, text: &str) {
        self.0.push_str(name);
        for word in text.split_whitespace() {
            self.0.push(' ');
            self.0.push_str(word);
        }
        self.0.push('\n');
    }

    fn value(&mut self, name: &str, value: Option<impl ToString>) {
        self.text(name, &value.map(|value| value.to_string()).unwrap_or_default());
    }

    fn rating(&mut self, rating: Option<Rating>) {
        self.value("rating", rating.map(Rating::half_stars));
    }

    fn blocks(&mut self, blocks: &[Block]) {
        let words: Vec<&str> = blocks.iter().flat_map(|block| block.text.split_whitespace()).collect();
        self.text("text", &words.join(" "));
    }

    fn book(&mut self, page: &Page) {
        let (book, edition) = (&page.book, &page.book.edition);
        self.text("site", page.site.as_deref().unwrap_or_default());
        self.text("title", &book.title);
        self.text("authors", &book.authors.join(", "));
        self.text("genres", &book.genres.join(", "));
        self.text("synopsis", book.synopsis.as_deref().unwrap_or_default());
        self.value("first", book.first_published);
        self.text("publisher", edition.publisher.as_deref().unwrap_or_default());
        self.value("published", edition.published.map(PartialDate::iso));
        self.text("statement", edition.statement.as_deref().unwrap_or_default());
        self.value("pages", edition.pages);
        self.text("isbn", edition.isbn13.as_deref().unwrap_or_default());
        self.text("at", edition.call_number.as_deref().unwrap_or_default());
    }
}
