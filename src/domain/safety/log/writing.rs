//! Writing entries of the log.

use super::acting_role::ActingRole;
use super::reversal::{Reversal, StoredReversal};
use crate::db::schema::log_entries;
use crate::db::{Conn, LogEntryId, MemberId, Moment};
use crate::domain::core::text_fields::Reason;
use crate::domain::safety::activity::Event;
use crate::domain::safety::notifications;
use crate::domain::safety::subjects::LogSubject;
use crate::error::{Error, Result};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// An entry before it is written.
#[derive(Clone, Debug)]
pub struct NewLogEntry {
    event: Event,
    subject: LogSubject,
    acting_role: ActingRole,
    reason: String,
    undoes: Option<LogEntryId>,
    member: Option<MemberId>,
    notifies: bool,
    reversal: Option<StoredReversal>,
}

impl NewLogEntry {
    pub(in crate::domain) fn new(event: Event, subject: impl Into<LogSubject>) -> Self {
        let (acting_role, subject) = (ActingRole::of(&event), subject.into());
        let (reason, undoes, member, notifies, reversal) = (String::new(), None, None, true, None);
        Self { event, subject, acting_role, reason, undoes, member, notifies, reversal }
    }

    /// Done in this role, where the event alone doesn't say so.
    pub(in crate::domain) fn by(self, acting_role: ActingRole) -> Self {
        Self { acting_role, ..self }
    }

    /// Done for this reason, which may be to undo an earlier entry.
    pub(in crate::domain) fn because<'a>(self, reason: impl Into<Option<&'a Reason>>) -> Self {
        match reason.into() {
            Some(reason) => Self { reason: reason.text.clone(), undoes: reason.undoes, ..self },
            None => self,
        }
    }

    /// It concerns this member, who is notified.
    pub(in crate::domain) fn concerning(self, member: Option<MemberId>) -> Self {
        Self { member, ..self }
    }

    /// It concerns this member, who isn't notified.
    pub(in crate::domain) fn about(self, member: MemberId) -> Self {
        Self { member: Some(member), notifies: false, ..self }
    }

    pub(in crate::domain) fn undone_by(self, reversal: &impl Reversal) -> Result<Self> {
        Ok(Self { reversal: Some(StoredReversal::of(reversal)?), ..self })
    }
}

/// Writes an entry in the transaction of the act, stores how it is undone, and notifies the member whom it concerns. The
/// command line has no actor.
pub(in crate::domain) fn record(conn: &mut Conn, actor: impl Into<Option<MemberId>>, entry: NewLogEntry) -> Result<()> {
    let actor = actor.into();
    let (subject, subject_id) = entry.subject.columns();
    let row = (
        (log_entries::acted_at.eq(Moment::now()), log_entries::actor_id.eq(actor)),
        (log_entries::kind.eq(entry.event.kind()), log_entries::data.eq(entry.event.data()?)),
        (log_entries::subject.eq(subject), log_entries::subject_id.eq(subject_id)),
        (log_entries::member_id.eq(entry.member), log_entries::acting_role.eq(entry.acting_role)),
        (log_entries::reason.eq(&entry.reason), log_entries::undoes.eq(entry.undoes)),
    );
    let written = conn.transaction(|conn| {
        diesel::insert_into(log_entries::table).values(row).returning(log_entries::id).get_result::<LogEntryId>(conn)
    });
    let id = match written {
        // Of two who undo it at once, one comes second.
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(Error::Conflict("Somebody else has already undone this."));
        }
        written => written?,
    };
    if let Some(reversal) = &entry.reversal {
        reversal.save(conn, id)?;
    }
    if let Some(member) = entry.member.filter(|member| entry.notifies && Some(*member) != actor) {
        notifications::notify(conn, member, entry.event, entry.subject, &entry.reason)?;
    }
    Ok(())
}
