//! The lists of meetings: upcoming, past, by book or year, and a month as a table.

use crate::db::{BookId, MeetingId, Moment};
use crate::domain::core::pagination::TimeKey;
use crate::domain::events::meetings::{self, Meeting, MeetingFilter};
use crate::domain::library::books::{self, Book};
use crate::error::{Error, Result};
use crate::web::frame::{Frame, Section};
use crate::web::html;
use crate::web::pagination::parse_key;
use crate::web::request::RequestContext;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Query {
    /// The key of the last meeting on the previous page of past ones.
    before: Option<String>,
    book: Option<BookId>,
    year: Option<i32>,
    /// `2026-10`.
    month: Option<String>,
}

fn invalid_address() -> Error {
    Error::BadRequest("That address isn’t valid.")
}

impl Query {
    fn filter(&self) -> Result<MeetingFilter> {
        match self.year {
            Some(year) if !YEARS.contains(&year) => Err(invalid_address()),
            year => Ok(MeetingFilter { book: self.book.filter(|book| book.0 != 0), year }),
        }
    }

    fn month(&self) -> Result<Option<NaiveDate>> {
        let Some(text) = &self.month else { return Ok(None) };
        let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok();
        first.filter(|day| YEARS.contains(&day.year())).map(Some).ok_or_else(invalid_address)
    }
}

/// The years that a meeting can be in.
const YEARS: std::ops::Range<i32> = 1900..2200;

#[derive(Template)]
#[template(path = "events/meetings/index.html")]
struct IndexPage {
    frame: Frame,
    /// Whether this is the first page, with upcoming meetings.
    first: bool,
    coming: Vec<Meeting>,
    years: Vec<(i32, Vec<Meeting>)>,
    next: Option<String>,
    filter: MeetingFilter,
    /// The book that the list is filtered by.
    book: Option<Book>,
    /// The years with meetings, latest first.
    known: Vec<i32>,
    /// The current month, as the query has it.
    month: String,
}

impl IndexPage {
    fn heading(&self) -> String {
        if self.first {
            return "Meetings".to_owned();
        }
        if !self.filter.is_set() {
            return "Earlier meetings".to_owned();
        }
        let about = self.book.as_ref().map(|book| format!(" about {}", book.title)).unwrap_or_default();
        let year = self.filter.year.map(|year| format!(" in {year}")).unwrap_or_default();
        format!("Meetings{about}{year}")
    }

    /// Whether the list is filtered by this year.
    fn is_year(&self, year: &i32) -> bool {
        self.filter.year == Some(*year)
    }
}

/// Upcoming meetings and the first page of past ones, or a filtered list, or a month.
pub async fn index(context: RequestContext, query: web::Query<Query>) -> Result<HttpResponse> {
    if let Some(first) = query.month()? {
        return month(context, first).await;
    }
    let (before, filter) = (parse_key(query.before.as_deref())?, query.filter()?);
    let first = before.is_none() && !filter.is_set();
    let (frame, (coming, past, book, mut known)) = context
        .read(move |conn, _| {
            let coming = if first { meetings::upcoming(conn)? } else { Vec::new() };
            let book = filter.book.map(|book| books::get(conn, book)).transpose()?;
            Ok((coming, meetings::past(conn, filter, before)?, book, meetings::years(conn)?))
        })
        .await?;
    let frame = frame.in_section(Section::Meetings);
    let today = frame.zone().wall(Moment::now()).date();
    known.truncate(MOST_YEARS);
    let next = past.next.map(|key| next_page(key, filter));
    let (years, month) = (by_year(past.items), today.format("%Y-%m").to_string());
    Ok(html(&IndexPage { frame, first, coming, years, next, filter, book, known, month }))
}

/// The maximum number of years to choose from.
const MOST_YEARS: usize = 40;

