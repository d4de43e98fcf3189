//! Adding meetings to the end of a series.

use super::days::{Days, Ending};
use super::making::Pattern;
use super::{Rule, rule_of};
use crate::db::schema::{meetings, occurrences};
use crate::db::{Conn, MeetingId, SeriesId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::events::meetings::hours::{Hours, Which};
use crate::domain::events::meetings::{self as the_meetings, Described, Facts, Meeting};
use crate::domain::events::video_links;
use crate::domain::safety::log::{self, Entry};
use crate::error::{Error, Problems, Result};
use chrono::NaiveDate;
use diesel::prelude::*;

/// The end of a series.
pub struct End {
    pub rule: Rule,
    /// The meeting that new ones are copied from: the last one that wasn't changed on its own, or else the last one.
    pub model: Meeting,
    last: NaiveDate,
}

pub fn end(conn: &mut Conn, viewer: &Member, id: SeriesId) -> Result<End> {
    let rule = rule_of(conn, id)?;
    let of_series = occurrences::table.filter(occurrences::series_id.eq(id));
    let last = of_series.order(occurrences::slot.desc()).select(occurrences::slot).first(conn)?;
    let by_rule = (occurrences::by_hand, occurrences::slot.desc());
    let model: MeetingId = of_series.order(by_rule).select(occurrences::meeting_id).first(conn)?;
    Ok(End { rule, last, model: the_meetings::get(conn, Some(viewer), model)? })
}

impl End {
    /// The next days of the series.
    pub fn days(&self, ending: Ending, which: Which) -> Result<Days> {
        Days::after(self.last, &Hours::of(&self.model), which, self.rule, ending)
    }
}

/// Adds meetings on the days that the host saw in the preview (`shown`) and logs it once. Returns the first of them and
/// how many were added.
pub fn add(
    conn: &mut Conn,
    host: &Member,
    id: SeriesId,
    (ending, which): (Ending, Which),
    shown: &str,
) -> Result<(Meeting, usize)> {
    policy::require(Some(host), Act::KeepMeetings)?;
    let end = end(conn, host, id)?;
    let days = end.days(ending, which)?;
    if days.key() != shown {
        return Err(Error::Refused(Problems::one("shown", "The series has changed. Please check the new dates.")));
    }
    let hours = days.hours()?;
    let model = &end.model;
    let call = video_links::kept(conn, host, model.id)?;
    let called = call.as_ref().map(|_| "with a call");
    let described = described(conn, host, model)?;
    let pattern = Pattern { facts: Facts::of(model), described, hours: Hours::of(model), call };
    let first = pattern.repeat(conn, host, (id, end.rule), &hours)?;
    let meeting = the_meetings::get(conn, None, first)?;
    let words = the_meetings::plan::calling(&meeting, called);
    let words = format!("{words}; {}, {} more meetings", end.rule.words(), hours.len());
    log::record(conn, host.id, &Entry::set_up(first, &words))?;
    Ok((meeting, hours.len()))
}

/// The description of the model, or none if that is hidden.
fn described(conn: &mut Conn, host: &Member, model: &Meeting) -> Result<Described> {
    if model.hidden.is_some() || !model.described {
        return Ok(Described { markdown: String::new(), html: String::new(), reach: None, writer: Some(host.id) });
    }
    let columns = (meetings::markdown, meetings::html, meetings::reach, meetings::writer_id);
    let (markdown, html, reach, writer) = meetings::table.find(model.id).select(columns).first(conn)?;
    Ok(Described { markdown, html, reach, writer })
}
