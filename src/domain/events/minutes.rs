//! The minutes of a meeting: a post in the meeting's thread, edited like any other post.

use crate::config::Limits;
use crate::db::schema::{minutes, posts};
use crate::db::{Conn, MeetingId, PostId};
use crate::domain::core::gate::Reach;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Body;
use crate::domain::events::meeting_threads;
use crate::domain::events::meetings::Meeting;
use crate::domain::forum::posts::{self as the_posts, NewPost};
use crate::domain::forum::thread_actions::position_in;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::domain::safety::post_rules::FieldText;
use crate::domain::safety::screening;
use crate::error::{Error, Result};
use diesel::prelude::*;

/// The post with the minutes of a meeting, unless its author has withdrawn it.
pub fn find(conn: &mut Conn, meeting: MeetingId) -> Result<Option<PostId>> {
    let post: Option<PostId> = minutes::table.find(meeting).select(minutes::post_id).first(conn).optional()?;
    let Some(post) = post else { return Ok(None) };
    let stands = posts::table.filter(posts::id.eq(post)).filter(posts::withdrawn.eq(false));
    Ok(stands.select(posts::id).first(conn).optional()?)
}

/// The ids among these that are minutes.
pub fn among(conn: &mut Conn, posts: &[PostId]) -> Result<Vec<PostId>> {
    Ok(minutes::table.filter(minutes::post_id.eq_any(posts)).select(minutes::post_id).load(conn)?)
}

/// Returns a conflict if the meeting hasn't begun or was cancelled.
pub fn require_begun(meeting: &Meeting) -> Result<()> {
    match &meeting.cancelled {
        Some(_) => Err(Error::Conflict("This meeting was cancelled, so it has no minutes or attendance.")),
        None if !meeting.has_begun() => Err(Error::Conflict("This meeting hasn’t started yet. Come back once it has.")),
        None => Ok(()),
    }
}

/// Posts the minutes of a meeting as `host` and logs it. Creates the meeting's thread if there is none. `reach` is a
/// chapter number of the meeting's book, 32767 for the whole book, or 0 for no spoilers.
pub fn create(
    conn: &mut Conn,
    host: &Member,
    id: MeetingId,
    (body, reach): (&Body, i32),
    limits: Limits,
) -> Result<PostId> {
    policy::require(Some(host), Act::ManageMeetings)?;
    screening::check_text(conn, host, &[("body", FieldText::Body(body))])?;
    let meeting = meeting_threads::lock_meeting(conn, id)?;
    require_begun(&meeting)?;
    if find(conn, id)?.is_some() {
        return Err(Error::Conflict("Another host has posted the minutes in the meantime. Your text wasn’t saved."));
    }
    let position = meeting.book.as_ref().map(|book| position_in(book, reach)).transpose()?;
    let reach = Reach::new(meeting.book.as_ref().map(|book| book.id), position);
    let thread = meeting_threads::find_or_create(conn, host, id, limits)?;
    let new = NewPost { body: body.clone(), reach: thread.reach.farther(reach), reply_to: None };
    let (post, _) = the_posts::create(conn, host, thread.id, &new, limits)?;
    diesel::delete(minutes::table.find(id)).execute(conn)?;
    let row = (minutes::meeting_id.eq(id), minutes::post_id.eq(post));
    diesel::insert_into(minutes::table).values(row).execute(conn)?;
    log::record(conn, host.id, NewLogEntry::new(Event::MinutesPosted, LogSubject::Meeting(id)))?;
    Ok(post)
}
