//! The form for a date poll and its validation.

use super::{BookId, Moment};
use crate::domain::core::text_fields::{Title, optional_line};
use crate::domain::core::zones::{WallTime, Zone};
use crate::domain::events::meetings::form::{parse_book, parse_day, parse_minutes, parse_time};
use crate::domain::safety::log::facts::PollTime;
use crate::error::{Error, Problems, Result};
use chrono::{NaiveDate, NaiveTime};

/// How many slots a poll can have.
pub const MAX_SLOTS: usize = 20;

/// How many rows an empty form has, and how many “more rows” adds.
const ROWS: usize = 4;

/// The form fields, as text.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct DatePollForm {
    /// The title of the future meeting.
    pub title: String,
    /// The book's id; empty for none.
    pub book: String,
    /// The duration of the meeting in minutes.
    pub minutes: String,
    /// An IANA time zone.
    pub zone: String,
    /// A note on one line.
    pub note: String,
    /// The last day for answers; empty to accept them until a host picks a date.
    pub closes: String,
    /// `2026-10-21`, one for each row.
    pub day: Vec<String>,
    /// `18:30`, one for each row.
    pub time: Vec<String>,
    /// For a local time that occurs twice, when clocks go back: `first` or `second`; otherwise empty. One for each row.
    pub which: Vec<String>,
    /// Not empty if the button for more rows was pressed.
    pub more: String,
}

#[derive(Clone, Debug)]
pub struct FormRow {
    /// Its number, from 1.
    pub number: usize,
    /// The field name of its errors.
    pub field: String,
    pub day: String,
    pub time: String,
    pub which: String,
    /// Whether its local time occurs twice, because clocks go back.
    pub is_ambiguous: bool,
}

impl FormRow {
    fn is_empty(&self) -> bool {
        self.day.trim().is_empty() && self.time.trim().is_empty()
    }

    fn wall(&self) -> Result<(NaiveDate, NaiveTime), &'static str> {
        Ok((parse_day(&self.day)?, parse_time(&self.time)?))
    }
}

impl DatePollForm {
    /// All rows, with the empty ones.
    pub fn rows(&self) -> Vec<FormRow> {
        let zone = Zone::parse(&self.zone).ok();
        let count = self.day.len().max(self.time.len()).clamp(ROWS, MAX_SLOTS);
        let kept = |fields: &[String], at: usize| fields.get(at).cloned().unwrap_or_default();
        let rows = (0..count).map(|at| {
            let (day, time, which) = (kept(&self.day, at), kept(&self.time, at), kept(&self.which, at));
            let field = format!("slot{}", at + 1);
            let mut row = FormRow { number: at + 1, field, day, time, which, is_ambiguous: false };
            let moment = zone.as_ref().zip(row.wall().ok()).map(|(zone, (day, time))| zone.moment(day, time));
            row.is_ambiguous = matches!(moment, Some(WallTime::Twice(..)));
            row
        });
        rows.collect()
    }

    /// The same form with more rows.
    pub fn with_more_rows(mut self) -> Self {
        let rows = (self.rows().len() + ROWS).min(MAX_SLOTS);
        self.day.resize(rows, String::new());
        self.time.resize(rows, String::new());
        self
    }
}

/// A validated date poll form.
#[derive(Clone, Debug)]
pub struct NewDatePoll {
    pub(super) title: Title,
    pub(super) note: String,
    pub(super) book: Option<BookId>,
    pub(super) minutes: i32,
    pub(super) zone: Zone,
    pub(super) closes_at: Option<Moment>,
    pub(super) slots: Vec<NewSlot>,
}

/// A validated row.
#[derive(Clone, Debug)]
pub struct NewSlot {
    /// The field name of its errors.
    pub(super) field: String,
    pub(super) day: NaiveDate,
    pub(super) time: NaiveTime,
    pub(super) starts_at: Moment,
}

impl NewDatePoll {
    /// Parses the form. Errors of the first row are named `slot1`, and so on. A local time that clocks skip is an
    /// error, and so is one that occurs twice without a choice in `which`.
    pub fn parse(form: &DatePollForm) -> Result<Self> {
        let mut problems = Problems::default();
        let title = problems.check("title", Title::parse(&form.title));
        let note = problems.check("note", optional_line(&form.note, "the note", 300));
        let book = problems.check("book", parse_book(&form.book));
        let minutes = problems.check("minutes", parse_minutes(&form.minutes));
        let zone = problems.check("zone", Zone::parse(&form.zone));
        let closes_at = match &zone {
            Some(zone) if !form.closes.trim().is_empty() => {
                problems.check("closes", zone.parse_future_day_end(&form.closes).map(Some))
            }
            _ => Some(None),
        };
        let slots = zone.as_ref().map(|zone| slots(form, zone, &mut problems)).unwrap_or_default();
        if slots.len() < 2 && problems.is_empty() {
            problems.add("slots", "Please offer at least 2 times.");
        }
        match (title, note, book, minutes, zone, closes_at) {
            (Some(title), Some(note), Some(book), Some(minutes), Some(zone), Some(closes_at))
                if problems.is_empty() =>
            {
                Ok(Self { title, note: note.unwrap_or_default(), book, minutes, zone, closes_at, slots })
            }
            _ => Err(Error::Refused(problems)),
        }
    }
}

impl NewSlot {
    /// Parses the rows of the form that adds slots to a poll.
    pub fn parse(form: &DatePollForm, zone: &Zone) -> Result<Vec<Self>> {
        let mut problems = Problems::default();
        let slots = slots(form, zone, &mut problems);
        if slots.is_empty() && problems.is_empty() {
            problems.add("slots", "Please enter a time to add.");
        }
        problems.into_result()?;
        Ok(slots)
    }

    pub(super) fn log_facts(&self) -> PollTime {
        PollTime { day: self.day, time: self.time }
    }
}

fn slots(form: &DatePollForm, zone: &Zone, problems: &mut Problems) -> Vec<NewSlot> {
    let mut slots: Vec<NewSlot> = Vec::new();
    for row in form.rows().into_iter().filter(|row| !row.is_empty()) {
        let slot = row.wall().and_then(|(day, time)| {
            let starts_at = zone.resolve(day, time, row.which.trim())?;
            match starts_at {
                at if at <= Moment::now() => Err("This time has already passed."),
                at if slots.iter().any(|slot| slot.starts_at == at) => Err("You’ve already entered this time above."),
                starts_at => Ok(NewSlot { field: row.field.clone(), day, time, starts_at }),
            }
        });
        match slot {
            Ok(slot) => slots.push(slot),
            Err(sentence) => problems.add(row.field, sentence),
        }
    }
    slots
}
