//! Age ratings: from which age people find a book suitable. Some are imported, and members vote.

use super::books::{self as the_books, Book};
use crate::db::schema::{age_ratings, books};
use crate::db::{BookId, Conn, MemberId, SourceId};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// An imported age rating.
#[derive(Clone, Debug, Queryable)]
pub struct AgeRating {
    /// Who gave it; imported authors are not members.
    pub byline: String,
    /// The age in years.
    pub years: i32,
}

/// The imported age ratings of a book; at most 50.
pub fn list(conn: &mut Conn, book: BookId) -> Result<Vec<AgeRating>> {
    let of_book = age_ratings::table.filter(age_ratings::book_id.eq(book));
    let imported = of_book.filter(age_ratings::member_id.is_null()).order(age_ratings::id).limit(50);
    Ok(imported.select((age_ratings::byline, age_ratings::years)).load(conn)?)
}

/// A member's vote: an age in years.
pub fn find_vote(conn: &mut Conn, member: MemberId, book: BookId) -> Result<Option<i32>> {
    let own = age_ratings::table.filter(age_ratings::book_id.eq(book)).filter(age_ratings::member_id.eq(member));
    Ok(own.select(age_ratings::years).first(conn).optional()?)
}

/// The ages that a vote can be for, in years.
const AGES: std::ops::RangeInclusive<i32> = 0..=21;

/// Sets or changes a member's vote or, with `None`, withdraws it.
pub fn set_vote(conn: &mut Conn, member: MemberId, book: BookId, years: Option<i32>) -> Result<()> {
    if years.is_some_and(|years| !AGES.contains(&years)) {
        let sentence = format!("Please enter an age from {} to {}.", AGES.start(), AGES.end());
        return Err(Error::Refused(Problems::one("years", sentence)));
    }
    // Locks the book's row first, so that two requests of one member count once.
    the_books::touch(conn, book)?;
    let before = find_vote(conn, member, book)?;
    if before == years {
        return Ok(());
    }
    let own = age_ratings::table.filter(age_ratings::book_id.eq(book)).filter(age_ratings::member_id.eq(member));
    diesel::delete(own).execute(conn)?;
    if let Some(years) = years {
        let row = (
            age_ratings::book_id.eq(book),
            age_ratings::member_id.eq(member),
            age_ratings::byline.eq(""),
            age_ratings::years.eq(years),
        );
        diesel::insert_into(age_ratings::table).values(row).execute(conn)?;
    }
    let votes = i32::from(years.is_some()) - i32::from(before.is_some());
    let sum = years.unwrap_or_default() - before.unwrap_or_default();
    let values = (
        books::age_rating_votes.eq(books::age_rating_votes + votes),
        books::age_rating_years.eq(books::age_rating_years + sum),
    );
    diesel::update(books::table.find(book)).set(values).execute(conn)?;
    Ok(())
}

impl Book {
    /// The average age that members here voted for, rounded up. `None` without votes.
    pub fn mean_age_rating(&self) -> Option<i32> {
        let votes = self.age_rating_votes;
        (votes > 0).then(|| (self.age_rating_years + votes - 1) / votes)
    }
}

/// Adds an imported age rating.
pub(in crate::domain) fn add(conn: &mut Conn, book: BookId, source: SourceId, byline: &str, years: i32) -> Result<()> {
    let row = (
        age_ratings::book_id.eq(book),
        age_ratings::source_id.eq(source),
        age_ratings::byline.eq(byline),
        age_ratings::years.eq(years),
    );
    diesel::insert_into(age_ratings::table).values(row).execute(conn)?;
    Ok(())
}
