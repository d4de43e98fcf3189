//! RSVPs: members' answers to meetings, and the waiting list. The meeting's row has the counts.

mod answer;
mod notifying;

pub use answer::Answer;
pub(in crate::domain) use notifying::{MeetingNews, notify_respondents};

use crate::db::schema::{bookmarks, meetings, members, rsvps};
use crate::db::{Conn, MeetingId, MemberId, Moment, dialect};
use crate::domain::core::club;
use crate::domain::core::gate::Position;
use crate::domain::core::members::Member;
use crate::domain::events::meetings::{self as the_meetings, Meeting};
use crate::domain::safety::email_queue::{self as the_outbox, EmailKind};
use crate::domain::safety::log::LogSubject;
use crate::domain::safety::notifications::{self, Update};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// A member's RSVP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = rsvps)]
pub struct Rsvp {
    pub answer: Answer,
    /// How many guests they bring.
    pub guests: i32,
    /// Whether they're on the waiting list.
    pub waitlisted: bool,
}

impl Rsvp {
    /// The RSVP as a sentence for the member.
    pub fn words(&self) -> &'static str {
        match (self.answer, self.waitlisted) {
            (Answer::Yes, true) => "You’re on the waiting list.",
            (Answer::Yes, false) => "You’re going.",
            (Answer::Maybe, _) => "You answered maybe.",
            (Answer::No, _) => "You’re not going.",
            (Answer::Withdrawn, _) => "Your place was withdrawn.",
        }
    }

    /// How many places it takes, guests included.
    fn places_taken(self) -> i32 {
        if self.answer == Answer::Yes && !self.waitlisted { 1 + self.guests } else { 0 }
    }
}

/// Saves a member's RSVP. `guests: None` leaves the number of guests unchanged. If the meeting is full or others are
/// waiting, the member joins the end of the waiting list.
pub fn set(conn: &mut Conn, member: &Member, id: MeetingId, answer: Answer, guests: Option<i32>) -> Result<Rsvp> {
    // Locks the meeting's row, so that concurrent RSVPs run one after the other and the counts stay right.
    let coming = meetings::table.find(id).filter(meetings::cancelled_reason.is_null());
    let coming = coming.filter(meetings::ends_at.gt(Moment::now()));
    if dialect::lock(conn, coming, meetings::yes_count)? == 0 {
        return Err(the_meetings::get(conn, None, id)?.closed());
    }
    let meeting = the_meetings::get(conn, None, id)?;
    let before = find(conn, id, member.id)?;
    let rsvp = check_capacity(&meeting, before, answer, guests)?;
    if before == Some(rsvp) {
        return Ok(rsvp);
    }
    let kept = (rsvps::answer.eq(rsvp.answer), rsvps::guests.eq(rsvp.guests), rsvps::waitlisted.eq(rsvp.waitlisted));
    let own = rsvps::table.find((id, member.id));
    match before {
        // Fewer guests don't change the place on the waiting list. More would hold up those behind.
        Some(before) if before.answer == answer && !(before.waitlisted && rsvp.guests > before.guests) => {
            diesel::update(own).set(kept).execute(conn)?
        }
        Some(_) => diesel::update(own).set((kept, rsvps::answered_at.eq(Moment::now()))).execute(conn)?,
        None => {
            let row = (rsvps::meeting_id.eq(id), rsvps::member_id.eq(member.id), kept);
            diesel::insert_into(rsvps::table).values((row, rsvps::answered_at.eq(Moment::now()))).execute(conn)?
        }
    };
    update_counts(conn, id, before, Some(rsvp))?;
    promote(conn, id, Some(member.id))?;
    // The sidebar of every page shows how many are going.
    club::touch(conn)?;
    Ok(find(conn, id, member.id)?.unwrap_or(rsvp))
}

