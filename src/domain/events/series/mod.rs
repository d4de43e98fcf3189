//! Series: meetings that repeat by a rule. Each is a meeting of its own, with its own RSVPs and changes. It also has
//! the day that the rule gave it, and a mark if a host has changed it on its own.

pub mod changing;
mod creating;
mod days;
mod rule;

pub use changing::Scope;
pub use creating::{NewMeetings, NewSeries, SeriesEnd, create, extend, get_end};
pub use days::{MAX_MEETINGS, SeriesDays, SeriesLimit};
pub use rule::{Frequency, RecurrenceRule};

use crate::db::schema::{meetings, occurrences, series};
use crate::db::{Conn, MeetingId, Moment, SeriesId};
use crate::domain::core::text_fields;
use crate::domain::events::meetings::Meeting;
use crate::error::Result;
use chrono::NaiveDate;
use diesel::prelude::*;

/// A meeting's place in its series.
#[derive(Clone, Debug)]
pub struct Occurrence {
    pub series: SeriesId,
    /// The rule that gave this meeting its day. Later meetings may have a different one.
    pub rule: RecurrenceRule,
    /// The day that the rule gave it. The meeting itself may have been moved since.
    pub(in crate::domain) scheduled_day: NaiveDate,
    /// Whether a host has changed this meeting on its own.
    pub is_exception: bool,
}

impl Occurrence {
    /// The rule in words, if the meeting still follows it.
    pub fn words(&self, meeting: &Meeting) -> String {
        match meeting.day == self.scheduled_day && self.rule.matches(self.scheduled_day) {
            true => self.rule.words(),
            false => "one of a series".to_owned(),
        }
    }
}

/// The occurrence of a meeting, if it belongs to a series.
pub fn find_occurrence(conn: &mut Conn, meeting: MeetingId) -> Result<Option<Occurrence>> {
    let columns = (
        occurrences::series_id,
        occurrences::scheduled_day,
        occurrences::is_exception,
        occurrences::interval,
        occurrences::by_weekday,
    );
    let row: Option<(SeriesId, NaiveDate, bool, i32, i32)> =
        occurrences::table.find(meeting).select(columns).first(conn).optional()?;
    let Some((series, scheduled_day, is_exception, number, weekday)) = row else { return Ok(None) };
    let rule = RecurrenceRule { number, weekday, ..rule_of(conn, series)? };
    Ok(Some(Occurrence { series, rule, scheduled_day, is_exception }))
}

/// The rule of the series' next meetings.
fn rule_of(conn: &mut Conn, id: SeriesId) -> Result<RecurrenceRule> {
    let columns = (series::freq, series::interval, series::by_weekday, series::skipped_months);
    let (freq, number, weekday, skipped) = series::table.find(id).select(columns).first(conn)?;
    Ok(RecurrenceRule { freq, number, weekday, skipped })
}

/// Another meeting of the same series, for links to it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = meetings)]
pub struct Sibling {
    pub id: MeetingId,
    pub title: String,
    pub day: NaiveDate,
    /// The reason, if it was cancelled.
    #[diesel(column_name = cancelled_reason)]
    pub cancelled: Option<String>,
}

impl Sibling {
    /// The path of its page.
    pub fn path(&self) -> String {
        format!("/meetings/{}/{}", self.id, text_fields::slug(&self.title, "meeting"))
    }
}

/// How many earlier and how many later meetings a page links to.
const NAMED: (i64, i64) = (2, 6);

/// The meetings of a series just before this one and just after it, in order.
pub fn neighbours(conn: &mut Conn, id: SeriesId, meeting: &Meeting) -> Result<(Vec<Sibling>, Vec<Sibling>)> {
    let of_series = occurrences::table.inner_join(meetings::table).filter(occurrences::series_id.eq(id));
    let (at, own) = (meeting.starts_at, meeting.id);
    let mut earlier: Vec<Sibling> = of_series
        .filter(meetings::starts_at.lt(at).or(meetings::starts_at.eq(at).and(meetings::id.lt(own))))
        .order((meetings::starts_at.desc(), meetings::id.desc()))
        .limit(NAMED.0)
        .select(Sibling::as_select())
        .load(conn)?;
    earlier.reverse();
    let later = of_series
        .filter(meetings::starts_at.gt(at).or(meetings::starts_at.eq(at).and(meetings::id.gt(own))))
        .order((meetings::starts_at, meetings::id))
        .limit(NAMED.1)
        .select(Sibling::as_select())
        .load(conn)?;
    Ok((earlier, later))
}

/// The other upcoming meetings of a series that were changed on their own.
pub fn list_exceptions(conn: &mut Conn, id: SeriesId, except: MeetingId) -> Result<Vec<Sibling>> {
    let changed = occurrences::table
        .inner_join(meetings::table)
        .filter(occurrences::series_id.eq(id))
        .filter(occurrences::is_exception.eq(true))
        .filter(meetings::id.ne(except))
        .filter(meetings::cancelled_reason.is_null())
        .filter(meetings::ends_at.gt(Moment::now()))
        .order((meetings::starts_at, meetings::id))
        .select(Sibling::as_select())
        .limit(MAX_MEETINGS as i64);
    Ok(changed.load(conn)?)
}
