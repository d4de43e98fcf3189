//! Creating a series, and adding meetings to its end: one meeting for each day, in one transaction.

use super::days::{SeriesDays, SeriesLimit};
use super::rule::Frequency;
use super::{RecurrenceRule, rule_of};
use crate::db::schema::{meetings, occurrences, series};
use crate::db::{Conn, MeetingId, Moment, SeriesId};
use crate::domain::core::club;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::events::meetings as the_meetings;
use crate::domain::events::meetings::form::{MeetingForm, MeetingInput};
use crate::domain::events::meetings::schedule::{Disambiguation, Schedule};
use crate::domain::events::meetings::writing::{self, Description};
use crate::domain::events::meetings::{Meeting, MeetingColumns};
use crate::domain::events::video_links;
use crate::domain::safety::log::facts::NewMeeting;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::error::{Error, Problems, Result};
use chrono::NaiveDate;
use diesel::prelude::*;

/// The validated form for a new meeting or a series.
pub enum NewMeetings {
    Single(Box<MeetingInput>),
    Series(Box<NewSeries>),
}

/// A validated new series.
pub struct NewSeries {
    pub rule: RecurrenceRule,
    pub days: SeriesDays,
    input: MeetingInput,
}

impl NewMeetings {
    /// Validates the form.
    pub fn parse(form: &MeetingForm) -> Result<Self> {
        let mut problems = Problems::default();
        let input = problems.check_part(MeetingInput::parse(form))?;
        let freq = match form.repeat.as_str() {
            "" => None,
            word => {
                problems.check("repeat", Frequency::from_word(word).ok_or("Please choose how the meeting repeats."))
            }
        };
        let Some(freq) = freq else {
            problems.into_result()?;
            let input = input.ok_or_else(|| Error::Internal("a form without problems has no input".into()))?;
            return Ok(Self::Single(Box::new(input)));
        };
        let weeks = problems.check("weeks", if freq == Frequency::Weekly { weeks(&form.weeks) } else { Ok(1) });
        let limit = problems.check_part(SeriesLimit::parse(&form.until, &form.count))?;
        match input.zip(weeks).zip(limit) {
            Some(((input, weeks), limit)) if problems.is_empty() => {
                let rule = RecurrenceRule::from_day(freq, weeks, months(&form.skipped), input.schedule.day);
                let rule = rule.map_err(|(field, sentence)| Error::Refused(Problems::one(field, sentence)))?;
                let first = input.schedule.day;
                let days = std::iter::once(first).chain(rule.days_after(first));
                let days = SeriesDays::new(days, limit, &input.schedule, input.which)?;
                if days.count() < 2 {
                    let sentence = "A series needs at least 2 meetings. For one meeting, choose “does not repeat”.";
                    return Err(Error::Refused(Problems::one("count", sentence)));
                }
                Ok(Self::Series(Box::new(NewSeries { rule, days, input })))
            }
            _ => Err(Error::Refused(problems)),
        }
    }
}

fn weeks(text: &str) -> Result<i32, &'static str> {
    let weeks = text.trim().parse().ok().filter(|weeks| (1..=52).contains(weeks));
    weeks.ok_or("Please enter a number of weeks from 1 to 52.")
}

fn months(skipped: &[String]) -> i32 {
    let numbers = skipped.iter().filter_map(|month| month.parse::<u32>().ok()).filter(|month| (1..=12).contains(month));
    numbers.fold(0, |months, month| months | 1 << (month - 1))
}

/// Creates the meetings of a series with one log entry and returns the first.
pub fn create(conn: &mut Conn, host: &Member, repeats: &NewSeries) -> Result<Meeting> {
    let NewSeries { rule, days, input } = repeats;
    let (columns, described) = writing::validate(conn, host, input)?;
    let schedules = days.schedules()?;
    let row = (
        (series::freq.eq(rule.freq), series::interval.eq(rule.number), series::by_weekday.eq(rule.weekday)),
        (series::skipped_months.eq(rule.skipped), series::created_at.eq(Moment::now())),
    );
    let id = diesel::insert_into(series::table).values(row).returning(series::id).get_result(conn)?;
    let template = MeetingTemplate { columns, described, schedule: input.schedule.clone(), call: input.call.clone() };
    let first = template.insert_all(conn, host, (id, *rule), &schedules)?;
    let meeting = the_meetings::get(conn, None, first)?;
    let new = NewMeeting { meeting: meeting.log_facts(), video_link: input.call.is_some(), count: schedules.len() };
    let entry = NewLogEntry::new(Event::MeetingCreated(Box::new(new)), LogSubject::Meeting(first));
    log::record(conn, host.id, entry)?;
    Ok(meeting)
}

/// What new meetings of a series have in common.
struct MeetingTemplate {
    columns: MeetingColumns,
    described: Description,
    /// The time of the meeting that they are copied from.
    schedule: Schedule,
    call: Option<video_links::NewVideoLink>,
}

impl MeetingTemplate {
    /// Creates a meeting for each of these times and returns the id of the first.
    fn insert_all(
        self,
        conn: &mut Conn,
        host: &Member,
        (series, rule): (SeriesId, RecurrenceRule),
        schedules: &[Schedule],
    ) -> Result<MeetingId> {
        let mut first = None;
        for there in schedules {
            let columns = self.columns.clone().rescheduled(&self.schedule, there);
            let id = writing::insert(conn, host, &columns, &self.described)?;
            video_links::set(conn, id, self.call.as_ref())?;
            insert_occurrence(conn, series, id, (there.day, rule))?;
            first.get_or_insert(id);
        }
        club::touch(conn)?;
        first.ok_or_else(|| Error::Internal("a series without days".into()))
    }
}

fn insert_occurrence(
    conn: &mut Conn,
    series: SeriesId,
    meeting: MeetingId,
    (scheduled_day, rule): (NaiveDate, RecurrenceRule),
) -> Result<()> {
    let row = (
        (occurrences::meeting_id.eq(meeting), occurrences::series_id.eq(series)),
        (occurrences::scheduled_day.eq(scheduled_day), occurrences::is_exception.eq(false)),
        (occurrences::interval.eq(rule.number), occurrences::by_weekday.eq(rule.weekday)),
    );
    diesel::insert_into(occurrences::table).values(row).execute(conn)?;
    Ok(())
}

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
        SeriesDays::new(self.rule.days_after(self.last), limit, &Schedule::of(&self.model), which)
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
