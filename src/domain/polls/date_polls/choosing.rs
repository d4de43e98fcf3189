//! Turning a slot of a date poll into a meeting.

use super::{Answer as Suits, DatePoll, Slot, answers, get, zone};
use crate::db::schema::{date_polls, meetings, rsvps, slot_answers, slots};
use crate::db::{Conn, DatePollId, MeetingId, SlotId};
use crate::domain::core::club;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::zones::WallTime;
use crate::domain::events::meetings::Meeting;
use crate::domain::events::meetings::form::{MeetingForm, Plan};
use crate::domain::events::meetings::plan;
use crate::domain::events::rsvps::Answer;
use crate::domain::safety::notifications;
use crate::error::{Error, Result};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

/// Creates the meeting for a slot. Answers become RSVPs: yes becomes Coming and “if needed” becomes Maybe. Everyone who
/// answered is notified.
pub fn choose(conn: &mut Conn, host: &Member, id: DatePollId, slot: SlotId) -> Result<Meeting> {
    policy::require(Some(host), Act::KeepMeetings)?;
    // Locks the poll, so that only one host picks a date and nobody answers in between.
    let open = date_polls::table.find(id).filter(date_polls::cancelled_reason.is_null());
    let open = open.filter(date_polls::meeting_id.is_null());
    if diesel::update(open).set(date_polls::answers_count.eq(date_polls::answers_count + 0)).execute(conn)? == 0 {
        return Err(get(conn, id)?.closed());
    }
    let poll = get(conn, id)?;
    let of_poll = slots::table.find(slot).filter(slots::date_poll_id.eq(id)).filter(slots::removed_reason.is_null());
    let slot: Slot = of_poll.select(Slot::as_select()).first(conn)?;
    if slot.is_past() {
        return Err(Error::Conflict("This time has already passed. Please pick another."));
    }
    let plan = Plan::parse(&planned(&poll, &slot)).map_err(|error| match error {
        Error::Refused(_) => Error::Conflict("This time is no longer possible. Please create the meeting yourself."),
        other => other,
    })?;
    let meeting = plan::create(conn, host, &plan)?;
    diesel::update(date_polls::table.find(id)).set(date_polls::meeting_id.eq(meeting.id)).execute(conn)?;
    take_over(conn, meeting.id, slot.id)?;
    let mut told = answers::who_answered(conn, id)?;
    told.retain(|member| *member != host.id);
    notifications::tell_each(conn, &told, "made a meeting of", ("date poll", id.0), "")?;
    Ok(meeting)
}

/// Copies the answers to a slot as RSVPs to its meeting.
fn take_over(conn: &mut Conn, meeting: MeetingId, slot: SlotId) -> Result<()> {
    for (said, answer) in [(Suits::Yes, Answer::Yes), (Suits::IfNeedBe, Answer::Maybe)] {
        let given = slot_answers::table.filter(slot_answers::slot_id.eq(slot)).filter(slot_answers::answer.eq(said));
        let rows = given.select((
            meeting.into_sql::<BigInt>(),
            slot_answers::member_id,
            answer.as_str().into_sql::<Text>(),
            slot_answers::answered_at,
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
fn planned(poll: &DatePoll, slot: &Slot) -> MeetingForm {
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
        minutes: poll.minutes.to_string(),
        zone: poll.zone.clone(),
        ..MeetingForm::default()
    }
}
