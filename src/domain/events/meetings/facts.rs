//! The columns of a meeting that hosts fill in, except for its description: inserted, updated, and copied to other
//! meetings of a series.

use super::Meeting;
use super::form::Plan;
use super::hours::Hours;
use crate::db::schema::meetings;
use crate::db::{BookId, Moment};
use crate::domain::core::gate::Position;
use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;

#[derive(Clone, Debug, PartialEq, AsChangeset, Insertable)]
#[diesel(table_name = meetings, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(in crate::domain) struct Facts {
    title: String,
    book_id: Option<BookId>,
    day: NaiveDate,
    time: Option<NaiveTime>,
    minutes: Option<i32>,
    zone: String,
    starts_at: Moment,
    ends_at: Moment,
    place: String,
    through: Option<Position>,
    places: Option<i32>,
    guests: i32,
    closes_at: Option<Moment>,
}

impl Facts {
    /// From a validated form; `through` was checked against the book's chapters.
    pub(super) fn planned(plan: &Plan, through: Option<Position>) -> Self {
        let facts = Self {
            title: plan.title.0.clone(),
            book_id: plan.book,
            day: plan.hours.day,
            time: None,
            minutes: None,
            zone: String::new(),
            starts_at: plan.hours.starts_at,
            ends_at: plan.hours.ends_at,
            place: plan.place.clone(),
            through,
            places: plan.room.places,
            guests: plan.room.guests,
            closes_at: plan.room.closes_at,
        };
        facts.at(&plan.hours)
    }

    pub(in crate::domain) fn of(meeting: &Meeting) -> Self {
        Self {
            title: meeting.title.clone(),
            book_id: meeting.book.as_ref().map(|book| book.id),
            day: meeting.day,
            time: meeting.time,
            minutes: meeting.minutes,
            zone: meeting.zone.clone(),
            starts_at: meeting.starts_at,
            ends_at: meeting.ends_at,
            place: meeting.place.clone(),
            through: meeting.through,
            places: meeting.room.places,
            guests: meeting.room.guests,
            closes_at: meeting.room.closes_at,
        }
    }

    /// These values at another date and time.
    pub(in crate::domain) fn at(self, hours: &Hours) -> Self {
        let (time, minutes) = hours.clock.unzip();
        let (zone, starts_at, ends_at) = (hours.zone.name().to_owned(), hours.starts_at, hours.ends_at);
        Self { day: hours.day, time, minutes, zone, starts_at, ends_at, ..self }
    }

    /// These values on another day of the series. The RSVP deadline moves by the same number of days, at the same local
    /// time.
    pub(in crate::domain) fn carried(self, from: &Hours, to: &Hours) -> Self {
        let closes_at = self.closes_at.map(|at| to.carried(at, from));
        Self { closes_at, ..self }.at(to)
    }

    /// These values with the same local time at a different time in UTC. The RSVP deadline moves by the same duration.
    pub(super) fn shifted(self, from: &Hours, to: &Hours) -> Self {
        let by = to.starts_at.utc() - from.starts_at.utc();
        let closes_at = self.closes_at.map(|at| at.after(by));
        Self { closes_at, ..self }.at(to)
    }

    /// Applies the changes made to another meeting of the series, from `before` to `after`, except for date, time and
    /// RSVP deadline. Values that weren't changed there stay as they are here.
    pub(in crate::domain) fn following(self, before: &Self, after: &Self) -> Self {
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
            places: pick(self.places, &before.places, &after.places),
            guests: pick(self.guests, &before.guests, &after.guests),
            ..self
        }
    }

    /// Whether attendees must know: the date, time, duration, zone or place is different.
    pub(in crate::domain) fn moves(&self, before: &Self) -> bool {
        let span = |it: &Self| (it.day, it.time, it.minutes, it.starts_at, it.ends_at);
        span(self) != span(before) || self.zone != before.zone || self.place != before.place
    }

    /// Local date and time, and the zone's name.
    pub(super) fn wall(&self) -> (NaiveDate, Option<NaiveTime>, &str) {
        (self.day, self.time, &self.zone)
    }

    pub(in crate::domain) fn book(&self) -> Option<BookId> {
        self.book_id
    }

    pub(in crate::domain) fn closes_at(&self) -> Option<Moment> {
        self.closes_at
    }

    pub(in crate::domain) fn closing(self, closes_at: Option<Moment>) -> Self {
        Self { closes_at, ..self }
    }
}
