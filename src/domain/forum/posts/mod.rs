//! Posts: the numbered texts of a thread, in one flat list.

mod author;
pub mod book_order;
mod hiding;
mod reach;
pub mod revisions;
mod second_book;
mod writing;

pub use author::Author;
pub(in crate::domain) use author::AuthorRow;
pub(in crate::domain) use hiding::{HidePost, set_hidden, set_hidden_unlogged};
pub use hiding::{MAX_HIDDEN_AT_ONCE, hide_all};
pub(in crate::domain) use reach::RestoreReach;
pub use reach::{ReachColumns, set_reach};
pub use second_book::SecondBook;
pub(in crate::domain) use writing::{ImportedPost, add, answered_in, clear_spoilers_book, import};
pub use writing::{NewPost, create, markdown, require_editable, update};

use crate::db::functions::coalesce_timestamp;
use crate::db::schema::{members, posts};
use crate::db::{BookId, Conn, MemberId, Moment, PostId, ThreadId};
use crate::domain::core::gate::{Key, Prose, Reach, Reader, Sealed};
use crate::domain::core::members::Member;
use crate::domain::core::pagination::Page;
use crate::domain::core::policy::{Act, may};
use crate::domain::forum::threads::{self as the_threads, Thread};
use crate::domain::library::ratings::Rating;
use crate::domain::safety::quotes::Quotes;
use crate::error::Result;
use diesel::dsl::AsSelect;
use diesel::prelude::*;
use reach::ReachMatches;

/// Posts per page of a thread. Page 1 has the posts numbered 1 to 50, so a post stays on its page when others are
/// hidden.
pub const PAGE: i32 = 50;

#[derive(Clone, Debug)]
pub struct Post {
    /// Stays the same when the post is moved to another thread.
    pub id: PostId,
    pub thread: ThreadId,
    /// The number within the thread, from 1.
    pub number: i32,
    pub author: Author,
    /// `None` for imported posts.
    pub author_id: Option<MemberId>,
    /// `None` if the post is hidden and the viewer isn't a moderator, and if its author deleted it.
    pub body: Option<Sealed<Prose>>,
    /// The reason why it is hidden; `None` if it isn't.
    pub hidden: Option<String>,
    /// Whether its author deleted it. The text is gone.
    pub withdrawn: bool,
    pub reach: Reach,
    /// The same as the columns have it, to notice concurrent changes.
    pub stored_reach: ReachColumns,
    /// The book that chapter numbers in `||12: …||` refer to: the book of the thread when the post was written. `None`
    /// if it is no longer certain which; such spoilers then open only on request.
    pub spoilers_book: Option<BookId>,
    /// The post of the same thread that it replies to, with its number. Only [`page`] and [`book_order::of_thread`] fill
    /// it in.
    pub reply_to: Option<(PostId, i32)>,
    /// The rating that came with an imported comment.
    pub rating: Option<Rating>,
    pub written_at: Moment,
    pub edited_at: Option<Moment>,
}

impl Post {
    /// Whether the reader sees a fold in place of the post. `false` for hidden posts, which nobody can unfold.
    pub fn is_folded(&self, reader: &Reader) -> bool {
        self.hidden.is_none()
            && !self.is_blocked(reader)
            && self.body.as_ref().is_some_and(|body| body.is_folded(reader))
    }

    /// Whether the reader sees a stub in place of the post, because they blocked its author and didn't ask to see it.
    pub fn is_blocked(&self, reader: &Reader) -> bool {
        self.body.as_ref().is_some_and(|body| body.is_blocked(reader))
    }

    /// The books that the post may contain spoilers for, including spoilers and quotes within the text.
    pub fn books(&self) -> impl Iterator<Item = BookId> + use<> {
        let quoted: Vec<BookId> = self.body.iter().flat_map(Sealed::quoted_books).collect();
        self.reach.books().map(|(book, _)| book).chain(self.spoilers_book).chain(quoted)
    }
}

