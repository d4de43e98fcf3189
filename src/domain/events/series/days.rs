//! The days that a series would have, before there are any meetings: how far it goes, and what is wrong with each day.

use super::rule::Rule;
use crate::domain::events::meetings::hours::{Hours, Slip, Which};
use crate::error::{Error, Problems, Result};
use chrono::{Datelike, NaiveDate};

/// How many meetings are made at once at most: two years of weeks.
pub const MOST: usize = 104;

/// How far a series goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Through this day.
    Through(NaiveDate),
    /// So many meetings.
    Count(usize),
}

impl Ending {
    /// Reads the fields `until`, `2026-12-31`, and `count`, of which one is filled in.
    pub fn parse(until: &str, count: &str) -> Result<Self> {
        let refused = |field, sentence: &str| Err(Error::Refused(Problems::one(field, sentence)));
        match (until.trim(), count.trim()) {
            ("", "") => refused("count", "Please enter a number of meetings or a last date."),
            ("", count) => match count.parse().ok().filter(|count| (1..=MOST).contains(count)) {
                Some(count) => Ok(Self::Count(count)),
                None => refused("count", "Please enter a number of meetings from 1 to 104."),
            },
            (until, "") => match NaiveDate::parse_from_str(until, "%Y-%m-%d") {
                Ok(day) if (1900..2200).contains(&day.year()) => Ok(Self::Through(day)),
                _ => refused("until", "Please enter a date, such as 2026-12-31."),
            },
            _ => refused("count", "Please fill in only one: the number of meetings or the last date."),
        }
    }

    /// As many of these days as it goes.
    fn take(self, days: impl Iterator<Item = NaiveDate>) -> Result<Vec<NaiveDate>> {
        let days: Vec<NaiveDate> = match self {
            Self::Count(count) => days.take(count).collect(),
            Self::Through(last) => days.take_while(|day| *day <= last).take(MOST + 1).collect(),
        };
        match days.len() {
            0 => Err(Error::Refused(Problems::one(
                "until",
                "There’s no meeting up to this date. Please choose a later date.",
            ))),
            count if count > MOST => {
                let sentence =
                    "That would be more than 104 meetings. Please choose an earlier date; you can add meetings later.";
                Err(Error::Refused(Problems::one("until", sentence)))
            }
            _ => Ok(days),
        }
    }
}

/// The days that are to become meetings.
#[derive(Clone, Debug)]
pub struct Days(Vec<(NaiveDate, Result<Hours, Slip>)>);

impl Days {
    /// From the first day on, which counts.
    pub(super) fn from(first: &Hours, which: Which, rule: Rule, ending: Ending) -> Result<Self> {
        let days = std::iter::once(first.day).chain(rule.after(first.day));
        Ok(Self::at(ending.take(days)?, first, which))
    }

    /// After this day, at these hours.
    pub(super) fn after(last: NaiveDate, hours: &Hours, which: Which, rule: Rule, ending: Ending) -> Result<Self> {
        Ok(Self::at(ending.take(rule.after(last))?, hours, which))
    }

    fn at(days: Vec<NaiveDate>, hours: &Hours, which: Which) -> Self {
        Self(days.into_iter().map(|day| (day, hours.on(day, which))).collect())
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Each day, and what is wrong with it.
    pub fn all(&self) -> impl Iterator<Item = (NaiveDate, Option<Slip>)> {
        self.0.iter().map(|(day, hours)| (*day, hours.as_ref().err().copied()))
    }

    /// What the form sends to say that these were shown.
    pub fn key(&self) -> String {
        let days: Vec<String> = self.0.iter().map(|(day, _)| day.to_string()).collect();
        days.join(" ")
    }

    /// The hours of each, where nothing is wrong with any.
    pub(super) fn hours(&self) -> Result<Vec<Hours>> {
        problems(self.all()).done()?;
        Ok(self.0.iter().filter_map(|(_, hours)| hours.clone().ok()).collect())
    }

    /// What is wrong with the first such day, for the form.
    pub fn problems(&self) -> Problems {
        problems(self.all())
    }
}

/// What is wrong with some days, each named.
pub(super) fn problems(days: impl Iterator<Item = (NaiveDate, Option<Slip>)>) -> Problems {
    let mut problems = Problems::default();
    for (day, slip) in days {
        let day = day.format("%A %-d %B %Y");
        match slip {
            Some(slip @ Slip::Never) => problems.add(
                slip.field(),
                format!("This time doesn’t exist on {day}, because the clocks go forward. Please choose another time."),
            ),
            Some(slip @ Slip::Twice) => problems.add(
                slip.field(),
                format!("This time happens twice on {day}, because the clocks go back. Please choose one of the two."),
            ),
            Some(slip @ Slip::Beyond) => problems.add(slip.field(), slip.sentence()),
            None => {}
        }
    }
    problems
}
