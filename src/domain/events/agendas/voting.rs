//! How members add posts to an agenda and vote for agenda items.

use super::{HIDDEN, require_room, require_visible};
use crate::db::dialect::try_insert;
use crate::db::schema::{agenda_items, agenda_votes};
use crate::db::{AgendaItemId, Conn, MeetingId, MemberId, Moment, PostId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::events::meeting_threads;
use crate::domain::events::meetings::Meeting;
use crate::domain::forum::posts;
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Result};
use diesel::prelude::*;

/// The maximum number of posts on an agenda that one member has added. Votes aren't limited.
const MAX_POSTS_PER_MEMBER: i64 = 10;

/// Votes for a post on the agenda of an upcoming meeting about the same book. Adds the post if it isn't on the agenda
/// yet.
pub fn add_post(conn: &mut Conn, member: &Member, post: PostId, meeting: MeetingId) -> Result<()> {
    policy::require(Some(member), Act::TakePart)?;
    require_upcoming(&meeting_threads::lock_meeting(conn, meeting)?)?;
    let known = agenda_items::table.filter(agenda_items::meeting_id.eq(meeting)).filter(agenda_items::post_id.eq(post));
    let known: Option<(AgendaItemId, bool)> =
        known.select((agenda_items::id, agenda_items::removed)).first(conn).optional()?;
    let id = match known {
        Some((_, true)) => return Err(Error::Conflict("A host has already removed this from the agenda.")),
        Some((id, false)) => id,
        None => insert_post(conn, member, post, meeting)?,
    };
    set_vote(conn, member, id, true)
}

fn insert_post(conn: &mut Conn, member: &Member, id: PostId, meeting: MeetingId) -> Result<AgendaItemId> {
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
    let own = agenda_items::table
        .filter(agenda_items::meeting_id.eq(meeting))
        .filter(agenda_items::added_by.eq(member.id))
        .filter(agenda_items::post_id.is_not_null())
        .filter(agenda_items::removed.eq(false));
    if own.count().get_result::<i64>(conn)? >= MAX_POSTS_PER_MEMBER {
        return Err(Error::Conflict("You’ve already added 10 posts to this agenda. Please leave room for others."));
    }
    let row = (
        (agenda_items::meeting_id.eq(meeting), agenda_items::post_id.eq(id), agenda_items::added_by.eq(member.id)),
        (agenda_items::markdown.eq(""), agenda_items::html.eq(""), agenda_items::votes_count.eq(0)),
        agenda_items::added_at.eq(Moment::now()),
    );
    Ok(diesel::insert_into(agenda_items::table).values(row).returning(agenda_items::id).get_result(conn)?)
}

/// Sets or clears a member's vote. A post without votes and without a text by a host is removed from the agenda.
pub fn set_vote(conn: &mut Conn, member: &Member, id: AgendaItemId, has_vote: bool) -> Result<()> {
    policy::require(Some(member), Act::TakePart)?;
    let meeting: MeetingId = agenda_items::table.find(id).select(agenda_items::meeting_id).first(conn)?;
    require_upcoming(&meeting_threads::lock_meeting(conn, meeting)?)?;
    if has_vote {
        require_visible(conn, id)?;
        let row = (agenda_votes::item_id.eq(id), agenda_votes::member_id.eq(member.id));
        let new = try_insert(conn, |conn| diesel::insert_into(agenda_votes::table).values(row).execute(conn))?;
        return if new { add_votes(conn, id, 1) } else { Ok(()) };
    }
    match diesel::delete(agenda_votes::table.find((id, member.id))).execute(conn)? {
        0 => Ok(()),
        _ => add_votes(conn, id, -1),
    }
}

/// Adds to the number of votes of an item.
fn add_votes(conn: &mut Conn, id: AgendaItemId, more: i32) -> Result<()> {
    let own = agenda_items::table.find(id);
    diesel::update(own).set(agenda_items::votes_count.eq(agenda_items::votes_count + more)).execute(conn)?;
    let unwanted = own.filter(agenda_items::votes_count.le(0)).filter(agenda_items::post_id.is_not_null());
    let unwanted = unwanted.filter(agenda_items::html.eq("")).filter(agenda_items::removed.eq(false));
    match diesel::delete(unwanted).execute(conn)? {
        0 => Ok(()),
        _ => report_cases::dismiss_of_subject(conn, Subject::AgendaItem(id)),
    }
}

pub(super) fn require_upcoming(meeting: &Meeting) -> Result<()> {
    if meeting.cancelled.is_some() || meeting.is_past() { Err(meeting.closed()) } else { Ok(()) }
}

/// Clears the votes of a member whose account is closed.
pub(in crate::domain) fn clear_votes(conn: &mut Conn, member: MemberId) -> Result<()> {
    let own = agenda_votes::table.filter(agenda_votes::member_id.eq(member));
    let voted: Vec<AgendaItemId> = own.select(agenda_votes::item_id).load(conn)?;
    diesel::delete(own).execute(conn)?;
    voted.into_iter().try_for_each(|id| add_votes(conn, id, -1))
}

/// Removes the texts that a member wrote for agendas.
pub(in crate::domain) fn clear_texts(conn: &mut Conn, member: MemberId) -> Result<()> {
    let own = agenda_items::table.filter(agenda_items::author_id.eq(member));
    diesel::delete(own.filter(agenda_items::post_id.is_null())).execute(conn)?;
    diesel::update(own).set((agenda_items::markdown.eq(""), agenda_items::html.eq(""))).execute(conn)?;
    Ok(())
}
