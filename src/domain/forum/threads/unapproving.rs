//! Taking a post out of its thread as if it had never stood there, for a text that waits again, and putting it back to
//! where it stood. A thread that it was the only post of is no thread meanwhile.

use super::post_positions::{self, Stood};
use super::{Thread, itself};
use crate::db::schema::{posts, quotes, threads};
use crate::db::{BookId, Conn, MemberId, Moment, PostId, ThreadId};
use crate::domain::core::words::Body;
use crate::domain::forum::posts::Columns;
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a post stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// Its id.
    pub(in crate::domain) post: PostId,
    /// Its thread.
    pub(in crate::domain) thread: ThreadId,
    number: i32,
    /// When it was written, in microseconds.
    at: i64,
    /// The book whose chapters its spoilers name.
    span: Option<BookId>,
}

impl Spot {
    /// The present place of a post.
    pub(in crate::domain) fn of(conn: &mut Conn, post: PostId) -> Result<Self> {
        let columns = (posts::thread_id, posts::number, posts::written_at, posts::spoilers_book_id);
        let found = posts::table.filter(posts::id.eq(post)).select(columns);
        let (thread, number, at, span): (ThreadId, i32, Moment, Option<BookId>) = found.first(conn)?;
        Ok(Self { post, thread, number, at: at.micros(), span })
    }
}

/// Takes a post out of its thread, and gives what it says. Whoever asks has looked that nothing hangs on it.
pub(in crate::domain) fn take_out(conn: &mut Conn, thread: &Thread, post: PostId) -> Result<Body> {
    let thread = post_positions::locked(conn, thread)?;
    let the_post = posts::table.filter(posts::id.eq(post)).filter(posts::thread_id.eq(thread.id));
    let (markdown, html): (String, String) = the_post.select((posts::markdown, posts::html)).first(conn)?;
    diesel::delete(the_post).execute(conn)?;
    diesel::delete(quotes::table.filter(quotes::post_id.eq(post))).execute(conn)?;
    let left = post_positions::posts_of(conn, thread.id)?;
    post_positions::lay_out(conn, thread.id, &left, &left)?;
    post_positions::settle(conn, thread.id, left.len())?;
    Ok(Body { markdown, html })
}

/// Puts a post back to where it stood; what has come since stands after it.
pub(in crate::domain) fn put_in(
    conn: &mut Conn,
    spot: &Spot,
    writer: MemberId,
    body: &Body,
    reach: Columns,
    reply_to: Option<PostId>,
) -> Result<()> {
    let thread = itself(conn, spot.thread)?;
    if thread.merged_into.is_some() {
        return Err(Error::Conflict("The thread has been merged into another one since. Nothing was changed."));
    }
    let thread = post_positions::locked(conn, &thread)?;
    let there = post_positions::posts_of(conn, thread.id)?;
    let at = Moment::from_micros(spot.at).unwrap_or_else(Moment::now);
    let last = i32::try_from(there.len() + 1).map_err(Error::internal)?;
    let row = (
        (posts::thread_id.eq(thread.id), posts::number.eq(last), posts::id.eq(spot.post), posts::author_id.eq(writer)),
        (posts::markdown.eq(&body.markdown), posts::html.eq(&body.html), posts::written_at.eq(at)),
        (posts::reply_to.eq(reply_to), posts::spoilers_book_id.eq(spot.span)),
    );
    diesel::insert_into(posts::table).values(row).execute(conn)?;
    diesel::update(posts::table.filter(posts::id.eq(spot.post))).set(reach).execute(conn)?;
    let own = Stood { id: spot.post, number: last, at };
    let mut order = there.clone();
    let index = usize::try_from(spot.number - 1).unwrap_or_default().min(order.len());
    order.insert(index, own);
    let now: Vec<Stood> = there.into_iter().chain([own]).collect();
    post_positions::lay_out(conn, thread.id, &now, &order)?;
    post_positions::settle(conn, thread.id, order.len())
}

/// Takes the title away from a thread whose only text waits again, or gives it back.
pub(in crate::domain) fn set_title(conn: &mut Conn, id: ThreadId, title: &str) -> Result<()> {
    diesel::update(threads::table.find(id)).set(threads::title.eq(title)).execute(conn)?;
    Ok(())
}

/// What a thread is called, whoever may read it: for its writer, whose text waits again.
pub(in crate::domain) fn title(conn: &mut Conn, id: ThreadId) -> Result<String> {
    Ok(threads::table.find(id).select(threads::title).first(conn)?)
}
