//! Reading the log: who sees what of a line, and which lines are asked for.

use super::acting_role::Office;
use super::entries::{NOTED, REPORTED};
use crate::db::schema::{actions, members};
use crate::db::{ActionId, Conn, MemberId, Moment};
use crate::domain::core::members::{self as people, Member};
use crate::domain::core::policy::{self, Act, may};
use crate::error::Result;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// One line, as it is read.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// When.
    pub acted_at: Moment,
    /// Who; members are not told.
    pub actor: Option<String>,
    /// As what.
    pub office: Office,
    /// "hid", "locked", …
    pub kind: String,
    /// "post", "thread", "member", …
    pub subject: String,
    /// The id of what it was done to.
    pub subject_id: i64,
    /// Whom it concerns; members are not told.
    pub member: Option<String>,
    /// Why; may be empty.
    pub reason: String,
    /// How it was.
    pub before: String,
    /// How it became.
    pub after: String,
    /// The earlier action that it undid.
    pub undoes: Option<ActionId>,
}

impl Action {
    /// Whether this reader may undo what was done, as far as their role goes.
    pub fn is_undone_by(&self, reader: &Member) -> bool {
        let besides = match self.office {
            Office::Admin | Office::CommandLine => Act::Administer,
            Office::Host => Act::ManageBooks,
            _ => Act::Moderate,
        };
        may(reader, Act::Moderate) && may(reader, besides)
    }

    /// What was changed of something that has many facts: what each is called, how it was, how it became.
    pub fn changes(&self) -> Vec<(&str, &str, &str)> {
        let lines = self.before.lines().zip(self.after.lines());
        let read = lines.filter_map(|(before, after)| {
            let (name, before) = before.split_once(": ")?;
            Some((name, before, after.strip_prefix(name)?.strip_prefix(": ")?))
        });
        // Of a meeting older lines of the log tell all that there is to tell, in one.
        let is_of_one = self.subject == "meeting" && self.before.contains(" | ");
        let has_facts = matches!(self.subject.as_str(), "club" | "mail" | "guards" | "meeting");
        if has_facts && !is_of_one { read.collect() } else { Vec::new() }
    }

    /// What it was done to, as the log names it: "post" 12.
    pub fn about(&self) -> (&str, i64) {
        (&self.subject, self.subject_id)
    }

    /// The line as somebody may read it. Names are for moderators; whoever is reported must not learn by whom, a
    /// moderator neither.
    fn for_reader(row: Row, reader: &Member, handles: &BTreeMap<MemberId, String>) -> Self {
        let names = may(reader, Act::Moderate);
        let noted = row.kind == NOTED && (!names || row.member == Some(reader.id));
        let office = row.office.unwrap_or_else(|| Office::of(&row.kind, &row.subject));
        Self {
            id: row.id,
            acted_at: row.acted_at,
            actor: row.actor.filter(|_| names && row.kind != REPORTED && office != Office::Club),
            office,
            member: row.member.and_then(|member| handles.get(&member).cloned()).filter(|_| names && !noted),
            kind: row.kind,
            subject: row.subject,
            subject_id: if noted { 0 } else { row.subject_id },
            reason: row.reason,
            before: row.before,
            after: row.after,
            undoes: row.undoes,
        }
    }
}

/// Which lines are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those that concern this member.
    pub member: Option<MemberId>,
    /// Those of what this member did. What a report did is nobody's.
    pub actor: Option<MemberId>,
    /// Those of this kind.
    pub kind: Option<String>,
    /// Those from this moment on.
    pub from: Option<Moment>,
    /// Those from before this moment.
    pub until: Option<Moment>,
}

#[derive(Queryable)]
struct Row {
    id: ActionId,
    acted_at: Moment,
    actor: Option<String>,
    kind: String,
    subject: String,
    subject_id: i64,
    member: Option<MemberId>,
    reason: String,
    before: String,
    after: String,
    undoes: Option<ActionId>,
    office: Option<Office>,
}

#[diesel::dsl::auto_type(no_type_alias)]
fn lines() -> _ {
    actions::table.left_join(members::table.on(members::id.nullable().eq(actions::actor_id))).select((
        actions::id,
        actions::acted_at,
        members::handle.nullable(),
        actions::kind,
        actions::subject,
        actions::subject_id,
        actions::member_id,
        actions::reason,
        actions::before,
        actions::after,
        actions::undoes,
        actions::office,
    ))
}

