//! Series: meetings that repeat by a rule. Each is a meeting of its own, with its own RSVPs and changes. It also has
//! the day that the rule gave it, and a mark if a host has changed it on its own.

mod adding;
pub mod changing;
mod days;
mod making;
mod rule;

pub use adding::{End, add, end};
pub use changing::Scope;
pub use days::{Days, Ending, MOST};
pub use making::{Planned, Repeats, create};
pub use rule::{MONTHS, Rule, Step};

use crate::db::schema::{meetings, occurrences, series};
use crate::db::{Conn, MeetingId, Moment, SeriesId};
use crate::domain::core::words;
use crate::domain::events::meetings::Meeting;
use crate::error::Result;
use chrono::NaiveDate;
use diesel::prelude::*;

/// A meeting's place in its series.
#[derive(Clone, Debug)]
pub struct Occurrence {
    pub series: SeriesId,
    /// The rule that gave this meeting its day. Later meetings may have a different one.
    pub rule: Rule,
    /// The day that the rule gave it. The meeting itself may have been moved since.
    pub(in crate::domain) slot: NaiveDate,
    /// Whether a host has changed this meeting on its own.
    pub by_hand: bool,
}

impl Occurrence {
    /// The rule in words, if the meeting still follows it.
    pub fn words(&self, meeting: &Meeting) -> String {
        match meeting.day == self.slot && self.rule.fits(self.slot) {
            true => self.rule.words(),
            false => "one of a series".to_owned(),
        }
    }
}

/// The occurrence of a meeting, if it belongs to a series.
pub fn of(conn: &mut Conn, meeting: MeetingId) -> Result<Option<Occurrence>> {
    let columns =
        (occurrences::series_id, occurrences::slot, occurrences::by_hand, occurrences::number, occurrences::weekday);
    let row: Option<(SeriesId, NaiveDate, bool, i32, i32)> =
        occurrences::table.find(meeting).select(columns).first(conn).optional()?;
    let Some((series, slot, by_hand, number, weekday)) = row else { return Ok(None) };
    let rule = Rule { number, weekday, ..rule_of(conn, series)? };
    Ok(Some(Occurrence { series, rule, slot, by_hand }))
}

/// The rule of the series' next meetings.
fn rule_of(conn: &mut Conn, id: SeriesId) -> Result<Rule> {
    let columns = (series::step, series::number, series::weekday, series::skipped);
    let (step, number, weekday, skipped) = series::table.find(id).select(columns).first(conn)?;
    Ok(Rule { step, number, weekday, skipped })
}

/// Another meeting of the same series, for links to it.
#[derive(Clone, Debug, Queryable)]
pub struct Sibling {
    pub id: MeetingId,
    pub title: String,
    pub day: NaiveDate,
    /// The reason, if it was cancelled.
    pub cancelled: Option<String>,
}

impl Sibling {
    /// The path of its page.
    pub fn path(&self) -> String {
        format!("/meetings/{}/{}", self.id, words::slug(&self.title, "meeting"))
    }
}

type SiblingColumns = (meetings::id, meetings::title, meetings::day, meetings::cancelled_reason);

const SIBLING: SiblingColumns = (meetings::id, meetings::title, meetings::day, meetings::cancelled_reason);

/// How many earlier and how many later meetings a page links to.
const NAMED: (i64, i64) = (2, 6);

/// The meetings of a series just before this one and just after it, in order.
pub fn around(conn: &mut Conn, id: SeriesId, meeting: &Meeting) -> Result<(Vec<Sibling>, Vec<Sibling>)> {
    let of_series = occurrences::table.inner_join(meetings::table).filter(occurrences::series_id.eq(id));
    let (at, own) = (meeting.starts_at, meeting.id);
    let mut earlier: Vec<Sibling> = of_series
        .filter(meetings::starts_at.lt(at).or(meetings::starts_at.eq(at).and(meetings::id.lt(own))))
        .order((meetings::starts_at.desc(), meetings::id.desc()))
        .limit(NAMED.0)
        .select(SIBLING)
        .load(conn)?;
    earlier.reverse();
    let later = of_series
        .filter(meetings::starts_at.gt(at).or(meetings::starts_at.eq(at).and(meetings::id.gt(own))))
        .order((meetings::starts_at, meetings::id))
        .limit(NAMED.1)
        .select(SIBLING)
        .load(conn)?;
    Ok((earlier, later))
}

/// The other upcoming meetings of a series that were changed on their own.
pub fn by_hand(conn: &mut Conn, id: SeriesId, but: MeetingId) -> Result<Vec<Sibling>> {
    let changed = occurrences::table
        .inner_join(meetings::table)
        .filter(occurrences::series_id.eq(id))
        .filter(occurrences::by_hand.eq(true))
        .filter(meetings::id.ne(but))
        .filter(meetings::cancelled_reason.is_null())
        .filter(meetings::ends_at.gt(Moment::now()))
        .order((meetings::starts_at, meetings::id))
        .select(SIBLING)
        .limit(MOST as i64);
    Ok(changed.load(conn)?)
}
