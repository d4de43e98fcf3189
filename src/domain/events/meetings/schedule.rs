//! When a meeting is: its local date, time and zone, and the moments in UTC that follow from them.

use super::{Meeting, add_minutes};
use crate::db::Moment;
use crate::domain::core::zones::{WallTime, Zone};
use chrono::{NaiveDate, NaiveTime, TimeDelta};

/// Which of the two times is meant when a local time happens twice, because the clocks go back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disambiguation {
    #[default]
    Unspecified,
    /// Before the clocks go back.
    First,
    /// After the clocks went back.
    Second,
}

impl Disambiguation {
    /// Reads `first` or `second`; anything else is unspecified.
    pub fn parse(text: &str) -> Self {
        match text {
            "first" => Self::First,
            "second" => Self::Second,
            _ => Self::Unspecified,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unspecified => "",
            Self::First => "first",
            Self::Second => "second",
        }
    }
}

/// Why a local time has no single moment in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalTimeError {
    /// The clocks go forward over it.
    Skipped,
    /// It happens twice, and none of the two was chosen.
    Ambiguous,
    /// The date is out of range.
    OutOfRange,
}

impl LocalTimeError {
    /// The form field to show the problem at.
    pub fn field(self) -> &'static str {
        match self {
            Self::Skipped => "time",
            Self::Ambiguous => "which",
            Self::OutOfRange => "day",
        }
    }

    /// A short message for a list of days.
    pub fn short_message(self) -> &'static str {
        match self {
            Self::Skipped => "This time doesn’t exist on this day, because the clocks go forward.",
            Self::Ambiguous => "This time happens twice on this day, because the clocks go back.",
            Self::OutOfRange => "This date is too far in the future.",
        }
    }

    /// The message for the form. `day` is “that day”, or a date in words.
    pub fn message(self, day: &str) -> String {
        match self {
            Self::Skipped => {
                format!("This time doesn’t exist on {day}, because the clocks go forward. Please choose another time.")
            }
            Self::Ambiguous => {
                format!("This time happens twice on {day}, because the clocks go back. Please choose one of the two.")
            }
            Self::OutOfRange => "Please enter a date, such as 2026-10-21.".to_owned(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Schedule {
    /// The local date.
    pub day: NaiveDate,
    /// The local start time and the duration in minutes; `None` if only the day is known.
    pub clock: Option<(NaiveTime, i32)>,
    pub zone: Zone,
    pub starts_at: Moment,
    pub ends_at: Moment,
}

impl Schedule {
    /// Computes start and end in UTC. Without a time they're the start and end of the day.
    pub fn derive(
        zone: Zone,
        day: NaiveDate,
        clock: Option<(NaiveTime, i32)>,
        which: Disambiguation,
    ) -> Result<Self, LocalTimeError> {
        let Some((time, minutes)) = clock else {
            let (starts_at, ends_at) = zone.day_bounds(day).ok_or(LocalTimeError::OutOfRange)?;
            return Ok(Self { day, clock, zone, starts_at, ends_at });
        };
        let starts_at = match (zone.moment(day, time), which) {
            (WallTime::Once(at), _)
            | (WallTime::Twice(at, _), Disambiguation::First)
            | (WallTime::Twice(_, at), Disambiguation::Second) => at,
            (WallTime::Never, _) => return Err(LocalTimeError::Skipped),
            (WallTime::Twice(..), Disambiguation::Unspecified) => return Err(LocalTimeError::Ambiguous),
        };
        Ok(Self { day, clock, zone, starts_at, ends_at: add_minutes(starts_at, minutes) })
    }

    pub fn of(meeting: &Meeting) -> Self {
        Self {
            day: meeting.day,
            clock: meeting.time.zip(meeting.minutes),
            zone: Zone::from_stored(&meeting.zone),
            starts_at: meeting.starts_at,
            ends_at: meeting.ends_at,
        }
    }

    /// The same local time on another day.
    pub fn on(&self, day: NaiveDate, which: Disambiguation) -> Result<Self, LocalTimeError> {
        Self::derive(self.zone.clone(), day, self.clock, which)
    }

    /// Which of the two this is, if the local time happens twice.
    pub fn which(&self) -> Disambiguation {
        match self.clock.map(|(time, _)| self.zone.moment(self.day, time)) {
            Some(WallTime::Twice(first, _)) if first == self.starts_at => Disambiguation::First,
            Some(WallTime::Twice(..)) => Disambiguation::Second,
            _ => Disambiguation::Unspecified,
        }
    }

    fn has_same_local_time(&self, other: &Self) -> bool {
        let wall = |it: &Self| (it.day, it.clock, it.zone.name().to_owned(), it.which());
        wall(self) == wall(other)
    }

    /// Moves `at` (an RSVP deadline) from `from` to this time: by the same number of days, at the same local time, and
    /// never later than the start. Unchanged if the local date and time are the same.
    pub(in crate::domain) fn shift_moment(&self, at: Moment, from: &Self) -> Moment {
        if self.has_same_local_time(from) {
            return at;
        }
        let wall = from.zone.wall(at);
        let days = self.day - from.day;
        let there = wall.checked_add_signed(TimeDelta::days(days.num_days())).unwrap_or(wall);
        let moved = match self.zone.moment(there.date(), there.time()) {
            WallTime::Once(at) | WallTime::Twice(at, _) => at,
            WallTime::Never => self.starts_at,
        };
        moved.min(self.starts_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::events::series::{Frequency, RecurrenceRule};
    use proptest::prelude::*;

    fn schedule(zone: &str, day: &str, time: &str, which: Disambiguation) -> Result<Schedule, LocalTimeError> {
        let clock = Some((time.parse().unwrap(), 90));
        Schedule::derive(Zone::parse(zone).unwrap(), day.parse().unwrap(), clock, which)
    }

    #[test]
    fn local_time_stays_when_the_clocks_change() {
        for (zone, first, offsets) in [
            ("Europe/London", "2026-10-20", [1, 0]),
            ("Europe/London", "2026-03-17", [0, 1]),
            ("America/New_York", "2026-10-20", [-4, -5]),
            ("America/New_York", "2026-02-17", [-5, -4]),
            ("Asia/Tokyo", "2026-10-20", [9, 9]),
        ] {
            let first = schedule(zone, first, "18:30:00", Disambiguation::Unspecified).unwrap();
            let rule = RecurrenceRule::from_day(Frequency::MonthlyByWeekday, 0, 0, first.day).unwrap();
            let next = first.on(rule.days_after(first.day).next().unwrap(), Disambiguation::Unspecified).unwrap();
            for (schedule, offset) in [first, next].iter().zip(offsets) {
                let utc = schedule.starts_at.utc().naive_utc() + TimeDelta::hours(offset);
                assert_eq!(utc, schedule.day.and_hms_opt(18, 30, 0).unwrap(), "{zone}");
            }
        }
        // Lord Howe Island's clocks change by half an hour.
        let (summer, winter) = ("2026-03-29", "2026-04-05");
        let [summer, winter] = [summer, winter]
            .map(|day| schedule("Australia/Lord_Howe", day, "18:30:00", Disambiguation::Unspecified).unwrap());
        assert_eq!(winter.starts_at.utc() - summer.starts_at.utc(), TimeDelta::days(7) + TimeDelta::minutes(30));
    }

    #[test]
    fn skipped_and_repeated_local_times_are_errors() {
        for (zone, skipped, twice, time) in [
            ("Europe/London", "2026-03-29", "2026-10-25", "01:30:00"),
            ("America/New_York", "2026-03-08", "2026-11-01", "02:30:00"),
            ("Australia/Lord_Howe", "2026-10-04", "2026-04-05", "02:15:00"),
        ] {
            assert_eq!(
                schedule(zone, skipped, time, Disambiguation::First).unwrap_err(),
                LocalTimeError::Skipped,
                "{zone}"
            );
            let time = if zone == "Europe/London" { time } else { "01:45:00" };
            assert_eq!(
                schedule(zone, twice, time, Disambiguation::Unspecified).unwrap_err(),
                LocalTimeError::Ambiguous,
                "{zone}"
            );
            let second = schedule(zone, twice, time, Disambiguation::Second).unwrap();
            assert_eq!(second.which(), Disambiguation::Second);
            assert!(schedule(zone, twice, time, Disambiguation::First).unwrap().starts_at < second.starts_at);
        }
    }

    proptest! {
        #[test]
        fn every_moment_has_its_local_time(zone in 0..4_usize, day in 0_u64..20_000, minute in 0_u32..1440) {
            let zone = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"][zone];
            let day = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Days::new(day);
            let time = NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
            let zone = Zone::parse(zone).unwrap();
            for which in [Disambiguation::First, Disambiguation::Second] {
                match Schedule::derive(zone.clone(), day, Some((time, 60)), which) {
                    Ok(schedule) => prop_assert_eq!(zone.wall(schedule.starts_at), day.and_time(time)),
                    Err(error) => prop_assert_eq!(error, LocalTimeError::Skipped),
                }
            }
        }
    }
}
