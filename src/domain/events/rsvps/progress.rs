//! How far attendees have read, compared with the meeting's chapter.

use super::Answer;
use crate::db::Conn;
use crate::db::schema::{bookmarks, members, rsvps};
use crate::domain::core::gate::Position;
use crate::domain::events::meetings::Meeting;
use crate::error::Result;
use diesel::prelude::*;

/// How many attendees haven't read up to the meeting's chapter, and how many attendees there are. `None` if the meeting
/// has no chapter or no attendees.
pub fn count_behind(conn: &mut Conn, meeting: &Meeting) -> Result<Option<(i64, i64)>> {
    let Some((book, through)) = meeting.book.as_ref().map(|book| book.id).zip(meeting.through) else { return Ok(None) };
    let coming = rsvps::table
        .filter(rsvps::meeting_id.eq(meeting.id))
        .filter(rsvps::answer.eq(Answer::Yes))
        .filter(rsvps::waitlisted.eq(false));
    let all: i64 = coming.count().get_result(conn)?;
    let there = bookmarks::table
        .filter(bookmarks::member_id.eq(rsvps::member_id))
        .filter(bookmarks::book_id.eq(book))
        .filter(bookmarks::position.ge(through));
    let ready: i64 = coming.filter(diesel::dsl::exists(there)).count().get_result(conn)?;
    Ok((all > 0).then_some((all - ready, all)))
}

/// The handles and positions of attendees who haven't read up to the meeting's chapter and share their progress with
/// hosts; at most `most`.
pub fn list_behind(conn: &mut Conn, meeting: &Meeting, most: i64) -> Result<Vec<(String, Position)>> {
    let Some((book, through)) = meeting.book.as_ref().map(|book| book.id).zip(meeting.through) else {
        return Ok(Vec::new());
    };
    let own = bookmarks::table.on(bookmarks::member_id.eq(members::id).and(bookmarks::book_id.eq(book)));
    let behind = rsvps::table
        .inner_join(members::table.left_join(own))
        .filter(rsvps::meeting_id.eq(meeting.id))
        .filter(rsvps::answer.eq(Answer::Yes))
        .filter(rsvps::waitlisted.eq(false))
        .filter(members::shares_progress)
        .filter(bookmarks::position.is_null().or(bookmarks::position.lt(through)))
        .order(members::handle_key)
        .limit(most);
    let behind: Vec<(String, Option<Position>)> =
        behind.select((members::handle, bookmarks::position.nullable())).load(conn)?;
    Ok(behind.into_iter().map(|(handle, position)| (handle, position.unwrap_or_default())).collect())
}
