//! What attending meetings unlocks: everything up to the farthest chapter that the attended meetings went through.

use crate::db::schema::{attendances, bookmarks, club, meetings};
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
pub(in crate::domain) fn hear(conn: &mut Conn, book: BookId) -> Result<()> {
    hear_between(conn, book, book)
}

/// Recomputes what attendance unlocks in all books.
pub(in crate::domain) fn hear_all(conn: &mut Conn) -> Result<()> {
    hear_between(conn, BookId(0), BookId(i64::MAX))
}

fn hear_between(conn: &mut Conn, first: BookId, last: BookId) -> Result<()> {
    let opens: bool = club::table.select(club::opens_heard).first(conn)?;
    macro_rules! heard {
        () => {
            attendances::table
                .inner_join(meetings::table)
                .filter(meetings::cancelled_reason.is_null())
                .filter(meetings::through.is_not_null())
        };
    }
    let of_books = bookmarks::table.filter(bookmarks::book_id.between(first, last));
    if !opens {
        let heard = of_books.filter(bookmarks::heard.is_not_null());
        diesel::update(heard).set(bookmarks::heard.eq(None::<Position>)).execute(conn)?;
        return Ok(());
    }
    // Attendees without a bookmark get one at the start of the book.
    let own = bookmarks::table
        .filter(bookmarks::member_id.eq(attendances::member_id))
        .filter(bookmarks::book_id.nullable().eq(meetings::book_id));
    let rows = heard!()
        .filter(meetings::book_id.between(first, last))
        .filter(not(exists(own)))
        .select((
            attendances::member_id,
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
        bookmarks::minds_spoilers,
        bookmarks::caught_up,
    );
    diesel::insert_into(bookmarks::table).values(rows).into_columns(columns).execute(conn)?;
    macro_rules! own_meetings {
        () => {
            heard!()
                .filter(attendances::member_id.eq(bookmarks::member_id))
                .filter(meetings::book_id.eq(bookmarks::book_id.nullable()))
        };
    }
    let concerned = of_books.filter(bookmarks::heard.is_not_null().or(exists(own_meetings!())));
    let farthest = own_meetings!().select(max(meetings::through)).single_value();
    diesel::update(concerned).set(bookmarks::heard.eq(farthest)).execute(conn)?;
    Ok(())
}

/// How far a meeting's book is unlocked for a member by attendance, if that is past their bookmark.
pub fn opened(conn: &mut Conn, member: &Member, meeting: &Meeting) -> Result<Option<Position>> {
    let Some(book) = &meeting.book else { return Ok(None) };
    let own = bookmarks::table.find((member.id, book.id)).select((bookmarks::heard, bookmarks::position));
    let own: Option<(Option<Position>, Position)> = own.first(conn).optional()?;
    Ok(own.and_then(|(heard, position)| heard.filter(|heard| *heard > position)))
}
