//! Reading plans: by which day the club reads through which chapter of a book. A book has one at most. It names chapters by
//! their numbers: their titles are sealed. How one is drawn up is in [`drawing`], how hosts keep it in [`keeping`].

pub mod drawing;
mod keeping;

pub use keeping::{Outline, PlanForm, fill_in, keep, set_off, set_out};

use crate::db::schema::{books, plan_days, plans};
use crate::db::{BookId, Conn, MeetingId, Moment};
use crate::domain::books::{self as the_books, Book};
use crate::domain::chapters::paging::Paging;
use crate::domain::seal::Position;
use crate::domain::zones::Zone;
use crate::error::Result;
use chrono::{NaiveDate, TimeDelta};
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
    /// Whether hosts have taken it away.
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

/// Where a reader stands beside the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Behind it: by how many chapters, how many pages where those are known, and about how many evenings.
    Behind {
        /// Chapters.
        chapters: i32,
        /// Pages.
        pages: Option<i32>,
        /// Evenings of the plan.
        evenings: i32,
    },
    /// With it.
    With,
    /// Ahead of it.
    Ahead,
}

/// A plan as a page shows it: the plan, and where the viewer stands.
#[derive(Clone, Debug)]
pub struct Course {
    /// The plan.
    pub plan: Plan,
    /// The day that it is for the club.
    pub today: NaiveDate,
    /// How long each chapter of the book is in pages, where that is known of all.
    lengths: Option<Vec<i32>>,
}

impl Course {
    /// A book's plan, where it has one that is not taken away.
    pub fn of_book(conn: &mut Conn, zone: &str, book: &Book) -> Result<Option<Self>> {
        let Some(plan) = of_book(conn, book)?.filter(|plan| !plan.off) else { return Ok(None) };
        let lengths = Paging::of(conn, book)?.and_then(|paging| paging.lengths());
        Ok(Some(Self { plan, today: today(zone), lengths }))
    }

    /// Where somebody stands who has read so far.
    pub fn standing(&self, position: Position) -> Standing {
        let read = position.chapter().unwrap_or(i32::MAX);
        let due = self.plan.due(self.today);
        let next = self.plan.next(self.today).map(|(_, through)| through);
        match due {
            Some(due) if read < due => {
                let first = self.plan.days.first().map_or(1, |(chapter, _)| *chapter);
                let missing = (read + 1).max(first)..=due;
                let evenings = self.evenings(missing.clone());
                let pages = self.lengths.as_ref().map(|lengths| long(lengths, missing.clone()));
                Standing::Behind { chapters: due - missing.start() + 1, pages, evenings }
            }
            _ if next.is_some_and(|next| read >= next) => Standing::Ahead,
            _ => Standing::With,
        }
    }

    /// About how many evenings of the plan these chapters take: at least one.
    fn evenings(&self, chapters: std::ops::RangeInclusive<i32>) -> i32 {
        let alike = vec![1; usize::try_from(self.plan.chapters.max(1)).unwrap_or(1)];
        let lengths = self.lengths.as_ref().unwrap_or(&alike);
        let ends = self.plan.days.first().zip(self.plan.days.last());
        let all = ends.map_or(1, |((first, _), (last, _))| long(lengths, *first..=*last)).max(1);
        let count = i32::try_from(self.plan.stops().len()).unwrap_or(1);
        let evenings = i64::from(long(lengths, chapters)) * i64::from(count);
        i32::try_from((evenings + i64::from(all) - 1) / i64::from(all)).unwrap_or(1).max(1)
    }
}

/// How long these chapters are together.
fn long(lengths: &[i32], chapters: std::ops::RangeInclusive<i32>) -> i32 {
    (1..).zip(lengths).filter(|(chapter, _)| chapters.contains(chapter)).map(|(_, length)| length).sum()
}

/// The day that it is in a zone.
pub fn today(zone: &str) -> NaiveDate {
    Zone::kept(zone).wall(Moment::now()).date()
}

/// A book's plan, also one that was taken away.
pub fn of_book(conn: &mut Conn, book: &Book) -> Result<Option<Plan>> {
    let row: Option<Row> = plans::table.find(book.id).select(Row::as_select()).first(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    let days = plan_days::table.filter(plan_days::book_id.eq(book.id)).order(plan_days::position);
    let days = days.select((plan_days::position, plan_days::day)).load(conn)?;
    Ok(Some(Plan::new(row, days, book.chapters())))
}

/// How many plans calendars hold, and for how long after their end.
const IN_CALENDARS: (i64, TimeDelta) = (10, TimeDelta::days(30));

/// A day of a plan, for calendars: it names no chapter's title.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What calendars know it by, for good.
    pub uid: String,
    /// The day.
    pub day: NaiveDate,
    /// "Read The Salt Road through chapter 13".
    pub words: String,
    /// Where the plan stands.
    pub path: String,
    /// Rises with each change of the plan.
    pub sequence: i32,
    /// When that was.
    pub changed_at: Moment,
}

