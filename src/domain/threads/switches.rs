//! Locking and pinning threads, and having their posts wait.

use super::get;
use crate::db::schema::threads;
use crate::db::{Conn, ThreadId};
use crate::domain::actions::undos::Undo;
use crate::domain::actions::{self, Entry};
use crate::domain::members::Member;
use crate::domain::policy::{self, Act};
use crate::domain::words::Reason;
use crate::error::{Error, Result};
use diesel::prelude::*;

/// Locks a thread, so that it takes no more posts and shows why.
pub fn lock(conn: &mut Conn, actor: &Member, id: ThreadId, reason: &Reason) -> Result<()> {
    set_locked(conn, actor, id, Some(&reason.words), reason)
}

/// Unlocks a thread.
pub fn unlock(conn: &mut Conn, actor: &Member, id: ThreadId, reason: &Reason) -> Result<()> {
    set_locked(conn, actor, id, None, reason)
}

/// Locks a thread, showing these words on it, or unlocks it.
pub(in crate::domain) fn set_locked(
    conn: &mut Conn,
    actor: &Member,
    id: ThreadId,
    words: Option<&str>,
    reason: &Reason,
) -> Result<()> {
    let thread = get(conn, id)?;
    policy::require_moderation(actor, thread.author.role())?;
    let locked = words.is_some();
    let values =
        (threads::locked.eq(locked), threads::lock_reason.eq(words), threads::version.eq(threads::version + 1));
    let other = threads::table.find(id).filter(threads::locked.ne(locked));
    if diesel::update(other).set(values).execute(conn)? == 0 {
        return Err(faster());
    }
    let before = thread.lock_reason.filter(|_| thread.locked);
    let entry = Entry::lock(id, locked, reason).concerning(thread.author_id);
    actions::record(conn, actor.id, &entry.undone_by(Undo::Lock(id, before)))
}

/// Pins a thread, so that it stands first in lists, or unpins it.
pub fn set_pinned(conn: &mut Conn, actor: &Member, id: ThreadId, pinned: bool, reason: &Reason) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    get(conn, id)?;
    let values = (threads::pinned.eq(pinned), threads::version.eq(threads::version + 1));
    let other = threads::table.find(id).filter(threads::pinned.ne(pinned));
    if diesel::update(other).set(values).execute(conn)? == 0 {
        return Err(faster());
    }
    actions::record(conn, actor.id, &Entry::pin(id, pinned, reason).undone_by(Undo::Pin(id, !pinned)))
}

/// Has each new post of a thread wait for a moderator, or no longer.
pub fn set_approval(conn: &mut Conn, actor: &Member, id: ThreadId, on: bool, reason: &Reason) -> Result<()> {
    let thread = get(conn, id)?;
    policy::require_moderation(actor, thread.author.role())?;
    let values = (threads::approval.eq(on), threads::version.eq(threads::version + 1));
    let other = threads::table.find(id).filter(threads::approval.ne(on));
    if diesel::update(other).set(values).execute(conn)? == 0 {
        return Err(faster());
    }
    let entry = Entry::approval(id, on, reason).concerning(thread.author_id);
    actions::record(conn, actor.id, &entry.undone_by(Undo::Approval(id, !on)))
}

fn faster() -> Error {
    Error::Conflict("Another moderator was faster: nothing was changed.")
}
