//! Reading the log: who sees what of an entry, and which entries are listed.

use super::acting_role::ActingRole;
use crate::db::schema::{log_entries, members};
use crate::db::{Conn, LogEntryId, MemberId, Moment};
use crate::domain::core::members::{self as people, Member};
use crate::domain::core::policy::{self, Act, may};
use crate::domain::safety::activity::{Event, EventKind};
use crate::domain::safety::subjects::{LogSubject, SubjectKind};
use crate::error::Result;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// An entry, as its reader sees it.
#[derive(Clone, Debug)]
pub struct LogEntry {
    pub id: LogEntryId,
    pub acted_at: Moment,
    /// Who acted; only moderators see it.
    pub actor: Option<String>,
    pub acting_role: ActingRole,
    pub event: Event,
    pub subject: LogSubject,
    /// The member whom it concerns; only moderators see it.
    pub member: Option<String>,
    /// May be empty.
    pub reason: String,
    /// The earlier entry that it undid.
    pub undoes: Option<LogEntryId>,
}

impl LogEntry {
    /// Whether this reader's role allows undoing it.
    pub fn is_undone_by(&self, reader: &Member) -> bool {
        may(reader, Act::Moderate) && may(reader, self.undo_act())
    }

    /// What undoing it takes, besides moderating.
    pub(in crate::domain) fn undo_act(&self) -> Act {
        match self.acting_role {
            ActingRole::Admin | ActingRole::CommandLine => Act::Administer,
            ActingRole::Host => Act::ManageBooks,
            _ => Act::Moderate,
        }
    }

    /// What it happened to, and the other thread that it names.
    pub fn subjects(&self) -> impl Iterator<Item = LogSubject> + use<> {
        std::iter::once(self.subject).chain(self.event.other_thread().map(LogSubject::Thread))
    }

    /// Whether both say the same, but for what it happened to.
    pub fn repeats(&self, other: &Self) -> bool {
        let what = |entry: &Self| (entry.event.kind(), entry.acting_role, entry.undoes.is_some());
        what(self) == what(other) && self.actor == other.actor && self.reason == other.reason
    }

    /// Names are for moderators. Nobody sees who reported a text, and nobody that a staff note is about them.
    fn for_reader(row: Row, reader: &Member, handles: &BTreeMap<MemberId, String>) -> Result<Self> {
        let names = may(reader, Act::Moderate);
        let is_own_note = row.kind == EventKind::StaffNoteAdded && (!names || row.member == Some(reader.id));
        let is_anonymous = row.kind == EventKind::SpoilerReported || row.acting_role == ActingRole::Club;
        Ok(Self {
            id: row.id,
            acted_at: row.acted_at,
            actor: row.actor.filter(|_| names && !is_anonymous),
            acting_role: row.acting_role,
            event: Event::read(row.kind, &row.data)?,
            subject: row.subject.with(if is_own_note { 0 } else { row.subject_id }),
            member: row.member.and_then(|member| handles.get(&member).cloned()).filter(|_| names && !is_own_note),
            reason: row.reason,
            undoes: row.undoes,
        })
    }
}

/// How much of the log is listed, unless a kind is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    Moderation,
    Everything,
}

/// Which entries are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The member whom they concern.
    pub member: Option<MemberId>,
    /// Who acted. Reports are nobody's.
    pub actor: Option<MemberId>,
    pub kind: Option<EventKind>,
    pub from: Option<Moment>,
    /// Before this moment.
    pub until: Option<Moment>,
    pub scope: Scope,
}

#[derive(Queryable)]
struct Row {
    id: LogEntryId,
    acted_at: Moment,
    actor: Option<String>,
    acting_role: ActingRole,
    kind: EventKind,
    data: String,
    subject: SubjectKind,
    subject_id: i64,
    member: Option<MemberId>,
    reason: String,
    undoes: Option<LogEntryId>,
}

#[diesel::dsl::auto_type(no_type_alias)]
fn entries() -> _ {
    log_entries::table.left_join(members::table.on(members::id.nullable().eq(log_entries::actor_id))).select((
        log_entries::id,
        log_entries::acted_at,
        members::handle.nullable(),
        log_entries::acting_role,
        log_entries::kind,
        log_entries::data,
        log_entries::subject,
        log_entries::subject_id,
        log_entries::member_id,
        log_entries::reason,
        log_entries::undoes,
    ))
}

