//! Posts that were split off a thread, as the pages of both threads mention them. Posts that were put back aren't
//! mentioned.

use super::listing::finds_hidden;
use super::{Seams, Thread, get, several};
use crate::db::schema::{partings, threads};
use crate::db::{BookId, Conn, PostId, ThreadId};
use crate::domain::core::members::Member;
use crate::error::{Error, Result};
use diesel::dsl::sum;
use diesel::prelude::*;
use std::borrow::Borrow;

/// The posts moved out of and into a thread, as one of its pages mentions them.
#[derive(Clone, Debug, Default)]
pub struct Partings {
    went: Vec<(PostId, i32, Thread)>,
    /// How many posts were moved here when this thread was split off, and the thread they came from.
    pub came: Option<(i64, Thread)>,
}

impl Partings {
    /// Reads it for the page with these posts. Only moderators see threads whose posts are all hidden.
    pub fn of(conn: &mut Conn, viewer: Option<&Member>, thread: &Thread, posts: &[PostId]) -> Result<Self> {
        if posts.is_empty() {
            return Ok(Self::default());
        }
        let is_told = |other: &Thread| other.id != thread.id && (other.shown || finds_hidden(viewer));
        let went = partings::table.filter(partings::from_id.eq(thread.id)).filter(partings::after_id.eq_any(posts));
        let went: Vec<(PostId, i32, ThreadId)> =
            went.select((partings::after_id, partings::count, partings::into_id)).load(conn)?;
        let ids: Vec<ThreadId> = went.iter().map(|(.., into)| *into).collect();
        let known = if ids.is_empty() { Vec::new() } else { several(conn, &ids)? };
        let went = went.into_iter().filter_map(|(after, count, into)| {
            let into = known.iter().find(|known| known.id == into && known.merged_into.is_none())?;
            is_told(into).then(|| (after, count, into.clone()))
        });
        let went = went.collect();
        let came = partings::table.filter(partings::into_id.eq(thread.id)).group_by(partings::from_id);
        let came: Option<(ThreadId, Option<i64>)> =
            came.select((partings::from_id, sum(partings::count))).first(conn).optional()?;
        let came = match came {
            Some((from, count)) => match get(conn, from) {
                Err(Error::NotFound) => None,
                from => Some((count.unwrap_or_default(), from?)),
            },
            None => None,
        };
        Ok(Self { went, came: came.filter(|(_, from)| is_told(from)) })
    }

    /// The posts that were moved away from behind this post: how many, and to which thread.
    pub fn after(&self, post: impl Borrow<PostId>) -> Vec<(i32, &Thread)> {
        let here = self.went.iter().filter(|(after, ..)| after == post.borrow());
        here.map(|(_, count, into)| (*count, into)).collect()
    }

    /// The books that the titles of these threads may contain spoilers for.
    pub fn books(&self) -> impl Iterator<Item = BookId> {
        let threads = self.went.iter().map(|(.., thread)| thread).chain(self.came.as_ref().map(|(_, thread)| thread));
        threads.flat_map(Thread::books)
    }
}

/// Stores after which posts of `from` the moved posts were.
pub(super) fn keep(conn: &mut Conn, from: ThreadId, into: ThreadId, seams: &Seams) -> Result<()> {
    for (after, count) in seams.runs() {
        let places = (partings::into_id.eq(into), partings::after_id.eq(after));
        let row = (places, partings::from_id.eq(from), partings::count.eq(count));
        diesel::insert_into(partings::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Increases the version of the threads whose pages mention this one.
pub(super) fn touch(conn: &mut Conn, id: ThreadId) -> Result<()> {
    let went = partings::table.filter(partings::from_id.eq(id)).select(partings::into_id);
    let came = partings::table.filter(partings::into_id.eq(id)).select(partings::from_id);
    let mut beside: Vec<ThreadId> = went.load(conn)?;
    beside.extend(came.load::<ThreadId>(conn)?);
    beside.sort_unstable();
    beside.dedup();
    if beside.is_empty() {
        return Ok(());
    }
    let beside = threads::table.filter(threads::id.eq_any(beside));
    diesel::update(beside).set(threads::version.eq(threads::version + 1)).execute(conn)?;
    Ok(())
}
