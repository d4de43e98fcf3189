//! The approval queue: posts and new threads that await a moderator. They have their own table, so that no query for
//! posts can show one. Authors see their own, and moderators see them through the gate.

mod deciding;
mod posting;
mod unapproving;

pub(in crate::domain) use deciding::{DeclinePending, ReturnToQueue};
pub use deciding::{approve, decline, withdraw};
pub use posting::{Posted, Started, post, start_thread};
pub(in crate::domain) use unapproving::{ApproveAgain, Unapprove};

use crate::db::schema::{books, members, pending_posts};
use crate::db::{BookId, Conn, MemberId, Moment, PendingPostId, PostId, ThreadId};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Sealed};
use crate::domain::core::members::Member;
use crate::domain::core::pagination::Page;
use crate::domain::forum::posts::{Author, AuthorRow};
use crate::domain::forum::threads::{self as the_threads, Thread, ThreadKind};
use crate::domain::library::ratings::Rating;
use crate::domain::safety::quotes::Quotes;
use crate::domain::safety::screening::{PendingCause, PendingState};
use crate::error::Result;
use diesel::prelude::*;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = pending_posts)]
struct Row {
    id: PendingPostId,
    member_id: MemberId,
    thread_id: Option<ThreadId>,
    book_id: Option<BookId>,
    kind: ThreadKind,
    title: String,
    title_spoils: bool,
    half_stars: Option<Rating>,
    markdown: String,
    html: String,
    reach_book_id: Option<BookId>,
    reach: Option<Position>,
    also_book_id: Option<BookId>,
    also_reach: Option<Position>,
    reply_to: Option<PostId>,
    cause: PendingCause,
    created_at: Moment,
    state: PendingState,
    reason: String,
}

impl Row {
    fn reach(&self) -> Reach {
        Reach::from_columns((self.reach_book_id, self.reach), (self.also_book_id, self.also_reach))
    }
}

/// A post in the approval queue, or a declined one.
#[derive(Clone, Debug)]
pub struct PendingPost {
    pub id: PendingPostId,
    pub author: Author,
    /// The thread that it replies to; `None` if it starts a new thread.
    pub thread: Option<Thread>,
    /// The title of the thread that it starts.
    pub title: Option<Sealed<String>>,
    pub body: Sealed<Prose>,
    pub reach: Reach,
    pub cause: PendingCause,
    pub created_at: Moment,
    pub state: PendingState,
    /// Why it was declined; empty if it wasn't.
    pub reason: String,
    book: Option<(BookId, String)>,
}

impl PendingPost {
    fn new((row, member, book): Joined, threads: &[Thread], quotes: &Quotes) -> Self {
        let thread = threads.iter().find(|thread| Some(thread.id) == row.thread_id).cloned();
        let reach = row.reach();
        let book_id = thread.as_ref().map_or(row.book_id, Thread::book_id);
        let book = thread.as_ref().and_then(|thread| thread.book.as_ref()).map(|it| (it.id, it.title.clone())).or(book);
        let (key, author) = (Key::Pending(row.id, 0), Some(row.member_id));
        let title_reach = if row.title_spoils { Reach::new(book_id, Some(reach.within(book_id))) } else { Reach::Safe };
        let title = row.thread_id.is_none().then(|| Sealed::new(row.title, title_reach, key, author));
        let body = Prose::sealed_with_quotes(&row.html, reach, key, author, book_id, quotes.posts());
        let author = Author::new(Some(member), None);
        let (created_at, cause, state, reason) = (row.created_at, row.cause, row.state, row.reason);
        Self { id: row.id, author, thread, title, body, reach, cause, created_at, state, reason, book }
    }

    /// The title of the book that it is about.
    pub fn book(&self) -> Option<&str> {
        self.book.as_ref().map(|(_, title)| title.as_str())
    }

