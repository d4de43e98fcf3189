//! Watches: reminders that members set on folded posts and threads, for when they have read that far.

use crate::db::schema::{bookmarks, posts, threads, watches};
use crate::db::{BookId, Conn, Moment, PostId, Prepared, ThreadId, dialect};
use crate::domain::core::gate::{Position, Reach, Reader};
use crate::domain::core::members::Member;
use crate::domain::forum::posts::book_order::has_read;
use crate::domain::forum::posts::{self as the_posts, Post};
use crate::domain::forum::threads::{self as the_threads, Thread};
use crate::error::{Error, Problems, Result};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// How many watches a member can have.
const MAX_WATCHES: i64 = 100;

/// How many due reminders a page lists.
const MAX_LISTED: i64 = 10;

/// The `post_id` of a watch on a whole thread.
const THREAD: PostId = PostId(0);

/// A due reminder: a watched post or thread that the member has now reached.
#[derive(Clone, Debug)]
pub struct DueReminder {
    /// The watched thread, or the thread of the watched post.
    pub thread: Thread,
    /// `None` if the thread itself is watched.
    pub post: Option<Post>,
}

impl DueReminder {
    pub fn reach(&self) -> Reach {
        match &self.post {
            Some(post) => post.reach,
            None => self.thread.reach.farther(self.thread.title.reach()),
        }
    }

    /// The path of the post or thread without a title, to which forms append `/watch`.
    pub fn address(&self) -> String {
        match &self.post {
            Some(post) => format!("/posts/{}", post.id),
            None => format!("/threads/{}", self.thread.id),
        }
    }

    /// The path of the post or thread for this reader.
    pub fn path_for(&self, reader: &Reader) -> String {
        match &self.post {
            Some(_) => self.address(),
            None => self.thread.path_for(reader),
        }
    }
}

/// What a member watches in the threads of a page.
#[derive(Clone, Debug, Default)]
pub struct Watching(Vec<(ThreadId, PostId)>);

impl Watching {
    /// Reads the viewer's watches in these threads. Visitors have none.
    pub fn among(conn: &mut Conn, viewer: Option<&Member>, threads: &[ThreadId]) -> Result<Self> {
        let Some(member) = viewer.filter(|_| !threads.is_empty()) else { return Ok(Self::default()) };
        let own = watches::table.filter(watches::member_id.eq(member.id));
        let concerned = own.filter(watches::thread_id.eq_any(threads));
        Ok(Self(Prepared(concerned.select((watches::thread_id, watches::post_id))).load(conn)?))
    }

    pub fn has_post(&self, post: &PostId) -> bool {
        self.0.iter().any(|(_, known)| known == post)
    }

    pub fn has_thread(&self, thread: &ThreadId) -> bool {
        self.0.contains(&(*thread, THREAD))
    }
}

/// Sets or cancels a reminder of a post.
pub fn set_post(conn: &mut Conn, member: &Member, id: PostId, on: bool) -> Result<()> {
    let (thread, post) = the_posts::get(conn, Some(member), id)?;
    match (on, post.body) {
        (false, _) => remove(conn, member, &[id]),
        (true, Some(_)) => add(conn, member, thread.id, id),
        (true, None) => Err(Error::NotFound),
    }
}

/// Sets or cancels a reminder of a thread.
pub fn set_thread(conn: &mut Conn, member: &Member, id: ThreadId, on: bool) -> Result<()> {
    let thread = the_threads::get(conn, id)?;
    if on {
        return add(conn, member, thread.id, THREAD);
    }
    diesel::delete(watches::table.find((member.id, thread.id, THREAD))).execute(conn)?;
    Ok(())
}

fn add(conn: &mut Conn, member: &Member, thread: ThreadId, post: PostId) -> Result<()> {
    let own = watches::table.filter(watches::member_id.eq(member.id));
    if own.count().get_result::<i64>(conn)? >= MAX_WATCHES {
        let sentence = format!("You already have {MAX_WATCHES} reminders. Cancel one first.");
        return Err(Error::Refused(Problems::one("watch", sentence)));
    }
    let row = (
        watches::member_id.eq(member.id),
        watches::thread_id.eq(thread),
        watches::post_id.eq(post),
        watches::created_at.eq(Moment::now()),
    );
    dialect::try_insert(conn, |conn| diesel::insert_into(watches::table).values(row).execute(conn))?;
    Ok(())
}

/// Moves watches along when posts are moved to another thread. When a merge is undone, also removes the watches that
/// the merge copied to the target thread (same member, same time): the originals on the other thread count again.
pub(in crate::domain) fn follow_split(conn: &mut Conn, from: ThreadId, into: ThreadId) -> Result<()> {
    let there = posts::table.filter(posts::thread_id.eq(into)).select(posts::id);
    let with_post = watches::table.filter(watches::thread_id.eq(from)).filter(watches::post_id.eq_any(there));
    diesel::update(with_post).set(watches::thread_id.eq(into)).execute(conn)?;
    let other = diesel::alias!(watches as other);
    let came_from = other
        .filter(other.field(watches::thread_id).eq(into))
        .filter(other.field(watches::post_id).eq(THREAD))
        .filter(other.field(watches::member_id).eq(watches::member_id))
        .filter(other.field(watches::created_at).eq(watches::created_at));
    let of_thread = watches::table.filter(watches::thread_id.eq(from)).filter(watches::post_id.eq(THREAD));
    diesel::delete(of_thread.filter(exists(came_from))).execute(conn)?;
    Ok(())
}

