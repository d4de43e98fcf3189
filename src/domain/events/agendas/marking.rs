//! How members add posts to an agenda and vote for agenda items.

use super::{HIDDEN, require_room, require_shown};
use crate::db::dialect::inserted;
use crate::db::schema::{questions, wishes};
use crate::db::{Conn, MeetingId, MemberId, Moment, PostId, QuestionId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::events::meeting_threads;
use crate::domain::events::meetings::Meeting;
use crate::domain::forum::posts;
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Result};
use diesel::prelude::*;

/// The maximum number of posts that one member can add to an agenda. Votes aren't limited.
const EACH: i64 = 10;

/// Votes for a post on the agenda of an upcoming meeting about the same book. Adds the post if it isn't on the agenda
/// yet.
pub fn mark(conn: &mut Conn, member: &Member, post: PostId, meeting: MeetingId) -> Result<()> {
    policy::require(Some(member), Act::TakePart)?;
    require_coming(&meeting_threads::taken(conn, meeting)?)?;
    let known = questions::table.filter(questions::meeting_id.eq(meeting)).filter(questions::post_id.eq(post));
    let known: Option<(QuestionId, bool)> = known.select((questions::id, questions::off)).first(conn).optional()?;
    let id = match known {
        Some((_, true)) => return Err(Error::Conflict("A host has already removed this from the agenda.")),
        Some((id, false)) => id,
        None => put(conn, member, post, meeting)?,
    };
    want(conn, member, id, true)
}

fn put(conn: &mut Conn, member: &Member, id: PostId, meeting: MeetingId) -> Result<QuestionId> {
    let (thread, post) = posts::get(conn, Some(member), id)?;
    let book = crate::domain::events::meetings::get(conn, None, meeting)?.book.map(|book| book.id);
    if post.hidden.is_some() {
        return Err(HIDDEN);
    }
    if book.is_none() || book != thread.book_id() {
        return Err(Error::Conflict(
            "This meeting is about another book than the post. Please choose another meeting.",
        ));
    }
    require_room(conn, meeting)?;
    let own = questions::table.filter(questions::meeting_id.eq(meeting)).filter(questions::added_by.eq(member.id));
    if own.count().get_result::<i64>(conn)? >= EACH {
        return Err(Error::Conflict("You’ve already added 10 posts to this agenda. Please leave room for others."));
    }
    let row = (
        (questions::meeting_id.eq(meeting), questions::post_id.eq(id), questions::added_by.eq(member.id)),
        (questions::markdown.eq(""), questions::html.eq(""), questions::weight.eq(0)),
        questions::added_at.eq(Moment::now()),
    );
    Ok(diesel::insert_into(questions::table).values(row).returning(questions::id).get_result(conn)?)
}

/// Sets or clears a member's vote. A post without votes and without a text by a host is removed from the agenda.
pub fn want(conn: &mut Conn, member: &Member, id: QuestionId, wants: bool) -> Result<()> {
    policy::require(Some(member), Act::TakePart)?;
    let meeting: MeetingId = questions::table.find(id).select(questions::meeting_id).first(conn)?;
    require_coming(&meeting_threads::taken(conn, meeting)?)?;
    if wants {
        require_shown(conn, id)?;
        let row = (wishes::question_id.eq(id), wishes::member_id.eq(member.id));
        let new = inserted(conn, |conn| diesel::insert_into(wishes::table).values(row).execute(conn))?;
        return if new { weigh(conn, id, 1) } else { Ok(()) };
    }
    match diesel::delete(wishes::table.find((id, member.id))).execute(conn)? {
        0 => Ok(()),
        _ => weigh(conn, id, -1),
    }
}

/// Adds to the number of votes of an item.
fn weigh(conn: &mut Conn, id: QuestionId, more: i32) -> Result<()> {
    let own = questions::table.find(id);
    diesel::update(own).set(questions::weight.eq(questions::weight + more)).execute(conn)?;
    let unwanted = own.filter(questions::weight.le(0)).filter(questions::post_id.is_not_null());
    let unwanted = unwanted.filter(questions::html.eq("")).filter(questions::off.eq(false));
    match diesel::delete(unwanted).execute(conn)? {
        0 => Ok(()),
        _ => report_cases::drop_of(conn, Subject::Question(id)),
    }
}

pub(super) fn require_coming(meeting: &Meeting) -> Result<()> {
    if meeting.cancelled.is_some() || meeting.is_past() { Err(meeting.closed()) } else { Ok(()) }
}

/// Clears the votes of a member whose account is closed.
pub(in crate::domain) fn forget(conn: &mut Conn, member: MemberId) -> Result<()> {
    let own = wishes::table.filter(wishes::member_id.eq(member)).select(wishes::question_id);
    for id in own.load::<QuestionId>(conn)? {
        diesel::delete(wishes::table.find((id, member))).execute(conn)?;
        weigh(conn, id, -1)?;
    }
    Ok(())
}

/// Removes the texts that a member wrote for agendas.
pub(in crate::domain) fn withdraw(conn: &mut Conn, member: MemberId) -> Result<()> {
    let own = questions::table.filter(questions::writer_id.eq(member));
    diesel::delete(own.filter(questions::post_id.is_null())).execute(conn)?;
    diesel::update(own).set((questions::markdown.eq(""), questions::html.eq(""))).execute(conn)?;
    Ok(())
}
