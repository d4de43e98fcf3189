//! The moderation log: an entry for each thing that staff did, written in the transaction of the act. The database lets
//! nobody change or remove an entry. It stores typed events and never the words of a post; pages put them into words.

mod acting_role;
mod reading;
mod reversal;
mod writing;

pub use crate::domain::safety::activity::{Event, EventKind, facts};
pub use crate::domain::safety::subjects::{LogSubject, SubjectKind};
pub use acting_role::ActingRole;
pub use reading::{Filter, LogEntry, PAGE, Scope, get, list, on};
#[cfg(test)]
pub(in crate::domain) use reversal::StoredReversal;
pub(in crate::domain) use reversal::{Reversal, reversal};
pub(in crate::domain) use writing::{NewLogEntry, record};

use crate::db::schema::{log_entries, members, reversals};
use crate::db::{Conn, LogEntryId, MemberId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{Act, may};
use crate::error::{Error, Result};
use diesel::prelude::*;

/// Why a moderator came too late to act on something. Whoever was faster is named to moderators.
pub(in crate::domain) fn overtaken(conn: &mut Conn, actor: &Member, subject: impl Into<LogSubject>) -> Result<Error> {
    let (kind, id) = subject.into().columns();
    let last = log_entries::table
        .inner_join(members::table)
        .filter(log_entries::subject.eq(kind))
        .filter(log_entries::subject_id.eq(id))
        .filter(log_entries::acting_role.eq_any([ActingRole::Moderator, ActingRole::Admin]))
        .order(log_entries::id.desc())
        .select((log_entries::actor_id, members::handle));
    let last: Option<(Option<MemberId>, String)> = last.first(conn).optional()?;
    Ok(match last {
        Some((who, name)) if who != Some(actor.id) && may(actor, Act::Moderate) => Error::AlreadyDoneBy(name),
        _ => Error::Conflict("This was already done. Nothing was changed."),
    })
}

/// Which of these entries this reader can undo.
pub fn undone_by(conn: &mut Conn, reader: &Member, entries: &[LogEntry]) -> Result<Vec<LogEntryId>> {
    let own: Vec<LogEntryId> =
        entries.iter().filter(|entry| entry.is_undone_by(reader)).map(|entry| entry.id).collect();
    if own.is_empty() { Ok(own) } else { open_to_undo(conn, &own) }
}

/// Which of these entries can be undone: those with a reversal that are not undone yet, and are the latest of their topic.
pub(in crate::domain) fn open_to_undo(conn: &mut Conn, ids: &[LogEntryId]) -> Result<Vec<LogEntryId>> {
    let known = reversals::table.filter(reversals::log_entry_id.eq_any(ids)).select(reversals::log_entry_id);
    let mut open: Vec<LogEntryId> = known.load(conn)?;
    let done = log_entries::table.filter(log_entries::undoes.eq_any(ids)).select(log_entries::undoes);
    let done: Vec<Option<LogEntryId>> = done.load(conn)?;
    open.retain(|id| !done.contains(&Some(*id)));
    let latest = reversal::latest(conn, &open)?;
    open.retain(|id| latest.contains(id));
    Ok(open)
}
