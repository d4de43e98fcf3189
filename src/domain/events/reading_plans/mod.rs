//! Reading plans: by which day the club reads through which chapter of a book. A book has one at most. It names chapters by
//! their numbers: their titles are sealed. How one is drawn up is in [`drawing`], how hosts keep it in [`keeping`], where a
//! reader stands beside it in [`course`], its days in calendars are in [`entries`].

mod course;
pub mod drawing;
mod entries;
mod keeping;

pub use course::{Course, Standing};
pub use entries::{Entry, for_calendars};
pub(in crate::domain) use keeping::RemovePlan;
pub use keeping::{Outline, PlanForm, fill_in, keep, set_off, set_out};

use crate::db::schema::{plan_days, plans};
use crate::db::{BookId, Conn, MeetingId, Moment};
use crate::domain::core::gate::Position;
use crate::domain::core::zones::Zone;
use crate::domain::library::books::{self as the_books, Book};
use crate::error::Result;
use chrono::NaiveDate;
use diesel::prelude::*;
use std::borrow::Borrow;

/// A book's reading plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The book.
    pub book: BookId,
    /// The meeting by which it is to be read.
    pub meeting: Option<MeetingId>,
    /// The day by which it is to be read.
    pub ends_on: NaiveDate,
    /// On how many evenings a week.
    pub evenings: i32,
    /// On which weekdays, as [`drawing::Weekdays`] keeps them.
    pub weekdays: i32,
    /// Whether hosts have taken it off.
    pub off: bool,
    /// Rises with each change (RFC 5545, 3.8.7.4).
    pub sequence: i32,
    /// What calendars know its days by.
    pub uid: String,
    /// When it was last changed.
    pub changed_at: Moment,
    /// For each chapter, from the first of the plan on, by which day it is read.
    pub days: Vec<(i32, NaiveDate)>,
    /// How many chapters the book has.
    pub chapters: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = plans)]
struct Row {
    book_id: BookId,
    meeting_id: Option<MeetingId>,
    ends_on: NaiveDate,
    evenings: i32,
    weekdays: i32,
    off: bool,
    sequence: i32,
    uid: String,
    changed_at: Moment,
}

impl Plan {
    fn new(row: Row, days: Vec<(i32, NaiveDate)>, chapters: i32) -> Self {
        Self {
            book: row.book_id,
            meeting: row.meeting_id,
            ends_on: row.ends_on,
            evenings: row.evenings,
            weekdays: row.weekdays,
            off: row.off,
            sequence: row.sequence,
            uid: row.uid,
            changed_at: row.changed_at,
            days,
            chapters,
        }
    }

    /// Through where the book is read with this chapter of the plan. Contents may have been shortened since.
    pub fn through(&self, chapter: impl Borrow<i32>) -> Position {
        Position::new(*chapter.borrow(), self.chapters).unwrap_or(Position::WHOLE)
    }

    /// The days of the plan, each with the first and the last chapter read by then.
    pub fn stops(&self) -> Vec<(NaiveDate, i32, i32)> {
        let mut stops: Vec<(NaiveDate, i32, i32)> = Vec::new();
        for (chapter, day) in &self.days {
            match stops.last_mut() {
                Some((last, _, through)) if last == day => *through = *chapter,
                _ => stops.push((*day, *chapter, *chapter)),
            }
        }
        stops
    }

    /// What is to be read next, today included: by which day, through which chapter.
    pub fn next(&self, today: NaiveDate) -> Option<(NaiveDate, i32)> {
        self.stops().into_iter().find(|(day, ..)| *day >= today).map(|(day, _, through)| (day, through))
    }

    /// The last chapter that was to be read before today, if any was.
    fn due(&self, today: NaiveDate) -> Option<i32> {
        self.days.iter().take_while(|(_, day)| *day < today).last().map(|(chapter, _)| *chapter)
    }
}

/// The day that it is in a zone.
pub fn today(zone: &str) -> NaiveDate {
    Zone::kept(zone).wall(Moment::now()).date()
}

/// A book's plan, also one that was taken off.
pub fn of_book(conn: &mut Conn, book: &Book) -> Result<Option<Plan>> {
    let row: Option<Row> = plans::table.find(book.id).select(Row::as_select()).first(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    let days = plan_days::table.filter(plan_days::book_id.eq(book.id)).order(plan_days::position);
    let days = days.select((plan_days::position, plan_days::day)).load(conn)?;
    Ok(Some(Plan::new(row, days, book.chapters())))
}

/// The book whose plan is asked for, and the plan.
pub fn get(conn: &mut Conn, book: BookId) -> Result<(Book, Option<Plan>)> {
    let book = the_books::get(conn, book)?;
    let plan = of_book(conn, &book)?;
    Ok((book, plan))
}
