//! The columns that store a post's reach, and changing it as a moderator.

use super::get;
use crate::db::functions::{coalesce_bigint, coalesce_integer};
use crate::db::schema::{log_entries, posts};
use crate::db::{BookId, Conn, PostId, dialect};
use crate::domain::core::club;
use crate::domain::core::gate::{Position, Reach};
use crate::domain::core::members::Member;
use crate::domain::core::policy;
use crate::domain::core::text_fields::Reason;
use crate::domain::forum::threads;
use crate::domain::safety::log::facts::Change;
use crate::domain::safety::log::{self, Event, EventKind, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// A post's reach, as its columns store it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset, Serialize, Deserialize,
)]
#[diesel(table_name = posts)]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ReachColumns {
    reach_book_id: Option<BookId>,
    reach: Option<Position>,
    also_book_id: Option<BookId>,
    also_reach: Option<Position>,
}

impl ReachColumns {
    /// The columns for a post in a thread about `book`.
    pub(in crate::domain) fn of(reach: Reach, book: Option<BookId>) -> Self {
        let ((reach_book_id, reach), (also_book_id, also_reach)) = (reach.columns(book), reach.also_columns(book));
        Self { reach_book_id, reach, also_book_id, also_reach }
    }

    /// The columns for the same reach in a thread about another book.
    pub(in crate::domain) fn moved_to(self, book: Option<BookId>) -> Self {
        Self::of(self.reach(), book)
    }

    pub(super) fn reach(self) -> Reach {
        Reach::from_columns((self.reach_book_id, self.reach), (self.also_book_id, self.also_reach))
    }

    /// The position by which a thread's posts are sorted in book order.
    pub(super) fn position(self) -> Position {
        self.reach.unwrap_or_default()
    }

    /// A SQL condition: a post has exactly these values.
    pub(in crate::domain) fn matches(self) -> ReachMatches {
        let book = |id: Option<BookId>| id.map_or(NO_BOOK, |BookId(id)| id);
        let position = |at: Option<Position>| at.map_or(NO_POSITION, Position::number);
        let also = (book(self.also_book_id), position(self.also_reach));
        reach_matches(book(self.reach_book_id), position(self.reach), also.0, also.1, NO_BOOK, NO_POSITION)
    }

    /// How far the reach goes into the thread's book, for the log.
    fn within(self, book: Option<BookId>) -> Position {
        self.reach().within(book)
    }
}

pub(super) type ReachMatches = reach_matches;

#[diesel::dsl::auto_type]
fn reach_matches(book: i64, reach: i32, also_book: i64, also_reach: i32, nothing: i64, nowhere: i32) -> _ {
    let same_book = coalesce_bigint(posts::reach_book_id, nothing).eq(book);
    let same_also = coalesce_bigint(posts::also_book_id, nothing).eq(also_book);
    let own = same_book.and(coalesce_integer(posts::reach, nowhere).eq(reach));
    own.and(same_also).and(coalesce_integer(posts::also_reach, nowhere).eq(also_reach))
}

/// Stand-ins for NULL in comparisons.
const NO_BOOK: i64 = 0;
const NO_POSITION: i32 = -1;

/// A moderator sets the spoiler level of somebody's post.
pub fn set_reach(conn: &mut Conn, actor: &Member, id: PostId, reach: Reach, reason: &Reason) -> Result<()> {
    let (thread, post) = get(conn, Some(actor), id)?;
    // Any page may quote the post.
    club::touch(conn)?;
    let before = lock(conn, id)?;
    let after = ReachColumns::of(reach, thread.book_id());
    if before.reach() != post.reach {
        return Err(CHANGED);
    }
    save(conn, actor, id, (before, after), reason)
}

/// Reversal: restores a post's earlier reach, if nobody has changed it since.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RestoreReach {
    post: PostId,
    now: ReachColumns,
    before: ReachColumns,
}

impl Reversal for RestoreReach {
    const NAME: &'static str = "post.reach";

    fn topic(&self) -> String {
        format!("reach {}", self.post)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { post, now, before } = self;
        club::touch(conn)?;
        if lock(conn, post)? != now {
            return Err(CHANGED);
        }
        save(conn, actor, post, (now, before), reason)
    }
}

const CHANGED: Error =
    Error::Conflict("The spoiler level of this post has just been changed. Please reload the page and try again.");

/// Locks the post's row until the transaction ends and returns its reach.
fn lock(conn: &mut Conn, id: PostId) -> Result<ReachColumns> {
    let the_post = posts::table.filter(posts::id.eq(id));
    dialect::lock(conn, the_post, posts::reach)?;
    Ok(the_post.select(ReachColumns::as_select()).first(conn)?)
}

fn save(
    conn: &mut Conn,
    actor: &Member,
    id: PostId,
    (before, after): (ReachColumns, ReachColumns),
    reason: &Reason,
) -> Result<()> {
    let (thread, post) = get(conn, Some(actor), id)?;
    policy::require_moderation(actor, post.author.role())?;
    if before == after {
        return Err(Error::Conflict("The post already has this spoiler level. Nothing was changed."));
    }
    diesel::update(posts::table.filter(posts::id.eq(id))).set(after).execute(conn)?;
    threads::touch(conn, thread.id)?;
    let book = thread.book_id();
    let event = Event::SpoilerLevelSet(Change::new(before.within(book), after.within(book)));
    let entry = NewLogEntry::new(event, LogSubject::Post(id)).because(reason).concerning(post.author_id);
    log::record(conn, actor.id, entry.undone_by(&RestoreReach { post: id, now: after, before })?)
}

/// Whether a moderator set the reach last. If so, the author may raise it but not lower it.
pub(super) fn is_set_by_moderator(conn: &mut Conn, id: PostId) -> Result<bool> {
    let (subject, id) = LogSubject::Post(id).columns();
    let last = log_entries::table
        .filter(log_entries::subject.eq(subject))
        .filter(log_entries::subject_id.eq(id))
        .filter(log_entries::kind.eq(EventKind::SpoilerLevelSet))
        .order(log_entries::id.desc())
        .select(log_entries::undoes.is_null());
    Ok(last.first(conn).optional()?.unwrap_or(false))
}