/// A query for this post that finds nothing if its text or its reach was changed since `post` was read.
pub(in crate::domain) fn if_unchanged(post: &Post) -> IfUnchanged {
    unchanged(post.id, post.edited_at.unwrap_or(post.written_at), post.stored_reach.matches())
}

type IfUnchanged = unchanged;

#[diesel::dsl::auto_type]
fn unchanged(id: PostId, written: Moment, same_reach: ReachMatches) -> _ {
    let same_text = coalesce_timestamp(posts::edited_at, posts::written_at).eq(written);
    posts::table.filter(posts::id.eq(id)).filter(same_text).filter(same_reach)
}

/// The page of a thread that the post with this number is on, from 1.
pub fn page_of(number: i32) -> i32 {
    (number - 1) / PAGE + 1
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = posts)]
struct PostRow {
    id: PostId,
    thread_id: ThreadId,
    number: i32,
    author_id: Option<MemberId>,
    byline: Option<String>,
    html: String,
    #[diesel(embed)]
    reach: ReachColumns,
    reply_to: Option<PostId>,
    half_stars: Option<Rating>,
    written_at: Moment,
    edited_at: Option<Moment>,
    hidden_reason: Option<String>,
    withdrawn: bool,
    spoilers_book_id: Option<BookId>,
}

type JoinedRow = (PostRow, Option<AuthorRow>);

#[diesel::dsl::auto_type(no_type_alias)]
fn with_authors() -> _ {
    let post: AsSelect<PostRow, <Conn as Connection>::Backend> = PostRow::as_select();
    let author: AsSelect<Option<AuthorRow>, <Conn as Connection>::Backend> = Option::<AuthorRow>::as_select();
    posts::table.left_join(members::table).select((post, author))
}

/// Builds posts from rows. Reads all posts that they quote in one go.
fn read(conn: &mut Conn, viewer: Option<&Member>, rows: Vec<JoinedRow>) -> Result<Vec<Post>> {
    let quotes = Quotes::in_texts(conn, viewer, rows.iter().map(|(row, _)| row.html.as_str()))?;
    Ok(rows.into_iter().map(|(row, member)| post(row, member, viewer, &quotes)).collect())
}

fn post(row: PostRow, member: Option<AuthorRow>, viewer: Option<&Member>, quotes: &Quotes) -> Post {
    let reach = row.reach.reach();
    let shown =
        row.hidden_reason.is_none() || !row.withdrawn && viewer.is_some_and(|viewer| may(viewer, Act::Moderate));
    let (key, span) = (Key::Post(row.id), row.spoilers_book_id);
    let body = shown.then(|| Prose::sealed_with_quotes(&row.html, reach, key, row.author_id, span, quotes.posts()));
    Post {
        id: row.id,
        thread: row.thread_id,
        number: row.number,
        author: Author::new(member, row.byline),
        author_id: row.author_id,
        body,
        hidden: row.hidden_reason,
        withdrawn: row.withdrawn,
        reach,
        stored_reach: row.reach,
        spoilers_book: row.spoilers_book_id,
        reply_to: None,
        rating: row.half_stars,
        written_at: row.written_at,
        edited_at: row.edited_at,
    }
}

/// The posts on a page of a thread, in order.
pub fn page(conn: &mut Conn, viewer: Option<&Member>, thread: &Thread, page: i32) -> Result<Vec<Post>> {
    let first = (page - 1).saturating_mul(PAGE).saturating_add(1);
    let rows: Vec<JoinedRow> = with_authors()
        .filter(posts::thread_id.eq(thread.id))
        .filter(posts::number.ge(first))
        .filter(posts::number.lt(first.saturating_add(PAGE)))
        .order(posts::number)
        .load(conn)?;
    read_with_replies(conn, viewer, thread.id, rows)
}

