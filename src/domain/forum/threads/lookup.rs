//! Finding threads by id, including merged ones, whose posts are in another thread.

use super::{JoinedRow, Thread, with_books};
use crate::db::schema::threads;
use crate::db::{Conn, ThreadId};
use crate::error::{Error, Result};
use diesel::prelude::*;

/// The thread with this id, or the one it was merged into. A thread without posts counts as not found.
pub fn get(conn: &mut Conn, id: ThreadId) -> Result<Thread> {
    match get_following_merges(conn, id)? {
        thread if thread.posts_count == 0 => Err(Error::NotFound),
        thread => Ok(thread),
    }
}

/// Like [`get`], but also returns threads without posts, for a thread that is about to get its first one.
pub(in crate::domain) fn get_following_merges(conn: &mut Conn, id: ThreadId) -> Result<Thread> {
    let mut thread = get_unresolved(conn, id)?;
    while let Some(target) = thread.merged_into {
        thread = get_unresolved(conn, target)?;
    }
    Ok(thread)
}

/// The thread with this id, for changing it. Fails with a conflict if it was merged into another one.
pub(in crate::domain) fn get_unmerged(conn: &mut Conn, id: ThreadId) -> Result<Thread> {
    let thread = get_unresolved(conn, id)?;
    if thread.merged_into.is_some() { Err(MERGED) } else { Ok(thread) }
}

const MERGED: Error = Error::Conflict("This thread has been merged into another one. Nothing was changed.");

/// The thread with this id, even if it was merged into another one.
pub(in crate::domain) fn get_unresolved(conn: &mut Conn, id: ThreadId) -> Result<Thread> {
    let joined: JoinedRow = with_books().filter(threads::id.eq(id)).first(conn)?;
    Ok(joined.into())
}
