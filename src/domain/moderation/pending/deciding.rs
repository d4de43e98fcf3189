//! Approving, declining and withdrawing pending posts. If two moderators decide at once, only the first one's decision
//! counts.

use super::unapproving::{ApprovedPost, Unapprove};
use super::{Row, count};
use crate::db::schema::{members, pending_posts};
use crate::db::{Conn, Moment, PendingPostId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act, may};
use crate::domain::core::text_fields::{Body, Reason, Title};
use crate::domain::forum::posts::{self, NewPost, SecondBook};
use crate::domain::forum::thread_actions::{self, NewThread};
use crate::domain::forum::threads::{self};
use crate::domain::library::ratings::{self, Rating};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::domain::safety::screening::PendingState;
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Approves a pending post: publishes it under its author's name and removes its text from the queue. Returns the path
/// of the post.
pub fn approve(conn: &mut Conn, actor: &Member, id: PendingPostId) -> Result<String> {
    let (row, author) = record_decision(conn, actor, id, PendingState::Approved, "")?;
    require_can_post(conn, &author)?;
    let rated = current_rating(conn, &row)?;
    let reach = row.reach();
    let body = Body { markdown: row.markdown, html: row.html };
    let post = match row.thread_id {
        Some(thread) => {
            let new = NewPost { body, reach, reply_to: row.reply_to };
            let post = posts::add(conn, &author, thread, &new)?.0;
            if threads::get(conn, thread)?.book_id() != row.book_id {
                posts::clear_spoilers_book(conn, post)?;
            }
            post
        }
        None => {
            let new = NewThread {
                book: row.book_id,
                kind: row.kind,
                title: Title(row.title),
                title_spoils: row.title_spoils,
                reach: row.book_id.map(|_| reach.within(row.book_id).number()).unwrap_or_default(),
                also: reach.other_book(row.book_id).map(SecondBook::from_stored),
                body,
                rating: row.half_stars,
            };
            let thread = thread_actions::add(conn, &author, &new)?;
            posts::first(conn, thread)?
        }
    };
    let stood = ApprovedPost::of(conn, post, rated)?;
    mark_approved(conn, actor, id, &author, stood, None)?;
    Ok(format!("/posts/{post}"))
}

/// Marks a pending post as approved and removes its text, which the published post now has. Logs this, with a reversal.
pub(super) fn mark_approved(
    conn: &mut Conn,
    actor: &Member,
    id: PendingPostId,
    author: &Member,
    stood: ApprovedPost,
    reason: Option<&Reason>,
) -> Result<()> {
    let post = stood.post();
    let blank = (
        pending_posts::markdown.eq(""),
        pending_posts::html.eq(""),
        pending_posts::title.eq(""),
        pending_posts::post_id.eq(post),
    );
    diesel::update(pending_posts::table.find(id)).set(blank).execute(conn)?;
    let entry = NewLogEntry::new(Event::PostApproved, LogSubject::Post(post)).because(reason);
    let entry = entry.concerning(Some(author.id));
    log::record(conn, actor.id, entry.undone_by(&Unapprove { pending: id, stood })?)
}

/// The author's current rating of the book, if the pending post is a review with a rating.
pub(super) fn current_rating(conn: &mut Conn, row: &Row) -> Result<Option<Rating>> {
    match row.book_id.filter(|_| row.half_stars.is_some()) {
        Some(book) => ratings::find(conn, row.member_id, book),
        None => Ok(None),
    }
}

/// Declines a pending post. Its author can still read it, with the reason.
pub fn decline(conn: &mut Conn, actor: &Member, id: PendingPostId, reason: &Reason) -> Result<()> {
    let (row, _) = record_decision(conn, actor, id, PendingState::Declined, &reason.text)?;
    let entry = NewLogEntry::new(Event::PostDeclined, LogSubject::PendingPost(id)).because(reason);
    log::record(conn, actor.id, entry.concerning(Some(row.member_id)).undone_by(&ReturnToQueue { pending: id })?)
}

