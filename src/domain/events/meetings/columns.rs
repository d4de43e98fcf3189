//! The columns of a meeting that hosts fill in, except for its description: inserted, updated, and copied to other
//! meetings of a series.

use super::Meeting;
use super::form::MeetingInput;
use super::schedule::Schedule;
use crate::db::schema::meetings;
use crate::db::{BookId, Moment};
use crate::domain::core::gate::Position;
use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;

#[derive(Clone, Debug, PartialEq, AsChangeset, Insertable)]
#[diesel(table_name = meetings, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(in crate::domain) struct MeetingColumns {
    title: String,
    book_id: Option<BookId>,
    day: NaiveDate,
    time: Option<NaiveTime>,
    duration_minutes: Option<i32>,
    zone: String,
    starts_at: Moment,
    ends_at: Moment,
    place: String,
    through: Option<Position>,
    capacity: Option<i32>,
    guests_allowed: i32,
    rsvp_until: Option<Moment>,
}

impl MeetingColumns {
    /// From a validated form; `through` was checked against the book's chapters.
    pub(super) fn from_input(input: &MeetingInput, through: Option<Position>) -> Self {
        let columns = Self {
            title: input.title.0.clone(),
            book_id: input.book,
            day: input.schedule.day,
            time: None,
            duration_minutes: None,
            zone: String::new(),
            starts_at: input.schedule.starts_at,
            ends_at: input.schedule.ends_at,
            place: input.place.clone(),
            through,
            capacity: input.rsvp_limits.places,
            guests_allowed: input.rsvp_limits.guests,
            rsvp_until: input.rsvp_limits.closes_at,
        };
        columns.at(&input.schedule)
    }

    pub(in crate::domain) fn of(meeting: &Meeting) -> Self {
        Self {
            title: meeting.title.clone(),
            book_id: meeting.book.as_ref().map(|book| book.id),
            day: meeting.day,
            time: meeting.time,
            duration_minutes: meeting.minutes,
            zone: meeting.zone.clone(),
            starts_at: meeting.starts_at,
            ends_at: meeting.ends_at,
            place: meeting.place.clone(),
            through: meeting.through,
            capacity: meeting.rsvp_limits.places,
            guests_allowed: meeting.rsvp_limits.guests,
            rsvp_until: meeting.rsvp_limits.closes_at,
        }
    }

    /// These values at another date and time.
    pub(in crate::domain) fn at(self, schedule: &Schedule) -> Self {
        let (time, minutes) = schedule.clock.unzip();
        let (zone, starts_at, ends_at) = (schedule.zone.name().to_owned(), schedule.starts_at, schedule.ends_at);
        Self { day: schedule.day, time, duration_minutes: minutes, zone, starts_at, ends_at, ..self }
    }

    /// These values on another day of the series. The RSVP deadline moves by the same number of days, at the same local
    /// time.
    pub(in crate::domain) fn rescheduled(self, from: &Schedule, to: &Schedule) -> Self {
        let closes_at = self.rsvp_until.map(|at| to.shift_moment(at, from));
        Self { rsvp_until: closes_at, ..self }.at(to)
    }

    /// These values with the same local time at a different time in UTC. The RSVP deadline moves by the same duration.
    pub(super) fn rederived(self, from: &Schedule, to: &Schedule) -> Self {
        let by = to.starts_at.utc() - from.starts_at.utc();
        let closes_at = self.rsvp_until.map(|at| at.after(by));
        Self { rsvp_until: closes_at, ..self }.at(to)
    }

    /// Applies the changes made to another meeting of the series, from `before` to `after`, except for date, time and
    /// RSVP deadline. Values that weren't changed there stay as they are here.
    pub(in crate::domain) fn with_changes(self, before: &Self, after: &Self) -> Self {
        let book = before.book_id != after.book_id;
        fn pick<T: PartialEq + Clone>(own: T, before: &T, after: &T) -> T {
            if before == after { own } else { after.clone() }
        }
        Self {
            title: pick(self.title, &before.title, &after.title),
            book_id: pick(self.book_id, &before.book_id, &after.book_id),
            place: pick(self.place, &before.place, &after.place),
            // A chapter number is only valid for its own book.
            through: if book {
                after.through
            } else if self.book_id == after.book_id {
                pick(self.through, &before.through, &after.through)
            } else {
                self.through
            },
            capacity: pick(self.capacity, &before.capacity, &after.capacity),
            guests_allowed: pick(self.guests_allowed, &before.guests_allowed, &after.guests_allowed),
            ..self
        }
    }

    /// Whether attendees must know: the date, time, duration, zone or place is different.
    pub(in crate::domain) fn has_moved_since(&self, before: &Self) -> bool {
        let span = |it: &Self| (it.day, it.time, it.duration_minutes, it.starts_at, it.ends_at);
        span(self) != span(before) || self.zone != before.zone || self.place != before.place
    }

    /// Local date and time, and the zone's name.
    pub(super) fn wall(&self) -> (NaiveDate, Option<NaiveTime>, &str) {
        (self.day, self.time, &self.zone)
    }

    pub(in crate::domain) fn book(&self) -> Option<BookId> {
        self.book_id
    }

    pub(in crate::domain) fn capacity(&self) -> Option<i32> {
        self.capacity
    }

    pub(in crate::domain) fn closes_at(&self) -> Option<Moment> {
        self.rsvp_until
    }

    pub(in crate::domain) fn with_rsvp_until(self, closes_at: Option<Moment>) -> Self {
        Self { rsvp_until: closes_at, ..self }
    }
}
