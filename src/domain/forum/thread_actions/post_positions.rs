//! Which posts are at which number of which thread, when threads are split and merged. No post is lost, duplicated or
//! reordered, post ids stay the same, and numbers run from 1 without gaps.

use crate::db::schema::{members, posts, threads};
use crate::db::{Conn, Moment, PostId, ThreadId, dialect};
use crate::domain::forum::posts::{Author, AuthorRow};
use crate::domain::forum::threads::{Thread, get_unmerged};
use crate::domain::forum::watches;
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// A post with its number in the thread and when it was written.
#[derive(Clone, Copy, Debug, PartialEq, Queryable)]
pub(super) struct PostPosition {
    pub(super) id: PostId,
    pub(super) number: i32,
    pub(super) at: Moment,
}

/// Where posts were before they were split off: after which of the remaining posts, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SplitPositions {
    runs: Vec<Run>,
}

/// Consecutive posts that followed a post that remained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Run {
    after: PostId,
    posts: Vec<PostId>,
}

impl SplitPositions {
    /// For each run: the post before it, and the number of posts.
    pub(super) fn runs(&self) -> impl Iterator<Item = (PostId, i32)> {
        self.runs.iter().map(|run| (run.after, i32::try_from(run.posts.len()).unwrap_or(i32::MAX)))
    }
}

/// Locks the thread's row until the transaction ends and reads the thread again. Fails with a conflict if it was merged
/// or moved to another book meanwhile.
pub(super) fn lock(conn: &mut Conn, thread: &Thread) -> Result<Thread> {
    let whole = threads::table.find(thread.id).filter(threads::merged_into.is_null());
    diesel::update(whole).set(threads::version.eq(threads::version + 1)).execute(conn)?;
    let now = get_unmerged(conn, thread.id)?;
    if now.book_id() != thread.book_id() {
        return Err(Error::Conflict("The thread has just been moved. Please reload the page and try again."));
    }
    Ok(now)
}

pub(super) fn posts_of(conn: &mut Conn, thread: ThreadId) -> Result<Vec<PostPosition>> {
    let all = posts::table.filter(posts::thread_id.eq(thread)).order(posts::number);
    Ok(all.select((posts::id, posts::number, posts::written_at)).load(conn)?)
}

/// Moves these posts to a thread that has none yet. The first post can't be moved. Returns where the posts were.
pub(super) fn split(conn: &mut Conn, from: ThreadId, into: ThreadId, ids: &[PostId]) -> Result<SplitPositions> {
    let (leaving, staying): (Vec<PostPosition>, Vec<PostPosition>) = {
        let ids: HashSet<PostId> = ids.iter().copied().collect();
        posts_of(conn, from)?.into_iter().partition(|post| ids.contains(&post.id))
    };
    let first_stays = staying.first().is_some_and(|post| post.number == 1);
    if leaving.len() != ids.len() || leaving.is_empty() || !first_stays {
        return Err(Error::Conflict("Some of these posts are no longer in this thread. Nothing was changed."));
    }
    renumber(conn, into, &[], &leaving)?;
    renumber(conn, from, &staying, &staying)?;
    watches::follow_split(conn, from, into)?;
    update_thread(conn, from, staying.len())?;
    update_thread(conn, into, leaving.len())?;
    Ok(split_positions(&staying, &leaving))
}

/// Moves all posts of a thread into another: to where they were before, or ordered by time if `positions` is `None`.
/// Returns their ids.
pub(super) fn merge(
    conn: &mut Conn,
    from: ThreadId,
    into: ThreadId,
    positions: Option<&SplitPositions>,
) -> Result<Vec<PostId>> {
    let (target, coming) = (posts_of(conn, into)?, posts_of(conn, from)?);
    let joined = match positions {
        Some(positions) => rejoined(&target, &coming, positions)
            .ok_or(Error::Conflict("The posts have been moved since and can’t be put back. Nothing was changed."))?,
        None => merge_by_time(&target, 1, &coming),
    };
    renumber(conn, into, &target, &joined)?;
    watches::follow_merge(conn, from, into)?;
    update_thread(conn, into, joined.len())?;
    update_thread(conn, from, 0)?;
    Ok(coming.into_iter().map(|post| post.id).collect())
}

