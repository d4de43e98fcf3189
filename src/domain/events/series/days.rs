//! The days of a series before its meetings are created, and the problem of each day, if any.

use super::rule::RecurrenceRule;
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
        let days: Vec<NaiveDate> = match self {
            Self::Count(count) => days.take(count).collect(),
            Self::Until(last) => days.take_while(|day| *day <= last).take(MAX_MEETINGS + 1).collect(),
        };
        match days.len() {
            0 => Err(Error::Refused(Problems::one(
                "until",
                "There’s no meeting up to this date. Please choose a later date.",
            ))),
            count if count > MAX_MEETINGS => {
                let sentence =
                    "That would be more than 104 meetings. Please choose an earlier date; you can add meetings later.";
                Err(Error::Refused(Problems::one("until", sentence)))
            }
            _ => Ok(days),
        }
    }
}

/// The days of new meetings, each with its time or the problem with it.
#[derive(Clone, Debug)]
pub struct SeriesDays(Vec<(NaiveDate, Result<Schedule, LocalTimeError>)>);

impl SeriesDays {
    /// The days from the first meeting's day on, including it.
    pub(super) fn from(
        first: &Schedule,
        which: Disambiguation,
        rule: RecurrenceRule,
        limit: SeriesLimit,
    ) -> Result<Self> {
        let days = std::iter::once(first.day).chain(rule.days_after(first.day));
        Ok(Self::at(limit.take(days)?, first, which))
    }

    /// The days after `last`, at the same local time.
    pub(super) fn after(
        last: NaiveDate,
        schedule: &Schedule,
        which: Disambiguation,
        rule: RecurrenceRule,
        limit: SeriesLimit,
    ) -> Result<Self> {
        Ok(Self::at(limit.take(rule.days_after(last))?, schedule, which))
    }

    fn at(days: Vec<NaiveDate>, schedule: &Schedule, which: Disambiguation) -> Self {
        Self(days.into_iter().map(|day| (day, schedule.on(day, which))).collect())
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
    for (day, error) in days {
        let day = day.format("%A %-d %B %Y");
        match error {
            Some(error @ LocalTimeError::Skipped) => problems.add(
                error.field(),
                format!("This time doesn’t exist on {day}, because the clocks go forward. Please choose another time."),
            ),
            Some(error @ LocalTimeError::Ambiguous) => problems.add(
                error.field(),
                format!("This time happens twice on {day}, because the clocks go back. Please choose one of the two."),
            ),
            Some(error @ LocalTimeError::OutOfRange) => problems.add(error.field(), error.message()),
            None => {}
        }
    }
    problems
}
