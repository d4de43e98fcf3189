//! Recomputes the times of upcoming meetings from their local time, because the rules of time zones change and members
//! go by the local time. Calendars get an update for each meeting whose time in UTC changed.

use super::MeetingColumns;
use super::schedule::{Disambiguation, Schedule};
use super::{Joined, Row, read, writing};
use crate::db::schema::{books, meetings, members};
use crate::db::{Conn, Moment};
use crate::domain::core::club;
use crate::domain::library::books::Book;
use crate::error::Result;
use diesel::prelude::*;

/// More upcoming meetings than any club has.
const MOST: i64 = 2000;

/// Recomputes when upcoming meetings start and end in UTC and returns how many have changed. A local time that no
/// longer exists on its day keeps its old time in UTC.
pub fn rederive(conn: &mut Conn) -> Result<usize> {
    let coming: Vec<Joined> = meetings::table
        .left_join(books::table)
        .left_join(members::table)
        .filter(meetings::ends_at.gt(Moment::now()))
        .filter(meetings::cancelled_reason.is_null())
        .order((meetings::ends_at, meetings::id))
        .limit(MOST)
        .select((Row::as_select(), Option::<Book>::as_select(), members::handle.nullable()))
        .load(conn)?;
    let mut changed = 0;
    for meeting in read(conn, None, coming)? {
        let kept = Schedule::of(&meeting);
        let which = if kept.which() == Disambiguation::Second { Disambiguation::Second } else { Disambiguation::First };
        let Ok(schedule) = kept.on(kept.day, which) else { continue };
        if (schedule.starts_at, schedule.ends_at) != (kept.starts_at, kept.ends_at) {
            writing::save(conn, meeting.id, &MeetingColumns::of(&meeting).rederived(&kept, &schedule))?;
            changed += 1;
        }
    }
    if changed > 0 {
        club::touch(conn)?;
    }
    Ok(changed)
}