/// How many entries a page of the log has.
pub const PAGE: i64 = 50;

/// One entry.
pub fn get(conn: &mut Conn, reader: &Member, id: LogEntryId) -> Result<LogEntry> {
    let row: Row = entries().filter(log_entries::id.eq(id)).first(conn)?;
    let handles = people::handles(conn, row.member.as_slice())?.into_iter().collect();
    LogEntry::for_reader(row, reader, &handles)
}

/// The log, newest first, from before the given entry: at most `most` entries. Only moderators can filter it by more than its
/// scope.
pub fn list(
    conn: &mut Conn,
    reader: &Member,
    filter: &Filter,
    before: Option<LogEntryId>,
    most: i64,
) -> Result<Vec<LogEntry>> {
    if *filter != (Filter { scope: filter.scope, ..Filter::default() }) {
        policy::require(Some(reader), Act::Moderate)?;
    }
    let mut query = entries().order(log_entries::id.desc()).limit(most).into_boxed();
    if let Some(before) = before {
        query = query.filter(log_entries::id.lt(before));
    }
    if let Some(member) = filter.member {
        query = query.filter(log_entries::member_id.eq(member));
        if member == reader.id {
            query = query.filter(log_entries::kind.ne(EventKind::StaffNoteAdded));
        }
    }
    if let Some(actor) = filter.actor {
        query = query.filter(log_entries::actor_id.eq(actor));
        query = query.filter(log_entries::kind.ne(EventKind::SpoilerReported));
    }
    match (filter.kind, filter.scope) {
        (Some(kind), _) => query = query.filter(log_entries::kind.eq(kind)),
        (None, Scope::Moderation) => query = query.filter(log_entries::kind.ne_all(EventKind::ROUTINE)),
        (None, Scope::Everything) => {}
    }
    if let Some(from) = filter.from {
        let Some(first) = first_since(conn, from)? else { return Ok(Vec::new()) };
        query = query.filter(log_entries::acted_at.ge(from)).filter(log_entries::id.ge(LogEntryId(first.0 - SLACK)));
    }
    if let Some(until) = filter.until {
        let Some(last) = last_before(conn, until)? else { return Ok(Vec::new()) };
        query = query.filter(log_entries::acted_at.lt(until)).filter(log_entries::id.le(LogEntryId(last.0 + SLACK)));
    }
    let rows = query.load(conn)?;
    readable(conn, reader, rows)
}

/// What happened to one subject, the latest first; at most `most` entries.
pub fn on(conn: &mut Conn, reader: &Member, subject: LogSubject, most: i64) -> Result<Vec<LogEntry>> {
    let (kind, id) = subject.columns();
    let of_subject = entries().filter(log_entries::subject.eq(kind)).filter(log_entries::subject_id.eq(id));
    let rows = of_subject.order(log_entries::id.desc()).limit(most).load(conn)?;
    readable(conn, reader, rows)
}

fn readable(conn: &mut Conn, reader: &Member, rows: Vec<Row>) -> Result<Vec<LogEntry>> {
    let ids: Vec<MemberId> = rows.iter().filter_map(|row| row.member).collect();
    let handles = if ids.is_empty() { Vec::new() } else { people::handles(conn, &ids)? };
    let handles = handles.into_iter().collect();
    rows.into_iter().map(|row| LogEntry::for_reader(row, reader, &handles)).collect()
}

/// Ids rise with time, except for entries written at once: so many may be out of order.
const SLACK: i64 = 1000;

fn first_since(conn: &mut Conn, from: Moment) -> Result<Option<LogEntryId>> {
    let since =
        log_entries::table.filter(log_entries::acted_at.ge(from)).order((log_entries::acted_at, log_entries::id));
    Ok(since.select(log_entries::id).first(conn).optional()?)
}

fn last_before(conn: &mut Conn, until: Moment) -> Result<Option<LogEntryId>> {
    let before = log_entries::table.filter(log_entries::acted_at.lt(until));
    let newest = before.order((log_entries::acted_at.desc(), log_entries::id.desc()));
    Ok(newest.select(log_entries::id).first(conn).optional()?)
}
