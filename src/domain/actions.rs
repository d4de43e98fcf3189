//! The moderation log: one line for each thing that somebody in charge did, written in the transaction of the act.
//! The database lets nobody change or remove a line. A line never holds the words of a post.

use crate::db::schema::{actions, members};
use crate::db::{ActionId, BookId, Conn, MeetingId, MemberId, Moment, PostId, ThreadId};
use crate::domain::members::{Member, Role};
use crate::domain::policy::{Act, may};
use crate::domain::seal::Position;
use crate::domain::words::Reason;
use crate::error::Result;
use diesel::prelude::*;

/// What somebody did, before it is written down.
#[derive(Clone, Debug)]
pub struct Entry {
    kind: &'static str,
    subject: &'static str,
    subject_id: i64,
    reason: String,
    before: String,
    after: String,
}

impl Entry {
    fn new(kind: &'static str, subject: &'static str, subject_id: i64, change: (&str, &str)) -> Self {
        let (before, after) = (change.0.to_owned(), change.1.to_owned());
        Self { kind, subject, subject_id, reason: String::new(), before, after }
    }

    fn because(self, reason: &Reason) -> Self {
        Self { reason: reason.0.clone(), ..self }
    }

    /// A post was hidden.
    pub fn hide(post: PostId, reason: &Reason) -> Self {
        Self::new("hid", "post", post.0, ("shown", "hidden")).because(reason)
    }

    /// A post was restored.
    pub fn restore(post: PostId, reason: &Reason) -> Self {
        Self::new("restored", "post", post.0, ("hidden", "shown")).because(reason)
    }

    /// A thread was locked or unlocked.
    pub fn lock(thread: ThreadId, locked: bool, reason: &Reason) -> Self {
        let (kind, change) = if locked { ("locked", ("open", "locked")) } else { ("unlocked", ("locked", "open")) };
        Self::new(kind, "thread", thread.0, change).because(reason)
    }

    /// A thread was pinned or unpinned.
    pub fn pin(thread: ThreadId, pinned: bool, reason: &Reason) -> Self {
        let (kind, change) = if pinned { ("pinned", ("", "pinned")) } else { ("unpinned", ("pinned", "")) };
        Self::new(kind, "thread", thread.0, change).because(reason)
    }

    /// A book was put on the shelf.
    pub fn add_book(book: BookId, title: &str) -> Self {
        Self::new("added", "book", book.0, ("", title))
    }

    /// The club reads another book.
    pub fn read_now(book: BookId, title: &str) -> Self {
        Self::new("chose to read", "book", book.0, ("", title))
    }

    /// A book's facts or contents were changed.
    pub fn book(book: BookId, before: &str, after: &str) -> Self {
        Self::new("changed", "book", book.0, (before, after))
    }

    /// A content notice was confirmed. The log does not repeat its label, which may be declined later.
    pub fn confirm_notice(book: BookId) -> Self {
        Self::new("confirmed a notice for", "book", book.0, ("", ""))
    }

    /// A content notice was declined.
    pub fn decline_notice(book: BookId) -> Self {
        Self::new("declined a notice for", "book", book.0, ("", ""))
    }

    /// A text was folded because a member reported that it goes farther than it said. Who did is told to nobody.
    pub(super) fn fold((subject, id): (&'static str, i64), before: Position, after: Position) -> Self {
        Self::new(REPORTED, subject, id, (&scope(before), &scope(after)))
    }

    /// A report was upheld or dismissed.
    pub(super) fn settle((subject, id): (&'static str, i64), upheld: bool, before: Position, after: Position) -> Self {
        let kind = if upheld { "upheld a report on" } else { "dismissed a report on" };
        Self::new(kind, subject, id, (&scope(before), &scope(after)))
    }

    /// The writer of a text agreed with a report on it.
    pub(super) fn agree((subject, id): (&'static str, i64), before: Position, after: Position) -> Self {
        Self::new(AGREED, subject, id, (&scope(before), &scope(after)))
    }

    /// A synopsis, quote or blurb of a book was said to go as far as this.
    pub(super) fn passage(book: BookId, kind: &str, before: Position, after: Position) -> Self {
        let words = |position| format!("{kind}: {}", scope(position));
        Self::new("set how far a text goes of", "book", book.0, (&words(before), &words(after)))
    }

    /// The club's settings were changed.
    pub fn club(before: &str, after: &str) -> Self {
        Self::new("changed", "club", 1, (before, after))
    }

    /// A meeting was set up.
    pub fn set_up(meeting: MeetingId, words: &str) -> Self {
        Self::new("set up", "meeting", meeting.0, ("", words))
    }

    /// A meeting was changed.
    pub fn meeting(meeting: MeetingId, before: &str, after: &str) -> Self {
        Self::new("changed", "meeting", meeting.0, (before, after))
    }

    /// A meeting was cancelled.
    pub fn cancel(meeting: MeetingId, reason: &Reason) -> Self {
        Self::new("cancelled", "meeting", meeting.0, ("planned", "cancelled")).because(reason)
    }

    /// A member was given another role.
    pub fn role(member: MemberId, before: Role, after: Role) -> Self {
        Self::new("changed the role of", "member", member.0, (before.as_str(), after.as_str()))
    }
}

/// What the log calls a fold after a report.
const REPORTED: &str = "reported and so folded";

/// What the log calls it when the writer of a text agrees with a report.
const AGREED: &str = "agreed with a report on";

/// How far a text goes, in words.
fn scope(position: Position) -> String {
    if position.is_none() { "open".to_owned() } else { format!("folded through {position}") }
}

/// Writes a line, in the transaction of the act.
pub(super) fn record(conn: &mut Conn, actor: MemberId, entry: &Entry) -> Result<()> {
    diesel::insert_into(actions::table)
        .values((
            actions::acted_at.eq(Moment::now()),
            actions::actor_id.eq(actor),
            actions::kind.eq(entry.kind),
            actions::subject.eq(entry.subject),
            actions::subject_id.eq(entry.subject_id),
            actions::reason.eq(&entry.reason),
            actions::before.eq(&entry.before),
            actions::after.eq(&entry.after),
        ))
        .execute(conn)?;
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
}

impl Action {
    /// Whether the writer of what it was done to did it.
    pub fn is_by_writer(&self) -> bool {
        self.kind == AGREED
    }

    /// Whether a member's report did it.
    pub fn is_report(&self) -> bool {
        self.kind == REPORTED
    }
}

/// How many lines a page of the log holds.
pub const PAGE: i64 = 50;

/// The log, newest first, from before the given line. Moderators' names are for moderators.
pub fn list(conn: &mut Conn, reader: &Member, before: Option<ActionId>) -> Result<Vec<Action>> {
    let columns = (
        actions::id,
        actions::acted_at,
        members::handle.nullable(),
        actions::kind,
        actions::subject,
        actions::subject_id,
        actions::reason,
        actions::before,
        actions::after,
    );
    let mut query = actions::table
        .inner_join(members::table)
        .select(columns)
        .order(actions::id.desc())
        .limit(PAGE + 1)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(actions::id.lt(before));
    }
    let mut lines: Vec<Action> = query.load(conn)?;
    let names = may(reader.role, Act::Moderate);
    for line in &mut lines {
        // Whoever is reported must not learn by whom, a moderator neither.
        if !names || line.is_report() {
            line.actor = None;
        }
    }
    Ok(lines)
}