/// Declines a post again that was returned to the queue.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct DeclinePending {
    pending: PendingPostId,
}

impl Reversal for DeclinePending {
    const NAME: &'static str = "pending.decline";

    fn topic(&self) -> String {
        topic(self.pending)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        decline(conn, actor, self.pending, reason)
    }
}

/// Returns a declined post to the queue.
fn return_to_queue(conn: &mut Conn, actor: &Member, id: PendingPostId, reason: &Reason) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    let row: Row = pending_posts::table.find(id).select(Row::as_select()).first(conn)?;
    let declined = pending_posts::table.find(id).filter(pending_posts::state.eq(PendingState::Declined));
    let values = (pending_posts::state.eq(PendingState::Waiting), pending_posts::reason.eq(""));
    if diesel::update(declined).set(values).execute(conn)? == 0 {
        return Err(already_decided());
    }
    count(conn, row.member_id, 1)?;
    let entry = NewLogEntry::new(Event::PostReturned, LogSubject::PendingPost(id)).because(reason);
    log::record(conn, actor.id, entry.concerning(Some(row.member_id)).undone_by(&DeclinePending { pending: id })?)
}

#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct ReturnToQueue {
    pending: PendingPostId,
}

impl Reversal for ReturnToQueue {
    const NAME: &'static str = "pending.return";

    fn topic(&self) -> String {
        topic(self.pending)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        return_to_queue(conn, actor, self.pending, reason)
    }
}

/// The topic of all decisions on one pending post.
pub(super) fn topic(text: PendingPostId) -> String {
    format!("held {text}")
}

/// Withdraws the member's own pending post, unless a moderator has already decided.
pub fn withdraw(conn: &mut Conn, member: &Member, id: PendingPostId) -> Result<()> {
    let row = pending_posts::table.find(id);
    policy::require_author(member, row.select(pending_posts::member_id.nullable()).first(conn)?)?;
    if diesel::delete(row.filter(pending_posts::state.eq(PendingState::Waiting))).execute(conn)? == 0 {
        return Err(Error::Conflict("A moderator has already decided on this."));
    }
    count(conn, member.id, -1)
}

/// Records a decision on a pending post. Returns the post and its author. Moderators can't decide on their own posts.
pub(super) fn record_decision(
    conn: &mut Conn,
    actor: &Member,
    id: PendingPostId,
    state: PendingState,
    reason: &str,
) -> Result<(Row, Member)> {
    policy::require(Some(actor), Act::Moderate)?;
    let row: Row = pending_posts::table.find(id).select(Row::as_select()).first(conn)?;
    let author: Member = members::table.find(row.member_id).select(Member::as_select()).first(conn)?;
    policy::require_moderation(actor, Some(author.role))?;
    if author.id == actor.id {
        return Err(Error::Forbidden("You wrote this, so another moderator decides."));
    }
    let values = (
        pending_posts::state.eq(state),
        pending_posts::reason.eq(reason),
        pending_posts::decided_by.eq(actor.id),
        pending_posts::decided_at.eq(Some(Moment::now())),
    );
    let waiting = pending_posts::table.find(id).filter(pending_posts::state.eq(PendingState::Waiting));
    if diesel::update(waiting).set(values).execute(conn)? == 0 {
        return Err(already_decided());
    }
    count(conn, author.id, -1)?;
    Ok((row, author))
}

pub(super) fn already_decided() -> Error {
    Error::Conflict("Another moderator already decided on this, or the author withdrew it. Nothing was changed.")
}

/// Returns a conflict if the author can't post at the moment.
pub(super) fn require_can_post(conn: &mut Conn, author: &Member) -> Result<()> {
    let until: Option<Moment> = members::table.find(author.id).select(members::suspended_until).first(conn)?;
    match may(author, Act::TakePart) && until.is_none_or(|until| until < Moment::now()) {
        true => Ok(()),
        false => Err(Error::Conflict(
            "The author can’t post at the moment. Decline this, or leave it in the queue until they can.",
        )),
    }
}
