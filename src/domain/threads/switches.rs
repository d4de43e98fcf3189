//! Locking and pinning threads.

use super::get;
use crate::db::schema::threads;
use crate::db::{Conn, ThreadId};
use crate::domain::actions::{self, Entry};
use crate::domain::members::Member;
use crate::domain::policy::{self, Act};
use crate::domain::words::Reason;
use crate::error::Result;
use diesel::prelude::*;

/// Locks a thread, so that it takes no more posts and shows why, or unlocks it.
pub fn set_locked(conn: &mut Conn, actor: &Member, id: ThreadId, locked: bool, reason: &Reason) -> Result<()> {
    policy::require_moderation(actor, get(conn, id)?.author.role())?;
    let values = (
        threads::locked.eq(locked),
        threads::lock_reason.eq(locked.then_some(&reason.0)),
        threads::version.eq(threads::version + 1),
    );
    let changed =
        diesel::update(threads::table.find(id).filter(threads::locked.ne(locked))).set(values).execute(conn)?;
    if changed == 0 { Ok(()) } else { actions::record(conn, actor.id, &Entry::lock(id, locked, reason)) }
}

/// Pins a thread, so that it stands first in lists, or unpins it.
pub fn set_pinned(conn: &mut Conn, actor: &Member, id: ThreadId, pinned: bool, reason: &Reason) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    let values = (threads::pinned.eq(pinned), threads::version.eq(threads::version + 1));
    let changed =
        diesel::update(threads::table.find(id).filter(threads::pinned.ne(pinned))).set(values).execute(conn)?;
    if changed == 0 { exists(conn, id) } else { actions::record(conn, actor.id, &Entry::pin(id, pinned, reason)) }
}

/// `NotFound` where there is no such thread.
fn exists(conn: &mut Conn, id: ThreadId) -> Result<()> {
    threads::table.find(id).select(threads::id).first::<ThreadId>(conn)?;
    Ok(())
}
