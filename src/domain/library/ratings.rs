//! Ratings of books in half stars, by members and from imports. `rating_counts` stores how often each rating was given,
//! so that a page needn't count them.

use crate::db::dialect::update_or_insert;
use crate::db::schema::{rating_counts, ratings, sources};
use crate::db::{BookId, Conn, MemberId, Moment, SourceId};
use crate::domain::core::club::Club;
use crate::domain::core::gate::{Key, Position, Reach, Sealed};
use crate::domain::library::books;
use crate::domain::library::sources::{self as the_sources, Source};
pub use crate::domain::library::stars::Rating;
use crate::error::Result;
use diesel::prelude::*;

/// All ratings of a book, counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How often each rating was given, the highest first, with zeros.
    pub counts: Vec<(Rating, i32)>,
    pub total: i32,
}

impl Tally {
    /// The half stars of all ratings together.
    fn sum(&self) -> i64 {
        self.counts.iter().map(|(rating, count)| i64::from(rating.half_stars()) * i64::from(*count)).sum()
    }

    /// The average, rounded to half a star.
    pub fn average(&self) -> Option<Rating> {
        let (sum, total) = (self.sum(), i64::from(self.total));
        if total == 0 { None } else { i32::try_from((2 * sum + total) / (2 * total)).ok().and_then(Rating::new) }
    }

    /// The average with one decimal, such as “3.6”.
    pub fn mean(&self) -> String {
        let tenths =
            if self.total == 0 { 0 } else { (self.sum() * 10 + i64::from(self.total)) / (2 * i64::from(self.total)) };
        format!("{}.{}", tenths / 10, tenths % 10)
    }

    /// The largest count, or 1 if there are none: the scale of the chart.
    pub fn highest(&self) -> i32 {
        self.counts.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1)
    }
}

/// A book's ratings: open to everybody or, if the club hides ratings, sealed until the end of the book.
pub fn tally(conn: &mut Conn, club: &Club, book: BookId) -> Result<Sealed<Tally>> {
    Ok(sealed(count_ratings(conn, book)?, club, book))
}

/// The book's sources that have an average rating of their own, sealed in the same way.
pub fn averages(conn: &mut Conn, club: &Club, book: BookId) -> Result<Sealed<Vec<Source>>> {
    Ok(sealed(the_sources::averages(conn, book)?, club, book))
}

fn sealed<T>(inside: T, club: &Club, book: BookId) -> Sealed<T> {
    let reach = if club.hides_ratings { Reach::Through(book, Position::WHOLE) } else { Reach::Safe };
    Sealed::new(inside, reach, Key::Ratings(book), None)
}

fn count_ratings(conn: &mut Conn, book: BookId) -> Result<Tally> {
    let kept: Vec<(Rating, i32)> = rating_counts::table
        .filter(rating_counts::book_id.eq(book))
        .select((rating_counts::half_stars, rating_counts::count))
        .load(conn)?;
    let count = |rating| kept.iter().find(|(kept, _)| *kept == rating).map_or(0, |(_, count)| *count);
    let counts: Vec<(Rating, i32)> = Rating::ALL.into_iter().map(|rating| (rating, count(rating))).collect();
    let total = counts.iter().map(|(_, count)| count).sum();
    Ok(Tally { counts, total })
}

pub fn find(conn: &mut Conn, member: MemberId, book: BookId) -> Result<Option<Rating>> {
    let own = ratings::table.filter(ratings::book_id.eq(book)).filter(ratings::member_id.eq(member));
    Ok(own.select(ratings::half_stars).first(conn).optional()?)
}

/// Sets or changes a member's rating or, with `None`, removes it.
pub fn set(conn: &mut Conn, member: MemberId, book: BookId, rating: Option<Rating>) -> Result<()> {
    books::get(conn, book)?;
    // Also locks the book's row, so that two requests of one member count once.
    books::touch(conn, book)?;
    let before = find(conn, member, book)?;
    if before == rating {
        return Ok(());
    }
    let own = ratings::table.filter(ratings::book_id.eq(book)).filter(ratings::member_id.eq(member));
    diesel::delete(own).execute(conn)?;
    if let Some(before) = before {
        count(conn, book, before, -1)?;
    }
    match rating {
        Some(rating) => insert(conn, book, Some(member), None, None, rating, Moment::now()),
        None => Ok(()),
    }
}

/// Adds a rating from an imported page, unless the book has the same rating by the same byline on the same site.
pub(in crate::domain) fn import(
    conn: &mut Conn,
    book: BookId,
    source: SourceId,
    byline: Option<&str>,
    rating: Rating,
    rated_at: Moment,
) -> Result<()> {
    let site = sources::table.find(source).select(sources::site).first::<Option<String>>(conn)?;
    let same = ratings::table
        .inner_join(sources::table)
        .filter(ratings::book_id.eq(book))
        .filter(ratings::byline.eq(byline))
        .filter(ratings::half_stars.eq(rating))
        .filter(sources::site.eq(site));
    // In SQL, NULL equals nothing, so ratings without a byline all count.
    if diesel::select(diesel::dsl::exists(same)).get_result(conn)? {
        return Ok(());
    }
    insert(conn, book, None, Some(source), byline, rating, rated_at)?;
    books::touch(conn, book)
}

/// Deletes the ratings that were imported from a source. Returns how many.
pub(in crate::domain) fn delete_imported(conn: &mut Conn, source: SourceId) -> Result<usize> {
    let of_source = ratings::table.filter(ratings::source_id.eq(source));
    let given: Vec<(BookId, Rating)> = of_source.select((ratings::book_id, ratings::half_stars)).load(conn)?;
    diesel::delete(of_source).execute(conn)?;
    given.iter().try_for_each(|(book, rating)| count(conn, *book, *rating, -1))?;
    Ok(given.len())
}

fn insert(
    conn: &mut Conn,
    book: BookId,
    member: Option<MemberId>,
    source: Option<SourceId>,
    byline: Option<&str>,
    rating: Rating,
    rated_at: Moment,
) -> Result<()> {
    let row = (
        ratings::book_id.eq(book),
        ratings::member_id.eq(member),
        ratings::source_id.eq(source),
        ratings::byline.eq(byline),
        ratings::half_stars.eq(rating),
        ratings::rated_at.eq(rated_at),
    );
    diesel::insert_into(ratings::table).values(row).execute(conn)?;
    count(conn, book, rating, 1)
}

fn count(conn: &mut Conn, book: BookId, rating: Rating, by: i32) -> Result<()> {
    let kept = rating_counts::table.find((book, rating));
    let row = (rating_counts::book_id.eq(book), rating_counts::half_stars.eq(rating), rating_counts::count.eq(by));
    update_or_insert(
        conn,
        |conn| diesel::update(kept).set(rating_counts::count.eq(rating_counts::count + by)).execute(conn),
        |conn| diesel::insert_into(rating_counts::table).values(row).execute(conn),
    )
}
