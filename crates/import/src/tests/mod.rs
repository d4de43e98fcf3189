//! Made-up pages of each kind that is accepted and of each that is refused.

mod html;
mod odd;
mod real;
mod text;

use super::{Block, BlockKind, Comment, Page, Rating, Review, Unreadable, read};
use chrono::NaiveDate;

#[track_caller]
fn page(text: &str) -> Page {
    read("page.txt", text.as_bytes()).expect("a page")
}

#[track_caller]
fn web(source: &str) -> Page {
    read("page.html", source.as_bytes()).expect("a page")
}

#[track_caller]
fn refused(name: &str, bytes: &[u8]) -> Unreadable {
    read(name, bytes).expect_err("no page")
}

#[track_caller]
fn review(page: &Page) -> &Review {
    page.review.as_ref().expect("a review")
}

fn day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

fn halves(rating: Option<Rating>) -> Option<u8> {
    rating.map(Rating::half_stars)
}

fn bylines(comments: &[Comment]) -> Vec<&str> {
    comments.iter().map(|comment| comment.byline.as_str()).collect()
}

fn of_kind(body: &[Block], kind: BlockKind) -> Vec<&str> {
    body.iter().filter(|block| block.kind == kind).map(|block| block.text.as_str()).collect()
}

/// The first word of each sealed block.
fn sealed(body: &[Block]) -> Vec<&str> {
    let sealed = body.iter().filter(|block| block.sealed);
    sealed.map(|block| block.text.split(' ').next().unwrap_or_default()).collect()
}
