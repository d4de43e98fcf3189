//! Changing and cancelling meetings of a series: one, this and later ones, or all upcoming ones. Meetings that were
//! changed on their own are left as they are. Each action has one log entry.

use super::days::problems;
use super::{Occurrence, find_occurrence};
use crate::db::schema::{meetings, occurrences, series};
use crate::db::{Conn, MeetingId, Moment};
use crate::domain::core::members::Member;
use crate::domain::core::text_fields::Reason;
use crate::domain::events::attendance;
use crate::domain::events::meetings::form::MeetingInput;
use crate::domain::events::meetings::moves;
use crate::domain::events::meetings::schedule::{Disambiguation, LocalTimeError, Schedule};
use crate::domain::events::meetings::writing::{self, MeetingUpdate};
use crate::domain::events::meetings::{self as the_meetings, Meeting, MeetingColumns};
use crate::domain::events::rsvps::{self, MeetingNews};
use crate::domain::events::video_links;
use crate::domain::safety::log;
use crate::error::{Error, Problems, Result};
use chrono::NaiveDate;
use diesel::dsl::max;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    This,
    Later,
    /// All upcoming ones.
    All,
}

impl Scope {
    /// Reads `later` or `all`; anything else means this one.
    pub fn parse(word: &str) -> Self {
        match word {
            "later" => Self::Later,
            "all" => Self::All,
            _ => Self::This,
        }
    }
}

/// The result of changing or cancelling meetings of a series.
pub struct SeriesChange {
    pub meeting: Meeting,
    /// How many others were changed as well.
    pub others: usize,
    /// The days of meetings that were left as they are because they were changed on their own.
    pub unchanged: Vec<NaiveDate>,
}

/// The other meetings in the scope, ordered by their scheduled day.
struct Others {
    meetings: Vec<Meeting>,
    /// The days of meetings that are left as they are.
    unchanged: Vec<NaiveDate>,
}

impl Others {
    fn find(conn: &mut Conn, actor: &Member, except: MeetingId, place: &Occurrence, scope: Scope) -> Result<Self> {
        let mut query = occurrences::table
            .inner_join(meetings::table)
            .filter(occurrences::series_id.eq(place.series))
            .filter(occurrences::meeting_id.ne(except))
            .filter(meetings::cancelled_reason.is_null())
            .filter(meetings::ends_at.gt(Moment::now()))
            .order(occurrences::scheduled_day)
            .select((occurrences::meeting_id, occurrences::is_exception, meetings::day))
            .into_boxed();
        if scope == Scope::Later {
            query = query.filter(occurrences::scheduled_day.gt(place.scheduled_day));
        }
        let rows: Vec<(MeetingId, bool, NaiveDate)> = query.load(conn)?;
        let unchanged = rows.iter().filter(|(_, is_exception, _)| *is_exception).map(|(.., day)| *day).collect();
        let ids: Vec<MeetingId> = rows.iter().filter(|(_, is_exception, _)| !is_exception).map(|row| row.0).collect();
        let mut meetings = the_meetings::several(conn, Some(actor), &ids)?;
        meetings.sort_by_key(|meeting| ids.iter().position(|id| *id == meeting.id));
        Ok(Self { meetings, unchanged })
    }
}

/// Changes a meeting, and applies the same changes to others of its series in the scope. `sequence` is the version that
/// the host saw.
pub fn update(
    conn: &mut Conn,
    actor: &Member,
    id: MeetingId,
    input: &MeetingInput,
    (sequence, scope): (i32, Scope),
) -> Result<SeriesChange> {
    let before = the_meetings::get(conn, Some(actor), id)?;
    let place = find_occurrence(conn, id)?;
    let Some(place) = place.filter(|_| scope != Scope::This) else {
        let changed = writing::update(conn, actor, &before, input, sequence)?;
        if changed.differs(&before) {
            diesel::update(occurrences::table.find(id)).set(occurrences::is_exception.eq(true)).execute(conn)?;
            log::record(conn, actor.id, changed.entry(&before, 0))?;
        }
        return Ok(SeriesChange { meeting: changed.after, others: 0, unchanged: Vec::new() });
    };
    let others = Others::find(conn, actor, id, &place, scope)?;
    let changed = writing::update(conn, actor, &before, input, sequence)?;
    let days = move_later_days(conn, &place, &before, input, scope)?;
    let count = apply_to_others(conn, actor, &others, &before, &changed, input, &days)?;
    log::record(conn, actor.id, changed.entry(&before, count))?;
    Ok(SeriesChange { meeting: changed.after, others: count, unchanged: others.unchanged })
}

