//! Lists of meetings: what is to come, what was, what calendars hold.

use super::{Joined, Meeting, Row, read};
use crate::db::dialect;
use crate::db::schema::{books, meetings, members};
use crate::db::{BookId, Conn, MeetingId, Moment};
use crate::domain::library::books::Book;
use crate::error::{Error, Result};
use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta};
use diesel::prelude::*;

/// How many meetings a page of a list holds.
pub const PAGE: i64 = 30;

/// The meetings to come, the soonest first; cancelled ones stay among them.
pub fn coming(conn: &mut Conn) -> Result<Vec<Meeting>> {
    let rows: Vec<Joined> = meetings::table
        .left_join(books::table)
        .left_join(members::table)
        .filter(meetings::ends_at.gt(Moment::now()))
        .order((meetings::ends_at, meetings::id))
        .limit(100)
        .select((Row::as_select(), Option::<Book>::as_select(), members::handle.nullable()))
        .load(conn)?;
    read(conn, None, rows)
}

/// Which meetings are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those about this book.
    pub book: Option<BookId>,
    /// Those of this year.
    pub year: Option<i32>,
}

impl Filter {
    /// Whether anything is looked for.
    pub fn is_some(&self) -> bool {
        *self != Self::default()
    }
}

/// The days of a year, and the moments between which their meetings end wherever they take place.
fn days_of(first: NaiveDate, last: NaiveDate) -> Option<(NaiveDate, NaiveDate, Moment, Moment)> {
    let midnight = |day: NaiveDate| Some(Moment::from(day.and_time(NaiveTime::MIN).and_utc()));
    // The clocks of the earth are less than two days apart, and a meeting ends a day after it begins at most.
    let (from, until) = (first.checked_sub_days(Days::new(2))?, last.checked_add_days(Days::new(4))?);
    Some((first, last, midnight(from)?, midnight(until)?))
}

/// Past meetings, or all that are looked for, the latest first, from before the given end; one more than a page, to tell
/// whether there are more.
pub fn past(conn: &mut Conn, filter: Filter, before: Option<(Moment, MeetingId)>) -> Result<Vec<Meeting>> {
    let mut query = meetings::table
        .left_join(books::table)
        .left_join(members::table)
        .order((meetings::ends_at.desc(), meetings::id.desc()))
        .limit(PAGE + 1)
        .select((Row::as_select(), Option::<Book>::as_select(), members::handle.nullable()))
        .into_boxed();
    if let Some((at, id)) = before {
        query = query.filter(meetings::ends_at.lt(at).or(meetings::ends_at.eq(at).and(meetings::id.lt(id))));
    }
    if let Some(book) = filter.book {
        query = query.filter(meetings::book_id.eq(book));
    }
    if let Some(year) = filter.year {
        let days = NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31));
        let days = days.and_then(|(first, last)| days_of(first, last)).ok_or(Error::NotFound)?;
        query = query.filter(meetings::day.between(days.0, days.1)).filter(meetings::ends_at.between(days.2, days.3));
    }
    if !filter.is_some() {
        query = query.filter(meetings::ends_at.le(Moment::now()));
    }
    let rows: Vec<Joined> = query.load(conn)?;
    read(conn, None, rows)
}

/// How many meetings a book's page lists of those to come, and of those that were.
const OF_BOOK: i64 = 3;

/// The next meetings about a book, and the latest.
pub fn of_book(conn: &mut Conn, book: BookId) -> Result<Vec<Meeting>> {
    let of_book = || {
        let joined = meetings::table.left_join(books::table).left_join(members::table);
        let columns = (Row::as_select(), Option::<Book>::as_select(), members::handle.nullable());
        joined.filter(meetings::book_id.eq(book)).limit(OF_BOOK).select(columns)
    };
    let coming = of_book().filter(meetings::ends_at.gt(Moment::now())).order((meetings::ends_at, meetings::id));
    let past = of_book().filter(meetings::ends_at.le(Moment::now()));
    let past = past.order((meetings::ends_at.desc(), meetings::id.desc()));
    let mut rows: Vec<Joined> = coming.load(conn)?;
    rows.extend(past.load::<Joined>(conn)?);
    read(conn, None, rows)
}

/// How many meetings a month shows at most.
const MONTH: i64 = 200;

/// The meetings of these days on their own walls, the soonest first; cancelled ones stay among them.
pub fn between(conn: &mut Conn, first: NaiveDate, last: NaiveDate) -> Result<Vec<Meeting>> {
    let (first, last, from, until) = days_of(first, last).ok_or(Error::NotFound)?;
    let rows: Vec<Joined> = meetings::table
        .left_join(books::table)
        .left_join(members::table)
        .filter(meetings::day.between(first, last))
        .filter(meetings::ends_at.between(from, until))
        .order((meetings::ends_at, meetings::id))
        .limit(MONTH)
        .select((Row::as_select(), Option::<Book>::as_select(), members::handle.nullable()))
        .load(conn)?;
    read(conn, None, rows)
}

/// The years that have meetings, the latest first.
pub fn years(conn: &mut Conn) -> Result<Vec<i32>> {
    Ok(dialect::meeting_years(conn)?.into_iter().map(|day| day.year()).collect())
}

/// How long past meetings stay in calendars, and how many meetings one holds at most.
const REMEMBERED: (TimeDelta, i64) = (TimeDelta::days(180), 500);

/// The meetings that calendars hold, the soonest first: those to come, cancelled ones among them, and those of the last
/// half year.
pub fn for_calendars(conn: &mut Conn) -> Result<Vec<Meeting>> {
    let rows: Vec<Joined> = meetings::table
        .left_join(books::table)
        .left_join(members::table)
        .filter(meetings::ends_at.gt(Moment::now().before(REMEMBERED.0)))
        .order((meetings::ends_at, meetings::id))
        .limit(REMEMBERED.1)
        .select((Row::as_select(), Option::<Book>::as_select(), members::handle.nullable()))
        .load(conn)?;
    read(conn, None, rows)
}
