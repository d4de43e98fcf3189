//! Which meetings of a series to change: the question in forms, and the message afterwards.

use crate::db::{Conn, MeetingId};
use crate::domain::events::series::changing::SeriesChange;
use crate::domain::events::series::{self, Sibling};
use crate::error::Result;
use crate::web::times;
use chrono::NaiveDate;

/// What the form shows about the series.
pub(super) struct Choice {
    pub(super) rule: String,
    /// Meetings that were changed on their own, which are left as they are.
    pub(super) exceptions: Vec<Sibling>,
    /// What happens to the other meetings.
    pub(super) note: &'static str,
}

impl Choice {
    /// `None` if the meeting doesn't belong to a series.
    pub(super) fn read(conn: &mut Conn, id: MeetingId, note: &'static str) -> Result<Option<Self>> {
        let Some(place) = series::find_occurrence(conn, id)? else { return Ok(None) };
        let exceptions = series::list_exceptions(conn, place.series, id)?;
        Ok(Some(Self { rule: place.rule.words(), exceptions, note }))
    }
}

/// The maximum number of days in a message.
const NAMED: usize = 6;

/// The message for the next page. `done` is a participle such as “updated”.
pub(super) fn done_message(outcome: &SeriesChange, done: &str) -> String {
    let mut words = match outcome.others {
        0 => format!("Meeting {done}."),
        1 => format!("Meeting {done}, and 1 other in the series."),
        others => format!("Meeting {done}, and {others} others in the series."),
    };
    if !outcome.unchanged.is_empty() {
        let named: Vec<String> = outcome.unchanged.iter().take(NAMED).map(|day: &NaiveDate| times::date(day)).collect();
        let more = outcome.unchanged.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let left = match outcome.unchanged.len() {
            1 => "1 individually changed meeting was left as it is".to_owned(),
            count => format!("{count} individually changed meetings were left as they are"),
        };
        words.push_str(&format!(" {left}: {}{more}.", named.join(", ")));
    }
    words
}
