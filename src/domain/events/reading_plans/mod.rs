//! Reading plans: by which day the club reads up to which chapter of a book. A book has at most one. A plan has chapter
//! numbers and no titles, because titles may be spoilers.

mod calendar_entries;
mod editing;
mod progress;
pub mod scheduling;

pub use calendar_entries::{CalendarEntry, for_calendars};
pub(in crate::domain) use editing::RemovePlan;
pub use editing::{ReadingPlanForm, ReadingPlanInput, form_data, initial_form, save, set_removed};
pub use progress::{PlanProgress, PlanStatus};

use crate::db::schema::{reading_plan_days, reading_plans};
use crate::db::{BookId, Conn, MeetingId, Moment};
use crate::domain::core::gate::Position;
use crate::domain::core::zones::Zone;
use crate::domain::library::books::{self as the_books, Book};
use crate::error::Result;
use chrono::NaiveDate;
use diesel::prelude::*;
use std::borrow::Borrow;

#[derive(Clone, Debug)]
pub struct ReadingPlan {
    pub book: BookId,
    /// The meeting that the plan is made for.
    pub meeting: Option<MeetingId>,
    /// The last day, or the meeting's day.
    pub ends_on: NaiveDate,
    /// Evenings a week.
    pub evenings: i32,
    /// Weekdays as bits, see [`scheduling::Weekdays`].
    pub weekdays: i32,
    /// Whether a host has removed it.
    pub off: bool,
    /// Goes up with each change (RFC 5545, 3.8.7.4).
    pub sequence: i32,
    /// The start of its days' identifiers in calendars.
    pub uid: String,
    pub changed_at: Moment,
    /// Each chapter of the plan and the day by which to read it, in order.
    pub days: Vec<(i32, NaiveDate)>,
    /// The number of chapters in the book.
    pub chapters: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = reading_plans)]
struct Row {
    book_id: BookId,
    meeting_id: Option<MeetingId>,
    ends_on: NaiveDate,
    days_per_week: i32,
    weekdays: i32,
    removed: bool,
    sequence: i32,
    uid: String,
    changed_at: Moment,
}

impl ReadingPlan {
    fn new(row: Row, days: Vec<(i32, NaiveDate)>, chapters: i32) -> Self {
        Self {
            book: row.book_id,
            meeting: row.meeting_id,
            ends_on: row.ends_on,
            evenings: row.days_per_week,
            weekdays: row.weekdays,
            off: row.removed,
            sequence: row.sequence,
            uid: row.uid,
            changed_at: row.changed_at,
            days,
            chapters,
        }
    }

    /// The position at the end of this chapter. A chapter past the end of a list that was shortened since is the whole
    /// book.
    pub fn through(&self, chapter: impl Borrow<i32>) -> Position {
        Position::new(*chapter.borrow(), self.chapters).unwrap_or(Position::WHOLE)
    }

    /// The days of the plan, each with the first and last chapter to read by then.
    pub fn milestones(&self) -> Vec<(NaiveDate, i32, i32)> {
        let mut milestones: Vec<(NaiveDate, i32, i32)> = Vec::new();
        for (chapter, day) in &self.days {
            match milestones.last_mut() {
                Some((last, _, through)) if last == day => *through = *chapter,
                _ => milestones.push((*day, *chapter, *chapter)),
            }
        }
        milestones
    }

    /// The next day of the plan, including today, with the last chapter to read by then.
    pub fn next(&self, today: NaiveDate) -> Option<(NaiveDate, i32)> {
        self.milestones().into_iter().find(|(day, ..)| *day >= today).map(|(day, _, through)| (day, through))
    }

    /// The last chapter that was due before today.
    fn due(&self, today: NaiveDate) -> Option<i32> {
        self.days.iter().take_while(|(_, day)| *day < today).last().map(|(chapter, _)| *chapter)
    }
}

/// Today's date in a time zone.
pub fn today(zone: &str) -> NaiveDate {
    Zone::from_stored(zone).wall(Moment::now()).date()
}

/// A book's plan, even if it was removed.
pub fn of_book(conn: &mut Conn, book: &Book) -> Result<Option<ReadingPlan>> {
    let row: Option<Row> = reading_plans::table.find(book.id).select(Row::as_select()).first(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    let days =
        reading_plan_days::table.filter(reading_plan_days::book_id.eq(book.id)).order(reading_plan_days::position);
    let days = days.select((reading_plan_days::position, reading_plan_days::day)).load(conn)?;
    Ok(Some(ReadingPlan::new(row, days, book.chapters())))
}

/// A book with its plan.
pub fn get(conn: &mut Conn, book: BookId) -> Result<(Book, Option<ReadingPlan>)> {
    let book = the_books::get(conn, book)?;
    let plan = of_book(conn, &book)?;
    Ok((book, plan))
}
