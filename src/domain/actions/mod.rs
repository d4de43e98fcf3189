//! The moderation log: one line for each thing that somebody in charge did, written in the transaction of the act.
//! The database lets nobody change or remove a line. A line never holds the words of a post.

mod entries;
pub mod undos;

pub(super) use entries::Entry;
use entries::{AGREED, REPORTED};

use crate::db::schema::{actions, members, undos as undo_rows};
use crate::db::{ActionId, Conn, MemberId, Moment};
use crate::domain::members::Member;
use crate::domain::notifications;
use crate::domain::policy::{Act, may};
use crate::error::{Error, Result};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Writes a line, in the transaction of the act, keeps how it is undone, and tells the member whom it concerns.
pub(super) fn record(conn: &mut Conn, actor: MemberId, entry: &Entry) -> Result<()> {
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
    if let Some(undo) = &entry.undo {
        undos::keep(conn, id, undo)?;
    }
    if let Some(member) = entry.member.filter(|member| *member != actor) {
        notifications::tell(conn, member, entry.kind, (entry.subject, entry.subject_id), &entry.reason)?;
    }
    Ok(())
}

/// One line, as it is read.
#[derive(Clone, Debug, Queryable)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// When.
    pub acted_at: Moment,
    /// Who; members are not told.
    pub actor: Option<String>,
    /// "hid", "locked", …
    pub kind: String,
    /// "post", "thread", "member", …
    pub subject: String,
    /// The id of what it was done to.
    pub subject_id: i64,
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
    /// Whether the writer of what it was done to did it.
    pub fn is_by_writer(&self) -> bool {
        self.kind == AGREED
    }

    /// The line as somebody may read it. Moderators' names are for moderators; whoever is reported must not learn by
    /// whom, a moderator neither.
    fn for_reader(mut self, reader: &Member) -> Self {
        if !may(reader, Act::Moderate) || self.is_report() {
            self.actor = None;
        }
        self
    }

    /// Whether a member's report did it.
    pub fn is_report(&self) -> bool {
        self.kind == REPORTED
    }
}

/// How many lines a page of the log holds.
pub const PAGE: i64 = 50;

#[diesel::dsl::auto_type(no_type_alias)]
fn lines() -> _ {
    actions::table.inner_join(members::table).select((
        actions::id,
        actions::acted_at,
        members::handle.nullable(),
        actions::kind,
        actions::subject,
        actions::subject_id,
        actions::reason,
        actions::before,
        actions::after,
        actions::undoes,
    ))
}

/// One line, as this reader sees it.
pub fn get(conn: &mut Conn, reader: &Member, id: ActionId) -> Result<Action> {
    let line: Action = lines().filter(actions::id.eq(id)).first(conn)?;
    Ok(line.for_reader(reader))
}

/// Which of these actions can be undone: those of which it is known how, and that are not undone yet.
pub fn open_to_undo(conn: &mut Conn, ids: &[ActionId]) -> Result<Vec<ActionId>> {
    let known = undo_rows::table.filter(undo_rows::action_id.eq_any(ids)).select(undo_rows::action_id);
    let mut open: Vec<ActionId> = known.load(conn)?;
    let done = actions::table.filter(actions::undoes.eq_any(ids)).select(actions::undoes);
    let done: Vec<Option<ActionId>> = done.load(conn)?;
    open.retain(|id| !done.contains(&Some(*id)));
    Ok(open)
}

/// What was done to one thing, the latest first; at most `most`.
pub fn on(conn: &mut Conn, reader: &Member, (subject, id): (&str, i64), most: i64) -> Result<Vec<Action>> {
    let done = lines().filter(actions::subject.eq(subject)).filter(actions::subject_id.eq(id));
    let lines: Vec<Action> = done.order(actions::id.desc()).limit(most).load(conn)?;
    Ok(lines.into_iter().map(|line| line.for_reader(reader)).collect())
}

/// The log, newest first, from before the given line. Moderators' names are for moderators.
pub fn list(conn: &mut Conn, reader: &Member, before: Option<ActionId>) -> Result<Vec<Action>> {
    let mut query = lines().order(actions::id.desc()).limit(PAGE + 1).into_boxed();
    if let Some(before) = before {
        query = query.filter(actions::id.lt(before));
    }
    let lines: Vec<Action> = query.load(conn)?;
    Ok(lines.into_iter().map(|line| line.for_reader(reader)).collect())
}
