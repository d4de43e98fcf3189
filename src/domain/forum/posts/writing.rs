//! Creating posts, editing one's own, and importing them.

use super::reach::is_set_by_moderator;
use super::{Post, ReachColumns, get, if_unchanged};
use crate::config::Limits;
use crate::db::schema::{posts, threads};
use crate::db::{BookId, Conn, Moment, PostId, Prepared, ThreadId, dialect};
use crate::domain::core::gate::{Key, Reach, Reader, Sealed, spoiler_reach};
use crate::domain::core::members::{self as the_members, Member};
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Body;
use crate::domain::core::{club, rate_limits};
use crate::domain::forum::posts::revisions;
use crate::domain::forum::threads::{self as the_threads, Thread};
use crate::domain::library::ratings::Rating;
use crate::domain::safety::quotes::Quotes;
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::domain::safety::{quotes, screening};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

#[derive(Clone, Debug)]
pub struct NewPost {
    pub body: Body,
    pub reach: Reach,
    /// The post that this one replies to.
    pub reply_to: Option<PostId>,
}

/// Adds a post to a thread and returns its id and number. Counts it against the member's hourly limit.
pub fn create(
    conn: &mut Conn,
    member: &Member,
    thread: ThreadId,
    new: &NewPost,
    limits: Limits,
) -> Result<(PostId, i32)> {
    let most = rate_limits::of_club(conn, limits)?.post;
    rate_limits::consume(conn, &format!("post:{}", member.id), most)?;
    add(conn, member, thread, new)
}

/// Like [`create`], for a post that was already counted against the limit.
pub(in crate::domain) fn add(
    conn: &mut Conn,
    member: &Member,
    thread: ThreadId,
    new: &NewPost,
) -> Result<(PostId, i32)> {
    policy::require(Some(member), Act::TakePart)?;
    let now = Moment::now();
    let (thread, number, book) = next_number(conn, thread, &member.handle, now)?;
    let reply_to = answered_in(conn, thread, new.reply_to)?;
    let id = dialect::next_post_id(conn)?;
    let row = (
        (posts::thread_id.eq(thread), posts::number.eq(number), posts::id.eq(id), posts::author_id.eq(member.id)),
        (posts::markdown.eq(&new.body.markdown), posts::html.eq(&new.body.html)),
        ReachColumns::of(new.reach, book),
        (posts::reply_to.eq(reply_to), posts::written_at.eq(now), posts::spoilers_book_id.eq(book)),
    );
    diesel::insert_into(posts::table).values(row).execute(conn)?;
    quotes::save(conn, id, &new.body.html)?;
    the_members::adjust_posts_count(conn, member.id, 1)?;
    Ok((id, number))
}

/// The post that a post in this thread replies to. `None` if it is in another thread, where it may have been moved.
pub(in crate::domain) fn answered_in(
    conn: &mut Conn,
    thread: ThreadId,
    reply_to: Option<PostId>,
) -> Result<Option<PostId>> {
    let Some(id) = reply_to else { return Ok(None) };
    let answered = posts::table.filter(posts::id.eq(id)).filter(posts::thread_id.eq(thread));
    Ok(answered.select(posts::id).first(conn).optional()?)
}

/// Takes the next post number of a thread and updates its last post. Follows merged threads. Returns the thread, the
/// number and the thread's book. Fails with [`Error::Locked`] if the thread is locked.
fn next_number(conn: &mut Conn, thread: ThreadId, poster: &str, at: Moment) -> Result<(ThreadId, i32, Option<BookId>)> {
    let open = threads::table.find(thread).filter(threads::locked.eq(false)).filter(threads::merged_into.is_null());
    let open = open.filter(threads::visible);
    let values = (
        threads::posts_count.eq(threads::posts_count + 1),
        threads::version.eq(threads::version + 1),
        threads::last_post_at.eq(at),
        threads::last_poster.eq(poster),
    );
    let columns = (threads::id, threads::posts_count, threads::book_id);
    let taken = Prepared(diesel::update(open).set(values).returning(columns));
    match taken.get_result(conn).optional()? {
        Some(taken) => Ok(taken),
        None => match the_threads::get_following_merges(conn, thread)? {
            target if target.id != thread => next_number(conn, target.id, poster, at),
            target if !target.visible && !target.locked => {
                the_threads::make_visible(conn, thread)?;
                next_number(conn, thread, poster, at)
            }
            target => Err(Error::Locked(target.id.0)),
        },
    }
}

/// A comment of an imported page.
pub(in crate::domain) struct ImportedPost<'a> {
    pub(in crate::domain) byline: &'a str,
    pub(in crate::domain) body: &'a Body,
    pub(in crate::domain) reach: Reach,
    pub(in crate::domain) rating: Option<Rating>,
    pub(in crate::domain) written_at: Moment,
}

