//! Posting: a new post or thread is published at once, or goes into the approval queue.

use super::count;
use crate::config::Limits;
use crate::db::schema::pending_posts;
use crate::db::{BookId, Conn, Moment, PostId, ThreadId};
use crate::domain::core::gate::Reach;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::rate_limits;
use crate::domain::core::text_fields::Body;
use crate::domain::forum::posts::{self, NewPost};
use crate::domain::forum::thread_actions::{self, NewThread};
use crate::domain::forum::threads::{self, ThreadKind};
use crate::domain::library::ratings::Rating;
use crate::domain::safety::screening::{self, NewText, TargetThread};
use crate::domain::safety::screening::{PendingCause, PendingState};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// How many pending posts a member can have.
pub(super) const MAX_PENDING: i64 = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// Published, with its number in the thread.
    Published(PostId, i32),
    /// In the approval queue.
    Pending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// Published.
    Published(ThreadId),
    /// In the approval queue.
    Pending,
}

/// Posts to a thread. Counts the post for the member's hourly limit.
pub fn post(conn: &mut Conn, member: &Member, id: ThreadId, new: &NewPost, limits: Limits) -> Result<Posted> {
    policy::require(Some(member), Act::TakePart)?;
    // This locks the member's counter: a second post at the same time waits here, and screening then finds the first
    // one.
    let most = rate_limits::of_club(conn, limits)?;
    rate_limits::consume(conn, &format!("post:{}", member.id), most.post)?;
    let thread = threads::get(conn, id)?;
    if thread.locked {
        return Err(Error::Locked(id.0));
    }
    let in_thread = TargetThread { id: thread.id, requires_approval: thread.requires_approval };
    let text = NewText { thread: Some(in_thread), title: None, body: &new.body };
    let Some(why) = screening::screen(conn, member, text)? else {
        let (id, number) = posts::add(conn, member, id, new)?;
        return Ok(Posted::Published(id, number));
    };
    let opening = Opening { kind: thread.kind, title: "", spoils: false, rating: None };
    let reach = (new.reach, thread.book_id());
    enqueue(conn, member, Some(id), &opening, &new.body, reach, new.reply_to, why)?;
    Ok(Posted::Pending)
}

/// Starts a thread. Counts for the member's hourly limits of threads and of posts.
pub fn start_thread(conn: &mut Conn, member: &Member, new: &NewThread, limits: Limits) -> Result<Started> {
    policy::require(Some(member), Act::TakePart)?;
    let most = rate_limits::of_club(conn, limits)?;
    rate_limits::consume(conn, &format!("thread:{}", member.id), most.thread)?;
    rate_limits::consume(conn, &format!("post:{}", member.id), most.post)?;
    let (book, reach, also) = new.reaches(conn)?;
    let text = NewText { thread: None, title: Some(&new.title), body: &new.body };
    let Some(why) = screening::screen(conn, member, text)? else {
        return Ok(Started::Published(thread_actions::add(conn, member, new)?));
    };
    let opening = Opening { kind: new.kind, title: new.title.as_str(), spoils: new.title_spoils, rating: new.rating };
    let reach = (reach.farther(also), book.map(|book| book.id));
    enqueue(conn, member, None, &opening, &new.body, reach, None, why)?;
    Ok(Started::Pending)
}

/// The fields of a pending thread besides its first post. A reply has no title and no rating.
struct Opening<'a> {
    kind: ThreadKind,
    title: &'a str,
    spoils: bool,
    rating: Option<Rating>,
}

#[expect(clippy::too_many_arguments, reason = "the columns of one row, from two places")]
fn enqueue(
    conn: &mut Conn,
    member: &Member,
    thread: Option<ThreadId>,
    opening: &Opening<'_>,
    body: &Body,
    (reach, book): (Reach, Option<BookId>),
    reply_to: Option<PostId>,
    why: PendingCause,
) -> Result<()> {
    if i64::from(member.pending_count) >= MAX_PENDING {
        let sentence =
            format!("You already have {MAX_PENDING} posts awaiting approval. Please wait until some are approved.");
        return Err(Error::Refused(Problems::one("body", sentence).with_link("/held/mine".to_owned())));
    }
    let ((reach_book, position), (also_book, also_reach)) = (reach.columns(book), reach.also_columns(book));
    let row = (
        (pending_posts::member_id.eq(member.id), pending_posts::thread_id.eq(thread), pending_posts::book_id.eq(book)),
        (
            pending_posts::kind.eq(opening.kind),
            pending_posts::title.eq(opening.title),
            pending_posts::title_spoils.eq(opening.spoils),
        ),
        (
            pending_posts::half_stars.eq(opening.rating),
            pending_posts::markdown.eq(&body.markdown),
            pending_posts::html.eq(&body.html),
        ),
        (pending_posts::reach_book_id.eq(reach_book), pending_posts::reach.eq(position)),
        (
            pending_posts::also_book_id.eq(also_book),
            pending_posts::also_reach.eq(also_reach),
            pending_posts::reply_to.eq(reply_to),
        ),
        (
            pending_posts::cause.eq(why),
            pending_posts::created_at.eq(Moment::now()),
            pending_posts::state.eq(PendingState::Waiting),
            pending_posts::reason.eq(""),
        ),
    );
    diesel::insert_into(pending_posts::table).values(row).execute(conn)?;
    count(conn, member.id, 1)
}
