//! Threads by their id, and those that were merged: their posts are in another, which whoever asks for one gets.

use super::{Joined, Row, Thread};
use crate::db::schema::{books, members, threads};
use crate::db::{Conn, ThreadId};
use crate::domain::forum::posts::Name;
use crate::domain::library::books::Book;
use crate::error::{Error, Result};
use diesel::prelude::*;

/// A thread by its id, or the one that it was merged into. One without posts is none.
pub fn get(conn: &mut Conn, id: ThreadId) -> Result<Thread> {
    match resolved(conn, id)? {
        thread if thread.posts_count == 0 => Err(Error::NotFound),
        thread => Ok(thread),
    }
}

/// The same, of a thread that may be about to get its first post.
pub(in crate::domain) fn resolved(conn: &mut Conn, id: ThreadId) -> Result<Thread> {
    let mut thread = itself(conn, id)?;
    while let Some(target) = thread.merged_into {
        thread = itself(conn, target)?;
    }
    Ok(thread)
}

/// A thread by its id, to change it: not one that was merged into another.
pub(in crate::domain) fn standing(conn: &mut Conn, id: ThreadId) -> Result<Thread> {
    let thread = itself(conn, id)?;
    if thread.merged_into.is_some() { Err(MERGED) } else { Ok(thread) }
}

/// What is told who wants to change a thread that was merged.
const MERGED: Error = Error::Conflict("This thread has been merged into another one. Nothing was changed.");

/// A thread by its id, wherever its posts are.
pub(in crate::domain) fn itself(conn: &mut Conn, id: ThreadId) -> Result<Thread> {
    let joined: Joined = threads::table
        .left_join(books::table)
        .left_join(members::table)
        .filter(threads::id.eq(id))
        .select((Row::as_select(), Option::<Book>::as_select(), Option::<Name>::as_select()))
        .first(conn)?;
    Ok(joined.into())
}
