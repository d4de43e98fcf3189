//! Creating a series: one meeting for each day, in one transaction.

use super::Rule;
use super::days::{Days, Ending};
use super::rule::Step;
use crate::db::schema::{occurrences, series};
use crate::db::{Conn, MeetingId, Moment, SeriesId};
use crate::domain::core::club;
use crate::domain::core::members::Member;
use crate::domain::events::meetings::form::{MeetingForm, Plan};
use crate::domain::events::meetings::hours::Hours;
use crate::domain::events::meetings::{self, Described, Facts, Meeting, plan};
use crate::domain::events::video_links;
use crate::domain::safety::log::{self, Entry};
use crate::error::{Error, Problems, Result};
use chrono::NaiveDate;
use diesel::prelude::*;

/// The validated form for a new meeting or a series.
pub enum Planned {
    Once(Box<Plan>),
    Series(Box<Repeats>),
}

/// A validated new series.
pub struct Repeats {
    pub rule: Rule,
    pub days: Days,
    plan: Plan,
}

impl Planned {
    /// Validates the form.
    pub fn parse(form: &MeetingForm) -> Result<Self> {
        let mut problems = Problems::default();
        let plan = problems.take_part(Plan::parse(form));
        let step = match form.repeat.as_str() {
            "" => None,
            word => problems.take("repeat", Step::from_word(word).ok_or("Please choose how the meeting repeats.")),
        };
        let Some(step) = step else {
            problems.done()?;
            let plan = plan.ok_or_else(|| Error::Internal("a plan without a problem is none".into()))?;
            return Ok(Self::Once(Box::new(plan)));
        };
        let weeks = problems.take("weeks", if step == Step::Weeks { weeks(&form.weeks) } else { Ok(1) });
        let ending = problems.take_part(Ending::parse(&form.until, &form.count));
        match plan.zip(weeks).zip(ending) {
            Some(((plan, weeks), ending)) if problems.is_empty() => {
                let rule = Rule::from_day(step, weeks, months(&form.skipped), plan.hours.day);
                let rule = rule.map_err(|(field, sentence)| Error::Refused(Problems::one(field, sentence)))?;
                let days = Days::from(&plan.hours, plan.which, rule, ending)?;
                if days.count() < 2 {
                    let sentence = "A series needs at least 2 meetings. For one meeting, choose “does not repeat”.";
                    return Err(Error::Refused(Problems::one("count", sentence)));
                }
                Ok(Self::Series(Box::new(Repeats { rule, days, plan })))
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
pub fn create(conn: &mut Conn, host: &Member, repeats: &Repeats) -> Result<Meeting> {
    let Repeats { rule, days, plan } = repeats;
    let (facts, described) = plan::check(conn, host, plan)?;
    let hours = days.hours()?;
    let row = (
        (series::step.eq(rule.step), series::number.eq(rule.number), series::weekday.eq(rule.weekday)),
        (series::skipped.eq(rule.skipped), series::created_at.eq(Moment::now())),
    );
    let id = diesel::insert_into(series::table).values(row).returning(series::id).get_result(conn)?;
    let pattern = Pattern { facts, described, hours: plan.hours.clone(), call: plan.call.clone() };
    let first = pattern.repeat(conn, host, (id, *rule), &hours)?;
    let meeting = meetings::get(conn, None, first)?;
    let words = plan::calling(&meeting, plan.call.as_ref().map(|_| "with a call"));
    let words = format!("{words}; {}, {} meetings", rule.words(), hours.len());
    log::record(conn, host.id, &Entry::set_up(first, &words))?;
    Ok(meeting)
}

/// What new meetings of a series have in common.
pub(super) struct Pattern {
    pub(super) facts: Facts,
    pub(super) described: Described,
    /// The time of the meeting that they are copied from.
    pub(super) hours: Hours,
    pub(super) call: Option<video_links::Planned>,
}

impl Pattern {
    /// Creates a meeting for each of these times and returns the id of the first.
    pub(super) fn repeat(
        self,
        conn: &mut Conn,
        host: &Member,
        (series, rule): (SeriesId, Rule),
        hours: &[Hours],
    ) -> Result<MeetingId> {
        let mut first = None;
        for there in hours {
            let facts = self.facts.clone().carried(&self.hours, there);
            let id = plan::insert(conn, host, &facts, &self.described)?;
            video_links::set(conn, id, self.call.as_ref())?;
            join(conn, series, id, (there.day, rule))?;
            first.get_or_insert(id);
        }
        club::touch(conn)?;
        first.ok_or_else(|| Error::Internal("a series without days".into()))
    }
}

fn join(conn: &mut Conn, series: SeriesId, meeting: MeetingId, (slot, rule): (NaiveDate, Rule)) -> Result<()> {
    let row = (
        (occurrences::meeting_id.eq(meeting), occurrences::series_id.eq(series)),
        (occurrences::slot.eq(slot), occurrences::by_hand.eq(false)),
        (occurrences::number.eq(rule.number), occurrences::weekday.eq(rule.weekday)),
    );
    diesel::insert_into(occurrences::table).values(row).execute(conn)?;
    Ok(())
}
