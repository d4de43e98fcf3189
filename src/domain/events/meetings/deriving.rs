//! Derives the moments of meetings again, because the rules of time zones change and members go by the local time.

use super::schedule::{Disambiguation, Schedule};
use super::{MeetingColumns, Row, read, writing};
use crate::db::schema::meetings;
use crate::db::{Conn, Moment};
use crate::domain::core::club;
use crate::error::Result;
use diesel::prelude::*;

/// How many upcoming meetings are derived again: more than any club has.
const MOST: i64 = 2000;

/// Recomputes when upcoming meetings start and end in UTC. Returns how many have changed. A local time that no longer
/// exists on its day keeps its old time in UTC.
pub fn rederive(conn: &mut Conn) -> Result<usize> {
    let coming = Row::query()
        .filter(meetings::ends_at.gt(Moment::now()))
        .filter(meetings::cancelled_reason.is_null())
        .order((meetings::ends_at, meetings::id))
        .limit(MOST)
        .load(conn)?;
    let mut changed = 0;
    for meeting in read(conn, None, coming)? {
        let kept = Schedule::of(&meeting);
        let which = if kept.which() == Disambiguation::Second { Disambiguation::Second } else { Disambiguation::First };
        let Ok(schedule) = kept.on(kept.day, which) else { continue };
        if (schedule.starts_at, schedule.ends_at) != (kept.starts_at, kept.ends_at) {
            // The version goes up, so that calendars get an update.
            writing::save(conn, meeting.id, &MeetingColumns::of(&meeting).rederived(&kept, &schedule))?;
            changed += 1;
        }
    }
    if changed > 0 {
        club::touch(conn)?;
    }
    Ok(changed)
}