    /// The books that it may spoil.
    pub fn books(&self) -> impl Iterator<Item = BookId> {
        let reached = self.reach.books().map(|(book, _)| book);
        self.book.iter().map(|(book, _)| *book).chain(reached)
    }
}

/// The number of posts on a page of the queue.
const PAGE: i64 = 20;

/// Pending posts with their authors and books.
macro_rules! rows {
    () => {
        pending_posts::table
            .inner_join(members::table)
            .left_join(books::table.on(pending_posts::book_id.eq(books::id.nullable())))
            .select((Row::as_select(), AuthorRow::as_select(), (books::id, books::title).nullable()))
    };
}

type Joined = (Row, AuthorRow, Option<(BookId, String)>);

fn with_threads(conn: &mut Conn, viewer: &Member, rows: Vec<Joined>) -> Result<Vec<PendingPost>> {
    let ids: Vec<ThreadId> = rows.iter().filter_map(|(row, ..)| row.thread_id).collect();
    let threads = if ids.is_empty() { Vec::new() } else { the_threads::several(conn, &ids)? };
    let quotes = Quotes::in_texts(conn, Some(viewer), rows.iter().map(|(row, ..)| row.html.as_str()))?;
    Ok(rows.into_iter().map(|row| PendingPost::new(row, &threads, &quotes)).collect())
}

/// The posts of the queue after the given one, oldest first.
pub fn list(
    conn: &mut Conn,
    viewer: &Member,
    after: Option<PendingPostId>,
) -> Result<Page<PendingPost, PendingPostId>> {
    let after = after.unwrap_or(PendingPostId(0));
    let waiting = rows!().filter(pending_posts::state.eq(PendingState::Waiting)).filter(pending_posts::id.gt(after));
    let rows: Vec<Joined> = waiting.order(pending_posts::id).limit(PAGE + 1).load(conn)?;
    Ok(Page::new(with_threads(conn, viewer, rows)?, PAGE, |post| post.id))
}

/// A pending post by its id, for moderators.
pub fn get(conn: &mut Conn, viewer: &Member, id: PendingPostId) -> Result<PendingPost> {
    let row: Joined = rows!().filter(pending_posts::id.eq(id)).first(conn)?;
    let mut held = with_threads(conn, viewer, vec![row])?;
    held.pop().ok_or(crate::error::Error::NotFound)
}

/// A member's pending posts and their declined posts, each newest first and at most as many as can be pending.
pub fn of_member(conn: &mut Conn, member: &Member) -> Result<(Vec<PendingPost>, Vec<PendingPost>)> {
    Ok((in_state(conn, member, PendingState::Waiting)?, in_state(conn, member, PendingState::Declined)?))
}

fn in_state(conn: &mut Conn, member: &Member, state: PendingState) -> Result<Vec<PendingPost>> {
    let own = rows!().filter(pending_posts::member_id.eq(member.id)).filter(pending_posts::state.eq(state));
    let rows: Vec<Joined> = own.order(pending_posts::id.desc()).limit(posting::MAX_PENDING).load(conn)?;
    with_threads(conn, member, rows)
}

/// A member's pending posts in a thread, oldest first.
pub fn in_thread(conn: &mut Conn, member: &Member, thread: ThreadId) -> Result<Vec<PendingPost>> {
    if member.pending_count == 0 {
        return Ok(Vec::new());
    }
    let own =
        rows!().filter(pending_posts::member_id.eq(member.id)).filter(pending_posts::state.eq(PendingState::Waiting));
    let rows: Vec<Joined> = own.filter(pending_posts::thread_id.eq(thread)).order(pending_posts::id).load(conn)?;
    with_threads(conn, member, rows)
}

/// Adds `by` to a member's count of pending posts.
fn count(conn: &mut Conn, member: MemberId, by: i32) -> Result<()> {
    let waiting = members::pending_count.eq(members::pending_count + by);
    diesel::update(members::table.find(member)).set(waiting).execute(conn)?;
    Ok(())
}
