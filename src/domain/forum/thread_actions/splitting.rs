//! Splitting posts off into a new thread, and separating threads that were merged.

use super::merging::{RejoinThread, move_meetings, split_topic};
use super::moved_posts;
use super::moving::{PreviousReach, move_posts};
use super::post_positions;
use super::starting::{NewThreadRow, insert, position_in};
use crate::db::schema::{posts, threads};
use crate::db::{Conn, MemberId, Moment, PostId, ThreadId};
use crate::domain::core::gate::Reach;
use crate::domain::core::members::Member;
use crate::domain::core::policy;
use crate::domain::core::text_fields::{Reason, Title};
use crate::domain::forum::posts as the_posts;
use crate::domain::forum::threads::{Thread, ThreadKind, ThreadReachColumns, get_unmerged, get_unresolved};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::domain::safety::notifications::{self, Update};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Which posts to split off, and the thread to create for them.
#[derive(Clone, Debug)]
pub struct NewSplit {
    pub posts: Vec<PostId>,
    /// Also all posts from this number on.
    pub from: Option<i32>,
    pub title: Title,
    /// Whether the title itself is a spoiler.
    pub title_spoils: bool,
    /// How far the new thread goes, by chapter: 32767 for the whole book, 0 for no spoilers.
    pub reach: i32,
}

/// Splits posts off into a new thread about the same book and returns the new thread's id. The first post can't be
/// split off. Notifies the authors of the posts.
pub fn split(conn: &mut Conn, actor: &Member, id: ThreadId, cut: &NewSplit, reason: &Reason) -> Result<ThreadId> {
    let thread = get_unmerged(conn, id)?;
    policy::require_moderation(actor, thread.author.role())?;
    let thread = post_positions::lock(conn, &thread)?;
    let ids = chosen_posts(conn, id, cut)?;
    // The author of the first moved post becomes the author of the new thread.
    let (_, first) = the_posts::get(conn, Some(actor), ids[0])?;
    policy::require_moderation(actor, first.author.role())?;
    let new = create_thread(conn, actor, &thread, cut, ids[0])?;
    let positions = post_positions::split(conn, id, new, &ids)?;
    moved_posts::save(conn, id, new, &positions)?;
    let mut concerned = authors(conn, new)?;
    let event = Event::ThreadSplit { into: new, posts: ids.len() };
    let entry = NewLogEntry::new(event, LogSubject::Thread(id)).because(reason);
    let undo = RejoinThread { from: new, into: id, positions };
    log::record(conn, actor.id, entry.concerning(thread.author_id).undone_by(&undo)?)?;
    concerned.retain(|member| Some(*member) != thread.author_id && *member != actor.id);
    notifications::notify_all(conn, &concerned, Update::PostsMoved, LogSubject::Thread(new), &reason.text)?;
    Ok(new)
}

/// The ids of the posts to split off, in order.
fn chosen_posts(conn: &mut Conn, thread: ThreadId, cut: &NewSplit) -> Result<Vec<PostId>> {
    let refused = |sentence: &str| Err(Error::Refused(Problems::one("post", sentence)));
    let asked: BTreeSet<PostId> = cut.posts.iter().copied().collect();
    let from = cut.from.unwrap_or(i32::MAX);
    let there = post_positions::posts_of(conn, thread)?;
    let is_chosen = |post: &&post_positions::PostPosition| post.number >= from || asked.contains(&post.id);
    let chosen: Vec<PostId> = there.iter().filter(is_chosen).map(|post| post.id).collect();
    if there.first().is_some_and(|first| chosen.contains(&first.id)) {
        return refused("The first post can’t be moved. Please choose other posts.");
    }
    if asked.iter().any(|id| !there.iter().any(|post| post.id == *id)) {
        return refused("One of these posts is no longer in this thread.");
    }
    if chosen.is_empty() { refused("Please choose the posts to move.") } else { Ok(chosen) }
}

/// Creates the thread for the moved posts. Its author is the author of the first one; the title's author is the
/// moderator.
fn create_thread(conn: &mut Conn, actor: &Member, beside: &Thread, cut: &NewSplit, first: PostId) -> Result<ThreadId> {
    let (author, byline, at): (Option<MemberId>, Option<String>, Moment) = posts::table
        .filter(posts::id.eq(first))
        .select((posts::author_id, posts::byline, posts::written_at))
        .first(conn)?;
    let position = beside.book.as_ref().map(|book| position_in(book, cut.reach)).transpose()?;
    let about = Reach::new(beside.book_id(), position);
    if cut.title_spoils && about == Reach::Safe {
        let sentence = "Please choose how far the title’s spoiler goes.";
        return Err(Error::Refused(Problems::one("reach", sentence)));
    }
    // If the old thread may spoil a book that it was moved away from, so may the new one.
    let also = beside.reach.other_book(beside.book_id()).map_or(Reach::Safe, |(book, at)| Reach::Through(book, at));
    let unknown = if beside.reach == Reach::Unknown { Reach::Unknown } else { Reach::Safe };
    let reach = about.farther(also).farther(unknown);
    let title = if cut.title_spoils { reach } else { Reach::Safe };
    let row = NewThreadRow {
        book_id: beside.book_id(),
        kind: ThreadKind::Discussion,
        title: &cut.title.0,
        reach: ThreadReachColumns::of(reach, title, beside.book_id()),
        author_id: author,
        title_author_id: Some(actor.id),
        byline: byline.as_deref(),
        last_poster: "",
        source_id: None,
        half_stars: None,
        created_at: at,
    };
    insert(conn, row)
}

/// The members who wrote in a thread.
fn authors(conn: &mut Conn, thread: ThreadId) -> Result<Vec<MemberId>> {
    let of_thread = posts::table.filter(posts::thread_id.eq(thread)).filter(posts::author_id.is_not_null());
    let ids = of_thread.select(posts::author_id.assume_not_null()).distinct().order(posts::author_id);
    Ok(ids.load(conn)?)
}

/// Reversal of a merge: moves the posts back to the thread that was merged.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct SeparateThreads {
    pub(super) from: ThreadId,
    pub(super) into: ThreadId,
    pub(super) posts: Vec<PostId>,
    /// The reaches that moving the posts back would not restore by themselves.
    pub(super) exact: PreviousReach,
}

impl Reversal for SeparateThreads {
    const NAME: &'static str = "thread.separate";

    fn topic(&self) -> String {
        split_topic(self.from, self.into)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { from, into, posts: ids, exact } = self;
        let target = get_unmerged(conn, from)?;
        let source = get_unresolved(conn, into)?;
        for thread in [&source, &target] {
            policy::require_moderation(actor, thread.author.role())?;
        }
        let target = post_positions::lock(conn, &target)?;
        let merged = threads::table.find(into).filter(threads::merged_into.eq(from));
        if diesel::update(merged).set(threads::merged_into.eq(None::<ThreadId>)).execute(conn)? == 0 {
            return Err(Error::Conflict("These threads are no longer merged. Nothing was changed."));
        }
        let positions = post_positions::split(conn, from, into, &ids)?;
        move_posts(conn, into, (target.book_id(), source.book_id()), &exact)?;
        move_meetings(conn, from, into)?;
        crate::domain::forum::threads::touch_neighbours(conn, into)?;
        let event = Event::ThreadsSeparated { from, posts: ids.len() };
        let entry = NewLogEntry::new(event, LogSubject::Thread(into)).because(reason);
        let undo = RejoinThread { from: into, into: from, positions };
        log::record(conn, actor.id, entry.concerning(source.author_id).undone_by(&undo)?)
    }
}
