//! When a meeting was first planned to start, if it was moved since. Moving it back deletes this.

use super::{Meeting, MeetingColumns};
use crate::db::schema::meeting_changes;
use crate::db::{Conn, MeetingId};
use crate::domain::core::zones::{WallTime, Zone};
use crate::error::Result;
use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;

/// The local date and time at which a meeting was first planned.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = meeting_changes)]
pub struct OriginalStart {
    day: NaiveDate,
    time: Option<NaiveTime>,
    zone: String,
}

impl OriginalStart {
    /// ISO 8601 with the offset from UTC, or the date alone if no time is known.
    pub fn iso(&self) -> String {
        let zone = Zone::from_stored(&self.zone);
        match self.time.map(|time| zone.moment(self.day, time)) {
            Some(WallTime::Once(at) | WallTime::Twice(at, _)) => zone.iso(at),
            Some(WallTime::Never) | None => self.day.to_string(),
        }
    }

    /// For people: “Tuesday 20 October 2026, 18:30”.
    pub fn words(&self) -> String {
        let day = self.day.format("%A %-d %B %Y");
        self.time.map_or_else(|| day.to_string(), |time| format!("{day}, {}", time.format("%H:%M")))
    }
}

/// The original start of a meeting, if it was moved.
pub fn find_original_start(conn: &mut Conn, meeting: MeetingId) -> Result<Option<OriginalStart>> {
    Ok(meeting_changes::table.find(meeting).select(OriginalStart::as_select()).first(conn).optional()?)
}

/// Records that a meeting is moved. A change to a past meeting is a correction and isn't recorded.
pub(in crate::domain) fn record(conn: &mut Conn, before: &Meeting, columns: &MeetingColumns) -> Result<()> {
    let (was, is) = (MeetingColumns::of(before).start(), columns.start());
    if was == is || before.is_past() {
        return Ok(());
    }
    match find_original_start(conn, before.id)? {
        Some(first) if first == is => {
            diesel::delete(meeting_changes::table.find(before.id)).execute(conn)?;
        }
        Some(_) => {}
        None => {
            diesel::insert_into(meeting_changes::table)
                .values((meeting_changes::meeting_id.eq(before.id), was))
                .execute(conn)?;
        }
    }
    Ok(())
}

impl MeetingColumns {
    fn start(&self) -> OriginalStart {
        let (day, time, zone) = self.wall();
        OriginalStart { day, time, zone: zone.to_owned() }
    }
}
