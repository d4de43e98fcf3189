//! What an import creates, the same for a preview and afterwards: a summary, and the book as the library stores it.

use super::{cut, prose, rating, title};
use crate::domain::library::books::{BookDetails, Edition};
use crate::domain::library::ratings::Rating;
use crate::error::Result;
use crate::import::{Comment, Page, PartialDate, Review};
use chrono::NaiveDate;

/// What an import creates, as counts and facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// The book's title in the club.
    pub book: String,
    pub authors: String,
    pub review: bool,
    pub rating: Option<Rating>,
    /// How many comments become posts.
    pub comments: usize,
    /// How many ratings there are, including the reviewer's.
    pub ratings: usize,
    pub synopsis: bool,
    pub quotes: usize,
    pub blurbs: usize,
    pub age_ratings: usize,
    /// The average rating by the site's own readers.
    pub average: Option<Rating>,
    pub meeting: Option<NaiveDate>,
}

/// What an import of the page would create. If the library has the book already, perhaps under another title, the
/// import uses that one.
pub fn preview(page: &Page) -> Result<ImportSummary> {
    let facts = book_details(page)?;
    Ok(ImportSummary::of(page, &facts.title.0, &facts.authors))
}

impl ImportSummary {
    pub(super) fn of(page: &Page, book: &str, authors: &str) -> Self {
        Self {
            book: book.to_owned(),
            authors: authors.to_owned(),
            review: review(page).is_some(),
            rating: page.review.as_ref().and_then(|review| review.rating).and_then(rating),
            comments: comments(page).count(),
            ratings: ratings(page).len(),
            synopsis: page.book.synopsis.is_some(),
            quotes: page.quotes.len(),
            blurbs: page.blurbs.len(),
            age_ratings: page.age_ratings.len(),
            average: page.source_average.and_then(rating),
            meeting: page.meeting.as_ref().map(|meeting| meeting.date),
        }
    }

    /// The summary in words, without any text of the page.
    pub fn found(&self) -> Vec<String> {
        let mut found = Vec::new();
        match (self.review, self.rating) {
            (true, Some(rating)) => found.push(format!("a review, {rating} of 5 stars")),
            (true, None) => found.push("a review with no rating".to_owned()),
            (false, Some(rating)) => found.push(format!("a rating, {rating} of 5 stars")),
            (false, None) => {}
        }
        let others = self.ratings - usize::from(self.rating.is_some());
        found.extend(count(self.comments, "comment", "comments"));
        found.extend(count(others, "reader’s rating", "readers’ ratings"));
        found.extend(self.average.map(|average| format!("an average of {average} stars")));
        found.extend(self.synopsis.then(|| "a synopsis".to_owned()));
        found.extend(count(self.quotes, "quote", "quotes"));
        found.extend(count(self.blurbs, "blurb", "blurbs"));
        found.extend(count(self.age_ratings, "age rating", "age ratings"));
        found.extend(self.meeting.map(|day| format!("a meeting on {}", day.format("%-d %B %Y"))));
        if found.is_empty() {
            found.push("facts about the book".to_owned());
        }
        found
    }

    /// The book and its authors: "“Emma” by Jane Austen".
    pub fn title(&self) -> String {
        let by = if self.authors.is_empty() { String::new() } else { format!(" by {}", self.authors) };
        format!("“{}”{by}", self.book)
    }
}

/// The review, unless it is only a rating.
pub(super) fn review(page: &Page) -> Option<&Review> {
    page.review.as_ref().filter(|review| !prose::is_blank(&review.body))
}

pub(super) fn comments(page: &Page) -> impl Iterator<Item = &Comment> {
    page.comments.iter().filter(|comment| !prose::is_blank(&comment.body))
}

/// All ratings of the page, without duplicates: catalogues list a reader's rating more than once.
pub(super) fn ratings(page: &Page) -> Vec<(Option<String>, Rating, Option<NaiveDate>)> {
    let review = page.review.iter().map(|review| (review.byline.as_deref(), review.rating, review.date));
    let comments = page.comments.iter().map(|one| (Some(one.byline.as_str()), one.rating, one.date));
    let known = |byline: &str, rating| {
        let same = |one: &&Comment| one.byline == byline && one.rating == rating;
        !byline.is_empty() && page.comments.iter().any(|one| same(&one))
    };
    let ages = page.age_ratings.iter().filter(|age| !known(&age.byline, age.rating));
    let ages = ages.map(|age| (Some(age.byline.as_str()), age.rating, age.date));
    let all = review.chain(comments).chain(ages);
    all.filter_map(|(byline, given, date)| {
        let byline = byline.and_then(|byline| cut(byline, 60));
        Some((byline, given.and_then(rating)?, date))
    })
    .collect()
}

/// Title, authors and edition of the page's book, shortened to what the library allows.
pub(super) fn book_details(page: &Page) -> Result<BookDetails> {
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

/// "1 quote", "7 quotes"; `None` for zero.
fn count(number: usize, one: &str, many: &str) -> Option<String> {
    match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{number} {many}")),
    }
}