/// Checks the RSVP against the deadline, the number of guests allowed and the capacity, and decides whether it goes on
/// the waiting list.
fn check_capacity(meeting: &Meeting, before: Option<Rsvp>, answer: Answer, guests: Option<i32>) -> Result<Rsvp> {
    if answer != Answer::Yes {
        return Ok(Rsvp { answer, guests: 0, waitlisted: false });
    }
    let comes = before.filter(|before| before.answer == Answer::Yes);
    if comes.is_none() && meeting.rsvp_limits.is_closed() {
        return Err(Error::Conflict("RSVPs are closed. Please ask the host if there’s still a place for you."));
    }
    let guests = guests.unwrap_or(comes.map_or(0, |before| before.guests));
    let refused = |sentence: String| Err(Error::Refused(Problems::one("guests", sentence)));
    if !(0..=meeting.rsvp_limits.guests).contains(&guests) {
        return refused(match meeting.rsvp_limits.guests {
            0 => "This meeting is for members only, without guests.".to_owned(),
            most => format!("You can bring up to {most}."),
        });
    }
    if let Some(places) = meeting.rsvp_limits.places.filter(|places| guests >= *places) {
        return refused(match places {
            1 => "There’s 1 place in all, so you can’t bring anybody.".to_owned(),
            places => format!("There are {places} places in all, so you can bring up to {}.", places - 1),
        });
    }
    let left = meeting.rsvp_limits.places_left(meeting.yes_count - before.map_or(0, Rsvp::places_taken));
    // The member needs one place in addition to their guests.
    let fits = left.is_none_or(|left| guests < left);
    let waiting = match comes {
        Some(before) if !before.waitlisted && !fits && guests > before.guests => {
            return refused(format!(
                "There’s room for {} more.",
                left.unwrap_or(0).saturating_sub(1 + before.guests).max(0)
            ));
        }
        Some(before) => before.waitlisted,
        None => !fits || meeting.waiting_count > 0,
    };
    Ok(Rsvp { answer, guests, waitlisted: waiting })
}

/// Gives free places to members on the waiting list, first come first served, and notifies them. Members who fit pass
/// those whose guests don't. A cancelled meeting has no places to give.
pub(in crate::domain) fn promote_from_waitlist(conn: &mut Conn, id: MeetingId) -> Result<()> {
    promote(conn, id, None)
}

/// `actor` sees the result on the page and isn't notified.
fn promote(conn: &mut Conn, id: MeetingId, actor: Option<MemberId>) -> Result<()> {
    let meeting = the_meetings::get(conn, None, id)?;
    if meeting.waiting_count == 0 || meeting.cancelled.is_some() {
        return Ok(());
    }
    let waiting: Vec<(MemberId, i32)> = rsvps::table
        .filter(rsvps::meeting_id.eq(id))
        .filter(rsvps::answer.eq(Answer::Yes))
        .filter(rsvps::waitlisted.eq(true))
        .order((rsvps::answered_at, rsvps::member_id))
        .select((rsvps::member_id, rsvps::guests))
        .load(conn)?;
    let left = meeting.rsvp_limits.places_left(meeting.yes_count);
    let (mut promoted, mut places) = (Vec::new(), 0);
    for (member, guests) in waiting {
        if left.is_none_or(|left| places + 1 + guests <= left) {
            places += 1 + guests;
            promoted.push(member);
        }
    }
    if promoted.is_empty() {
        return Ok(());
    }
    let them = rsvps::table.filter(rsvps::meeting_id.eq(id)).filter(rsvps::member_id.eq_any(&promoted));
    diesel::update(them).set(rsvps::waitlisted.eq(false)).execute(conn)?;
    let counts = (
        meetings::yes_count.eq(meetings::yes_count + places),
        meetings::waitlist_count.eq(meetings::waitlist_count - promoted.len() as i32),
    );
    diesel::update(meetings::table.find(id)).set(counts).execute(conn)?;
    promoted.retain(|member| Some(*member) != actor);
    notifications::notify_all(conn, &promoted, Update::PlaceFreed, LogSubject::Meeting(id), "")?;
    the_outbox::queue_meeting_emails(conn, &promoted, EmailKind::MovedUp, id)
}

