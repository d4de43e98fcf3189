//! The moderation log: one line for each thing that somebody in charge did, written in the transaction of the act.
//! The database lets nobody change or remove a line. A line never holds the words of a post.

mod acting_role;
mod entries;
mod reading;
mod reversal;

pub use acting_role::Office;
pub(in crate::domain) use entries::Entry;
pub(in crate::domain) use entries::PASSAGE;
pub use entries::{DISMISSED, REOPENED, REOPENED_AND_RESTORED, REPORTED, RETITLED, SET_REACH, UPHELD, UPHELD_AND_HID};
pub use reading::{Action, Filter, PAGE, get, kinds, list, on};
#[cfg(test)]
pub(in crate::domain) use reversal::StoredReversal;
pub(in crate::domain) use reversal::{Reversal, reversal};

use crate::db::schema::{actions, members, undos as undo_rows};
use crate::db::{ActionId, Conn, MemberId, Moment};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{Act, may};
use crate::domain::safety::notifications;
use crate::error::{Error, Result};
use chrono::SecondsFormat;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Writes a line, in the transaction of the act, keeps how it is undone, and tells the member whom it concerns. What is
/// done at the command line is done by no member.
pub(in crate::domain) fn record(conn: &mut Conn, actor: impl Into<Option<MemberId>>, entry: &Entry) -> Result<()> {
    let actor = actor.into();
    let row = (
        actions::acted_at.eq(Moment::now()),
        actions::actor_id.eq(actor),
        actions::kind.eq(entry.kind),
        actions::subject.eq(entry.subject),
        actions::subject_id.eq(entry.subject_id),
        actions::reason.eq(&entry.reason),
        actions::before.eq(&entry.before),
        actions::after.eq(&entry.after),
        actions::member_id.eq(entry.member),
        actions::undoes.eq(entry.undoes),
        actions::office.eq(entry.office),
    );
    let written = conn.transaction(|conn| {
        diesel::insert_into(actions::table).values(row).returning(actions::id).get_result::<ActionId>(conn)
    });
    let id = match written {
        // Of two who undo it at once, one comes second.
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(Error::Conflict("Somebody else was faster: it is undone already."));
        }
        written => written?,
    };
    if let Some(reversal) = &entry.reversal {
        reversal.save(conn, id)?;
    }
    if let Some(member) = entry.member.filter(|member| entry.tells && Some(*member) != actor) {
        let about = (entry.subject, entry.subject_id);
        notifications::tell(conn, member, entry.kind, about, (&entry.reason, &entry.detail))?;
    }
    Ok(())
}

/// Why somebody in charge came too late to act on something: another was faster, who is named to them.
pub(in crate::domain) fn overtaken(conn: &mut Conn, actor: &Member, (subject, id): (&str, i64)) -> Result<Error> {
    let on_it = actions::table.inner_join(members::table).filter(actions::subject.eq(subject));
    let on_it =
        on_it.filter(actions::subject_id.eq(id)).filter(actions::office.eq_any([Office::Moderator, Office::Admin]));
    let last = on_it.order(actions::id.desc()).select((actions::actor_id, members::handle)).first(conn).optional()?;
    let last: Option<(Option<MemberId>, String)> = last;
    Ok(match last {
        Some((who, name)) if who != Some(actor.id) && may(actor, Act::Moderate) => Error::AlreadyDoneBy(name),
        _ => Error::Conflict("This was done already: nothing was changed."),
    })
}

/// A moment as lines hold it: whoever reads one sees it on their own clock (RFC 3339, in UTC).
pub(in crate::domain) fn moment(at: Moment) -> String {
    at.utc().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Which of these lines this reader can undo.
pub fn undone_by(conn: &mut Conn, reader: &Member, lines: &[Action]) -> Result<Vec<ActionId>> {
    let own: Vec<ActionId> = lines.iter().filter(|line| line.is_undone_by(reader)).map(|line| line.id).collect();
    if own.is_empty() { Ok(own) } else { open_to_undo(conn, &own) }
}

/// Which of these actions can be undone: those of which it is known how, that are not undone yet, and that nothing was
/// done over since.
pub(in crate::domain) fn open_to_undo(conn: &mut Conn, ids: &[ActionId]) -> Result<Vec<ActionId>> {
    let known = undo_rows::table.filter(undo_rows::action_id.eq_any(ids)).select(undo_rows::action_id);
    let mut open: Vec<ActionId> = known.load(conn)?;
    let done = actions::table.filter(actions::undoes.eq_any(ids)).select(actions::undoes);
    let done: Vec<Option<ActionId>> = done.load(conn)?;
    open.retain(|id| !done.contains(&Some(*id)));
    let latest = reversal::latest(conn, &open)?;
    open.retain(|id| latest.contains(id));
    Ok(open)
}
