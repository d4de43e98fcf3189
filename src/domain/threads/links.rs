//! Which threads lead to which others, by links in their posts: where somebody may quote a thread without saying so.

use crate::db::schema::{links, partings, posts, quotes};
use crate::db::{Conn, PostId, ThreadId, dialect};
use crate::error::Result;
use crate::text::{self, Rendered};
use diesel::prelude::*;

/// How many links of one text are followed, and how many threads beside one are looked at.
const MOST: usize = 20;

/// Keeps where the links of a text in this thread lead to.
pub(in crate::domain) fn keep(conn: &mut Conn, from: ThreadId, encoded: &str) -> Result<()> {
    if !encoded.contains("/threads/") && !encoded.contains("/posts/") {
        return Ok(());
    }
    let addresses = text::links(&Rendered::decode(encoded));
    let ids = |noun: &str| -> Vec<i64> {
        let rest = addresses.iter().filter_map(|address| address.split_once(noun)).map(|(_, rest)| rest);
        let digits = rest.map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default());
        digits.filter_map(|digits| digits.parse().ok()).take(MOST).collect()
    };
    let of_posts: Vec<PostId> = ids("/posts/").into_iter().map(PostId).collect();
    let of_threads: Vec<ThreadId> = ids("/threads/").into_iter().map(ThreadId).collect();
    let mut leads_to: Vec<ThreadId> = Vec::new();
    if !of_posts.is_empty() {
        let there = posts::table.filter(posts::id.eq_any(of_posts)).select(posts::thread_id);
        leads_to.extend(there.distinct().load::<ThreadId>(conn)?);
    }
    if !of_threads.is_empty() {
        leads_to.extend(
            super::several(conn, &of_threads)?.into_iter().map(|thread| thread.merged_into.unwrap_or(thread.id)),
        );
    }
    leads_to.sort_unstable();
    leads_to.dedup();
    for to in leads_to.into_iter().filter(|to| *to != from) {
        let row = (links::to_id.eq(to), links::from_id.eq(from));
        dialect::inserted(conn, |conn| diesel::insert_into(links::table).values(row).execute(conn))?;
    }
    Ok(())
}

/// The threads in which a post of this thread may be quoted: itself, those that lead to it, those that were split off it
/// or that it was split off, and those in which this post is quoted.
pub(in crate::domain) fn beside(conn: &mut Conn, thread: ThreadId, post: PostId) -> Result<Vec<ThreadId>> {
    let most = MOST as i64;
    let leading = links::table.filter(links::to_id.eq(thread)).select(links::from_id).limit(most);
    let went = partings::table.filter(partings::from_id.eq(thread)).select(partings::into_id).limit(most);
    let came = partings::table.filter(partings::into_id.eq(thread)).select(partings::from_id).limit(most);
    let quoting = quotes::table.filter(quotes::quoted_id.eq(post)).select(quotes::post_id);
    let quoting = posts::table.filter(posts::id.eq_any(quoting)).select(posts::thread_id).distinct().limit(most);
    let mut beside: Vec<ThreadId> = leading.load(conn)?;
    beside.extend(went.load::<ThreadId>(conn)?);
    beside.extend(came.load::<ThreadId>(conn)?);
    beside.extend(quoting.load::<ThreadId>(conn)?);
    beside.push(thread);
    beside.sort_unstable();
    beside.dedup();
    Ok(beside)
}
