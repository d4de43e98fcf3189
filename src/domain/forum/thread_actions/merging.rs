//! Merging a thread into another, and putting posts back that were split off.

use super::moving::{PreviousReach, move_posts};
use super::post_positions::{self, SplitPositions};
use super::splitting::SeparateThreads;
use crate::db::schema::{meeting_threads, threads};
use crate::db::{Conn, ThreadId};
use crate::domain::core::members::Member;
use crate::domain::core::policy;
use crate::domain::core::text_fields::Reason;
use crate::domain::forum::threads::{Thread, get_unmerged};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Merges a thread into another. The target's first post stays first; all others are ordered by time. The merged
/// thread's address redirects to the target.
pub fn merge(conn: &mut Conn, actor: &Member, from: ThreadId, into: ThreadId, reason: &Reason) -> Result<()> {
    if from == into {
        return Err(Error::Refused(Problems::one("into", "This is the same thread. Please choose another one.")));
    }
    merge_threads(conn, actor, (from, into), None, reason)
}

/// Reversal of a split or of a separation: puts the posts of a thread back where they were in the thread they came
/// from.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RejoinThread {
    pub(super) from: ThreadId,
    pub(super) into: ThreadId,
    pub(super) positions: SplitPositions,
}

impl Reversal for RejoinThread {
    const NAME: &'static str = "thread.rejoin";

    fn topic(&self) -> String {
        split_topic(self.from, self.into)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        merge_threads(conn, actor, (self.from, self.into), Some(&self.positions), reason)
    }
}

/// The reversal topic of splits and merges of these two threads.
pub(super) fn split_topic(one: ThreadId, other: ThreadId) -> String {
    format!("seams {} {}", one.min(other), one.max(other))
}

fn merge_threads(
    conn: &mut Conn,
    actor: &Member,
    (from, into): (ThreadId, ThreadId),
    positions: Option<&SplitPositions>,
    reason: &Reason,
) -> Result<()> {
    let (source, target) = (get_unmerged(conn, from)?, get_unmerged(conn, into)?);
    for thread in [&source, &target] {
        policy::require_moderation(actor, thread.author.role())?;
    }
    let (source, target) = lock_both(conn, &source, &target)?;
    let exact = move_posts(conn, from, (source.book_id(), target.book_id()), &PreviousReach::default())?;
    let posts = post_positions::merge(conn, from, into, positions)?;
    diesel::update(threads::table.find(from)).set(threads::merged_into.eq(into)).execute(conn)?;
    move_meetings(conn, from, into)?;
    crate::domain::forum::threads::touch_neighbours(conn, from)?;
    let event = match positions {
        Some(_) => Event::ThreadRejoined { into, posts: posts.len() },
        None => Event::ThreadMerged { into, posts: posts.len() },
    };
    let entry = NewLogEntry::new(event, LogSubject::Thread(from)).because(reason);
    let undo = SeparateThreads { from: into, into: from, posts, exact };
    log::record(conn, actor.id, entry.concerning(source.author_id).undone_by(&undo)?)
}

/// Links meetings of the thread `from` to `into` if that now has the posts of the thread created for the meeting: after
/// a merge all of them, after a separation those of `into` and of the threads merged into it.
pub(super) fn move_meetings(conn: &mut Conn, from: ThreadId, into: ThreadId) -> Result<()> {
    let (mut originals, mut merged) = (Vec::new(), vec![into]);
    while !merged.is_empty() {
        originals.extend_from_slice(&merged);
        merged = threads::table.filter(threads::merged_into.eq_any(&merged)).select(threads::id).load(conn)?;
    }
    let moved = meeting_threads::table
        .filter(meeting_threads::thread_id.eq(from))
        .filter(meeting_threads::original_thread_id.eq_any(originals));
    diesel::update(moved).set(meeting_threads::thread_id.eq(into)).execute(conn)?;
    Ok(())
}

/// Locks both threads in the order of their ids. Of two moderators who merge the same threads at once, the second waits
/// and then finds them merged.
fn lock_both(conn: &mut Conn, source: &Thread, target: &Thread) -> Result<(Thread, Thread)> {
    if source.id < target.id {
        let source = post_positions::lock(conn, source)?;
        return Ok((source, post_positions::lock(conn, target)?));
    }
    let target = post_positions::lock(conn, target)?;
    Ok((post_positions::lock(conn, source)?, target))
}
