//! When a meeting was first planned to start, if it was moved since. Moving it back deletes this.

use super::{Facts, Meeting};
use crate::db::schema::moves;
use crate::db::{Conn, MeetingId};
use crate::domain::core::zones::{WallTime, Zone};
use crate::error::Result;
use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;

/// The local date and time at which a meeting was first planned.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = moves)]
pub struct Start {
    day: NaiveDate,
    time: Option<NaiveTime>,
    zone: String,
}

impl Start {
    fn of(meeting: &Meeting) -> Self {
        Self { day: meeting.day, time: meeting.time, zone: meeting.zone.clone() }
    }

    /// ISO 8601 with the offset from UTC, or the date alone if no time is known.
    pub fn iso(&self) -> String {
        let zone = Zone::kept(&self.zone);
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
pub fn start(conn: &mut Conn, meeting: MeetingId) -> Result<Option<Start>> {
    Ok(moves::table.find(meeting).select(Start::as_select()).first(conn).optional()?)
}

/// Records that a meeting is moved. A change to a past meeting is a correction and isn't recorded.
pub(in crate::domain) fn note(conn: &mut Conn, before: &Meeting, facts: &Facts) -> Result<()> {
    let (was, is) = (Start::of(before), facts.start());
    if was == is || before.is_past() {
        return Ok(());
    }
    match start(conn, before.id)? {
        Some(first) if first == is => {
            diesel::delete(moves::table.find(before.id)).execute(conn)?;
        }
        Some(_) => {}
        None => {
            diesel::insert_into(moves::table).values((moves::meeting_id.eq(before.id), was)).execute(conn)?;
        }
    }
    Ok(())
}

impl Facts {
    fn start(&self) -> Start {
        let (day, time, zone) = self.wall();
        Start { day, time, zone: zone.to_owned() }
    }
}