/// Deletes a member's RSVPs to upcoming meetings.
pub(in crate::domain) fn delete_upcoming(conn: &mut Conn, member: MemberId) -> Result<()> {
    let coming = meetings::table.filter(meetings::ends_at.gt(Moment::now())).select(meetings::id);
    let own = rsvps::table.filter(rsvps::member_id.eq(member)).filter(rsvps::meeting_id.eq_any(coming));
    let answers: Vec<(MeetingId, Rsvp)> = own.select((rsvps::meeting_id, Rsvp::as_select())).load(conn)?;
    diesel::delete(own).execute(conn)?;
    for (meeting, rsvp) in answers {
        update_counts(conn, meeting, Some(rsvp), None)?;
        promote_from_waitlist(conn, meeting)?;
    }
    Ok(())
}

/// Withdraws a suspended member from the meetings that begin before `until`, and gives their places to the waiting lists.
pub(in crate::domain) fn withdraw(conn: &mut Conn, member: MemberId, until: Moment) -> Result<()> {
    let during = meetings::table
        .filter(meetings::ends_at.gt(Moment::now()))
        .filter(meetings::starts_at.lt(until))
        .select(meetings::id);
    let own = rsvps::table
        .filter(rsvps::member_id.eq(member))
        .filter(rsvps::answer.eq(Answer::Yes))
        .filter(rsvps::meeting_id.eq_any(during));
    let before: Vec<(MeetingId, Rsvp)> = own.select((rsvps::meeting_id, Rsvp::as_select())).load(conn)?;
    for (meeting, rsvp) in before {
        let withdrawn = Rsvp { answer: Answer::Withdrawn, waitlisted: false, ..rsvp };
        replace(conn, (meeting, member), (rsvp, withdrawn))?;
        promote_from_waitlist(conn, meeting)?;
    }
    club::touch(conn)
}

/// Takes a member whose suspension was lifted back to the meetings that they were withdrawn from: with a place if there
/// is one left, and otherwise at the end of the waiting list.
pub(in crate::domain) fn restore(conn: &mut Conn, member: MemberId) -> Result<()> {
    let coming = meetings::table.filter(meetings::ends_at.gt(Moment::now())).select(meetings::id);
    let own = rsvps::table
        .filter(rsvps::member_id.eq(member))
        .filter(rsvps::answer.eq(Answer::Withdrawn))
        .filter(rsvps::meeting_id.eq_any(coming));
    let before: Vec<(MeetingId, Rsvp)> = own.select((rsvps::meeting_id, Rsvp::as_select())).load(conn)?;
    for (meeting, rsvp) in before {
        replace(conn, (meeting, member), (rsvp, Rsvp { answer: Answer::Yes, waitlisted: true, ..rsvp }))?;
        promote_from_waitlist(conn, meeting)?;
    }
    club::touch(conn)
}

fn replace(conn: &mut Conn, key: (MeetingId, MemberId), (before, after): (Rsvp, Rsvp)) -> Result<()> {
    let values =
        (rsvps::answer.eq(after.answer), rsvps::waitlisted.eq(after.waitlisted), rsvps::answered_at.eq(Moment::now()));
    diesel::update(rsvps::table.find(key)).set(values).execute(conn)?;
    update_counts(conn, key.0, Some(before), Some(after))
}

