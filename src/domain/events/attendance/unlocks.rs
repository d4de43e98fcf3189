//! What attending meetings unlocks: everything up to the farthest chapter that the attended meetings went through.

use crate::db::dialect::insert_missing;
use crate::db::schema::{attendance, bookmarks, club, meetings};
use crate::db::{BookId, Conn, Moment};
use crate::domain::core::gate::Position;
use crate::domain::core::members::Member;
use crate::domain::events::meetings::Meeting;
use crate::error::Result;
use diesel::dsl::{exists, max, not};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Timestamp};

/// Recomputes what attendance unlocks for each member in a book. If the club's setting is off, it's cleared. Must be
/// called after every change to a meeting's book, chapter, attendance or cancellation.
pub(in crate::domain) fn update_unlocks(conn: &mut Conn, book: BookId) -> Result<()> {
    update_unlocks_between(conn, book, book)
}

/// Recomputes what attendance unlocks in all books.
pub(in crate::domain) fn update_all_unlocks(conn: &mut Conn) -> Result<()> {
    update_unlocks_between(conn, BookId(0), BookId(i64::MAX))
}

fn update_unlocks_between(conn: &mut Conn, first: BookId, last: BookId) -> Result<()> {
    let opens: bool = club::table.select(club::attendance_unlocks).first(conn)?;
    macro_rules! attended_meetings {
        () => {
            attendance::table
                .inner_join(meetings::table)
                .filter(meetings::cancelled_reason.is_null())
                .filter(meetings::through.is_not_null())
        };
    }
    let of_books = bookmarks::table.filter(bookmarks::book_id.between(first, last));
    if !opens {
        let attended = of_books.filter(bookmarks::attended_position.is_not_null());
        diesel::update(attended).set(bookmarks::attended_position.eq(None::<Position>)).execute(conn)?;
        return Ok(());
    }
    // Attendees without a bookmark get one at the start of the book.
    let own = bookmarks::table
        .filter(bookmarks::member_id.eq(attendance::member_id))
        .filter(bookmarks::book_id.nullable().eq(meetings::book_id));
    let rows = attended_meetings!()
        .filter(meetings::book_id.between(first, last))
        .filter(not(exists(own)))
        .select((
            attendance::member_id,
            meetings::book_id.assume_not_null(),
            Position::NONE.into_sql::<Integer>(),
            Moment::now().into_sql::<Timestamp>(),
            true.into_sql::<Bool>(),
            Position::NONE.into_sql::<Integer>(),
        ))
        .distinct();
    let columns = (
        bookmarks::member_id,
        bookmarks::book_id,
        bookmarks::position,
        bookmarks::moved_at,
        bookmarks::hides_spoilers,
        bookmarks::caught_up,
    );
    insert_missing(conn, |conn| {
        diesel::insert_into(bookmarks::table).values(rows).into_columns(columns).execute(conn)
    })?;
    macro_rules! own_attended_meetings {
        () => {
            attended_meetings!()
                .filter(attendance::member_id.eq(bookmarks::member_id))
                .filter(meetings::book_id.eq(bookmarks::book_id.nullable()))
        };
    }
    let concerned = of_books.filter(bookmarks::attended_position.is_not_null().or(exists(own_attended_meetings!())));
    let farthest = own_attended_meetings!().select(max(meetings::through)).single_value();
    diesel::update(concerned).set(bookmarks::attended_position.eq(farthest)).execute(conn)?;
    Ok(())
}

/// How far a meeting's book is unlocked for a member by attendance, if that is past their bookmark.
pub fn unlocked(conn: &mut Conn, member: &Member, meeting: &Meeting) -> Result<Option<Position>> {
    let Some(book) = &meeting.book else { return Ok(None) };
    let own = bookmarks::table.find((member.id, book.id)).select((bookmarks::attended_position, bookmarks::position));
    let own: Option<(Option<Position>, Position)> = own.first(conn).optional()?;
    Ok(own.and_then(|(attended, position)| attended.filter(|attended| *attended > position)))
}
