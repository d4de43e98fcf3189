//! Bookmarks: how far each member has read, and so what opens for them.

use crate::db::schema::bookmarks;
use crate::db::{BookId, Conn, MemberId, Moment};
use crate::domain::books;
use crate::domain::members::Member;
use crate::domain::seal::{Key, Position, Reader, Standing};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// Moves a member's bookmark in a book; back is allowed. `number` is a chapter, or 32767 for the whole book.
pub fn set(conn: &mut Conn, member: MemberId, book: BookId, number: i32) -> Result<()> {
    let book = books::get(conn, book)?;
    let position = book.position(number).ok_or_else(|| {
        let sentence = match book.chapters_count {
            0 => "Its chapters are not known here: not begun or finished are what one can say.".to_owned(),
            count => format!("Please give a chapter from 0 to {count}."),
        };
        Error::Refused(Problems::one("position", sentence))
    })?;
    let now = Moment::now();
    let own = bookmarks::table.find((member, book.id));
    let values = (bookmarks::position.eq(position), bookmarks::moved_at.eq(now));
    let moved = diesel::update(own).set(values).execute(conn)?;
    if moved == 0 {
        let row = (bookmarks::member_id.eq(member), bookmarks::book_id.eq(book.id), values);
        crate::db::dialect::inserted(conn, |conn| diesel::insert_into(bookmarks::table).values(row).execute(conn))?;
    }
    Ok(())
}

/// The reader that a viewer is, for texts about these books.
pub fn reader(conn: &mut Conn, viewer: Option<&Member>, books: &[BookId], unfolds: &[Key]) -> Result<Reader> {
    let reader = match viewer {
        None => Reader::visitor(),
        Some(member) if books.is_empty() => Reader::member(member.id, Vec::new()).minding_none(!member.minds_spoilers),
        Some(member) => {
            let own = bookmarks::table.filter(bookmarks::member_id.eq(member.id));
            let concerned = own.filter(bookmarks::book_id.eq_any(books));
            let columns = (bookmarks::book_id, bookmarks::position, bookmarks::minds_spoilers);
            let rows: Vec<(BookId, Position, bool)> = concerned.select(columns).load(conn)?;
            let standings =
                rows.into_iter().map(|(book, position, minds)| Standing { book, position, minds_none: !minds });
            Reader::member(member.id, standings.collect()).minding_none(!member.minds_spoilers)
        }
    };
    Ok(reader.unfolding(unfolds.to_vec()))
}

/// How far a member has read in a book.
pub fn position(conn: &mut Conn, member: MemberId, book: BookId) -> Result<Position> {
    let own = bookmarks::table.find((member, book)).select(bookmarks::position);
    Ok(own.first(conn).optional()?.unwrap_or_default())
}
