//! Lists of threads: the latest ones and the pinned ones.

use super::{JoinedRow, Thread, with_books};
use crate::db::schema::threads;
use crate::db::{BookId, Conn, Moment, ThreadId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{Act, may};
use crate::error::Result;
use diesel::dsl::IntoBoxed;
use diesel::prelude::*;

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

/// Where the next page starts: after the thread with this last post and this id.
pub type Cursor = (Moment, ThreadId);

/// The threads of a book or of the whole club, most recently posted to first: `limit` of them, and one more, which
/// tells that there is a next page.
pub fn latest(
    conn: &mut Conn,
    viewer: Option<&Member>,
    book: Option<BookId>,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Thread>> {
    let mut query = listed(viewer, book).limit(limit + 1);
    if let Some((at, id)) = after {
        let earlier = threads::last_post_at.lt(at).or(threads::last_post_at.eq(at).and(threads::id.lt(id)));
        // This condition is redundant, but lets the query start in the middle of the index.
        query = query.filter(threads::last_post_at.le(at)).filter(earlier);
    }
    let rows: Vec<JoinedRow> = query.load(conn)?;
    Ok(rows.into_iter().map(Thread::from).collect())
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
