//! Adding meetings to the end of a series.

use super::creating::MeetingTemplate;
use super::days::{SeriesDays, SeriesLimit};
use super::{RecurrenceRule, rule_of};
use crate::db::schema::{meetings, occurrences};
use crate::db::{Conn, MeetingId, SeriesId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::events::meetings::schedule::{Disambiguation, Schedule};
use crate::domain::events::meetings::writing::Description;
use crate::domain::events::meetings::{self as the_meetings, Meeting, MeetingColumns};
use crate::domain::events::video_links;
use crate::domain::safety::log::facts::NewMeeting;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::error::{Error, Problems, Result};
use chrono::NaiveDate;
use diesel::prelude::*;

/// The end of a series.
pub struct SeriesEnd {
    pub rule: RecurrenceRule,
    /// The meeting that new ones are copied from: the last one that wasn't changed on its own, or else the last one.
    pub model: Meeting,
    last: NaiveDate,
}

pub fn get_end(conn: &mut Conn, viewer: &Member, id: SeriesId) -> Result<SeriesEnd> {
    let rule = rule_of(conn, id)?;
    let of_series = occurrences::table.filter(occurrences::series_id.eq(id));
    let last = of_series.order(occurrences::scheduled_day.desc()).select(occurrences::scheduled_day).first(conn)?;
    let by_rule = (occurrences::is_exception, occurrences::scheduled_day.desc());
    let model: MeetingId = of_series.order(by_rule).select(occurrences::meeting_id).first(conn)?;
    Ok(SeriesEnd { rule, last, model: the_meetings::get(conn, Some(viewer), model)? })
}

impl SeriesEnd {
    /// The next days of the series.
    pub fn days(&self, limit: SeriesLimit, which: Disambiguation) -> Result<SeriesDays> {
        SeriesDays::after(self.last, &Schedule::of(&self.model), which, self.rule, limit)
    }
}

/// Adds meetings on the days that the host saw in the preview (`shown`) and logs it once. Returns the first of them and
/// how many were added.
pub fn extend(
    conn: &mut Conn,
    host: &Member,
    id: SeriesId,
    (limit, which): (SeriesLimit, Disambiguation),
    shown: &str,
) -> Result<(Meeting, usize)> {
    policy::require(Some(host), Act::ManageMeetings)?;
    let end = get_end(conn, host, id)?;
    let days = end.days(limit, which)?;
    if days.key() != shown {
        return Err(Error::Refused(Problems::one("shown", "The series has changed. Please check the new dates.")));
    }
    let schedules = days.schedules()?;
    let model = &end.model;
    let call = video_links::find_for_host(conn, host, model.id)?;
    let video_link = call.is_some();
    let described = described(conn, host, model)?;
    let template =
        MeetingTemplate { columns: MeetingColumns::of(model), described, schedule: Schedule::of(model), call };
    let first = template.insert_all(conn, host, (id, end.rule), &schedules)?;
    let meeting = the_meetings::get(conn, None, first)?;
    let new = NewMeeting { meeting: meeting.log_facts(), video_link, count: schedules.len() };
    let entry = NewLogEntry::new(Event::SeriesExtended(Box::new(new)), LogSubject::Meeting(first));
    log::record(conn, host.id, entry)?;
    Ok((meeting, schedules.len()))
}

/// The description of the model, or none if that is hidden.
fn described(conn: &mut Conn, host: &Member, model: &Meeting) -> Result<Description> {
    if model.hidden.is_some() || !model.has_description {
        return Ok(Description { markdown: String::new(), html: String::new(), reach: None, author: Some(host.id) });
    }
    let columns = (meetings::markdown, meetings::html, meetings::reach, meetings::author_id);
    let (markdown, html, reach, author) = meetings::table.find(model.id).select(columns).first(conn)?;
    Ok(Description { markdown, html, reach, author })
}
