//! Approving, declining and withdrawing pending posts. If two moderators decide at once, only the first one's decision
//! counts.

use super::unapproving::{Stood, Unapprove};
use super::{Row, count};
use crate::db::schema::{held, members};
use crate::db::{Conn, HeldId, Moment};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act, may};
use crate::domain::core::words::{Body, Reason, Title};
use crate::domain::forum::posts::{self, Also, NewPost};
use crate::domain::forum::threads::{self, NewThread};
use crate::domain::library::ratings::{self, Rating};
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::domain::safety::screening::waiting::State;
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Approves a pending post: publishes it under its author's name and removes its text from the queue. Returns the path
/// of the post.
pub fn approve(conn: &mut Conn, actor: &Member, id: HeldId) -> Result<String> {
    let (row, writer) = take(conn, actor, id, State::Approved, "")?;
    require_writing(conn, &writer)?;
    let rated = rated(conn, &row)?;
    let reach = row.reach();
    let body = Body { markdown: row.markdown, html: row.html };
    let post = match row.thread_id {
        Some(thread) => {
            let new = NewPost { body, reach, reply_to: row.reply_to };
            let post = posts::add(conn, &writer, thread, &new)?.0;
            if threads::get(conn, thread)?.book_id() != row.book_id {
                posts::loosen(conn, post)?;
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
                also: reach.beside(row.book_id).map(Also::kept),
                body,
                rating: row.half_stars,
            };
            let thread = threads::add(conn, &writer, &new)?;
            posts::first(conn, thread)?
        }
    };
    let stood = Stood::of(conn, post, rated)?;
    stands(conn, actor, id, &writer, stood, None)?;
    Ok(format!("/posts/{post}"))
}

/// Marks a pending post as approved and removes its text, which the published post now has. Logs this, with a reversal.
pub(super) fn stands(
    conn: &mut Conn,
    actor: &Member,
    id: HeldId,
    writer: &Member,
    stood: Stood,
    reason: Option<&Reason>,
) -> Result<()> {
    let post = stood.post();
    let blank = (held::markdown.eq(""), held::html.eq(""), held::title.eq(""), held::post_id.eq(post));
    diesel::update(held::table.find(id)).set(blank).execute(conn)?;
    let entry = Entry::new("approved", ("post", post.0), ("waiting", "shown")).concerning(Some(writer.id));
    let entry = reason.into_iter().fold(entry, Entry::because);
    log::record(conn, actor.id, &entry.undone_by(&Unapprove { pending: id, stood })?)
}

/// The author's current rating of the book, if the pending post is a review with a rating.
pub(super) fn rated(conn: &mut Conn, row: &Row) -> Result<Option<Rating>> {
    match row.book_id.filter(|_| row.half_stars.is_some()) {
        Some(book) => ratings::of_member(conn, row.member_id, book),
        None => Ok(None),
    }
}

/// Declines a pending post. Its author can still read it, with the reason.
pub fn decline(conn: &mut Conn, actor: &Member, id: HeldId, reason: &Reason) -> Result<()> {
    let (row, _) = take(conn, actor, id, State::Declined, &reason.words)?;
    let entry = Entry::new("declined", ("held", id.0), ("waiting", "declined")).because(reason);
    log::record(conn, actor.id, &entry.concerning(Some(row.member_id)).undone_by(&ReturnToQueue { pending: id })?)
}

/// Declines a post again that was returned to the queue.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct DeclinePending {
    pending: HeldId,
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
fn wait_again(conn: &mut Conn, actor: &Member, id: HeldId, reason: &Reason) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    let row: Row = held::table.find(id).select(Row::as_select()).first(conn)?;
    let declined = held::table.find(id).filter(held::state.eq(State::Declined));
    let values = (held::state.eq(State::Waiting), held::reason.eq(""));
    if diesel::update(declined).set(values).execute(conn)? == 0 {
        return Err(decided());
    }
    count(conn, row.member_id, 1)?;
    let entry = Entry::new("put back", ("held", id.0), ("declined", "waiting")).because(reason);
    log::record(conn, actor.id, &entry.concerning(Some(row.member_id)).undone_by(&DeclinePending { pending: id })?)
}

#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct ReturnToQueue {
    pending: HeldId,
}

impl Reversal for ReturnToQueue {
    const NAME: &'static str = "pending.return";

    fn topic(&self) -> String {
        topic(self.pending)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        wait_again(conn, actor, self.pending, reason)
    }
}

/// The topic of all decisions on one pending post.
pub(super) fn topic(text: HeldId) -> String {
    format!("held {text}")
}

/// Withdraws the member's own pending post, unless a moderator has already decided.
pub fn withdraw(conn: &mut Conn, member: &Member, id: HeldId) -> Result<()> {
    let row = held::table.find(id);
    policy::require_writer(member, row.select(held::member_id.nullable()).first(conn)?)?;
    if diesel::delete(row.filter(held::state.eq(State::Waiting))).execute(conn)? == 0 {
        return Err(Error::Conflict("A moderator has already decided on this."));
    }
    count(conn, member.id, -1)
}

/// Records a decision on a pending post. Returns the post and its author. Moderators can't decide on their own posts.
pub(super) fn take(conn: &mut Conn, actor: &Member, id: HeldId, state: State, reason: &str) -> Result<(Row, Member)> {
    policy::require(Some(actor), Act::Moderate)?;
    let row: Row = held::table.find(id).select(Row::as_select()).first(conn)?;
    let writer: Member = members::table.find(row.member_id).select(Member::as_select()).first(conn)?;
    policy::require_moderation(actor, Some(writer.role))?;
    if writer.id == actor.id {
        return Err(Error::Forbidden("You wrote this, so another moderator decides."));
    }
    let values = (
        held::state.eq(state),
        held::reason.eq(reason),
        held::decided_by.eq(actor.id),
        held::decided_at.eq(Some(Moment::now())),
    );
    let waiting = held::table.find(id).filter(held::state.eq(State::Waiting));
    if diesel::update(waiting).set(values).execute(conn)? == 0 {
        return Err(decided());
    }
    count(conn, writer.id, -1)?;
    Ok((row, writer))
}

pub(super) fn decided() -> Error {
    Error::Conflict("Another moderator already decided on this, or the author withdrew it. Nothing was changed.")
}

/// Returns a conflict if the author can't post at the moment.
pub(super) fn require_writing(conn: &mut Conn, writer: &Member) -> Result<()> {
    let until: Option<Moment> = members::table.find(writer.id).select(members::suspended_until).first(conn)?;
    match may(writer, Act::TakePart) && until.is_none_or(|until| until < Moment::now()) {
        true => Ok(()),
        false => Err(Error::Conflict(
            "The author can’t post at the moment. Decline this, or leave it in the queue until they can.",
        )),
    }
}
