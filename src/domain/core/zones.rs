//! Time zones and wall time. No other module converts between local times and moments.

use crate::db::Moment;
use chrono::{
    DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, SecondsFormat, Timelike, Utc,
};
use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// An IANA time zone.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

/// The moments at which the clocks show a wall time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WallTime {
    /// The usual case.
    Once(Moment),
    /// The clocks go forward over it: it doesn't exist on that day.
    Never,
    /// The clocks go back over it: it happens twice.
    Twice(Moment, Moment),
}

impl Zone {
    /// Parses an IANA name. The error is a sentence for the form.
    pub fn parse(name: &str) -> Result<Self, String> {
        let known = TimeZone::get(name.trim()).ok().filter(|zone| !zone.is_unknown());
        known.map(Self).ok_or_else(|| "Please choose a time zone from the list.".to_owned())
    }

    /// A zone from the database; UTC if it no longer exists.
    pub fn from_stored(name: &str) -> Self {
        Self(TimeZone::get(name).unwrap_or(TimeZone::UTC))
    }

    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The city in its name: "London", "New York".
    pub fn city(&self) -> String {
        self.name().rsplit('/').next().unwrap_or_default().replace('_', " ")
    }

    /// Label of the zone with its abbreviation at a moment: "London time (GMT)", "UTC".
    pub fn label(&self, moment: Moment) -> String {
        if !self.name().contains('/') {
            return self.name().to_owned();
        }
        let at = jiff::Timestamp::from_microsecond(moment.micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let short = self.0.to_offset_info(at).abbreviation().to_owned();
        // Many zones have only an offset as their abbreviation: "+0530".
        let short = if short.starts_with(['+', '-']) { format!("UTC{short}") } else { short };
        format!("{} time ({short})", self.city())
    }

    /// The local time at a moment.
    pub fn wall(&self, moment: Moment) -> NaiveDateTime {
        let utc = moment.utc();
        let offset = jiff::Timestamp::from_microsecond(moment.micros()).map_or(0, |at| self.0.to_offset(at).seconds());
        utc.naive_utc().checked_add_signed(chrono::TimeDelta::seconds(i64::from(offset))).unwrap_or(utc.naive_utc())
    }

    /// The local time with its offset, to the second (RFC 3339).
    pub fn iso(&self, moment: Moment) -> String {
        let offset = (self.wall(moment) - moment.utc().naive_utc()).num_seconds();
        let offset = i32::try_from(offset).ok().and_then(FixedOffset::east_opt);
        let there = moment.utc().with_timezone(&offset.unwrap_or(Utc.fix()));
        there.to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    /// The moments at which the clocks show this wall time.
    pub fn moment(&self, day: NaiveDate, time: NaiveTime) -> WallTime {
        let Some(wall) = civil_time(day, time) else { return WallTime::Never };
        match self.0.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => at(wall, offset).map_or(WallTime::Never, WallTime::Once),
            AmbiguousOffset::Gap { .. } => WallTime::Never,
            AmbiguousOffset::Fold { before, after } => match (at(wall, before), at(wall, after)) {
                (Some(first), Some(second)) => WallTime::Twice(first, second),
                _ => WallTime::Never,
            },
        }
    }

    /// Beginning and end of a day. If the clocks skip midnight, the day begins at the first time they show.
    pub fn day_bounds(&self, day: NaiveDate) -> Option<(Moment, Moment)> {
        let midnight = |day| {
            let wall = civil_time(day, NaiveTime::MIN)?;
            let timestamp = self.0.to_ambiguous_timestamp(wall).compatible().ok()?;
            DateTime::from_timestamp_micros(timestamp.as_microsecond()).map(Moment::from)
        };
        Some((midnight(day)?, midnight(day.succ_opt()?)?))
    }

    /// The moment of a wall time in a form. If it happens twice, `which` must be `first` or `second`. The error is a
    /// sentence for the form.
    pub fn resolve(&self, day: NaiveDate, time: NaiveTime, which: &str) -> Result<Moment, &'static str> {
        match (self.moment(day, time), which) {
            (WallTime::Once(at), _) | (WallTime::Twice(at, _), "first") | (WallTime::Twice(_, at), "second") => Ok(at),
            (WallTime::Never, _) => {
                Err("This time doesn’t exist on that day, because the clocks go forward. Please choose another time.")
            }
            (WallTime::Twice(..), _) => {
                Err("This time happens twice on that day, because the clocks go back. Please choose one of the two.")
            }
        }
    }