/// The days of all plans that go on, or ended lately.
pub fn for_calendars(conn: &mut Conn) -> Result<Vec<Entry>> {
    let since = (Moment::now().utc() - IN_CALENDARS.1).date_naive();
    let rows: Vec<(Row, Book)> = plans::table
        .inner_join(books::table)
        .filter(plans::off.eq(false))
        .filter(plans::ends_on.ge(since))
        .order((plans::ends_on, plans::book_id))
        .limit(IN_CALENDARS.0)
        .select((Row::as_select(), Book::as_select()))
        .load(conn)?;
    let ids: Vec<BookId> = rows.iter().map(|(_, book)| book.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let days = plan_days::table.filter(plan_days::book_id.eq_any(&ids)).order(plan_days::position);
    let days: Vec<(BookId, i32, NaiveDate)> =
        days.select((plan_days::book_id, plan_days::position, plan_days::day)).load(conn)?;
    let mut entries = Vec::new();
    for (row, book) in rows {
        let own = days.iter().filter(|(id, ..)| *id == book.id).map(|(_, chapter, day)| (*chapter, *day)).collect();
        let plan = Plan::new(row, own, book.chapters());
        entries.extend(plan.stops().into_iter().map(|(day, _, through)| Entry {
            uid: format!("{}-{through}", plan.uid),
            day,
            words: match plan.through(through).chapter() {
                Some(chapter) => format!("Read {} through chapter {chapter}", book.title),
                None => format!("Read {} to its end", book.title),
            },
            path: format!("/books/{}/plan", book.id),
            sequence: plan.sequence,
            changed_at: plan.changed_at,
        }));
    }
    Ok(entries)
}

/// The book whose plan is asked for, and the plan.
pub fn get(conn: &mut Conn, book: BookId) -> Result<(Book, Option<Plan>)> {
    let book = the_books::get(conn, book)?;
    let plan = of_book(conn, &book)?;
    Ok((book, plan))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn course(today: &str, lengths: Option<Vec<i32>>) -> Course {
        let days = ["2026-11-02", "2026-11-02", "2026-11-04", "2026-11-06"];
        let plan = Plan {
            book: BookId(1),
            meeting: None,
            ends_on: day("2026-11-06"),
            evenings: 3,
            weekdays: 0,
            off: false,
            sequence: 0,
            uid: "u".to_owned(),
            changed_at: Moment::now(),
            days: (1..).zip(days.map(day)).collect(),
            chapters: 4,
        };
        Course { plan, today: day(today), lengths }
    }

    #[test]
    fn what_was_due_yesterday_is_what_one_is_behind() {
        let at = |today: &str, chapter| course(today, None).standing(Position::new(chapter, 4).unwrap());
        assert_eq!(at("2026-11-02", 0), Standing::With);
        assert_eq!(at("2026-11-03", 0), Standing::Behind { chapters: 2, pages: None, evenings: 2 });
        assert_eq!(at("2026-11-03", 1), Standing::Behind { chapters: 1, pages: None, evenings: 1 });
        assert_eq!(at("2026-11-03", 2), Standing::With);
        assert_eq!(at("2026-11-03", 3), Standing::Ahead);
        assert_eq!(at("2026-12-01", 4), Standing::With);
        assert_eq!(at("2026-12-01", 3), Standing::Behind { chapters: 1, pages: None, evenings: 1 });
        let paged = course("2026-11-05", Some(vec![10, 20, 30, 90])).standing(Position::new(1, 4).unwrap());
        assert_eq!(paged, Standing::Behind { chapters: 2, pages: Some(50), evenings: 1 });
    }

    #[test]
    fn a_day_has_all_chapters_that_end_on_it() {
        let plan = course("2026-11-02", None).plan;
        let second = (day("2026-11-04"), 3, 3);
        assert_eq!(plan.stops()[..2], [(day("2026-11-02"), 1, 2), second]);
        assert_eq!(plan.next(day("2026-11-03")), Some((day("2026-11-04"), 3)));
        assert_eq!(plan.next(day("2026-11-07")), None);
        assert!(plan.through(4).is_whole() && plan.through(9).is_whole());
    }
}
