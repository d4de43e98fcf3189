//! Lists of threads: the latest ones and the pinned ones. A thread is listed as long as any of its posts isn't hidden;
//! `books.threads_count` counts only such threads.

use super::{JoinedRow, Thread, touch_neighbours, with_books};
use crate::db::schema::{posts, threads};
use crate::db::{BookId, Conn, MemberId, Moment, ThreadId};
use crate::domain::core::members::Member;
use crate::domain::core::pagination::{Page, TimeKey};
use crate::domain::core::policy::{Act, may};
use crate::domain::library::books;
use crate::error::Result;
use diesel::dsl::{IntoBoxed, exists, not};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// Threads per page of a list.
pub const PAGE: i64 = 30;

/// Whether the viewer sees threads in lists whose posts are all hidden.
pub(in crate::domain::forum) fn can_see_hidden(viewer: Option<&Member>) -> bool {
    viewer.is_some_and(|viewer| may(viewer, Act::Moderate))
}

/// The threads of a book or of the whole club that the viewer sees in lists, most recently posted to first.
fn listed(
    viewer: Option<&Member>,
    book: Option<BookId>,
) -> IntoBoxed<'static, with_books, <Conn as Connection>::Backend> {
    let mut query = with_books()
        .filter(threads::merged_into.is_null())
        .filter(threads::posts_count.gt(0))
        .order((threads::last_post_at.desc(), threads::id.desc()))
        .into_boxed();
    if !can_see_hidden(viewer) {
        query = query.filter(threads::visible);
    }
    if let Some(book) = book {
        query = query.filter(threads::book_id.eq(book));
    }
    query
}

/// A page of the threads of a book or of the whole club, most recently posted to first.
pub fn latest(
    conn: &mut Conn,
    viewer: Option<&Member>,
    book: Option<BookId>,
    after: Option<TimeKey<ThreadId>>,
    size: i64,
) -> Result<Page<Thread, TimeKey<ThreadId>>> {
    let mut query = listed(viewer, book).limit(size + 1);
    if let Some(TimeKey(at, id)) = after {
        let earlier = threads::last_post_at.lt(at).or(threads::last_post_at.eq(at).and(threads::id.lt(id)));
        // This condition is redundant, but lets the query start in the middle of the index.
        query = query.filter(threads::last_post_at.le(at)).filter(earlier);
    }
    let rows: Vec<JoinedRow> = query.load(conn)?;
    let found = rows.into_iter().map(Thread::from).collect();
    Ok(Page::new(found, size, |thread: &Thread| TimeKey(thread.last_post_at, thread.id)))
}

/// The pinned threads of a book or of the whole club, at most ten.
pub fn pinned(conn: &mut Conn, viewer: Option<&Member>, book: Option<BookId>) -> Result<Vec<Thread>> {
    let query = listed(viewer, book)
        .filter(threads::pinned)
        .filter(threads::pinned_until.is_null().or(threads::pinned_until.gt(Moment::now())))
        .limit(10);
    let rows: Vec<JoinedRow> = query.load(conn)?;
    Ok(rows.into_iter().map(Thread::from).collect())
}

/// Updates whether a thread is visible, after posts were hidden, restored or moved. The caller has locked the thread.
pub(in crate::domain) fn update_visibility(conn: &mut Conn, id: ThreadId) -> Result<()> {
    let shown = posts::table.filter(posts::thread_id.eq(id)).filter(posts::hidden_reason.is_null());
    let shown: bool = diesel::select(exists(shown)).get_result(conn)?;
    set(conn, id, shown)
}

/// Makes a thread visible that is getting a post.
pub(in crate::domain) fn make_visible(conn: &mut Conn, id: ThreadId) -> Result<()> {
    set(conn, id, true)
}

fn set(conn: &mut Conn, id: ThreadId, shown: bool) -> Result<()> {
    let other = threads::table.find(id).filter(threads::visible.ne(shown));
    let values = (threads::visible.eq(shown), threads::version.eq(threads::version + 1));
    let changed = diesel::update(other).set(values).returning(threads::book_id);
    match changed.get_result::<Option<BookId>>(conn).optional()? {
        Some(book) => {
            touch_neighbours(conn, id)?;
            books::count_thread(conn, book, if shown { 1 } else { -1 })
        }
        None => Ok(()),
    }
}

/// Updates the visibility of all threads in which a member posted, after their posts were removed. Takes a few
/// statements, however many threads there are.
pub(in crate::domain) fn update_visibility_for_member(conn: &mut Conn, member: MemberId) -> Result<()> {
    let theirs = posts::table.filter(posts::author_id.eq(member)).select(posts::thread_id);
    let left = posts::table.filter(posts::thread_id.eq(threads::id)).filter(posts::hidden_reason.is_null());
    let bare = threads::table.filter(threads::visible).filter(threads::id.eq_any(theirs)).filter(not(exists(left)));
    let bare: Vec<(ThreadId, Option<BookId>)> = bare.select((threads::id, threads::book_id)).load(conn)?;
    let ids: Vec<ThreadId> = bare.iter().map(|(id, _)| *id).collect();
    for some in ids.chunks(500) {
        let some = threads::table.filter(threads::id.eq_any(some));
        diesel::update(some).set(threads::visible.eq(false)).execute(conn)?;
    }
    let mut fewer: BTreeMap<Option<BookId>, i32> = BTreeMap::new();
    bare.into_iter().for_each(|(_, book)| *fewer.entry(book).or_default() += 1);
    fewer.into_iter().try_for_each(|(book, count)| books::count_thread(conn, book, -count))
}
