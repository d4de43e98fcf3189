//! Lists of threads: the latest ones and the pinned ones.

use super::{JoinedRow, Thread, ThreadRow};
use crate::db::schema::{books, members, threads};
use crate::db::{BookId, Conn, Moment, ThreadId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{Act, may};
use crate::domain::forum::posts::AuthorRow;
use crate::domain::library::books::Book;
use crate::error::Result;
use diesel::prelude::*;

/// Threads per page of a list.
pub const PAGE: i64 = 30;

/// Whether the viewer sees threads in lists whose posts are all hidden.
pub(super) fn can_see_hidden(viewer: Option<&Member>) -> bool {
    viewer.is_some_and(|viewer| may(viewer, Act::Moderate))
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
    let mut query = threads::table
        .left_join(books::table)
        .left_join(members::table)
        .select((ThreadRow::as_select(), Option::<Book>::as_select(), Option::<AuthorRow>::as_select()))
        .filter(threads::merged_into.is_null())
        .filter(threads::posts_count.gt(0))
        .order((threads::last_post_at.desc(), threads::id.desc()))
        .limit(limit + 1)
        .into_boxed();
    if !can_see_hidden(viewer) {
        query = query.filter(threads::visible);
    }
    if let Some(book) = book {
        query = query.filter(threads::book_id.eq(book));
    }
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
    let mut query = threads::table
        .left_join(books::table)
        .left_join(members::table)
        .filter(threads::pinned)
        .filter(threads::merged_into.is_null())
        .filter(threads::posts_count.gt(0))
        .filter(threads::pinned_until.is_null().or(threads::pinned_until.gt(Moment::now())))
        .select((ThreadRow::as_select(), Option::<Book>::as_select(), Option::<AuthorRow>::as_select()))
        .order((threads::last_post_at.desc(), threads::id.desc()))
        .limit(10)
        .into_boxed();
    if !can_see_hidden(viewer) {
        query = query.filter(threads::visible);
    }
    if let Some(book) = book {
        query = query.filter(threads::book_id.eq(book));
    }
    let rows: Vec<JoinedRow> = query.load(conn)?;
    Ok(rows.into_iter().map(Thread::from).collect())
}