/// Like [`read`], for posts of one thread. Fills in which posts they reply to, with one query for the posts on other
/// pages.
fn read_with_replies(
    conn: &mut Conn,
    viewer: Option<&Member>,
    thread: ThreadId,
    rows: Vec<JoinedRow>,
) -> Result<Vec<Post>> {
    let answered: Vec<Option<PostId>> = rows.iter().map(|(row, _)| row.reply_to).collect();
    let mut page = read(conn, viewer, rows)?;
    let mut numbers: Vec<(PostId, i32)> = page.iter().map(|post| (post.id, post.number)).collect();
    let is_elsewhere = |id: &PostId| !numbers.iter().any(|(known, _)| known == id);
    let elsewhere: Vec<PostId> = answered.iter().copied().flatten().filter(is_elsewhere).collect();
    if !elsewhere.is_empty() {
        let there = posts::table.filter(posts::id.eq_any(elsewhere)).filter(posts::thread_id.eq(thread));
        numbers.extend(there.select((posts::id, posts::number)).load::<(PostId, i32)>(conn)?);
    }
    for (post, answered) in page.iter_mut().zip(answered) {
        post.reply_to = answered.and_then(|id| numbers.iter().find(|(known, _)| *known == id).copied());
    }
    Ok(page)
}

pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: PostId) -> Result<(Thread, Post)> {
    let (row, member): JoinedRow = with_authors().filter(posts::id.eq(id)).first(conn)?;
    let thread = the_threads::get(conn, row.thread_id)?;
    let quotes = Quotes::in_texts(conn, viewer, [row.html.as_str()].into_iter())?;
    Ok((thread, post(row, member, viewer, &quotes)))
}

/// The id of the post that opens a thread.
pub(in crate::domain) fn first(conn: &mut Conn, thread: ThreadId) -> Result<PostId> {
    let opening = posts::table.filter(posts::thread_id.eq(thread)).order(posts::number);
    Ok(opening.select(posts::id).first(conn)?)
}

/// The posts with these ids, each with its thread, in two queries. In no particular order.
pub fn several(conn: &mut Conn, viewer: Option<&Member>, ids: &[PostId]) -> Result<Vec<(Thread, Post)>> {
    let rows: Vec<JoinedRow> = with_authors().filter(posts::id.eq_any(ids)).load(conn)?;
    let threads: Vec<ThreadId> = rows.iter().map(|(row, _)| row.thread_id).collect();
    let threads = the_threads::several(conn, &threads)?;
    let with_thread = read(conn, viewer, rows)?.into_iter().filter_map(|post| {
        let thread = threads.iter().find(|thread| thread.id == post.thread)?.clone();
        Some((thread, post))
    });
    Ok(with_thread.collect())
}

/// Posts listed on a member's page.
pub const RECENT: i64 = 20;

/// A page of a member's posts before the given one, newest first: id, time and thread, without the text. Leaves out
/// hidden posts.
pub fn of_member(
    conn: &mut Conn,
    member: MemberId,
    before: Option<PostId>,
    size: i64,
) -> Result<Page<(PostId, Moment, Thread), PostId>> {
    let rows: Vec<(PostId, Moment, ThreadId)> = posts::table
        .filter(posts::author_id.eq(member))
        .filter(posts::id.lt(before.unwrap_or(PostId(i64::MAX))))
        .filter(posts::hidden_reason.is_null())
        .order(posts::id.desc())
        .limit(size + 1)
        .select((posts::id, posts::written_at, posts::thread_id))
        .load(conn)?;
    let ids: Vec<ThreadId> = rows.iter().map(|(_, _, thread)| *thread).collect();
    let threads = the_threads::several(conn, &ids)?;
    let with_thread = rows.into_iter().filter_map(|(id, at, thread)| {
        threads.iter().find(|known| known.id == thread).map(|known| (id, at, known.clone()))
    });
    Ok(Page::new(with_thread.collect(), size, |(id, ..)| *id))
}
