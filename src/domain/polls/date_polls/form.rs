//! What the form for a date poll holds, and what it must say.

use super::{BookId, Moment};
use crate::domain::core::words::{Title, optional_line};
use crate::domain::core::zones::{WallTime, Zone};
use crate::error::{Error, Problems, Result};
use chrono::{Datelike, NaiveDate, NaiveTime};

/// How many times a poll may offer.
pub const MOST: usize = 20;

/// How many rows for times an empty form has, and how many more it gets at a time.
const ROWS: usize = 4;

pub(super) const NO_BOOK: &str = "Please choose a book from the list, or “No book”.";

/// The fields of the form by which a host opens a date poll.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct DatePollForm {
    /// What the meeting is to be called.
    pub title: String,
    /// The book's id; empty for none.
    pub book: String,
    /// How long it is to last, in minutes.
    pub minutes: String,
    /// An IANA zone.
    pub zone: String,
    /// One line of what else to say.
    pub note: String,
    /// Through which day members answer; empty until a host has chosen.
    pub closes: String,
    /// `2026-10-21`, one for each row.
    pub day: Vec<String>,
    /// `18:30`, one for each row.
    pub time: Vec<String>,
    /// `first` or `second` where a row's time comes twice, else empty; one for each row.
    pub which: Vec<String>,
    /// Not empty where more rows are asked for.
    pub more: String,
}

/// One row of the form.
#[derive(Clone, Debug)]
pub struct FormRow {
    /// Its number, from 1.
    pub number: usize,
    /// What its problems are called.
    pub field: String,
    /// The day, as it was filled in.
    pub day: String,
    /// The time, as it was filled in.
    pub time: String,
    /// Which of two times is meant, as it was filled in.
    pub which: String,
    /// Whether the time comes twice on that day.
    pub is_doubled: bool,
}

impl FormRow {
    fn is_empty(&self) -> bool {
        self.day.trim().is_empty() && self.time.trim().is_empty()
    }

    fn wall(&self) -> Result<(NaiveDate, NaiveTime), &'static str> {
        let day = NaiveDate::parse_from_str(self.day.trim(), "%Y-%m-%d").ok();
        let day =
            day.filter(|day| (1900..2200).contains(&day.year())).ok_or("Please enter a date, such as 2026-10-21.")?;
        let time = NaiveTime::parse_from_str(self.time.trim(), "%H:%M");
        Ok((day, time.map_err(|_| "Please enter a time, such as 18:30.")?))
    }
}

impl DatePollForm {
    /// The rows, those that are empty among them.
    pub fn rows(&self) -> Vec<FormRow> {
        let zone = Zone::parse(&self.zone).ok();
        let count = self.day.len().max(self.time.len()).clamp(ROWS, MOST);
        let kept = |fields: &[String], at: usize| fields.get(at).cloned().unwrap_or_default();
        let rows = (0..count).map(|at| {
            let (day, time, which) = (kept(&self.day, at), kept(&self.time, at), kept(&self.which, at));
            let field = format!("slot{}", at + 1);
            let mut row = FormRow { number: at + 1, field, day, time, which, is_doubled: false };
            let moment = zone.as_ref().zip(row.wall().ok()).map(|(zone, (day, time))| zone.moment(day, time));
            row.is_doubled = matches!(moment, Some(WallTime::Twice(..)));
            row
        });
        rows.collect()
    }

    /// The same form with more rows.
    pub fn longer(mut self) -> Self {
        let rows = (self.rows().len() + ROWS).min(MOST);
        self.day.resize(rows, String::new());
        self.time.resize(rows, String::new());
        self
    }
}

/// A date poll as a host opens it.
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

/// A time that it offers.
#[derive(Clone, Debug)]
pub struct NewSlot {
    /// What the problems of its row are called.
    pub(super) field: String,
    pub(super) day: NaiveDate,
    pub(super) time: NaiveTime,
    pub(super) starts_at: Moment,
}

impl NewDatePoll {
    /// Reads what a host filled in. The problems of the first row are named `slot1`, and so on; times that the clock skips
    /// are refused there, and those that come twice asked back.
    pub fn parse(form: &DatePollForm) -> Result<Self> {
        let mut problems = Problems::default();
        let title = problems.take("title", Title::parse(&form.title));
        let note = problems.take("note", optional_line(&form.note, "the note", 300));
        let book = match form.book.trim() {
            "" => Some(None),
            text => problems.take("book", text.parse().map(Some).map_err(|_| NO_BOOK)),
        };
        let minutes = form.minutes.trim().parse().ok().filter(|minutes| (5..=24 * 60).contains(minutes));
        let minutes = problems.take("minutes", minutes.ok_or("Please enter a duration from 5 to 1440 minutes."));
        let zone = problems.take("zone", Zone::parse(&form.zone));
        let closes_at = match &zone {
            Some(zone) if !form.closes.trim().is_empty() => {
                problems.take("closes", zone.end_of_day_to_come(&form.closes).map(Some))
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

    /// What everybody may know of it, for the log.
    pub(super) fn words(&self) -> String {
        let times: Vec<String> = self.slots.iter().map(NewSlot::words).collect();
        format!("{} | {} | {}", self.title.as_str(), self.zone.name(), times.join(", "))
    }
}

impl NewSlot {
    /// Reads the rows of the form for more times of a poll in this zone.
    pub fn parse(form: &DatePollForm, zone: &Zone) -> Result<Vec<Self>> {
        let mut problems = Problems::default();
        let slots = slots(form, zone, &mut problems);
        if slots.is_empty() && problems.is_empty() {
            problems.add("slots", "Please enter a time to add.");
        }
        problems.done()?;
        Ok(slots)
    }

    /// As the log tells it.
    pub(super) fn words(&self) -> String {
        format!("{} {}", self.day, self.time.format("%H:%M"))
    }
}

fn slots(form: &DatePollForm, zone: &Zone, problems: &mut Problems) -> Vec<NewSlot> {
    let mut slots: Vec<NewSlot> = Vec::new();
    for row in form.rows().into_iter().filter(|row| !row.is_empty()) {
        let slot = row.wall().and_then(|(day, time)| {
            let starts_at = zone.meant(day, time, row.which.trim())?;
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