/// The query for the page after the meeting with this key.
fn next_page(last: TimeKey<MeetingId>, filter: MeetingFilter) -> String {
    let mut query = format!("?before={last}");
    if let Some(book) = filter.book {
        query.push_str(&format!("&book={book}"));
    }
    if let Some(year) = filter.year {
        query.push_str(&format!("&year={year}"));
    }
    query
}

fn by_year(meetings: Vec<Meeting>) -> Vec<(i32, Vec<Meeting>)> {
    let mut years: Vec<(i32, Vec<Meeting>)> = Vec::new();
    for meeting in meetings {
        match years.last_mut() {
            Some((year, meetings)) if *year == meeting.day.year() => meetings.push(meeting),
            _ => years.push((meeting.day.year(), vec![meeting])),
        }
    }
    years
}

struct Day {
    day: NaiveDate,
    /// Whether it's in this month. The first and last week may have days of other months.
    is_here: bool,
    is_today: bool,
    meetings: Vec<Meeting>,
}

#[derive(Template)]
#[template(path = "events/meetings/month.html")]
struct MonthPage {
    frame: Frame,
    first: NaiveDate,
    weeks: Vec<Vec<Day>>,
    previous: Option<NaiveDate>,
    next: Option<NaiveDate>,
    /// Whether the month has no meetings.
    is_empty: bool,
}

/// A month's meetings by local date.
async fn month(context: RequestContext, first: NaiveDate) -> Result<HttpResponse> {
    let last = first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).ok_or_else(invalid_address)?;
    let (frame, meetings) = context.read(move |conn, _| meetings::between(conn, first, last)).await?;
    let frame = frame.in_section(Section::Meetings);
    let today = frame.zone().wall(Moment::now()).date();
    let neighbour = |day: Option<NaiveDate>| day.filter(|day| YEARS.contains(&day.year()));
    let previous = neighbour(first.checked_sub_months(Months::new(1)));
    let next = neighbour(last.succ_opt());
    let is_empty = meetings.is_empty();
    Ok(html(&MonthPage { weeks: weeks(first, last, today, meetings), frame, first, previous, next, is_empty }))
}

/// The weeks of a month, from Monday to Sunday.
fn weeks(first: NaiveDate, last: NaiveDate, today: NaiveDate, meetings: Vec<Meeting>) -> Vec<Vec<Day>> {
    let back = u64::from(first.weekday().num_days_from_monday());
    let monday = first.checked_sub_days(Days::new(back)).unwrap_or(first);
    let mut meetings = meetings.into_iter().collect::<Vec<_>>();
    let mut weeks = Vec::new();
    for day in monday.iter_days().take_while(|day| *day <= last || day.weekday() != chrono::Weekday::Mon) {
        if day.weekday() == chrono::Weekday::Mon {
            weeks.push(Vec::with_capacity(7));
        }
        let (on_day, others) = meetings.into_iter().partition(|meeting| meeting.day == day);
        meetings = others;
        let is_here = (first..=last).contains(&day);
        if let Some(week) = weeks.last_mut() {
            week.push(Day { day, is_here, is_today: day == today, meetings: on_day });
        }
    }
    weeks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_whole_weeks_from_monday_on() {
        for (first, count) in [("2026-02-01", 5), ("2027-02-01", 4), ("2026-08-01", 6), ("2024-02-01", 5)] {
            let first: NaiveDate = first.parse().unwrap();
            let last = first.checked_add_months(Months::new(1)).unwrap().pred_opt().unwrap();
            let weeks = weeks(first, last, first, Vec::new());
            assert_eq!(weeks.len(), count, "{first}");
            assert!(weeks.iter().all(|week| week.len() == 7 && week[0].day.weekday() == chrono::Weekday::Mon));
            let location: Vec<&Day> = weeks.iter().flatten().filter(|day| day.is_here).collect();
            assert_eq!((location[0].day, location[location.len() - 1].day), (first, last));
            assert_eq!(location.iter().filter(|day| day.is_today).count(), 1);
        }
    }
}
