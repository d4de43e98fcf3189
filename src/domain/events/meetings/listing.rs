//! Lists of meetings: upcoming, past, by book, by month, for calendars.

use super::{Meeting, Row, read};
use crate::db::dialect;
use crate::db::schema::meetings;
use crate::db::{BookId, Conn, MeetingId, Moment};
use crate::domain::core::pagination::{Page, TimeKey};
use crate::error::{Error, Result};
use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta};
use diesel::prelude::*;

const PER_PAGE: i64 = 30;

/// The maximum number of upcoming meetings in the list: several of the longest series.
const MAX_UPCOMING: i64 = 500;

/// Upcoming meetings, soonest first, including cancelled ones.
pub fn upcoming(conn: &mut Conn) -> Result<Vec<Meeting>> {
    let rows = Row::query()
        .filter(meetings::ends_at.gt(Moment::now()))
        .order((meetings::ends_at, meetings::id))
        .limit(MAX_UPCOMING)
        .load(conn)?;
    read(conn, None, rows)
}

/// Filters of the list of past meetings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeetingFilter {
    pub book: Option<BookId>,
    pub year: Option<i32>,
}

impl MeetingFilter {
    /// Whether any filter is set.
    pub fn is_set(&self) -> bool {
        *self != Self::default()
    }
}

/// The first and last day, and a range of `ends_at` that covers meetings on these days in every time zone, so that the
/// index on `ends_at` is used.
fn date_range(first: NaiveDate, last: NaiveDate) -> Option<(NaiveDate, NaiveDate, Moment, Moment)> {
    let midnight = |day: NaiveDate| Some(Moment::from(day.and_time(NaiveTime::MIN).and_utc()));
    // Time zones differ by less than two days, and a meeting lasts at most a day.
    let (from, until) = (first.checked_sub_days(Days::new(2))?, last.checked_add_days(Days::new(4))?);
    Some((first, last, midnight(from)?, midnight(until)?))
}

/// A page of past meetings before the given one, latest first. With a filter, upcoming meetings are included.
pub fn past(
    conn: &mut Conn,
    filter: MeetingFilter,
    before: Option<TimeKey<MeetingId>>,
) -> Result<Page<Meeting, TimeKey<MeetingId>>> {
    let mut query =
        Row::query().order((meetings::ends_at.desc(), meetings::id.desc())).limit(PER_PAGE + 1).into_boxed();
    if let Some(TimeKey(at, id)) = before {
        query = query.filter(meetings::ends_at.lt(at).or(meetings::ends_at.eq(at).and(meetings::id.lt(id))));
    }
    if let Some(book) = filter.book {
        query = query.filter(meetings::book_id.eq(book));
    }
    if let Some(year) = filter.year {
        let days = NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31));
        let days = days.and_then(|(first, last)| date_range(first, last)).ok_or(Error::NotFound)?;
        query = query.filter(meetings::day.between(days.0, days.1)).filter(meetings::ends_at.between(days.2, days.3));
    }
    if !filter.is_set() {
        query = query.filter(meetings::ends_at.le(Moment::now()));
    }
    let rows = query.load(conn)?;
    Ok(Page::new(read(conn, None, rows)?, PER_PAGE, |meeting| TimeKey(meeting.ends_at, meeting.id)))
}

/// How many upcoming and how many past meetings a book's page lists.
const MAX_PER_BOOK: i64 = 3;

/// The next meetings about a book, then the latest past ones.
pub fn of_book(conn: &mut Conn, book: BookId) -> Result<Vec<Meeting>> {
    let of_book = || Row::query().filter(meetings::book_id.eq(book)).limit(MAX_PER_BOOK);
    let coming = of_book().filter(meetings::ends_at.gt(Moment::now())).order((meetings::ends_at, meetings::id));
    let past = of_book().filter(meetings::ends_at.le(Moment::now()));
    let past = past.order((meetings::ends_at.desc(), meetings::id.desc()));
    let mut rows: Vec<Row> = coming.load(conn)?;
    rows.extend(past.load(conn)?);
    read(conn, None, rows)
}

/// The maximum number of meetings in a month's table.
const MAX_PER_MONTH: i64 = 200;

/// Meetings whose local date is in this range, soonest first, including cancelled ones.
pub fn between(conn: &mut Conn, first: NaiveDate, last: NaiveDate) -> Result<Vec<Meeting>> {
    let (first, last, from, until) = date_range(first, last).ok_or(Error::NotFound)?;
    let rows = Row::query()
        .filter(meetings::day.between(first, last))
        .filter(meetings::ends_at.between(from, until))
        .order((meetings::ends_at, meetings::id))
        .limit(MAX_PER_MONTH)
        .load(conn)?;
    read(conn, None, rows)
}

/// The years with meetings, latest first.
pub fn years(conn: &mut Conn) -> Result<Vec<i32>> {
    Ok(dialect::meeting_years(conn)?.into_iter().map(|day| day.year()).collect())
}

/// How long past meetings stay in calendars, and the maximum number of meetings in one.
const IN_CALENDARS: (TimeDelta, i64) = (TimeDelta::days(180), 500);

/// Meetings for calendars, soonest first: upcoming ones and those of the last 180 days, including cancelled ones.
pub fn for_calendars(conn: &mut Conn) -> Result<Vec<Meeting>> {
    let rows = Row::query()
        .filter(meetings::ends_at.gt(Moment::now().before(IN_CALENDARS.0)))
        .order((meetings::ends_at, meetings::id))
        .limit(IN_CALENDARS.1)
        .load(conn)?;
    read(conn, None, rows)
}