    /// Parses a local time such as `2026-10-20T18:00`; the first one if it happens twice. The error is a sentence for
    /// the form.
    pub fn parse_wall_time(&self, text: &str) -> Result<Moment, &'static str> {
        let wall = NaiveDateTime::parse_from_str(text.trim(), "%Y-%m-%dT%H:%M");
        let wall = wall.or_else(|_| NaiveDateTime::parse_from_str(text.trim(), "%Y-%m-%d %H:%M")).ok();
        let wall = wall.filter(|wall| (1900..2200).contains(&wall.year()));
        let wall = wall.ok_or("Please enter a date and time, such as 2026-10-20 18:00.")?;
        self.resolve(wall.date(), wall.time(), "first")
    }

    /// Parses a date such as `2026-10-21` and returns the end of that day, which must be in the future. The error is a
    /// sentence for the form.
    pub fn parse_future_day_end(&self, text: &str) -> Result<Moment, &'static str> {
        let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
        let day = day.filter(|day| (1900..2200).contains(&day.year()));
        let (_, end) = day.and_then(|day| self.day_bounds(day)).ok_or("Please enter a date, such as 2026-10-21.")?;
        if end > Moment::now() { Ok(end) } else { Err("This date has already passed.") }
    }
}

fn civil_time(day: NaiveDate, time: NaiveTime) -> Option<civil::DateTime> {
    let year = i16::try_from(day.year()).ok()?;
    let date = civil::Date::new(year, day.month() as i8, day.day() as i8).ok()?;
    Some(date.at(time.hour() as i8, time.minute() as i8, 0, 0))
}

fn at(wall: civil::DateTime, offset: jiff::tz::Offset) -> Option<Moment> {
    let timestamp = offset.to_timestamp(wall).ok()?;
    DateTime::from_timestamp_micros(timestamp.as_microsecond()).map(Moment::from)
}

/// Regions of time zones in forms.
const REGIONS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

/// IANA names of the time zones in forms, by region.
pub fn names_by_region() -> Vec<(&'static str, Vec<String>)> {
    let mut names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    names.sort();
    let of = |region: &str| -> Vec<String> {
        let is_in = |name: &&String| name.strip_prefix(region).is_some_and(|rest| rest.starts_with('/'));
        names.iter().filter(is_in).cloned().collect()
    };
    REGIONS.iter().map(|region| (*region, of(region))).chain([("Other", vec!["UTC".to_owned()])]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(zone: &str, day: &str, time: &str) -> WallTime {
        Zone::parse(zone).unwrap().moment(day.parse().unwrap(), time.parse().unwrap())
    }

    #[test]
    fn a_wall_time_is_one_moment_none_or_two() {
        let evening = moment("Europe/London", "2026-07-01", "18:30:00");
        assert!(matches!(evening, WallTime::Once(at) if at.utc().to_rfc3339() == "2026-07-01T17:30:00+00:00"));
        assert_eq!(moment("Europe/London", "2026-03-29", "01:30:00"), WallTime::Never);
        assert!(matches!(moment("Europe/London", "2026-10-25", "01:30:00"), WallTime::Twice(first, second)
            if second.micros() - first.micros() == 3_600_000_000));
        assert!(matches!(moment("Australia/Lord_Howe", "2026-04-05", "01:45:00"), WallTime::Twice(first, second)
            if second.micros() - first.micros() == 1_800_000_000));
    }

    #[test]
    fn a_day_is_as_long_as_its_clock_makes_it() {
        let hours = |zone: &str, day: &str| {
            let (begins, ends) = Zone::parse(zone).unwrap().day_bounds(day.parse().unwrap()).unwrap();
            (ends.micros() - begins.micros()) / 3_600_000_000
        };
        assert_eq!(hours("Europe/London", "2026-07-01"), 24);
        assert_eq!(hours("Europe/London", "2026-03-29"), 23);
        assert_eq!(hours("Europe/London", "2026-10-25"), 25);
        // In Beirut the clocks skip midnight.
        assert_eq!(hours("Asia/Beirut", "2026-03-29"), 23);
    }

    #[test]
    fn invalid_zone_names_are_errors() {
        for name in ["", "Mars/Olympus", "Etc/Unknown", "../../etc/passwd", "Europe/London\0", "😀"] {
            assert!(Zone::parse(name).is_err(), "{name:?}");
        }
        assert_eq!(Zone::parse(" europe/london ").unwrap().name(), "Europe/London");
    }

    #[test]
    fn walls_show_local_time() {
        let at = Moment::from(DateTime::parse_from_rfc3339("2026-07-01T17:30:00Z").unwrap().to_utc());
        assert_eq!(Zone::from_stored("Europe/London").wall(at).to_string(), "2026-07-01 18:30:00");
        assert_eq!(Zone::from_stored("America/New_York").wall(at).to_string(), "2026-07-01 13:30:00");
        assert_eq!(Zone::from_stored("Europe/London").iso(at), "2026-07-01T18:30:00+01:00");
        assert_eq!(Zone::from_stored("America/New_York").city(), "New York");
    }
}
