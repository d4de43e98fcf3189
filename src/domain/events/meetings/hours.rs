//! When a meeting is: its local date, time and zone, and the moments in UTC that follow from them.

use super::{Meeting, ending};
use crate::db::Moment;
use crate::domain::core::zones::{WallTime, Zone};
use chrono::{NaiveDate, NaiveTime, TimeDelta};

/// Which of the two times is meant when a local time happens twice, because the clocks go back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    #[default]
    Unsaid,
    /// Before the clocks go back.
    First,
    /// After the clocks went back.
    Second,
}

impl Which {
    /// Reads `first` or `second`; anything else is unspecified.
    pub fn parse(text: &str) -> Self {
        match text {
            "first" => Self::First,
            "second" => Self::Second,
            _ => Self::Unsaid,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Unsaid => "",
            Self::First => "first",
            Self::Second => "second",
        }
    }
}

/// Why a local time has no single moment in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// The clocks go forward over it.
    Never,
    /// It happens twice, and none of the two was chosen.
    Twice,
    /// The date is out of range.
    Beyond,
}

impl Slip {
    /// The form field to show the problem at.
    pub fn field(self) -> &'static str {
        match self {
            Self::Never => "time",
            Self::Twice => "which",
            Self::Beyond => "day",
        }
    }

    /// A short message for a list of days.
    pub fn words(self) -> &'static str {
        match self {
            Self::Never => "This time doesn’t exist on this day, because the clocks go forward.",
            Self::Twice => "This time happens twice on this day, because the clocks go back.",
            Self::Beyond => "This date is too far in the future.",
        }
    }

    /// The message for the form.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Never => {
                "This time doesn’t exist on that day, because the clocks go forward. Please choose another time."
            }
            Self::Twice => {
                "This time happens twice on that day, because the clocks go back. Please choose one of the two."
            }
            Self::Beyond => "Please enter a date, such as 2026-10-21.",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Hours {
    /// The local date.
    pub day: NaiveDate,
    /// The local start time and the duration in minutes; `None` if only the day is known.
    pub clock: Option<(NaiveTime, i32)>,
    pub zone: Zone,
    pub starts_at: Moment,
    pub ends_at: Moment,
}

impl Hours {
    /// Computes start and end in UTC. Without a time they're the start and end of the day.
    pub fn derive(zone: Zone, day: NaiveDate, clock: Option<(NaiveTime, i32)>, which: Which) -> Result<Self, Slip> {
        let Some((time, minutes)) = clock else {
            let (starts_at, ends_at) = zone.day(day).ok_or(Slip::Beyond)?;
            return Ok(Self { day, clock, zone, starts_at, ends_at });
        };
        let starts_at = match (zone.moment(day, time), which) {
            (WallTime::Once(at), _)
            | (WallTime::Twice(at, _), Which::First)
            | (WallTime::Twice(_, at), Which::Second) => at,
            (WallTime::Never, _) => return Err(Slip::Never),
            (WallTime::Twice(..), Which::Unsaid) => return Err(Slip::Twice),
        };
        Ok(Self { day, clock, zone, starts_at, ends_at: ending(starts_at, minutes) })
    }

    pub fn of(meeting: &Meeting) -> Self {
        Self {
            day: meeting.day,
            clock: meeting.time.zip(meeting.minutes),
            zone: Zone::kept(&meeting.zone),
            starts_at: meeting.starts_at,
            ends_at: meeting.ends_at,
        }
    }

    /// The same local time on another day.
    pub fn on(&self, day: NaiveDate, which: Which) -> Result<Self, Slip> {
        Self::derive(self.zone.clone(), day, self.clock, which)
    }

    /// Which of the two this is, if the local time happens twice.
    pub fn which(&self) -> Which {
        match self.clock.map(|(time, _)| self.zone.moment(self.day, time)) {
            Some(WallTime::Twice(first, _)) if first == self.starts_at => Which::First,
            Some(WallTime::Twice(..)) => Which::Second,
            _ => Which::Unsaid,
        }
    }

