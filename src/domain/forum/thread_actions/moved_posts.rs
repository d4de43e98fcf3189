//! Posts that were split off a thread, as the pages of both threads mention them. Posts that were put back aren't
//! mentioned.

use super::post_positions::SplitPositions;
use crate::db::schema::{moved_posts, posts};
use crate::db::{BookId, Conn, PostId, ThreadId};
use crate::domain::core::members::Member;
use crate::domain::forum::threads::can_see_hidden;
use crate::domain::forum::threads::{Thread, get, several};
use crate::error::{Error, Result};
use diesel::dsl::sum;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer};
use std::borrow::Borrow;
use std::collections::BTreeMap;

/// The posts moved out of and into a thread, as one of its pages mentions them.
#[derive(Clone, Debug, Default)]
pub struct MovedPosts {
    moved_out: Vec<(PostId, i32, Thread)>,
    /// How many posts were moved here when this thread was split off, and the thread they came from.
    pub moved_in: Option<(i64, Thread)>,
}

impl MovedPosts {
    /// Reads it for the page with these posts. Only moderators see threads whose posts are all hidden.
    pub fn of(conn: &mut Conn, viewer: Option<&Member>, thread: &Thread, posts: &[PostId]) -> Result<Self> {
        if posts.is_empty() {
            return Ok(Self::default());
        }
        let is_visible = |other: &Thread| other.id != thread.id && (other.visible || can_see_hidden(viewer));
        let moved_out =
            moved_posts::table.filter(moved_posts::from_id.eq(thread.id)).filter(moved_posts::after_id.eq_any(posts));
        let moved_out: Vec<(PostId, i32, ThreadId)> =
            moved_out.select((moved_posts::after_id, moved_posts::count, moved_posts::into_id)).load(conn)?;
        let ids: Vec<ThreadId> = moved_out.iter().map(|(.., into)| *into).collect();
        let known = if ids.is_empty() { Vec::new() } else { several(conn, &ids)? };
        let moved_out = moved_out.into_iter().filter_map(|(after, count, into)| {
            let into = known.iter().find(|known| known.id == into && known.merged_into.is_none())?;
            is_visible(into).then(|| (after, count, into.clone()))
        });
        let moved_out = moved_out.collect();
        let moved_in = moved_posts::table.filter(moved_posts::into_id.eq(thread.id)).group_by(moved_posts::from_id);
        let moved_in: Option<(ThreadId, Option<i64>)> =
            moved_in.select((moved_posts::from_id, sum(moved_posts::count))).first(conn).optional()?;
        let moved_in = match moved_in {
            Some((from, count)) => match get(conn, from) {
                Err(Error::NotFound) => None,
                from => Some((count.unwrap_or_default(), from?)),
            },
            None => None,
        };
        Ok(Self { moved_out, moved_in: moved_in.filter(|(_, from)| is_visible(from)) })
    }

    /// The posts that were moved away from behind this post: how many, and to which thread.
    pub fn after(&self, post: impl Borrow<PostId>) -> Vec<(i32, &Thread)> {
        let here = self.moved_out.iter().filter(|(after, ..)| after == post.borrow());
        here.map(|(_, count, into)| (*count, into)).collect()
    }

    /// The books that the titles of these threads may contain spoilers for.
    pub fn books(&self) -> impl Iterator<Item = BookId> {
        let threads =
            self.moved_out.iter().map(|(.., thread)| thread).chain(self.moved_in.as_ref().map(|(_, thread)| thread));
        threads.flat_map(Thread::books)
    }
}

/// Stores after which posts of `from` the moved posts were, with one statement for all runs of the same length.
pub(super) fn save(conn: &mut Conn, from: ThreadId, into: ThreadId, positions: &SplitPositions) -> Result<()> {
    let mut by_length: BTreeMap<i32, Vec<PostId>> = BTreeMap::new();
    positions.runs().for_each(|(after, length)| by_length.entry(length).or_default().push(after));
    let columns = (moved_posts::into_id, moved_posts::after_id, moved_posts::from_id, moved_posts::count);
    for (length, afters) in by_length {
        for some in afters.chunks(500) {
            let rows = posts::table.filter(posts::id.eq_any(some)).select((
                into.into_sql::<BigInt>(),
                posts::id,
                from.into_sql::<BigInt>(),
                length.into_sql::<Integer>(),
            ));
            diesel::insert_into(moved_posts::table).values(rows).into_columns(columns).execute(conn)?;
        }
    }
    Ok(())
}
