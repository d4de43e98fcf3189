//! The days of reading plans as calendar entries.

use super::{ReadingPlan, Row};
use crate::db::schema::{books, reading_plan_days, reading_plans};
use crate::db::{BookId, Conn, Moment};
use crate::domain::library::books::Book;
use crate::error::Result;
use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;

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
