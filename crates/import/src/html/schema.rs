//! Interprets schema.org values: reviews, books, articles, comments.

use super::super::citation;
use super::super::dates;
use super::super::facts::set_if_none;
use super::super::lines::{self, clean};
use super::super::model::{Book, Comment};
use super::super::names;
use super::super::rating::Rating;
use super::super::text::{Hints, blocks};
use serde_json::Value;

/// What was found apart from the hints.
#[derive(Debug, Default)]
pub(super) struct PageData {
    /// The text of the main review.
    pub body: Option<String>,
    /// The page reviews something that isn't a book.
    pub other_thing: bool,
    /// The page is about a book and has several readers' reviews.
    pub catalogue: bool,
}

/// Stores what the values say in `hints`.
pub(super) fn take(values: &[Value], hints: &mut Hints) -> PageData {
    let mut said = PageData::default();
    for value in values {
        take_value(value, hints, &mut said, 0);
    }
    said
}

/// The deepest nesting of lists that is followed.
const DEEPEST: usize = 12;

fn take_value(value: &Value, hints: &mut Hints, said: &mut PageData, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    if let Value::Array(list) = value {
        return list.iter().for_each(|value| take_value(value, hints, said, depth + 1));
    }
    for inner in ["@graph", "mainEntity", "mainEntityOfPage", "about", "hasPart"] {
        if let Some(inner) = value.get(inner).filter(|inner| inner.is_object() || inner.is_array()) {
            take_value(inner, hints, said, depth + 1);
        }
    }
    if is(value, &["Review", "CriticReview", "UserReview", "ReviewNewsArticle"]) {
        take_review(value, hints, said);
    } else if is_book(value) {
        take_book(value, &mut hints.facts.book);
        hints.facts.average = hints.facts.average.or(value.get("aggregateRating").and_then(rating));
        take_readers(value, hints, said);
    } else if is(value, &["BlogPosting", "Article", "NewsArticle", "WebPage", "Blog"]) {
        take_article(value, hints);
        list(value.get("review")).iter().for_each(|one| take_review(one, hints, said));
    } else if is(value, &["Comment", "UserComments"]) {
        hints.comments.extend(comment(value));
    } else if is(value, &["WebSite"]) {
        set_if_none(&mut hints.site, value.get("name").and_then(name));
    }
}

fn take_review(value: &Value, hints: &mut Hints, said: &mut PageData) {
    if let Some(item) = value.get("itemReviewed") {
        let kinds = ["Book", "Audiobook", "CreativeWork", "Product", "Thing", "BookSeries", ""];
        let kind = item.get("@type").is_none() || is(item, &kinds);
        said.other_thing |= !kind;
        if kind {
            take_book(item, &mut hints.facts.book);
        }
    }
    take_article(value, hints);
    let facts = &mut hints.facts;
    set_if_none(&mut facts.rating, value.get("reviewRating").and_then(rating));
    set_if_none(&mut said.body, text(value, &["reviewBody", "articleBody", "description"]));
}

/// Reads headline, author, date and publisher of an article, and its comments.
fn take_article(value: &Value, hints: &mut Hints) {
    let title = text(value, &["headline", "name"]);
    hints.headings.extend(title.clone());
    set_if_none(&mut hints.title, title);
    set_if_none(&mut hints.facts.byline, value.get("author").and_then(name));
    set_if_none(&mut hints.facts.date, day(value, &["datePublished", "dateCreated"]));
    set_if_none(&mut hints.site, value.get("publisher").and_then(name));
    let comments = list(value.get("comment")).into_iter().filter_map(comment);
    hints.comments.extend(comments);
}

/// Reads a book's reviews. A single one is the page's review, several are readers' comments.
fn take_readers(value: &Value, hints: &mut Hints, said: &mut PageData) {
    let reviews = list(value.get("review").or(value.get("reviews")));
    if let [one] = reviews.as_slice() {
        take_review(one, hints, said);
    } else if !reviews.is_empty() {
        said.catalogue = true;
        hints.comments.extend(reviews.into_iter().filter_map(comment));
    }
}