/// If the day has changed: changes the rule from the new day on, and returns the new day of each later meeting, past
/// and cancelled ones included.
fn move_later_days(
    conn: &mut Conn,
    place: &Occurrence,
    before: &Meeting,
    input: &MeetingInput,
    scope: Scope,
) -> Result<Vec<(MeetingId, NaiveDate)>> {
    let day = input.schedule.day;
    if day == before.day {
        return Ok(Vec::new());
    }
    let refused = |sentence: &str| Err(Error::Refused(Problems::one("day", sentence)));
    if scope == Scope::All {
        return refused("To change the date, choose “only this meeting” or “this meeting and later ones” below.");
    }
    let of_series = occurrences::table.filter(occurrences::series_id.eq(place.series));
    let earlier =
        of_series.filter(occurrences::scheduled_day.lt(place.scheduled_day)).select(max(occurrences::scheduled_day));
    let earlier: Option<NaiveDate> = earlier.first(conn)?;
    if let Some(last) = earlier.filter(|last| day <= *last) {
        let last = last.format("%-d %B %Y");
        return refused(&format!("The series has an earlier meeting on {last}. Please choose a later date."));
    }
    if day < input.schedule.zone.wall(Moment::now()).date() {
        return refused("This date has already passed. Please choose a later date.");
    }
    let rule =
        place.rule.restarted_on(day).map_err(|(field, sentence)| Error::Refused(Problems::one(field, sentence)))?;
    diesel::update(series::table.find(place.series))
        .set((series::interval.eq(rule.number), series::by_weekday.eq(rule.weekday)))
        .execute(conn)?;
    let later: Vec<MeetingId> = of_series
        .filter(occurrences::scheduled_day.gt(place.scheduled_day))
        .order((occurrences::scheduled_day, occurrences::meeting_id))
        .select(occurrences::meeting_id)
        .load(conn)?;
    let count = later.len();
    let days: Vec<(MeetingId, NaiveDate)> = later.into_iter().zip(rule.days_after(day)).collect();
    if days.len() < count {
        return refused("Some later meetings would be too far in the future. Please choose an earlier date.");
    }
    let from_here = of_series.filter(occurrences::scheduled_day.ge(place.scheduled_day));
    diesel::update(from_here)
        .set((occurrences::interval.eq(rule.number), occurrences::by_weekday.eq(rule.weekday)))
        .execute(conn)?;
    for (meeting, scheduled_day) in std::iter::once(&(before.id, day)).chain(&days) {
        let set = occurrences::scheduled_day.eq(scheduled_day);
        diesel::update(occurrences::table.find(meeting)).set(set).execute(conn)?;
    }
    Ok(days)
}

/// Applies the changes of one meeting to the others and returns how many have changed.
fn apply_to_others(
    conn: &mut Conn,
    actor: &Member,
    others: &Others,
    before: &Meeting,
    changed: &MeetingUpdate,
    input: &MeetingInput,
    days: &[(MeetingId, NaiveDate)],
) -> Result<usize> {
    let (old, new) = (MeetingColumns::of(before), MeetingColumns::of(&changed.after));
    let mut planned = Vec::new();
    let mut errors = Vec::new();
    for meeting in &others.meetings {
        let day = days.iter().find(|(id, _)| *id == meeting.id).map_or(meeting.day, |(_, day)| *day);
        match schedule(meeting, day, &Schedule::of(before), &input.schedule, input.which) {
            Ok(schedule) => planned.push((meeting, schedule)),
            Err(error) => errors.push((day, Some(error))),
        }
    }
    problems(errors.into_iter()).into_result()?;
    let new_links = match changed.video_link_changed {
        Some(_) => {
            let ids: Vec<MeetingId> = others.meetings.iter().map(|meeting| meeting.id).collect();
            video_links::set_all(conn, &ids, input.call.as_ref())?
        }
        None => Vec::new(),
    };
    let (mut count, mut moved) = (0, Vec::new());
    for (meeting, schedule) in planned {
        let own = MeetingColumns::of(meeting);
        let mut columns = own.clone().with_changes(&old, &new).rescheduled(&Schedule::of(meeting), &schedule);
        if old.closes_at() != new.closes_at() {
            columns = columns.with_rsvp_until(new.closes_at().map(|at| schedule.shift_moment(at, &input.schedule)));
        }
        let mut differs = columns != own || new_links.contains(&meeting.id);
        // A spoiler level is only valid for its own book.
        if changed.description_changed
            && columns.book() == new.book()
            && !meeting.is_description_hidden()
            && let Some((body, _)) = &input.description
        {
            differs |= writing::update_description(conn, actor, meeting, body, changed.after.reach.position())?;
        }
        if differs {
            writing::save(conn, meeting.id, &columns)?;
            moves::record(conn, meeting, &columns)?;
            if columns.capacity() != own.capacity() {
                rsvps::promote_from_waitlist(conn, meeting.id)?;
            }
            if columns.has_moved_since(&own) {
                moved.push(meeting.id);
            }
            count += 1;
        }
    }
    let moved = the_meetings::several(conn, None, &moved)?;
    for before in &others.meetings {
        if let Some(after) = moved.iter().find(|after| after.id == before.id) {
            rsvps::notify_respondents(conn, before.id, MeetingNews::Moved { before, after }, actor.id)?;
        }
    }
    if count > 0
        && let Some(book) = new.book()
    {
        attendance::update_unlocks(conn, book)?;
    }
    Ok(count)
}

/// The date and time of another meeting after one was changed. What wasn't changed stays as it is.
fn schedule(
    meeting: &Meeting,
    day: NaiveDate,
    old: &Schedule,
    new: &Schedule,
    which: Disambiguation,
) -> Result<Schedule, LocalTimeError> {
    let own = Schedule::of(meeting);
    let clock = if old.clock == new.clock { own.clock } else { new.clock };
    let zone = if old.zone.name() == new.zone.name() { &own.zone } else { &new.zone };
    if day == own.day && clock == own.clock && zone.name() == own.zone.name() {
        return Ok(own);
    }
    Schedule::derive(zone.clone(), day, clock, which)
}

/// Cancels a meeting and others of its series in the scope.
pub fn cancel(conn: &mut Conn, actor: &Member, id: MeetingId, reason: &Reason, scope: Scope) -> Result<SeriesChange> {
    let place = find_occurrence(conn, id)?.filter(|_| scope != Scope::This);
    let others = match &place {
        Some(place) => Others::find(conn, actor, id, place, scope)?,
        None => Others { meetings: Vec::new(), unchanged: Vec::new() },
    };
    let ids: Vec<MeetingId> = others.meetings.iter().map(|meeting| meeting.id).collect();
    writing::cancel(conn, actor, id, &ids, reason)?;
    let meeting = the_meetings::get(conn, None, id)?;
    Ok(SeriesChange { meeting, others: ids.len(), unchanged: others.unchanged })
}
