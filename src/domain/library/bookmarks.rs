//! Bookmarks: how far each member has read in a book, and whether its spoilers are hidden from them.

use crate::db::dialect::update_or_insert;
use crate::db::schema::bookmarks;
use crate::db::{BookId, Conn, MemberId, Moment, Prepared};
use crate::domain::accounts::blocks;
use crate::domain::core::gate::{BookProgress, Key, Position, Reader};
use crate::domain::core::members::Member;
use crate::domain::library::books;
use crate::domain::library::books::paging::{Paging, Unit};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use std::collections::BTreeSet;

/// Moves a member's bookmark in a book, forwards or backwards. `number` is a chapter from 0, or 32767 for the whole
/// book.
pub fn set(conn: &mut Conn, member: MemberId, book: BookId, number: i32) -> Result<()> {
    let book = books::get(conn, book)?;
    let position = book.position(number).ok_or_else(|| {
        let sentence = match book.chapters_count {
            0 => "This book has no chapter list. You can only mark it as not started or finished.".to_owned(),
            count => format!("Please enter a chapter from 0 to {count}."),
        };
        Error::Refused(Problems::one("position", sentence))
    })?;
    let now = Moment::now();
    let own = bookmarks::table.find((member, book.id));
    let values = (bookmarks::position.eq(position), bookmarks::moved_at.eq(now));
    let row = (bookmarks::member_id.eq(member), bookmarks::book_id.eq(book.id), values);
    update_or_insert(
        conn,
        |conn| diesel::update(own).set(values).execute(conn),
        |conn| diesel::insert_into(bookmarks::table).values(row).execute(conn),
    )
}

/// A bookmark as the reader enters it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookmarkInput {
    /// A chapter that has been read, or 32767 for the whole book.
    Chapter(i32),
    /// A page or a percentage.
    At(Unit, i32),
}

impl BookmarkInput {
    /// Parses the two fields of the form: a unit (empty, `chapter`, or as for [`Unit::parse`]) and a number. The error
    /// is a sentence for the form.
    pub fn parse(unit: &str, number: &str) -> Result<Self, String> {
        let number = number.trim();
        if matches!(unit, "" | "chapter") {
            let number = number.parse().map_err(|_| "Please enter a chapter number.".to_owned())?;
            return Ok(Self::Chapter(number));
        }
        let unit = Unit::parse(unit).ok_or("Please choose chapter, page or percent.")?;
        // “45%” and “45.5” are 45: a percentage is rounded down, so that nothing unlocks too early.
        let whole = number.trim_end_matches('%').trim_end().split(['.', ',']).next().unwrap_or_default();
        let number = if unit == Unit::Percent { whole } else { number };
        Ok(Self::At(unit, number.parse().map_err(|_| "Please enter a number.".to_owned())?))
    }
}

/// Moves a member's bookmark. For a page or a percentage, returns a sentence that says which chapter it is in.
pub fn move_to(conn: &mut Conn, member: MemberId, book: BookId, mark: BookmarkInput) -> Result<Option<String>> {
    let (unit, number) = match mark {
        BookmarkInput::Chapter(number) => return set(conn, member, book, number).map(|()| None),
        BookmarkInput::At(unit, number) => (unit, number),
    };
    let refused = |sentence: String| Error::Refused(Problems::one("position", sentence));
    let of_book = books::get(conn, book)?;
    let paging = Paging::find(conn, &of_book)?
        .ok_or_else(|| refused("This book has no page numbers for its chapters. Please enter a chapter.".to_owned()))?;
    let position = paging.read_through(unit, number).map_err(refused)?;
    set(conn, member, book, position.number())?;
    Ok(Some(paging.describe(unit, number, position)))
}

/// Sets whether a book's spoilers are hidden from a member. Their bookmark stays.
pub fn set_hides_spoilers(conn: &mut Conn, member: MemberId, book: BookId, hides_spoilers: bool) -> Result<()> {
    let book = books::get(conn, book)?.id;
    let own = bookmarks::table.find((member, book));
    let values = bookmarks::hides_spoilers.eq(hides_spoilers);
    let place = (bookmarks::position.eq(Position::NONE), bookmarks::moved_at.eq(Moment::now()));
    let row = (bookmarks::member_id.eq(member), bookmarks::book_id.eq(book), place, values);
    update_or_insert(
        conn,
        |conn| diesel::update(own).set(values).execute(conn),
        |conn| diesel::insert_into(bookmarks::table).values(row).execute(conn),
    )
}

/// The [`Reader`] for a viewer and for texts about these books.
pub fn reader(conn: &mut Conn, viewer: Option<&Member>, books: &[BookId], unfolds: &[Key]) -> Result<Reader> {
    let reader = match viewer {
        None => Reader::visitor(),
        Some(member) => {
            let books: BTreeSet<BookId> = books.iter().copied().collect();
            let columns =
                (bookmarks::book_id, bookmarks::position, bookmarks::unlocked_position, bookmarks::hides_spoilers);
            let own = bookmarks::table.filter(bookmarks::member_id.eq(member.id)).select(columns);
            let rows: Vec<(BookId, Position, Position, bool)> = match books.is_empty() {
                true => Vec::new(),
                false => Prepared(own.filter(bookmarks::book_id.eq_any(books))).load(conn)?,
            };
            let progress = rows.into_iter().map(|(book, position, unlocked, hides_spoilers)| BookProgress {
                book,
                position,
                unlocked,
                shows_spoilers: !hides_spoilers,
            });
            let reader = Reader::member(member.id, progress.collect()).with_shown_spoilers(!member.hides_spoilers);
            reader.with_blocked(blocks::blocked_ids(conn, member)?)
        }
    };
    Ok(reader.with_unfolds(unfolds.to_vec()))
}

/// How far a member has read in a book.
pub fn position(conn: &mut Conn, member: MemberId, book: BookId) -> Result<Position> {
    let own = bookmarks::table.find((member, book)).select(bookmarks::position);
    Ok(own.first(conn).optional()?.unwrap_or_default())
}

/// How far into a book texts are unlocked for a member: by their bookmark, or by attending meetings.
pub fn unlocked_position(conn: &mut Conn, member: MemberId, book: BookId) -> Result<Position> {
    let own = bookmarks::table.find((member, book)).select(bookmarks::unlocked_position);
    Ok(own.first(conn).optional()?.unwrap_or_default())
}