    fn same_wall(&self, other: &Self) -> bool {
        let wall = |it: &Self| (it.day, it.clock, it.zone.name().to_owned(), it.which());
        wall(self) == wall(other)
    }

    /// Moves `at` (an RSVP deadline) from `from` to this time: by the same number of days, at the same local time, and
    /// never later than the start. Unchanged if the local date and time are the same.
    pub(in crate::domain) fn carried(&self, at: Moment, from: &Self) -> Moment {
        if self.same_wall(from) {
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
    use crate::domain::events::series::{Rule, Step};
    use proptest::prelude::*;

    fn hours(zone: &str, day: &str, time: &str, which: Which) -> Result<Hours, Slip> {
        let clock = Some((time.parse().unwrap(), 90));
        Hours::derive(Zone::parse(zone).unwrap(), day.parse().unwrap(), clock, which)
    }

    #[test]
    fn the_wall_keeps_its_time_over_changes_of_the_clocks() {
        for (zone, first, offsets) in [
            ("Europe/London", "2026-10-20", [1, 0]),
            ("Europe/London", "2026-03-17", [0, 1]),
            ("America/New_York", "2026-10-20", [-4, -5]),
            ("America/New_York", "2026-02-17", [-5, -4]),
            ("Asia/Tokyo", "2026-10-20", [9, 9]),
        ] {
            let first = hours(zone, first, "18:30:00", Which::Unsaid).unwrap();
            let rule = Rule::from_day(Step::Nth, 0, 0, first.day).unwrap();
            let next = first.on(rule.after(first.day).next().unwrap(), Which::Unsaid).unwrap();
            for (hours, offset) in [first, next].iter().zip(offsets) {
                let utc = hours.starts_at.utc().naive_utc() + TimeDelta::hours(offset);
                assert_eq!(utc, hours.day.and_hms_opt(18, 30, 0).unwrap(), "{zone}");
            }
        }
        // Lord Howe Island's clocks change by half an hour.
        let (summer, winter) = ("2026-03-29", "2026-04-05");
        let [summer, winter] =
            [summer, winter].map(|day| hours("Australia/Lord_Howe", day, "18:30:00", Which::Unsaid).unwrap());
        assert_eq!(winter.starts_at.utc() - summer.starts_at.utc(), TimeDelta::days(7) + TimeDelta::minutes(30));
    }

    #[test]
    fn what_the_clock_skips_or_shows_twice_is_told_apart() {
        for (zone, skipped, twice, time) in [
            ("Europe/London", "2026-03-29", "2026-10-25", "01:30:00"),
            ("America/New_York", "2026-03-08", "2026-11-01", "02:30:00"),
            ("Australia/Lord_Howe", "2026-10-04", "2026-04-05", "02:15:00"),
        ] {
            assert_eq!(hours(zone, skipped, time, Which::First).unwrap_err(), Slip::Never, "{zone}");
            let time = if zone == "Europe/London" { time } else { "01:45:00" };
            assert_eq!(hours(zone, twice, time, Which::Unsaid).unwrap_err(), Slip::Twice, "{zone}");
            let second = hours(zone, twice, time, Which::Second).unwrap();
            assert_eq!(second.which(), Which::Second);
            assert!(hours(zone, twice, time, Which::First).unwrap().starts_at < second.starts_at);
        }
    }

    proptest! {
        #[test]
        fn every_moment_shows_its_wall(zone in 0..4_usize, day in 0_u64..20_000, minute in 0_u32..1440) {
            let zone = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"][zone];
            let day = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Days::new(day);
            let time = NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
            let zone = Zone::parse(zone).unwrap();
            for which in [Which::First, Which::Second] {
                match Hours::derive(zone.clone(), day, Some((time, 60)), which) {
                    Ok(hours) => prop_assert_eq!(zone.wall(hours.starts_at), day.and_time(time)),
                    Err(slip) => prop_assert_eq!(slip, Slip::Never),
                }
            }
        }
    }
}
