//! Turning a slot of a date poll into a meeting.

use super::{Answer as SlotAnswer, DatePoll, Slot, answers, get, zone};
use crate::db::schema::{date_poll_answers, date_poll_slots, date_polls, meetings, members, rsvps};
use crate::db::{Conn, DatePollId, DatePollSlotId, MeetingId, Moment, dialect};
use crate::domain::core::club;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::zones::WallTime;
use crate::domain::events::meetings::Meeting;
use crate::domain::events::meetings::form::{MeetingForm, MeetingInput};
use crate::domain::events::meetings::writing;
use crate::domain::events::rsvps::Answer;
use crate::domain::safety::notifications::Update;
use crate::error::{Error, Result};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

/// Creates the meeting for a slot. Answers become RSVPs: yes becomes Coming and “if needed” becomes Maybe. Everyone who
/// answered is notified.
pub fn choose_slot(conn: &mut Conn, host: &Member, id: DatePollId, slot: DatePollSlotId) -> Result<Meeting> {
    policy::require(Some(host), Act::ManageMeetings)?;
    // Locks the poll, so that only one host picks a date and nobody answers in between.
    let open = date_polls::table.find(id).filter(date_polls::cancelled_reason.is_null());
    let open = open.filter(date_polls::meeting_id.is_null());
    if dialect::lock(conn, open, date_polls::answers_count)? == 0 {
        return Err(get(conn, id)?.closed_error());
    }
    let poll = get(conn, id)?;
    let of_poll = date_poll_slots::table
        .find(slot)
        .filter(date_poll_slots::date_poll_id.eq(id))
        .filter(date_poll_slots::removed_reason.is_null());
    let slot: Slot = of_poll.select(Slot::as_select()).first(conn)?;
    if slot.is_past() {
        return Err(Error::Conflict("This time has already passed. Please pick another."));
    }
    let plan = MeetingInput::parse(&meeting_form(&poll, &slot)).map_err(|error| match error {
        Error::Refused(_) => Error::Conflict("This time is no longer possible. Please create the meeting yourself."),
        other => other,
    })?;
    let meeting = writing::create(conn, host, &plan)?;
    diesel::update(date_polls::table.find(id)).set(date_polls::meeting_id.eq(meeting.id)).execute(conn)?;
    copy_answers(conn, meeting.id, slot.id)?;
    answers::notify_respondents(conn, host, id, Update::DateChosen, "")?;
    Ok(meeting)
}

/// Copies the answers to a slot as RSVPs to its meeting, except for those of suspended members.
fn copy_answers(conn: &mut Conn, meeting: MeetingId, slot: DatePollSlotId) -> Result<()> {
    for (said, answer) in [(SlotAnswer::Yes, Answer::Yes), (SlotAnswer::IfNeeded, Answer::Maybe)] {
        let suspended = members::table
            .filter(members::id.eq(date_poll_answers::member_id))
            .filter(members::suspended_until.gt(Moment::now()));
        let given = date_poll_answers::table
            .filter(date_poll_answers::slot_id.eq(slot))
            .filter(date_poll_answers::answer.eq(said))
            .filter(not(exists(suspended)));
        let rows = given.select((
            meeting.into_sql::<BigInt>(),
            date_poll_answers::member_id,
            answer.as_str().into_sql::<Text>(),
            date_poll_answers::answered_at,
        ));
        let columns = (rsvps::meeting_id, rsvps::member_id, rsvps::answer, rsvps::answered_at);
        let taken = diesel::insert_into(rsvps::table).values(rows).into_columns(columns).execute(conn)? as i32;
        let (yes, maybe) = if answer == Answer::Yes { (taken, 0) } else { (0, taken) };
        let counts = (
            meetings::yes_count.eq(meetings::yes_count + yes),
            meetings::maybe_count.eq(meetings::maybe_count + maybe),
        );
        diesel::update(meetings::table.find(meeting)).set(counts).execute(conn)?;
    }
    club::touch(conn)
}

/// The meeting form, filled in for this slot.
fn meeting_form(poll: &DatePoll, slot: &Slot) -> MeetingForm {
    let which = match zone(poll).moment(slot.day, slot.time) {
        WallTime::Twice(_, second) if second == slot.starts_at => "second",
        WallTime::Twice(..) => "first",
        _ => "",
    };
    MeetingForm {
        title: poll.title.clone(),
        book: poll.book.as_ref().map(|book| book.id.to_string()).unwrap_or_default(),
        day: slot.day.to_string(),
        time: slot.time.format("%H:%M").to_string(),
        which: which.to_owned(),
        minutes: poll.duration_minutes.to_string(),
        zone: poll.zone.clone(),
        ..MeetingForm::default()
    }
}