/// Numbers the posts of a thread in this order. `there` are the posts that are already in the thread with the numbers
/// they have; only posts that change are updated.
pub(super) fn renumber(
    conn: &mut Conn,
    thread: ThreadId,
    there: &[PostPosition],
    order: &[PostPosition],
) -> Result<()> {
    let there: HashSet<PostId> = there.iter().map(|post| post.id).collect();
    let places = order.iter().zip(1..).filter(|(post, number)| post.number != *number || !there.contains(&post.id));
    let places: Vec<(PostId, i32)> = places.map(|(post, number)| (post.id, number)).collect();
    dialect::number_posts(conn, thread, &places)
}

/// Updates the number of posts, the last post and the visibility of a thread.
pub(super) fn update_thread(conn: &mut Conn, thread: ThreadId, count: usize) -> Result<()> {
    let count = i32::try_from(count).map_err(Error::internal)?;
    let values = (threads::posts_count.eq(count), threads::version.eq(threads::version + 1));
    diesel::update(threads::table.find(thread)).set(values).execute(conn)?;
    let last: Option<(Moment, Option<String>, Option<AuthorRow>)> = posts::table
        .left_join(members::table)
        .filter(posts::thread_id.eq(thread))
        .order((posts::written_at.desc(), posts::number.desc()))
        .select((posts::written_at, posts::byline, Option::<AuthorRow>::as_select()))
        .first(conn)
        .optional()?;
    if let Some((at, byline, member)) = last {
        crate::domain::forum::threads::set_last_post(conn, thread, at, Author::new(member, byline).name())?;
    }
    crate::domain::forum::threads::update_visibility(conn, thread)
}

/// For each leaving post, which of the remaining posts it followed.
fn split_positions(staying: &[PostPosition], leaving: &[PostPosition]) -> SplitPositions {
    let mut runs: Vec<Run> = Vec::new();
    let mut staying = staying.iter().peekable();
    let mut anchor = None;
    for post in leaving {
        while let Some(before) = staying.next_if(|before| before.number < post.number) {
            anchor = Some(before.id);
        }
        match (runs.last_mut(), anchor) {
            (Some(run), Some(anchor)) if run.after == anchor => run.posts.push(post.id),
            (_, Some(anchor)) => runs.push(Run { after: anchor, posts: vec![post.id] }),
            (_, None) => {}
        }
    }
    SplitPositions { runs }
}

/// Merges two threads: each post returns to where it was, and posts written in the thread since then follow the last of
/// them, by time. `None` if one of these posts, or the post that it followed, is gone.
fn rejoined(target: &[PostPosition], coming: &[PostPosition], positions: &SplitPositions) -> Option<Vec<PostPosition>> {
    let known: HashMap<PostId, &PostPosition> = coming.iter().map(|post| (post.id, post)).collect();
    let mut runs: HashMap<PostId, &Vec<PostId>> = positions.runs.iter().map(|run| (run.after, &run.posts)).collect();
    let mut rejoined: Vec<PostPosition> = Vec::with_capacity(target.len() + coming.len());
    let mut returned = HashSet::new();
    for post in target {
        rejoined.push(*post);
        for id in runs.remove(&post.id).into_iter().flatten() {
            rejoined.push(**known.get(id)?);
            returned.insert(*id);
        }
    }
    let after = rejoined.iter().rposition(|post| returned.contains(&post.id)).map_or(rejoined.len(), |index| index + 1);
    let later: Vec<PostPosition> = coming.iter().filter(|post| !returned.contains(&post.id)).copied().collect();
    runs.is_empty().then(|| merge_by_time(&rejoined, after, &later))
}

/// Merges two lists of posts by time. Each keeps its own order, and the first `first` posts of `one` come before
/// everything else.
fn merge_by_time(one: &[PostPosition], first: usize, other: &[PostPosition]) -> Vec<PostPosition> {
    let (before, rest) = one.split_at(first.min(one.len()));
    let (mut rest, mut other) = (rest.iter().peekable(), other.iter().peekable());
    let mut joined = before.to_vec();
    while let Some(next) = match (rest.peek(), other.peek()) {
        (Some(own), Some(coming)) if coming.at < own.at => other.next(),
        (Some(_), _) => rest.next(),
        (None, _) => other.next(),
    } {
        joined.push(*next);
    }
    joined
}

#[cfg(test)]
mod tests;