fn take_book(value: &Value, book: &mut Book) {
    let title = match value {
        Value::String(title) => Some(title.clone()),
        _ => text(value, &["name", "headline"]),
    };
    if let Some(title) = title.filter(|_| book.title.is_empty()) {
        let read = names::heading(&title).filter(|heading| heading.by);
        book.title = read.as_ref().map_or(title, |heading| heading.title.clone());
        book.authors = read.map(|heading| heading.authors).unwrap_or_default();
    }
    let authors: Vec<String> = all_names(value, "author").map(|name| names::first_last(&name)).collect();
    if !authors.is_empty() {
        book.authors = authors;
    }
    if book.genres.is_empty() {
        book.genres = all_names(value, "genre").filter(|genre| !genre.contains("://")).collect();
    }
    let edition = &mut book.edition;
    for isbn in all_names(value, "isbn") {
        citation::take_isbn(edition, &isbn);
    }
    let pages = value.get("numberOfPages").and_then(name);
    set_if_none(&mut edition.pages, pages.and_then(|pages| citation::pages(&format!("{pages} pages"))));
    set_if_none(&mut edition.publisher, value.get("publisher").and_then(name));
    set_if_none(&mut edition.published, text(value, &["datePublished"]).as_deref().and_then(dates::partial));
    set_if_none(&mut edition.statement, text(value, &["bookEdition"]));
    set_if_none(&mut book.synopsis, text(value, &["description", "abstract"]));
}

fn comment(value: &Value) -> Option<Comment> {
    let text = text(value, &["text", "commentText", "reviewBody", "description"])?;
    Some(Comment {
        byline: value.get("author").or(value.get("creator")).and_then(name).unwrap_or_default(),
        date: day(value, &["dateCreated", "datePublished", "commentTime"]),
        rating: value.get("reviewRating").and_then(rating),
        sealed: false,
        body: blocks::plain(&lines::paras(&text)),
    })
}

fn rating(value: &Value) -> Option<Rating> {
    let number = |value: &Value| {
        let text = name(value)?.replace(',', ".");
        text.split_whitespace().next()?.parse::<f64>().ok()
    };
    let Some(score) = value.get("ratingValue") else {
        let text = name(value)?;
        return Rating::find(&text).or_else(|| Rating::from_score(number(value)?, 5.0));
    };
    let best = value.get("bestRating").and_then(number).unwrap_or(5.0);
    match number(score) {
        Some(score) => Rating::from_score(score, best),
        None => Rating::find(&name(score)?),
    }
}

/// Whether a value has one of the types, with or without a URL before it.
fn is(value: &Value, kinds: &[&str]) -> bool {
    let known = |kind: &Value| {
        let kind = kind.as_str().unwrap_or_default();
        kinds.contains(&kind.rsplit(['/', '#', ':']).next().unwrap_or(kind))
    };
    list(value.get("@type")).into_iter().any(known)
}

fn is_book(value: &Value) -> bool {
    is(value, &["Book", "Audiobook"]) || (is(value, &["Product"]) && value.get("isbn").is_some())
}

fn all_names(value: &Value, prop: &str) -> impl Iterator<Item = String> {
    list(value.get(prop)).into_iter().filter_map(name)
}

/// A value that is a name, or the name that it has.
fn name(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => clean(text),
        Value::Number(number) => number.to_string(),
        Value::Array(list) => return list.iter().find_map(name),
        Value::Object(object) => {
            return object.get("name").filter(|n| n.is_string()).and_then(name);
        }
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// The first of the properties that is a text, with its line breaks.
fn text(value: &Value, props: &[&str]) -> Option<String> {
    let found = props.iter().find_map(|prop| match value.get(prop) {
        Some(Value::String(text)) => Some(text.trim().to_owned()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::Array(list)) => list.first().and_then(Value::as_str).map(str::to_owned),
        _ => None,
    });
    found.filter(|text| !text.is_empty())
}

fn day(value: &Value, props: &[&str]) -> Option<chrono::NaiveDate> {
    dates::find(&text(value, props)?)?.value.day()
}

fn list(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(single) => vec![single],
    }
}
