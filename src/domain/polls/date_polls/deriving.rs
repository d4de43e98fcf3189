//! Updates open date polls when the rules of time zones change: slots keep their local time, and their moments are
//! derived again.

use super::{DatePoll, Slot, open, slots as slots_of, zone};
use crate::db::schema::{date_poll_slots, date_polls};
use crate::db::{Conn, DatePollSlotId, Moment};
use crate::domain::core::zones::WallTime;
use crate::error::Result;
use chrono::TimeDelta;
use diesel::prelude::*;

/// How many polls are updated: more than any club has open.
const MOST: i64 = 200;

/// Derives the moments of open polls again. Returns how many polls changed.
pub fn rederive(conn: &mut Conn) -> Result<usize> {
    let mut changed = 0;
    for poll in open(conn, MOST)? {
        let mut moved = Vec::new();
        for slot in slots_of(conn, poll.id)? {
            let starts_at = derived(&poll, &slot);
            if starts_at != slot.starts_at {
                moved.push((slot, starts_at));
            }
        }
        let closes_at = poll.closes_at.map(|at| midnight(&poll, at));
        if moved.is_empty() && closes_at == poll.closes_at {
            continue;
        }
        save_times(conn, &moved)?;
        let last_slot_at = slots_of(conn, poll.id)?.last().map_or(poll.last_slot_at, |slot| slot.starts_at);
        let values = (date_polls::last_slot_at.eq(last_slot_at), date_polls::closes_at.eq(closes_at));
        diesel::update(date_polls::table.find(poll.id)).set(values).execute(conn)?;
        changed += 1;
    }
    Ok(changed)
}

/// The moment of a slot's local time. A local time that no longer exists keeps its old moment.
fn derived(poll: &DatePoll, slot: &Slot) -> Moment {
    match zone(poll).moment(slot.day, slot.time) {
        WallTime::Once(at) => at,
        WallTime::Twice(_, second) if second == slot.starts_at => second,
        WallTime::Twice(first, _) => first,
        WallTime::Never => slot.starts_at,
    }
}

/// The midnight nearest to this moment. Polls close at the end of a day.
fn midnight(poll: &DatePoll, at: Moment) -> Moment {
    let zone = zone(poll);
    let day = zone.wall(at.after(TimeDelta::hours(12))).date();
    zone.day_bounds(day).map_or(at, |(begins, _)| begins)
}

/// Saves new moments in an order in which no two slots ever have the same one (they are unique per poll).
fn save_times(conn: &mut Conn, moved: &[(Slot, Moment)]) -> Result<()> {
    let later = moved.iter().rev().filter(|(slot, starts_at)| *starts_at > slot.starts_at);
    let earlier = moved.iter().filter(|(slot, starts_at)| *starts_at < slot.starts_at);
    let all: Vec<(DatePollSlotId, Moment)> =
        later.chain(earlier).map(|(slot, starts_at)| (slot.id, *starts_at)).collect();
    for (slot, starts_at) in all {
        diesel::update(date_poll_slots::table.find(slot))
            .set(date_poll_slots::starts_at.eq(starts_at))
            .execute(conn)?;
    }
    Ok(())
}
