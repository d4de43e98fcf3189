//! Which code undoes what: the one place that knows the reversals of all nouns.

use crate::db::{Conn, LogEntryId};
use crate::domain::accounts::{applications, invitations, roles};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::events::{agendas, reading_plans};
use crate::domain::forum::{posts, thread_actions};
use crate::domain::library::content_warnings;
use crate::domain::moderation::{hiding, pending, preset_reasons, reports, sanctioning};
use crate::domain::safety::log::{self, LogEntry, Reversal};
use crate::domain::safety::{post_rules, screening};
use crate::domain::site::{club_settings, mail, uploads};
use crate::error::{Error, Result};

/// A reversal whose noun is not known here.
trait AnyReversal {
    fn run(self: Box<Self>, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()>;
    fn left_in_place(&self, conn: &mut Conn) -> Result<Vec<String>>;
    #[cfg(test)]
    fn stored(&self) -> Result<String>;
}

impl<R: Reversal> AnyReversal for R {
    fn run(self: Box<Self>, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        Reversal::run(*self, conn, actor, reason)
    }

    fn left_in_place(&self, conn: &mut Conn) -> Result<Vec<String>> {
        Reversal::left_in_place(self, conn)
    }

    #[cfg(test)]
    fn stored(&self) -> Result<String> {
        log::StoredReversal::of(self).map(|stored| stored.data)
    }
}

/// Reads what is stored under a name.
type Read = fn(&str) -> Result<Box<dyn AnyReversal>>;

const fn entry<R: Reversal + 'static>() -> (&'static str, Read) {
    (R::NAME, |data| Ok(Box::new(serde_json::from_str::<R>(data).map_err(Error::internal)?)))
}

/// All reversals. A name that was ever stored stays here.
const REGISTRY: &[(&str, Read)] = &[
    entry::<applications::RestoreApplication>(),
    entry::<invitations::SetInvitation>(),
    entry::<roles::RestoreRole>(),
    entry::<sanctioning::LiftSanction>(),
    entry::<sanctioning::RestoreSanction>(),
    entry::<content_warnings::SetWarningState>(),
    entry::<posts::HidePost>(),
    entry::<posts::RestoreReach>(),
    entry::<thread_actions::LockThread>(),
    entry::<thread_actions::PinThread>(),
    entry::<thread_actions::RequireApproval>(),
    entry::<thread_actions::RestoreTitle>(),
    entry::<thread_actions::MoveBack>(),
    entry::<thread_actions::RejoinThread>(),
    entry::<thread_actions::SeparateThreads>(),
    entry::<agendas::RemoveAgendaItem>(),
    entry::<reading_plans::RemovePlan>(),
    entry::<hiding::HideText>(),
    entry::<reports::ReverseDecision>(),
    entry::<pending::ReturnToQueue>(),
    entry::<pending::DeclinePending>(),
    entry::<pending::Unapprove>(),
    entry::<pending::ApproveAgain>(),
    entry::<post_rules::ReplaceRule>(),
    entry::<screening::RestoreLimits>(),
    entry::<preset_reasons::ReplaceReason>(),
    entry::<club_settings::RestoreSettings>(),
    entry::<mail::RestoreMail>(),
    entry::<uploads::RemoveImport>(),
    entry::<uploads::RepeatImport>(),
];

fn find(conn: &mut Conn, entry: LogEntryId) -> Result<Box<dyn AnyReversal>> {
    let stored = log::reversal(conn, entry)?;
    let known = REGISTRY.iter().find(|(name, _)| *name == stored.name);
    let (_, read) = known.ok_or_else(|| Error::Internal(format!("no reversal is called {}", stored.name).into()))?;
    read(&stored.data)
}

/// Undoes an entry of the log, once. Anybody who may do the contrary may undo it.
pub fn undo(conn: &mut Conn, actor: &Member, entry: LogEntryId, reason: Reason) -> Result<()> {
    require_open(conn, actor, entry)?;
    find(conn, entry)?.run(conn, actor, &reason.undoing(entry))
}

/// An error unless this entry can be undone, now and by a moderator. Its reversal asks for what else it takes.
fn require_open(conn: &mut Conn, actor: &Member, entry: LogEntryId) -> Result<LogEntry> {
    policy::require(Some(actor), Act::Moderate)?;
    let found = log::get(conn, actor, entry)?;
    match log::open_to_undo(conn, &[entry])?.contains(&entry) {
        true => Ok(found),
        false => Err(Error::Conflict("This can’t be undone: it was already undone, or something has changed since.")),
    }
}

/// An entry that this member can undo, and what would be left in place if they did, and why; hardly ever anything.
pub fn preview(conn: &mut Conn, actor: &Member, entry: LogEntryId) -> Result<(LogEntry, Vec<String>)> {
    let found = require_open(conn, actor, entry)?;
    policy::require(Some(actor), found.undo_act())?;
    Ok((found, find(conn, entry)?.left_in_place(conn)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeMap;

    /// What the database of a club may hold, a form of each reversal under its name. Lines are added, never changed.
    const STORED: &str = include_str!("../../../tests/club/fixtures/reversals.json");

    #[test]
    fn what_is_stored_can_still_be_undone() {
        let stored: BTreeMap<String, Value> = serde_json::from_str(STORED).unwrap();
        for (name, data) in &stored {
            let (_, read) = REGISTRY.iter().find(|(known, _)| known == name).expect(name);
            let reversal = read(&data.to_string()).expect(name);
            let again: Value = serde_json::from_str(&reversal.stored().unwrap()).unwrap();
            assert_eq!(again, *data, "{name}: a field has another name than in the database");
        }
        let unknown: Vec<&str> =
            REGISTRY.iter().map(|(name, _)| *name).filter(|name| !stored.contains_key(*name)).collect();
        assert!(unknown.is_empty(), "add a stored form of these to tests/club/fixtures/reversals.json: {unknown:?}");
        assert_eq!(REGISTRY.len(), stored.len(), "two reversals have the same name");
    }
}
