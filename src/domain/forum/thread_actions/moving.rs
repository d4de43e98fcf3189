//! Moving a thread to another book. The reach into the old book is kept as the reach into a second book, so that no fold
//! opens by the move. If the columns have no room for it, the text opens only on request.

use super::post_positions;
use crate::db::schema::{posts, threads};
use crate::db::{BookId, Conn, PostId, ThreadId};
use crate::domain::core::members::Member;
use crate::domain::core::policy;
use crate::domain::core::text_fields::Reason;
use crate::domain::forum::posts::ReachColumns;
use crate::domain::forum::threads::{Thread, ThreadReachColumns, get_unmerged, touch};
use crate::domain::library::books;
use crate::domain::safety::log::facts::Change;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Moves a thread to another book; `None` makes it a thread about the club.
pub fn move_to_book(conn: &mut Conn, actor: &Member, id: ThreadId, to: Option<BookId>, reason: &Reason) -> Result<()> {
    let thread = get_unmerged(conn, id)?;
    if thread.book_id() == to {
        return Err(Error::Refused(Problems::one("book", "The thread is already there. Please choose another book.")));
    }
    save(conn, actor, &thread, to, &PreviousReach::default(), reason)
}

/// Reversal: moves a thread back to its earlier book, unless it was moved again since.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct MoveBack {
    thread: ThreadId,
    from: Option<BookId>,
    to: Option<BookId>,
    /// The reaches that moving back would not restore by itself.
    exact: PreviousReach,
}

impl Reversal for MoveBack {
    const NAME: &'static str = "thread.move";

    fn topic(&self) -> String {
        format!("move {}", self.thread)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let thread = get_unmerged(conn, self.thread)?;
        if thread.book_id() != self.from {
            return Err(Error::Conflict("The thread has been moved again since. Nothing was changed."));
        }
        save(conn, actor, &thread, self.to, &self.exact, reason)
    }
}

fn save(
    conn: &mut Conn,
    actor: &Member,
    seen: &Thread,
    to: Option<BookId>,
    exact: &PreviousReach,
    reason: &Reason,
) -> Result<()> {
    policy::require_moderation(actor, seen.author.role())?;
    let thread = post_positions::lock(conn, seen)?;
    let from = thread.book_id();
    let titles = [from, to].map(|book| book.map(|id| books::get(conn, id)).transpose());
    let [before, after] = titles.map(|book| Ok::<_, Error>(book?.map(|book| book.title)));
    let exact = move_thread(conn, &thread, to, exact)?;
    touch(conn, thread.id)?;
    for (book, by) in [(from, -1), (to, 1)].into_iter().filter(|_| thread.visible) {
        books::count_thread(conn, book, by)?;
    }
    let entry = NewLogEntry::new(Event::ThreadMoved(Change::new(before?, after?)), LogSubject::Thread(thread.id));
    let undo = MoveBack { thread: thread.id, from: to, to: from, exact };
    log::record(conn, actor.id, entry.because(reason).concerning(thread.author_id).undone_by(&undo)?)
}

/// The reaches that moving a thread to another book and back would not restore by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PreviousReach {
    posts: Vec<PostsReach>,
    thread: Option<ThreadReach>,
}

/// The earlier reach of these posts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PostsReach {
    posts: Vec<PostId>,
    before: ReachColumns,
}

/// The reach of a thread before and after a move.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct ThreadReach {
    before: ThreadReachColumns,
    now: ThreadReachColumns,
}

/// Moves a thread and its posts to another book, or to none. `exact` has earlier reaches to restore. Returns what
/// undoing this move must restore.
pub(super) fn move_thread(
    conn: &mut Conn,
    thread: &Thread,
    to: Option<BookId>,
    exact: &PreviousReach,
) -> Result<PreviousReach> {
    let from = thread.book_id();
    let before: ThreadReachColumns =
        threads::table.find(thread.id).select(ThreadReachColumns::as_select()).first(conn)?;
    let after = match exact.thread {
        Some(reach) if reach.now == before => reach.before,
        _ => ThreadReachColumns::of(thread.reach, thread.title.reach(), to),
    };
    let values = (threads::book_id.eq(to), after, threads::version.eq(threads::version + 1));
    diesel::update(threads::table.find(thread.id)).set(values).execute(conn)?;
    let posts = move_posts(conn, thread.id, (from, to), exact)?;
    Ok(PreviousReach { thread: Some(ThreadReach { before, now: after }), ..posts })
}

/// Converts the reaches of the thread's posts alone. There are few distinct ones, so each takes one update of all posts
/// that have it.
pub(super) fn move_posts(
    conn: &mut Conn,
    thread: ThreadId,
    (from, to): (Option<BookId>, Option<BookId>),
    exact: &PreviousReach,
) -> Result<PreviousReach> {
    let mut lost = PreviousReach::default();
    if from == to {
        return Ok(lost);
    }
    let of_thread = posts::table.filter(posts::thread_id.eq(thread));
    let kinds: Vec<ReachColumns> = of_thread.select(ReachColumns::as_select()).distinct().load(conn)?;
    for before in kinds {
        let after = before.moved_to(to);
        if after.moved_to(from) != before {
            let posts = of_thread.filter(before.matches()).select(posts::id).load(conn)?;
            lost.posts.push(PostsReach { posts, before });
        }
        if after != before {
            diesel::update(of_thread.filter(before.matches())).set(after).execute(conn)?;
        }
    }
    for PostsReach { posts: ids, before } in &exact.posts {
        // Restores only posts whose reach is still what moving there and back makes of the earlier one: others were
        // changed since.
        let there_and_back = before.moved_to(from).moved_to(to);
        let same = of_thread.filter(posts::id.eq_any(ids)).filter(there_and_back.matches());
        diesel::update(same).set(*before).execute(conn)?;
    }
    Ok(lost)
}