/// Moves watches along when a thread is merged into another. Members who watch the thread now watch the other one.
pub(in crate::domain) fn follow_merge(conn: &mut Conn, from: ThreadId, into: ThreadId) -> Result<()> {
    let with_post = watches::table.filter(watches::thread_id.eq(from)).filter(watches::post_id.ne(THREAD));
    diesel::update(with_post).set(watches::thread_id.eq(into)).execute(conn)?;
    let of_thread = watches::table.filter(watches::thread_id.eq(from)).filter(watches::post_id.eq(THREAD));
    let other = diesel::alias!(watches as other);
    let has_both = other
        .filter(other.field(watches::thread_id).eq(into))
        .filter(other.field(watches::post_id).eq(THREAD))
        .filter(other.field(watches::member_id).eq(watches::member_id));
    let rows = of_thread.filter(not(exists(has_both))).select((
        watches::member_id,
        into.into_sql::<BigInt>(),
        watches::post_id,
        watches::created_at,
    ));
    let columns = (watches::member_id, watches::thread_id, watches::post_id, watches::created_at);
    dialect::insert_missing(conn, |conn| {
        diesel::insert_into(watches::table).values(rows).into_columns(columns).execute(conn)
    })
}

fn remove(conn: &mut Conn, member: &Member, ids: &[PostId]) -> Result<()> {
    let own = watches::table.filter(watches::member_id.eq(member.id));
    diesel::delete(own.filter(watches::post_id.eq_any(ids))).execute(conn)?;
    Ok(())
}

/// Due reminders of a member, of one book or of all: threads, then posts, each in the order in which they were set.
pub fn due(conn: &mut Conn, member: &Member, book: Option<BookId>) -> Result<Vec<DueReminder>> {
    let threads = due_threads(conn, member, book, MAX_LISTED)?;
    let posts = due_posts(conn, member, book, MAX_LISTED)?;
    let mut watched = Vec::new();
    if !threads.is_empty() {
        let known = the_threads::several(conn, &threads)?;
        let in_turn = threads.iter().filter_map(|id| known.iter().find(|thread| thread.id == *id));
        watched.extend(in_turn.map(|thread| DueReminder { thread: thread.clone(), post: None }));
    }
    if !posts.is_empty() {
        let known = the_posts::several(conn, Some(member), &posts)?;
        let in_turn = posts.iter().filter_map(|id| known.iter().find(|(_, post)| post.id == *id));
        watched.extend(in_turn.map(|(thread, post)| DueReminder { thread: thread.clone(), post: Some(post.clone()) }));
    }
    Ok(watched)
}

fn due_threads(conn: &mut Conn, member: &Member, book: Option<BookId>, most: i64) -> Result<Vec<ThreadId>> {
    let mut query = watches::table
        .inner_join(threads::table.on(threads::id.eq(watches::thread_id)))
        .filter(watches::member_id.eq(member.id))
        .filter(watches::post_id.eq(THREAD))
        .filter(threads::merged_into.is_null())
        .filter(threads::visible)
        .order(watches::created_at)
        .limit(most)
        .select(threads::id)
        .into_boxed();
    if member.hides_spoilers {
        query = query
            .filter(has_read!(member, threads::book_id, threads::reach))
            .filter(has_read!(member, threads::book_id, threads::title_reach))
            .filter(has_read!(member, threads::also_book_id, threads::also_reach))
            .filter(has_read!(member, threads::title_also_book_id, threads::title_also_reach));
    }
    if let Some(book) = book {
        query = query.filter(threads::book_id.eq(book));
    }
    Ok(query.load(conn)?)
}

fn due_posts(conn: &mut Conn, member: &Member, book: Option<BookId>, most: i64) -> Result<Vec<PostId>> {
    let mut query = watches::table
        .inner_join(posts::table.on(posts::id.eq(watches::post_id)))
        .filter(watches::member_id.eq(member.id))
        .filter(posts::hidden_reason.is_null())
        .order(watches::created_at)
        .limit(most)
        .select(posts::id)
        .into_boxed();
    if member.hides_spoilers {
        let has_read_also = has_read!(member, posts::also_book_id, posts::also_reach);
        query = query.filter(has_read!(member, posts::reach_book_id, posts::reach)).filter(has_read_also);
    }
    if let Some(book) = book {
        query = query.filter(posts::reach_book_id.eq(book).or(posts::also_book_id.eq(book)));
    }
    Ok(query.load(conn)?)
}

/// Removes a member's due reminders of a book.
pub(in crate::domain) fn remove_due(conn: &mut Conn, member: &Member, book: BookId) -> Result<()> {
    let threads = due_threads(conn, member, Some(book), MAX_WATCHES)?;
    let own = watches::table.filter(watches::member_id.eq(member.id)).filter(watches::post_id.eq(THREAD));
    diesel::delete(own.filter(watches::thread_id.eq_any(threads))).execute(conn)?;
    let posts = due_posts(conn, member, Some(book), MAX_WATCHES)?;
    remove(conn, member, &posts)
}
