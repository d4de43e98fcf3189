//! Reading plans: by which day the club reads up to which chapter of a book. A book has at most one. A plan has chapter
//! numbers and no titles, because titles may be spoilers.

mod editing;
mod progress;
pub mod scheduling;

pub(in crate::domain) use editing::RemovePlan;
pub use editing::{ReadingPlanForm, ReadingPlanInput, form_data, initial_form, save, set_removed};
pub use progress::{PlanProgress, PlanStatus};

use crate::db::schema::{books, reading_plan_days, reading_plans};
use crate::db::{BookId, Conn, MeetingId, Moment};
use crate::domain::core::gate::Position;
use crate::domain::core::zones::Zone;
use crate::domain::library::books::{self as the_books, Book};
use crate::error::Result;
use chrono::{NaiveDate, TimeDelta};
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

pub fn get(conn: &mut Conn, book: BookId) -> Result<(Book, Option<ReadingPlan>)> {
    let book = the_books::get(conn, book)?;
    let plan = of_book(conn, &book)?;
    Ok((book, plan))
}

/// The maximum number of plans in calendars, and how long a plan stays after its last day.
const IN_CALENDARS: (i64, TimeDelta) = (10, TimeDelta::days(30));

/// A day of a reading plan. It has chapter numbers and no titles, because titles may be spoilers.
#[derive(Clone, Debug)]
pub struct CalendarEntry {
    /// The permanent identifier in calendars.
    pub uid: String,
    pub day: NaiveDate,
    /// “Read The Salt Road up to chapter 13”.
    pub words: String,
    /// The path of the plan's page.
    pub path: String,
    /// Goes up with each change of the plan.
    pub sequence: i32,
    pub changed_at: Moment,
}

/// The days of all plans that are current or ended in the last 30 days.
pub fn for_calendars(conn: &mut Conn) -> Result<Vec<CalendarEntry>> {
    let since = (Moment::now().utc() - IN_CALENDARS.1).date_naive();
    let rows: Vec<(Row, Book)> = reading_plans::table
        .inner_join(books::table)
        .filter(reading_plans::removed.eq(false))
        .filter(reading_plans::ends_on.ge(since))
        .order((reading_plans::ends_on, reading_plans::book_id))
        .limit(IN_CALENDARS.0)
        .select((Row::as_select(), Book::as_select()))
        .load(conn)?;
    let ids: Vec<BookId> = rows.iter().map(|(_, book)| book.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let days =
        reading_plan_days::table.filter(reading_plan_days::book_id.eq_any(&ids)).order(reading_plan_days::position);
    let days: Vec<(BookId, i32, NaiveDate)> =
        days.select((reading_plan_days::book_id, reading_plan_days::position, reading_plan_days::day)).load(conn)?;
    let mut entries = Vec::new();
    for (row, book) in rows {
        let own = days.iter().filter(|(id, ..)| *id == book.id).map(|(_, chapter, day)| (*chapter, *day)).collect();
        let plan = ReadingPlan::new(row, own, book.chapters());
        entries.extend(plan.milestones().into_iter().map(|(day, _, through)| CalendarEntry {
            uid: format!("{}-{through}", plan.uid),
            day,
            words: match plan.through(through).chapter() {
                Some(chapter) => format!("Read {} up to chapter {chapter}", book.title),
                None => format!("Finish {}", book.title),
            },
            path: format!("/books/{}/plan", book.id),
            sequence: plan.sequence,
            changed_at: plan.changed_at,
        }));
    }
    Ok(entries)
}
