//! Undoes an approval: the post goes back into the queue and leaves its thread. This can be undone too. Nothing changes
//! if somebody has replied to the post, quoted or reported it since, or if it was edited, moved or hidden.

use super::deciding::{already_decided, current_rating, mark_approved, record_decision, require_can_post, topic};
use super::{Row, count};
use crate::db::schema::{members, pending_posts, posts, quotes as quote_rows, report_cases};
use crate::db::{Conn, MemberId, Moment, PendingPostId, PostId};
use crate::domain::core::members::{self as the_members, Member};
use crate::domain::core::policy;
use crate::domain::core::text_fields::{Body, Reason};
use crate::domain::forum::posts::{self as the_posts, Post, ReachColumns};
use crate::domain::forum::thread_actions::{OriginalPosition, unapproving};
use crate::domain::forum::threads::{self, Thread};
use crate::domain::library::ratings::{self, Rating};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::domain::safety::quotes;
use crate::domain::safety::screening::PendingState;
use crate::error::{Error, Result};
use diesel::dsl::exists;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Where an approved post was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedPost {
    spot: OriginalPosition,
    /// The author's earlier rating of the book in half stars, if the post is a review with a rating.
    rated: Option<i32>,
}

impl ApprovedPost {
    /// Where a post is now.
    pub(super) fn of(conn: &mut Conn, post: PostId, rated: Option<Rating>) -> Result<Self> {
        Ok(Self { spot: OriginalPosition::of(conn, post)?, rated: rated.map(Rating::half_stars) })
    }

    pub(super) fn post(&self) -> PostId {
        self.spot.post
    }
}

/// Moves an approved post back into the queue.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct Unapprove {
    pub(super) pending: PendingPostId,
    pub(super) stood: ApprovedPost,
}

impl Reversal for Unapprove {
    const NAME: &'static str = "pending.unapprove";

    fn topic(&self) -> String {
        topic(self.pending)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { pending: id, stood } = self;
        let approved = pending_posts::table.find(id).filter(pending_posts::state.eq(PendingState::Approved));
        let row: Row = approved.select(Row::as_select()).first(conn).optional()?.ok_or_else(already_decided)?;
        let author: Member = members::table.find(row.member_id).select(Member::as_select()).first(conn)?;
        policy::require_moderation(actor, Some(author.role))?;
        let (thread, post) = match the_posts::get(conn, Some(actor), stood.post()) {
            Err(Error::NotFound) => return Err(CHANGED_SINCE),
            found => found?,
        };
        require_untouched(conn, &row, &thread, &post, &stood)?;
        let title = if row.thread_id.is_none() { unapproving::title(conn, thread.id)? } else { String::new() };
        let body = unapproving::remove_post(conn, &thread, post.id)?;
        if row.thread_id.is_none() {
            unapproving::set_title(conn, thread.id, "")?;
            restore_rating(conn, &row, row.half_stars, stood.rated.and_then(Rating::new))?;
        }
        the_members::adjust_posts_count(conn, author.id, -1)?;
        count(conn, author.id, 1)?;
        let waits = (
            (
                pending_posts::markdown.eq(&body.markdown),
                pending_posts::html.eq(&body.html),
                pending_posts::title.eq(&title),
            ),
            (
                pending_posts::state.eq(PendingState::Waiting),
                pending_posts::decided_by.eq(None::<MemberId>),
                pending_posts::decided_at.eq(None::<Moment>),
            ),
        );
        diesel::update(pending_posts::table.find(id)).set(waits).execute(conn)?;
        let entry = NewLogEntry::new(Event::PostReturned, LogSubject::PendingPost(id)).because(reason);
        log::record(conn, actor.id, entry.concerning(Some(author.id)).undone_by(&ApproveAgain { pending: id, stood })?)
    }
}

const CHANGED_SINCE: Error = Error::Conflict(
    "Someone has replied to it, quoted it or reported it since, or it was edited or moved. Hide it instead. Nothing was \
     changed.",
);

/// Returns a conflict if the post was changed since its approval, or if another text depends on it.
fn require_untouched(conn: &mut Conn, row: &Row, thread: &Thread, post: &Post, stood: &ApprovedPost) -> Result<()> {
    let same = post.author_id == Some(row.member_id)
        && post.thread == stood.spot.thread
        && post.edited_at.is_none()
        && post.hidden.is_none()
        && post.reach == row.reach();
    // A thread that the post started is removed with it, so it must be unchanged as well.
    let title_reach = if row.title_spoils { thread.reach } else { crate::domain::core::gate::Reach::Safe };
    let begun = thread.posts_count == 1
        && thread.book_id() == row.book_id
        && thread.title_author == Some(row.member_id)
        && thread.title.reach() == title_reach;
    let answers = posts::table.filter(posts::thread_id.eq(thread.id)).filter(posts::number.gt(post.number));
    let answered = exists(answers.filter(posts::reply_to.eq(post.id)));
    let quoted = exists(quote_rows::table.filter(quote_rows::quoted_id.eq(post.id)));
    let about = report_cases::subject.eq("post").and(report_cases::subject_id.eq(post.id.0));
    let named = report_cases::subject.eq("title").and(report_cases::subject_id.eq(thread.id.0));
    let (of_post, of_title) = (exists(report_cases::table.filter(about)), exists(report_cases::table.filter(named)));
    let (answered, quoted): (bool, bool) = diesel::select((answered, quoted)).get_result(conn)?;
    let (of_post, of_title): (bool, bool) = diesel::select((of_post, of_title)).get_result(conn)?;
    let begins = row.thread_id.is_none();
    match !same || answered || quoted || of_post || begins && (!begun || of_title) {
        true => Err(CHANGED_SINCE),
        false => Ok(()),
    }
}

/// Approves a post again and puts it back where it was.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct ApproveAgain {
    pending: PendingPostId,
    stood: ApprovedPost,
}

impl Reversal for ApproveAgain {
    const NAME: &'static str = "pending.approve";

    fn topic(&self) -> String {
        topic(self.pending)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { pending: id, stood } = self;
        let (row, author) = record_decision(conn, actor, id, PendingState::Approved, "")?;
        require_can_post(conn, &author)?;
        let rated = current_rating(conn, &row)?;
        let body = Body { markdown: row.markdown.clone(), html: row.html.clone() };
        if row.thread_id.is_none() {
            unapproving::set_title(conn, stood.spot.thread, &row.title)?;
            restore_rating(conn, &row, rated, row.half_stars)?;
        }
        let book = threads::get_following_merges(conn, stood.spot.thread)?.book_id();
        unapproving::restore_post(
            conn,
            &stood.spot,
            author.id,
            &body,
            ReachColumns::of(row.reach(), book),
            row.reply_to,
        )?;
        quotes::save(conn, stood.post(), &row.html)?;
        the_members::adjust_posts_count(conn, author.id, 1)?;
        let stood = ApprovedPost { rated: rated.map(Rating::half_stars), ..stood };
        mark_approved(conn, actor, id, &author, stood, Some(reason))
    }
}

/// Sets the author's rating of the book from `now` to `then`, unless they have changed it since.
fn restore_rating(conn: &mut Conn, row: &Row, now: Option<Rating>, then: Option<Rating>) -> Result<()> {
    let (Some(book), Some(_)) = (row.book_id, row.half_stars) else { return Ok(()) };
    match ratings::find(conn, row.member_id, book)? == now {
        true => ratings::set(conn, row.member_id, book, then),
        false => Ok(()),
    }
}