/// Updates the meeting's counts when an RSVP changes from `before` to `after`.
fn update_counts(conn: &mut Conn, meeting: MeetingId, before: Option<Rsvp>, after: Option<Rsvp>) -> Result<()> {
    let more = |of: &dyn Fn(Rsvp) -> i32| after.map_or(0, of) - before.map_or(0, of);
    let gave = |answer| more(&move |rsvp| i32::from(rsvp.answer == answer));
    let counts = (
        meetings::yes_count.eq(meetings::yes_count + more(&Rsvp::places_taken)),
        meetings::no_count.eq(meetings::no_count + gave(Answer::No)),
        meetings::maybe_count.eq(meetings::maybe_count + gave(Answer::Maybe)),
        meetings::waitlist_count.eq(meetings::waitlist_count + more(&|rsvp| i32::from(rsvp.waitlisted))),
    );
    diesel::update(meetings::table.find(meeting)).set(counts).execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut Conn, meeting: MeetingId, member: MemberId) -> Result<Option<Rsvp>> {
    Ok(rsvps::table.find((meeting, member)).select(Rsvp::as_select()).first(conn).optional()?)
}

/// A member's answers to these meetings.
pub(in crate::domain) fn answers(
    conn: &mut Conn,
    member: MemberId,
    meetings: &[MeetingId],
) -> Result<Vec<(MeetingId, Answer)>> {
    let own = rsvps::table.filter(rsvps::member_id.eq(member)).filter(rsvps::meeting_id.eq_any(meetings));
    Ok(own.select((rsvps::meeting_id, rsvps::answer)).load(conn)?)
}

/// The handles of members who answered yes, with or without a place, and their numbers of guests, in the order of their
/// answers; at most `most`.
pub fn list_attendees(conn: &mut Conn, meeting: MeetingId, waiting: bool, most: i64) -> Result<Vec<(String, i32)>> {
    let who = rsvps::table
        .inner_join(members::table)
        .filter(rsvps::meeting_id.eq(meeting))
        .filter(rsvps::answer.eq(Answer::Yes))
        .filter(rsvps::waitlisted.eq(waiting))
        .order((rsvps::answered_at, rsvps::member_id))
        .limit(most)
        .select((members::handle, rsvps::guests));
    Ok(who.load(conn)?)
}

/// How many attendees haven't read up to the meeting's chapter, and how many attendees there are. `None` if the meeting
/// has no chapter or no attendees.
pub fn count_behind(conn: &mut Conn, meeting: &Meeting) -> Result<Option<(i64, i64)>> {
    let Some((book, through)) = meeting.book.as_ref().map(|book| book.id).zip(meeting.through) else { return Ok(None) };
    let coming = rsvps::table
        .filter(rsvps::meeting_id.eq(meeting.id))
        .filter(rsvps::answer.eq(Answer::Yes))
        .filter(rsvps::waitlisted.eq(false));
    let all: i64 = coming.count().get_result(conn)?;
    let there = bookmarks::table
        .filter(bookmarks::member_id.eq(rsvps::member_id))
        .filter(bookmarks::book_id.eq(book))
        .filter(bookmarks::position.ge(through));
    let ready: i64 = coming.filter(diesel::dsl::exists(there)).count().get_result(conn)?;
    Ok((all > 0).then_some((all - ready, all)))
}

/// The handles and positions of attendees who haven't read up to the meeting's chapter and share their progress with
/// hosts; at most `most`.
pub fn list_behind(conn: &mut Conn, meeting: &Meeting, most: i64) -> Result<Vec<(String, Position)>> {
    let Some((book, through)) = meeting.book.as_ref().map(|book| book.id).zip(meeting.through) else {
        return Ok(Vec::new());
    };
    let own = bookmarks::table.on(bookmarks::member_id.eq(members::id).and(bookmarks::book_id.eq(book)));
    let behind = rsvps::table
        .inner_join(members::table.left_join(own))
        .filter(rsvps::meeting_id.eq(meeting.id))
        .filter(rsvps::answer.eq(Answer::Yes))
        .filter(rsvps::waitlisted.eq(false))
        .filter(members::shares_progress)
        .filter(bookmarks::position.is_null().or(bookmarks::position.lt(through)))
        .order(members::handle_key)
        .limit(most);
    let behind: Vec<(String, Option<Position>)> =
        behind.select((members::handle, bookmarks::position.nullable())).load(conn)?;
    Ok(behind.into_iter().map(|(handle, position)| (handle, position.unwrap_or_default())).collect())
}
