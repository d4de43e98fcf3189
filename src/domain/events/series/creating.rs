//! Creating a series: one meeting for each day, in one transaction.

use super::RecurrenceRule;
use super::days::{SeriesDays, SeriesLimit};
use super::rule::Frequency;
use crate::db::schema::{occurrences, series};
use crate::db::{Conn, MeetingId, Moment, SeriesId};
use crate::domain::core::club;
use crate::domain::core::members::Member;
use crate::domain::events::meetings::form::{MeetingForm, MeetingInput};
use crate::domain::events::meetings::schedule::Schedule;
use crate::domain::events::meetings::writing::{self, Description};
use crate::domain::events::meetings::{self, Meeting, MeetingColumns};
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
                let days = SeriesDays::from(&input.schedule, input.which, rule, limit)?;
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
    let meeting = meetings::get(conn, None, first)?;
    let new = NewMeeting { meeting: meeting.log_facts(), video_link: input.call.is_some(), count: schedules.len() };
    let entry = NewLogEntry::new(Event::MeetingCreated(Box::new(new)), LogSubject::Meeting(first));
    log::record(conn, host.id, entry)?;
    Ok(meeting)
}

/// What new meetings of a series have in common.
pub(super) struct MeetingTemplate {
    pub(super) columns: MeetingColumns,
    pub(super) described: Description,
    /// The time of the meeting that they are copied from.
    pub(super) schedule: Schedule,
    pub(super) call: Option<video_links::NewVideoLink>,
}

impl MeetingTemplate {
    /// Creates a meeting for each of these times and returns the id of the first.
    pub(super) fn insert_all(
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
