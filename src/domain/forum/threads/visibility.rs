//! Whether a thread is listed: as long as any of its posts isn't hidden. `books.threads_count` counts only such
//! threads.

use super::touch_neighbours;
use crate::db::schema::{posts, threads};
use crate::db::{BookId, Conn, MemberId, ThreadId};
use crate::domain::library::books;
use crate::error::Result;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use std::collections::BTreeMap;

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