/// How many lines a page of the log holds.
pub const PAGE: i64 = 50;

/// One line, as this reader sees it.
pub fn get(conn: &mut Conn, reader: &Member, id: ActionId) -> Result<Action> {
    let row: Row = lines().filter(actions::id.eq(id)).first(conn)?;
    let handles = people::handles(conn, row.member.as_slice())?.into_iter().collect();
    Ok(Action::for_reader(row, reader, &handles))
}

/// The log, newest first, from before the given line: at most `most` lines. Names are for moderators, and so is asking
/// for some lines alone.
pub fn list(
    conn: &mut Conn,
    reader: &Member,
    filter: &Filter,
    before: Option<ActionId>,
    most: i64,
) -> Result<Vec<Action>> {
    if *filter != Filter::default() {
        policy::require(Some(reader), Act::Moderate)?;
    }
    let mut query = lines().order(actions::id.desc()).limit(most).into_boxed();
    if let Some(before) = before {
        query = query.filter(actions::id.lt(before));
    }
    if let Some(member) = filter.member {
        query = query.filter(actions::member_id.eq(member));
        if member == reader.id {
            query = query.filter(actions::kind.ne(NOTED));
        }
    }
    if let Some(actor) = filter.actor {
        query = query.filter(actions::actor_id.eq(actor)).filter(actions::kind.ne(REPORTED));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(actions::kind.eq(kind));
    }
    if let Some(from) = filter.from {
        let Some(first) = first_since(conn, from)? else { return Ok(Vec::new()) };
        query = query.filter(actions::acted_at.ge(from)).filter(actions::id.ge(ActionId(first.0 - SLACK)));
    }
    if let Some(until) = filter.until {
        let Some(last) = last_before(conn, until)? else { return Ok(Vec::new()) };
        query = query.filter(actions::acted_at.lt(until)).filter(actions::id.le(ActionId(last.0 + SLACK)));
    }
    let rows = query.load(conn)?;
    readable(conn, reader, rows)
}

/// What was done to one thing, the latest first; at most `most`.
pub fn on(conn: &mut Conn, reader: &Member, (subject, id): (&str, i64), most: i64) -> Result<Vec<Action>> {
    let done = lines().filter(actions::subject.eq(subject)).filter(actions::subject_id.eq(id));
    let rows = done.order(actions::id.desc()).limit(most).load(conn)?;
    readable(conn, reader, rows)
}

fn readable(conn: &mut Conn, reader: &Member, rows: Vec<Row>) -> Result<Vec<Action>> {
    let ids: Vec<MemberId> = rows.iter().filter_map(|row| row.member).collect();
    let handles = if ids.is_empty() { Vec::new() } else { people::handles(conn, &ids)? };
    let handles = handles.into_iter().collect();
    Ok(rows.into_iter().map(|row| Action::for_reader(row, reader, &handles)).collect())
}

/// Ids rise with time but for what is written at once: so many may be out of order.
const SLACK: i64 = 1000;

fn first_since(conn: &mut Conn, from: Moment) -> Result<Option<ActionId>> {
    let since = actions::table.filter(actions::acted_at.ge(from)).order((actions::acted_at, actions::id));
    Ok(since.select(actions::id).first(conn).optional()?)
}

fn last_before(conn: &mut Conn, until: Moment) -> Result<Option<ActionId>> {
    let before = actions::table.filter(actions::acted_at.lt(until));
    let newest = before.order((actions::acted_at.desc(), actions::id.desc()));
    Ok(newest.select(actions::id).first(conn).optional()?)
}

/// The kinds of action that the log has, each found by the index from the one before.
pub fn kinds(conn: &mut Conn) -> Result<Vec<String>> {
    let mut kinds: Vec<String> = Vec::new();
    while kinds.len() < 100 {
        let last = kinds.last().cloned().unwrap_or_default();
        let next = actions::table.filter(actions::kind.gt(last)).order(actions::kind).select(actions::kind);
        let Some(kind) = next.first::<String>(conn).optional()? else { break };
        kinds.push(kind);
    }
    Ok(kinds)
}
