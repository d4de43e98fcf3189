//! Changing the slots of an open poll: adding, removing and restoring them. Answers to a removed slot are kept, and
//! count again once it is restored.

use super::answers::notify_respondents;
use super::form::{MAX_SLOTS, NewSlot};
use super::{DatePoll, Slot, all_slots, get, slots as slots_of};
use crate::db::schema::{date_poll_answers, date_poll_slots, date_polls};
use crate::db::{Conn, DatePollId, DatePollSlotId, MemberId, Moment, dialect};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::safety::log::facts::PollTime;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// A poll needs a choice of at least two slots.
const MIN_SLOTS: usize = 2;

/// Locks an open poll until the end of the transaction.
fn lock_open(conn: &mut Conn, id: DatePollId) -> Result<DatePoll> {
    let open = date_polls::table.find(id).filter(date_polls::last_slot_at.gt(Moment::now()));
    let open = open.filter(date_polls::cancelled_reason.is_null()).filter(date_polls::meeting_id.is_null());
    let taken = dialect::lock(conn, open, date_polls::answers_count)?;
    let poll = get(conn, id)?;
    if taken == 0 { Err(poll.closed_error()) } else { Ok(poll) }
}

/// Adds slots and logs it. Everyone who answered is notified.
pub fn add_slots(conn: &mut Conn, host: &Member, id: DatePollId, new: &[NewSlot]) -> Result<()> {
    policy::require(Some(host), Act::ManageMeetings)?;
    let poll = lock_open(conn, id)?;
    if !poll.takes_answers() {
        return Err(poll.closed_error());
    }
    let known = slots_of(conn, id)?;
    let mut problems = Problems::default();
    for slot in new.iter().filter(|slot| known.iter().any(|known| known.starts_at == slot.starts_at)) {
        problems.add(slot.field.clone(), "The poll already has this time.");
    }
    if known.len() + new.len() > MAX_SLOTS {
        problems.add("slots", format!("A poll can have up to {MAX_SLOTS} times. This one has {}.", known.len()));
    }
    problems.into_result()?;
    for slot in new {
        let same = date_poll_slots::table
            .filter(date_poll_slots::date_poll_id.eq(id))
            .filter(date_poll_slots::starts_at.eq(slot.starts_at));
        // A removed slot at this time is restored, with its answers.
        if diesel::update(same).set(date_poll_slots::removed_reason.eq(None::<String>)).execute(conn)? == 0 {
            slot.insert(conn, id)?;
        }
    }
    recount(conn, id)?;
    let event = Event::DatePollTimesAdded { times: new.iter().map(NewSlot::log_facts).collect() };
    notify_respondents(conn, host, id, event.clone(), "")?;
    log::record(conn, host.id, NewLogEntry::new(event, LogSubject::DatePoll(id)))
}

/// A slot by its id, removed or not, with its poll.
pub fn get_slot(conn: &mut Conn, id: DatePollSlotId) -> Result<(DatePoll, Slot)> {
    let (poll, slot): (DatePollId, Slot) =
        date_poll_slots::table.find(id).select((date_poll_slots::date_poll_id, Slot::as_select())).first(conn)?;
    Ok((get(conn, poll)?, slot))
}

/// Removes a slot from its poll with a public reason, or restores it. Everyone who answered is notified. Returns the
/// poll.
pub fn set_slot_removed(
    conn: &mut Conn,
    host: &Member,
    id: DatePollSlotId,
    removed: bool,
    reason: &Reason,
) -> Result<DatePollId> {
    policy::require(Some(host), Act::ManageMeetings)?;
    let (poll, slot) = get_slot(conn, id)?;
    let poll = lock_open(conn, poll.id)?;
    let (known, gone) = all_slots(conn, poll.id)?;
    if gone.iter().any(|gone| gone.id == id) == removed {
        return Err(Error::Conflict("Another host has already done this."));
    }
    if removed && known.iter().filter(|known| known.id != id && !known.is_past()).count() < MIN_SLOTS {
        return Err(Error::Conflict("This is the last time in the poll. Add another time first, or cancel the poll."));
    }
    if !removed && known.len() >= MAX_SLOTS {
        return Err(Error::Conflict("The poll is full. Remove another time first."));
    }
    let set = date_poll_slots::removed_reason.eq(removed.then_some(&reason.text));
    diesel::update(date_poll_slots::table.find(id)).set(set).execute(conn)?;
    recount(conn, poll.id)?;
    let time = PollTime { day: slot.day, time: slot.time };
    let event = if removed { Event::DatePollTimeRemoved(time) } else { Event::DatePollTimeRestored(time) };
    notify_respondents(conn, host, poll.id, event.clone(), &reason.text)?;
    log::record(conn, host.id, NewLogEntry::new(event, LogSubject::DatePoll(poll.id)).because(reason))?;
    Ok(poll.id)
}

/// Updates a poll's number of slots and of members who answered, and the time of its last slot.
fn recount(conn: &mut Conn, id: DatePollId) -> Result<()> {
    let offered = slots_of(conn, id)?;
    let answered =
        date_poll_answers::table.inner_join(date_poll_slots::table).filter(date_poll_slots::date_poll_id.eq(id));
    let answered = answered.filter(date_poll_slots::removed_reason.is_null());
    let answered: Vec<MemberId> = answered.select(date_poll_answers::member_id).distinct().load(conn)?;
    let last_slot_at = offered.last().map_or_else(Moment::now, |slot| slot.starts_at);
    let counts = (
        date_polls::slots_count.eq(i32::try_from(offered.len()).unwrap_or(i32::MAX)),
        date_polls::answers_count.eq(i32::try_from(answered.len()).unwrap_or(i32::MAX)),
        date_polls::last_slot_at.eq(last_slot_at),
    );
    diesel::update(date_polls::table.find(id)).set(counts).execute(conn)?;
    Ok(())
}