/// Adds an imported post. No limits apply.
pub(in crate::domain) fn import(conn: &mut Conn, thread: ThreadId, post: &ImportedPost<'_>) -> Result<()> {
    let (thread, number, book) = next_number(conn, thread, post.byline, post.written_at)?;
    let id = dialect::next_post_id(conn)?;
    let row = (
        (posts::thread_id.eq(thread), posts::number.eq(number), posts::id.eq(id), posts::byline.eq(post.byline)),
        (posts::markdown.eq(&post.body.markdown), posts::html.eq(&post.body.html)),
        ReachColumns::of(post.reach, book),
        (posts::half_stars.eq(post.rating), posts::written_at.eq(post.written_at), posts::spoilers_book_id.eq(book)),
    );
    diesel::insert_into(posts::table).values(row).execute(conn)?;
    quotes::save(conn, id, &post.body.html)
}

/// The Markdown of a post, sealed like the post itself, for quoting and editing. Leaves out quotes of posts that are
/// hidden from the viewer and, unless the viewer is the author, quotes that are folded for this reader.
pub fn markdown(conn: &mut Conn, viewer: &Member, post: &Post, reader: &Reader) -> Result<Sealed<String>> {
    let the_post = posts::table.filter(posts::id.eq(post.id)).select((posts::markdown, posts::html));
    let (markdown, html): (String, String) = the_post.first(conn)?;
    let quotes = Quotes::in_texts(conn, Some(viewer), [html.as_str()].into_iter())?;
    let reader = (post.author_id != Some(viewer.id)).then_some(reader);
    Ok(Sealed::new(quotes.source(&markdown, reader), post.reach, Key::Post(post.id), post.author_id))
}

/// Refuses edits of somebody else's post, a hidden post, a post in a locked thread, and a post that needed approval:
/// what a moderator approved can't be changed afterwards.
pub fn require_editable(conn: &mut Conn, member: &Member, thread: &Thread, post: &Post) -> Result<()> {
    policy::require_author(member, post.author_id)?;
    if post.hidden.is_some() {
        return Err(Error::Forbidden("A moderator hid this post. You can edit it once it is restored."));
    }
    if thread.locked {
        return Err(Error::Locked(thread.id.0));
    }
    screening::require_editable(conn, member, thread.requires_approval)
}

/// A member edits their own post. The earlier text becomes a revision. `edited_at` is when the post was last edited as
/// far as the author saw; if it was edited since, nothing is changed.
pub fn update(
    conn: &mut Conn,
    member: &Member,
    id: PostId,
    new: &NewPost,
    edited_at: Option<Moment>,
    limits: Limits,
) -> Result<()> {
    let (thread, post) = get(conn, Some(member), id)?;
    require_editable(conn, member, &thread, &post)?;
    if post.edited_at != edited_at {
        return Err(conflict());
    }
    report_cases::require_min_reach(conn, Subject::Post(id), new.reach.within(thread.book_id()))?;
    if new.reach.farther(post.reach) != new.reach && is_set_by_moderator(conn, id)? {
        let sentence = "A moderator set this spoiler level. You can raise it, but not lower it.";
        return Err(Error::Refused(Problems::one("reach", sentence)));
    }
    screening::check_edit(conn, member, &new.body)?;
    let most = rate_limits::of_club(conn, limits)?.post;
    rate_limits::consume(conn, &format!("post:{}", member.id), most)?;
    let book = thread.book_id();
    if new.reach != post.reach || spoiler_reach(&new.body.html, book) != Reach::Safe {
        // Any page may quote the post, and quotes are folded as far as the post is.
        club::touch(conn)?;
    }
    let before = revisions::NewRevision::of(conn, &post)?;
    let markdown: String = posts::table.filter(posts::id.eq(id)).select(posts::markdown).first(conn)?;
    let body = quotes::restore_hidden(conn, member, (&markdown, before.html()), new.body.clone())?;
    let values = (
        posts::markdown.eq(&body.markdown),
        posts::html.eq(&body.html),
        ReachColumns::of(new.reach, book),
        posts::edited_at.eq(Moment::now()),
    );
    if diesel::update(if_unchanged(&post)).set(values).execute(conn)? == 0 {
        return Err(conflict());
    }
    before.save(conn)?;
    if post.spoilers_book != book {
        clear_spoilers_book(conn, id)?;
    }
    quotes::replace(conn, id, &body.html)?;
    the_threads::touch(conn, thread.id)
}

/// Forgets which book the chapter numbers in a post's spoilers refer to, because it could be the thread's earlier book
/// or its present one. The spoilers then open only on request.
pub(in crate::domain) fn clear_spoilers_book(conn: &mut Conn, id: PostId) -> Result<()> {
    let the_post = posts::table.filter(posts::id.eq(id));
    diesel::update(the_post).set(posts::spoilers_book_id.eq(None::<BookId>)).execute(conn)?;
    Ok(())
}

fn conflict() -> Error {
    let sentence =
        "This post has been edited since you opened it, perhaps in another window. Your text below is not saved yet.";
    Error::Refused(Problems::one("body", sentence))
}
