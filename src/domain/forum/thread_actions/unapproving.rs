//! Removing an approved post from its thread when the approval is undone, and putting it back later. A thread without
//! any other post is empty, and so not found, meanwhile.

use super::post_positions::{self, PostPosition};
use crate::db::schema::{posts, quotes, threads};
use crate::db::{BookId, Conn, MemberId, Moment, PostId, ThreadId};
use crate::domain::core::text_fields::Body;
use crate::domain::forum::posts::{ReachColumns, answered_in};
use crate::domain::forum::threads::{Thread, get_unresolved};
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a post was before it was removed. The post gets the same id again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalPosition {
    pub(in crate::domain) post: PostId,
    pub(in crate::domain) thread: ThreadId,
    number: i32,
    /// When the post was written, in microseconds since 1970.
    at: i64,
    /// The book that chapter numbers in the post's spoilers refer to.
    span: Option<BookId>,
}

impl OriginalPosition {
    pub(in crate::domain) fn of(conn: &mut Conn, post: PostId) -> Result<Self> {
        let columns = (posts::thread_id, posts::number, posts::written_at, posts::spoilers_book_id);
        let found = posts::table.filter(posts::id.eq(post)).select(columns);
        let (thread, number, at, span): (ThreadId, i32, Moment, Option<BookId>) = found.first(conn)?;
        Ok(Self { post, thread, number, at: at.micros(), span })
    }
}

/// Deletes a post from its thread and returns its text. The caller makes sure that nothing refers to the post.
pub(in crate::domain) fn remove_post(conn: &mut Conn, thread: &Thread, post: PostId) -> Result<Body> {
    let thread = post_positions::lock(conn, thread)?;
    let the_post = posts::table.filter(posts::id.eq(post)).filter(posts::thread_id.eq(thread.id));
    let (markdown, html): (String, String) = the_post.select((posts::markdown, posts::html)).first(conn)?;
    diesel::delete(the_post).execute(conn)?;
    diesel::delete(quotes::table.filter(quotes::post_id.eq(post))).execute(conn)?;
    let left = post_positions::posts_of(conn, thread.id)?;
    post_positions::renumber(conn, thread.id, &left, &left)?;
    post_positions::update_thread(conn, thread.id, left.len())?;
    Ok(Body { markdown, html })
}

/// Puts a removed post back to where it was, before posts written since.
pub(in crate::domain) fn restore_post(
    conn: &mut Conn,
    position: &OriginalPosition,
    author: MemberId,
    body: &Body,
    reach: ReachColumns,
    reply_to: Option<PostId>,
) -> Result<()> {
    let thread = get_unresolved(conn, position.thread)?;
    if thread.merged_into.is_some() {
        return Err(Error::Conflict("The thread has been merged into another one since. Nothing was changed."));
    }
    let thread = post_positions::lock(conn, &thread)?;
    let there = post_positions::posts_of(conn, thread.id)?;
    let reply_to = answered_in(conn, thread.id, reply_to)?;
    let at = Moment::from_micros(position.at).unwrap_or_else(Moment::now);
    let last = i32::try_from(there.len() + 1).map_err(Error::internal)?;
    let row = (
        (
            posts::thread_id.eq(thread.id),
            posts::number.eq(last),
            posts::id.eq(position.post),
            posts::author_id.eq(author),
        ),
        (posts::markdown.eq(&body.markdown), posts::html.eq(&body.html), posts::written_at.eq(at)),
        (posts::reply_to.eq(reply_to), posts::spoilers_book_id.eq(position.span)),
    );
    diesel::insert_into(posts::table).values(row).execute(conn)?;
    diesel::update(posts::table.filter(posts::id.eq(position.post))).set(reach).execute(conn)?;
    let own = PostPosition { id: position.post, number: last, at };
    let mut order = there.clone();
    let index = usize::try_from(position.number - 1).unwrap_or_default().min(order.len());
    order.insert(index, own);
    let now: Vec<PostPosition> = there.into_iter().chain([own]).collect();
    post_positions::renumber(conn, thread.id, &now, &order)?;
    post_positions::update_thread(conn, thread.id, order.len())
}

/// Clears or restores the title of a thread whose only post awaits approval again.
pub(in crate::domain) fn set_title(conn: &mut Conn, id: ThreadId, title: &str) -> Result<()> {
    diesel::update(threads::table.find(id)).set(threads::title.eq(title)).execute(conn)?;
    Ok(())
}

/// The title of a thread, without asking the gate. Only for the author of the thread, whose post awaits approval again.
pub(in crate::domain) fn title(conn: &mut Conn, id: ThreadId) -> Result<String> {
    Ok(threads::table.find(id).select(threads::title).first(conn)?)
}
