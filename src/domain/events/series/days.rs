//! The days of a series before its meetings are created, and the problem of each day, if any.

use crate::domain::events::meetings::form::parse_day;
use crate::domain::events::meetings::schedule::{Disambiguation, LocalTimeError, Schedule};
use crate::error::{Error, Problems, Result};
use chrono::NaiveDate;

/// The maximum number of meetings created at once: two years of weekly meetings.
pub const MAX_MEETINGS: usize = 104;

/// Where a series ends (UNTIL and COUNT of RFC 5545, 3.3.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesLimit {
    /// The last possible day.
    Until(NaiveDate),
    /// The number of meetings.
    Count(usize),
}

impl SeriesLimit {
    /// Reads the fields `until` (`2026-12-31`) and `count`. Exactly one must be filled in.
    pub fn parse(until: &str, count: &str) -> Result<Self> {
        let refused = |field, sentence: &str| Err(Error::Refused(Problems::one(field, sentence)));
        match (until.trim(), count.trim()) {
            ("", "") => refused("count", "Please enter a number of meetings or a last date."),
            ("", count) => match count.parse().ok().filter(|count| (1..=MAX_MEETINGS).contains(count)) {
                Some(count) => Ok(Self::Count(count)),
                None => refused("count", "Please enter a number of meetings from 1 to 104."),
            },
            (until, "") => parse_day(until).map(Self::Until).or_else(|sentence| refused("until", sentence)),
            _ => refused("count", "Please fill in only one: the number of meetings or the last date."),
        }
    }

    /// Takes days up to the end. A problem if there are none or more than the maximum.
    fn take(self, days: impl Iterator<Item = NaiveDate>) -> Result<Vec<NaiveDate>> {
        let refused = |sentence: &str| Err(Error::Refused(Problems::one("until", sentence)));
        let days: Vec<NaiveDate> = match self {
            Self::Count(count) => days.take(count).collect(),
            Self::Until(last) => days.take_while(|day| *day <= last).take(MAX_MEETINGS + 1).collect(),
        };
        match days.len() {
            0 => refused("There’s no meeting up to this date. Please choose a later date."),
            count if count > MAX_MEETINGS => refused(
                "That would be more than 104 meetings. Please choose an earlier date; you can add meetings later.",
            ),
            _ => Ok(days),
        }
    }
}

/// The days of new meetings, each with its time or the problem with it.
#[derive(Clone, Debug)]
pub struct SeriesDays(Vec<(NaiveDate, Result<Schedule, LocalTimeError>)>);

impl SeriesDays {
    /// These days up to the limit, at the local time of `schedule`.
    pub(super) fn new(
        days: impl Iterator<Item = NaiveDate>,
        limit: SeriesLimit,
        schedule: &Schedule,
        which: Disambiguation,
    ) -> Result<Self> {
        Ok(Self(limit.take(days)?.into_iter().map(|day| (day, schedule.on(day, which))).collect()))
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Each day and its problem, if it has one.
    pub fn all(&self) -> impl Iterator<Item = (NaiveDate, Option<LocalTimeError>)> {
        self.0.iter().map(|(day, schedule)| (*day, schedule.as_ref().err().copied()))
    }

    /// The days as one string. The form sends it back to show which days the host has seen.
    pub fn key(&self) -> String {
        let days: Vec<String> = self.0.iter().map(|(day, _)| day.to_string()).collect();
        days.join(" ")
    }

    /// The date and time of each day, or the problems if there are any.
    pub(super) fn schedules(&self) -> Result<Vec<Schedule>> {
        problems(self.all()).into_result()?;
        Ok(self.0.iter().filter_map(|(_, schedule)| schedule.clone().ok()).collect())
    }

    /// The problems of all days, for the form.
    pub fn problems(&self) -> Problems {
        problems(self.all())
    }
}

/// A message for each problem, with its day.
pub(super) fn problems(days: impl Iterator<Item = (NaiveDate, Option<LocalTimeError>)>) -> Problems {
    let mut problems = Problems::default();
    for (day, error) in days.filter_map(|(day, error)| Some((day, error?))) {
        problems.add(error.field(), error.message(&day.format("%A %-d %B %Y").to_string()));
    }
    problems
}
