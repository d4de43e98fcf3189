//! How far a post goes, as its columns keep it, and saying so of somebody else's.

use super::get;
use crate::db::functions::{book_or, position_or};
use crate::db::schema::{actions, posts};
use crate::db::{BookId, Conn, PostId};
use crate::domain::core::club;
use crate::domain::core::gate::{Position, Reach};
use crate::domain::core::members::Member;
use crate::domain::core::policy;
use crate::domain::core::words::Reason;
use crate::domain::forum::threads;
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a post goes, as its columns keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = posts)]
#[diesel(treat_none_as_null = true)]
pub struct Columns {
    reach_book_id: Option<BookId>,
    reach: Option<Position>,
    also_book_id: Option<BookId>,
    also_reach: Option<Position>,
}

impl Columns {
    /// The columns of a post in a thread about this book.
    pub(in crate::domain) fn of(reach: Reach, book: Option<BookId>) -> Self {
        let ((reach_book_id, reach), (also_book_id, also_reach)) = (reach.columns(book), reach.also(book));
        Self { reach_book_id, reach, also_book_id, also_reach }
    }

    /// The same reach, in a thread about this book.
    pub(in crate::domain) fn moved_to(self, book: Option<BookId>) -> Self {
        Self::of(self.reach(), book)
    }

    fn reach(self) -> Reach {
        Reach::kept((self.reach_book_id, self.reach), (self.also_book_id, self.also_reach))
    }

    /// The condition that a post has these.
    pub(in crate::domain) fn are_kept(self) -> Kept {
        let book = |id: Option<BookId>| id.map_or(NOTHING, |BookId(id)| id);
        let position = |at: Option<Position>| at.map_or(NOWHERE, Position::number);
        let also = (book(self.also_book_id), position(self.also_reach));
        kept(book(self.reach_book_id), position(self.reach), also.0, also.1, NOTHING, NOWHERE)
    }

    /// How far that goes in a thread about this book, in words for the log.
    fn within(self, book: Option<BookId>) -> Position {
        self.reach().within(book)
    }
}

type Kept = kept;

#[diesel::dsl::auto_type]
fn kept(book: i64, reach: i32, also_book: i64, also_reach: i32, nothing: i64, nowhere: i32) -> _ {
    let same_book = book_or(posts::reach_book_id, nothing).eq(book);
    let same_also = book_or(posts::also_book_id, nothing).eq(also_book);
    let own = same_book.and(position_or(posts::reach, nowhere).eq(reach));
    own.and(same_also).and(position_or(posts::also_reach, nowhere).eq(also_reach))
}

/// What stands for a book, and for a position, that is not kept.
const NOTHING: i64 = 0;
const NOWHERE: i32 = -1;

/// A moderator says how far somebody's post goes. Its words stay as they are.
pub fn set_reach(conn: &mut Conn, actor: &Member, id: PostId, reach: Reach, reason: &Reason) -> Result<()> {
    let (thread, post) = get(conn, Some(actor), id)?;
    // Any page may quote it.
    club::touch(conn)?;
    let before = locked(conn, id)?;
    let after = Columns::of(reach, thread.book_id());
    if before.reach() != post.reach {
        return Err(CHANGED);
    }
    put(conn, actor, id, (before, after), reason)
}

/// Restores the earlier reach of a post, if nobody has changed it since.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RestoreReach {
    post: PostId,
    now: Columns,
    before: Columns,
}

impl Reversal for RestoreReach {
    const NAME: &'static str = "post.reach";

    fn topic(&self) -> String {
        format!("reach {}", self.post)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { post, now, before } = self;
        club::touch(conn)?;
        if locked(conn, post)? != now {
            return Err(CHANGED);
        }
        put(conn, actor, post, (now, before), reason)
    }
}

const CHANGED: Error =
    Error::Conflict("The spoiler level of this post has just been changed. Please reload the page and try again.");

/// How far a post goes, which nobody changes until this transaction ends.
fn locked(conn: &mut Conn, id: PostId) -> Result<Columns> {
    let the_post = posts::table.filter(posts::id.eq(id));
    diesel::update(the_post).set(posts::reach.eq(posts::reach)).execute(conn)?;
    Ok(the_post.select(Columns::as_select()).first(conn)?)
}

fn put(
    conn: &mut Conn,
    actor: &Member,
    id: PostId,
    (before, after): (Columns, Columns),
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
    let entry = Entry::reach(id, before.within(book), after.within(book), reason).concerning(post.author_id);
    log::record(conn, actor.id, &entry.undone_by(&RestoreReach { post: id, now: after, before })?)
}

/// Whether a moderator has said how far a post goes, so that its writer may say farther and not less.
pub(super) fn is_set(conn: &mut Conn, id: PostId) -> Result<bool> {
    let last = actions::table
        .filter(actions::subject.eq("post"))
        .filter(actions::subject_id.eq(id.0))
        .filter(actions::kind.eq(log::SET_REACH))
        .order(actions::id.desc())
        .select(actions::undoes.is_null());
    Ok(last.first(conn).optional()?.unwrap_or(false))
}
