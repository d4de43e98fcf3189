//! Undoes an approval: the post goes back into the queue and leaves its thread. This can be undone too. Nothing changes
//! if somebody has replied to the post, quoted or reported it since, or if it was edited, moved or hidden.

use super::deciding::{decided, rated, require_writing, stands, take, topic};
use super::{Row, count};
use crate::db::schema::{cases, held, members, posts, quotes as quote_rows};
use crate::db::{Conn, HeldId, MemberId, Moment, PostId};
use crate::domain::core::members::{self as the_members, Member};
use crate::domain::core::policy;
use crate::domain::core::words::{Body, Reason};
use crate::domain::forum::posts::{self as the_posts, Columns, Post};
use crate::domain::forum::threads::{self, Spot, Thread, unapproving};
use crate::domain::library::ratings::{self, Rating};
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::domain::safety::quotes;
use crate::domain::safety::screening::waiting::State;
use crate::error::{Error, Result};
use diesel::dsl::exists;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Where an approved post was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    spot: Spot,
    /// The author's earlier rating of the book in half stars, if the post is a review with a rating.
    rated: Option<i32>,
}

impl Stood {
    /// Where a post is now.
    pub(super) fn of(conn: &mut Conn, post: PostId, rated: Option<Rating>) -> Result<Self> {
        Ok(Self { spot: Spot::of(conn, post)?, rated: rated.map(Rating::half_stars) })
    }

    pub(super) fn post(&self) -> PostId {
        self.spot.post
    }
}

/// Moves an approved post back into the queue.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct Unapprove {
    pub(super) pending: HeldId,
    pub(super) stood: Stood,
}

impl Reversal for Unapprove {
    const NAME: &'static str = "pending.unapprove";

    fn topic(&self) -> String {
        topic(self.pending)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { pending: id, stood } = self;
        let approved = held::table.find(id).filter(held::state.eq(State::Approved));
        let row: Row = approved.select(Row::as_select()).first(conn).optional()?.ok_or_else(decided)?;
        let writer: Member = members::table.find(row.member_id).select(Member::as_select()).first(conn)?;
        policy::require_moderation(actor, Some(writer.role))?;
        let (thread, post) = match the_posts::get(conn, Some(actor), stood.post()) {
            Err(Error::NotFound) => return Err(HANGS),
            found => found?,
        };
        require_untouched(conn, &row, &thread, &post, &stood)?;
        let title = if row.thread_id.is_none() { unapproving::title(conn, thread.id)? } else { String::new() };
        let body = unapproving::take_out(conn, &thread, post.id)?;
        if row.thread_id.is_none() {
            unapproving::set_title(conn, thread.id, "")?;
            rate(conn, &row, row.half_stars, stood.rated.and_then(Rating::new))?;
        }
        the_members::count_post(conn, writer.id, -1)?;
        count(conn, writer.id, 1)?;
        let waits = (
            (held::markdown.eq(&body.markdown), held::html.eq(&body.html), held::title.eq(&title)),
            (
                held::state.eq(State::Waiting),
                held::decided_by.eq(None::<MemberId>),
                held::decided_at.eq(None::<Moment>),
            ),
        );
        diesel::update(held::table.find(id)).set(waits).execute(conn)?;
        let entry = Entry::new("put back", ("held", id.0), ("shown", "waiting")).because(reason);
        log::record(conn, actor.id, &entry.concerning(Some(writer.id)).undone_by(&ApproveAgain { pending: id, stood })?)
    }
}

const HANGS: Error = Error::Conflict(
    "Someone has replied to it, quoted it or reported it since, or it was edited or moved. Hide it instead. Nothing was \
     changed.",
);

/// Returns a conflict if the post was changed since its approval, or if another text depends on it.
fn require_untouched(conn: &mut Conn, row: &Row, thread: &Thread, post: &Post, stood: &Stood) -> Result<()> {
    let same = post.author_id == Some(row.member_id)
        && post.thread == stood.spot.thread
        && post.edited_at.is_none()
        && post.hidden.is_none()
        && post.reach == row.reach();
    // A thread that the post started is removed with it, so it must be unchanged as well.
    let title_reach = if row.title_spoils { thread.reach } else { crate::domain::core::gate::Reach::Safe };
    let begun = thread.posts_count == 1
        && thread.book_id() == row.book_id
        && thread.title_writer == Some(row.member_id)
        && thread.title.reach() == title_reach;
    let answers = posts::table.filter(posts::thread_id.eq(thread.id)).filter(posts::number.gt(post.number));
    let answered = exists(answers.filter(posts::reply_to.eq(post.id)));
    let quoted = exists(quote_rows::table.filter(quote_rows::quoted_id.eq(post.id)));
    let about = cases::subject.eq("post").and(cases::subject_id.eq(post.id.0));
    let named = cases::subject.eq("title").and(cases::subject_id.eq(thread.id.0));
    let (of_post, of_title) = (exists(cases::table.filter(about)), exists(cases::table.filter(named)));
    let (answered, quoted): (bool, bool) = diesel::select((answered, quoted)).get_result(conn)?;
    let (of_post, of_title): (bool, bool) = diesel::select((of_post, of_title)).get_result(conn)?;
    let begins = row.thread_id.is_none();
    match !same || answered || quoted || of_post || begins && (!begun || of_title) {
        true => Err(HANGS),
        false => Ok(()),
    }
}

/// Approves a post again and puts it back where it was.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct ApproveAgain {
    pending: HeldId,
    stood: Stood,
}

impl Reversal for ApproveAgain {
    const NAME: &'static str = "pending.approve";

    fn topic(&self) -> String {
        topic(self.pending)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { pending: id, stood } = self;
        let (row, writer) = take(conn, actor, id, State::Approved, "")?;
        require_writing(conn, &writer)?;
        let rated = rated(conn, &row)?;
        let body = Body { markdown: row.markdown.clone(), html: row.html.clone() };
        if row.thread_id.is_none() {
            unapproving::set_title(conn, stood.spot.thread, &row.title)?;
            rate(conn, &row, rated, row.half_stars)?;
        }
        let book = threads::resolved(conn, stood.spot.thread)?.book_id();
        unapproving::put_in(conn, &stood.spot, writer.id, &body, Columns::of(row.reach(), book), row.reply_to)?;
        quotes::keep(conn, stood.post(), &row.html)?;
        the_members::count_post(conn, writer.id, 1)?;
        let stood = Stood { rated: rated.map(Rating::half_stars), ..stood };
        stands(conn, actor, id, &writer, stood, Some(reason))
    }
}

/// Sets the author's rating of the book from `now` to `then`, unless they have changed it since.
fn rate(conn: &mut Conn, row: &Row, now: Option<Rating>, then: Option<Rating>) -> Result<()> {
    let (Some(book), Some(_)) = (row.book_id, row.half_stars) else { return Ok(()) };
    match ratings::of_member(conn, row.member_id, book)? == now {
        true => ratings::set(conn, row.member_id, book, then),
        false => Ok(()),
    }
}
