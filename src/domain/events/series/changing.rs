//! Changing and cancelling meetings of a series: one, this and later ones, or all upcoming ones. Meetings that were
//! changed on their own are left as they are. Each action has one log entry.

use super::days::problems;
use super::{Occurrence, of};
use crate::db::schema::{meetings, occurrences, series};
use crate::db::{Conn, MeetingId, Moment};
use crate::domain::core::members::Member;
use crate::domain::core::words::Reason;
use crate::domain::events::attendance;
use crate::domain::events::meetings::form::Plan;
use crate::domain::events::meetings::hours::{Hours, Slip, Which};
use crate::domain::events::meetings::moves;
use crate::domain::events::meetings::plan::{self, Changed};
use crate::domain::events::meetings::{self as the_meetings, Facts, Meeting};
use crate::domain::events::rsvps::{self, News};
use crate::domain::events::video_links;
use crate::domain::safety::log::{self, Entry};
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
pub struct Outcome {
    pub meeting: Meeting,
    /// How many others were changed as well.
    pub others: usize,
    /// The days of meetings that were left as they are because they were changed on their own.
    pub left: Vec<NaiveDate>,
}

/// The other meetings in the scope, ordered by their scheduled day.
struct Others {
    /// The meetings to change, each with its scheduled day.
    touched: Vec<(Meeting, NaiveDate)>,
    left: Vec<NaiveDate>,
}

impl Others {
    fn find(conn: &mut Conn, actor: &Member, but: MeetingId, place: &Occurrence, scope: Scope) -> Result<Self> {
        let mut query = occurrences::table
            .inner_join(meetings::table)
            .filter(occurrences::series_id.eq(place.series))
            .filter(occurrences::meeting_id.ne(but))
            .filter(meetings::cancelled_reason.is_null())
            .filter(meetings::ends_at.gt(Moment::now()))
            .order(occurrences::slot)
            .select((occurrences::meeting_id, occurrences::slot, occurrences::by_hand, meetings::day))
            .into_boxed();
        if scope == Scope::Later {
            query = query.filter(occurrences::slot.gt(place.slot));
        }
        let rows: Vec<(MeetingId, NaiveDate, bool, NaiveDate)> = query.load(conn)?;
        let left = rows.iter().filter(|row| row.2).map(|row| row.3).collect();
        let ids: Vec<MeetingId> = rows.iter().filter(|row| !row.2).map(|row| row.0).collect();
        let found = the_meetings::several(conn, Some(actor), &ids)?;
        let slot = |id: MeetingId| rows.iter().find(|row| row.0 == id).map(|row| row.1);
        let mut touched: Vec<(Meeting, NaiveDate)> =
            found.into_iter().filter_map(|meeting| slot(meeting.id).map(|slot| (meeting, slot))).collect();
        touched.sort_by_key(|(_, slot)| *slot);
        Ok(Self { touched, left })
    }

    fn ids(&self) -> Vec<MeetingId> {
        self.touched.iter().map(|(meeting, _)| meeting.id).collect()
    }
}

/// Changes a meeting, and applies the same changes to others of its series in the scope. `sequence` is the version that
/// the host saw.
pub fn update(
    conn: &mut Conn,
    actor: &Member,
    id: MeetingId,
    plan: &Plan,
    (sequence, scope): (i32, Scope),
) -> Result<Outcome> {
    let before = the_meetings::get(conn, Some(actor), id)?;
    let place = of(conn, id)?;
    let Some(place) = place.filter(|_| scope != Scope::This) else {
        let changed = plan::change(conn, actor, &before, plan, sequence)?;
        if changed.differs(&before) {
            diesel::update(occurrences::table.find(id)).set(occurrences::by_hand.eq(true)).execute(conn)?;
            log::record(conn, actor.id, &Entry::meeting(id, changed.changes.words()))?;
        }
        return Ok(Outcome { meeting: changed.after, others: 0, left: Vec::new() });
    };
    let others = Others::find(conn, actor, id, &place, scope)?;
    let changed = plan::change(conn, actor, &before, plan, sequence)?;
    let days = shift(conn, &place, &before, plan, scope)?;
    let count = follow(conn, actor, &others, &before, &changed, plan, &days)?;
    let mut changes = changed.changes;
    if count > 0 {
        changes.add("for this", "", &format!("and {count} more of the series"));
    }
    log::record(conn, actor.id, &Entry::meeting(id, changes.words()))?;
    Ok(Outcome { meeting: changed.after, others: count, left: others.left })
}

/// If the day has changed: changes the rule from the new day on, and returns the new day of each later meeting, past
/// and cancelled ones included.
fn shift(
    conn: &mut Conn,
    place: &Occurrence,
    before: &Meeting,
    plan: &Plan,
    scope: Scope,
) -> Result<Vec<(MeetingId, NaiveDate)>> {
    let day = plan.hours.day;
    if day == before.day {
        return Ok(Vec::new());
    }
    let refused = |field, sentence: String| Error::Refused(Problems::one(field, sentence));
    if scope == Scope::All {
        let sentence = "To change the date, choose “only this meeting” or “this meeting and later ones” below.";
        return Err(refused("day", sentence.to_owned()));
    }
    let of_series = occurrences::table.filter(occurrences::series_id.eq(place.series));
    let earlier = of_series.filter(occurrences::slot.lt(place.slot)).select(max(occurrences::slot));
    let earlier: Option<NaiveDate> = earlier.first(conn)?;
    if let Some(last) = earlier.filter(|last| day <= *last) {
        let last = last.format("%-d %B %Y");
        return Err(refused(
            "day",
            format!("The series has an earlier meeting on {last}. Please choose a later date."),
        ));
    }
    if day < plan.hours.zone.wall(Moment::now()).date() {
        return Err(refused("day", "This date has already passed. Please choose a later date.".to_owned()));
    }
    let rule = place.rule.anew(day).map_err(|(field, sentence)| refused(field, sentence))?;
    diesel::update(series::table.find(place.series))
        .set((series::number.eq(rule.number), series::weekday.eq(rule.weekday)))
        .execute(conn)?;
    let later: Vec<MeetingId> = of_series
        .filter(occurrences::slot.gt(place.slot))
        .order((occurrences::slot, occurrences::meeting_id))
        .select(occurrences::meeting_id)
        .load(conn)?;
    let count = later.len();
    let days: Vec<(MeetingId, NaiveDate)> = later.into_iter().zip(rule.after(day)).collect();
    if days.len() < count {
        return Err(refused(
            "day",
            "Some later meetings would be too far in the future. Please choose an earlier date.".to_owned(),
        ));
    }
    for (meeting, slot) in std::iter::once(&(before.id, day)).chain(&days) {
        let values =
            (occurrences::slot.eq(slot), (occurrences::number.eq(rule.number), occurrences::weekday.eq(rule.weekday)));
        diesel::update(occurrences::table.find(meeting)).set(values).execute(conn)?;
    }
    Ok(days)
}

/// Applies the changes of one meeting to the others and returns how many have changed.
fn follow(
    conn: &mut Conn,
    actor: &Member,
    others: &Others,
    before: &Meeting,
    changed: &Changed,
    plan: &Plan,
    days: &[(MeetingId, NaiveDate)],
) -> Result<usize> {
    let (was, is) = (Facts::of(before), Facts::of(&changed.after));
    let mut planned = Vec::new();
    let mut slips = Vec::new();
    for (meeting, _) in &others.touched {
        let day = days.iter().find(|(id, _)| *id == meeting.id).map_or(meeting.day, |(_, day)| *day);
        match hours(meeting, day, &Hours::of(before), &plan.hours, plan.which) {
            Ok(hours) => planned.push((meeting, hours)),
            Err(slip) => slips.push((day, Some(slip))),
        }
    }
    problems(slips.into_iter()).done()?;
    let mut count = 0;
    for (meeting, hours) in planned {
        let own = Facts::of(meeting);
        let mut facts = own.clone().following(&was, &is).carried(&Hours::of(meeting), &hours);
        if was.closes_at() != is.closes_at() {
            facts = facts.closing(is.closes_at().map(|at| hours.carried(at, &plan.hours)));
        }
        let mut differs = facts != own;
        // A spoiler level is only valid for its own book.
        if changed.described
            && facts.book() == is.book()
            && !meeting.is_description_hidden()
            && let Some((body, _)) = &plan.description
        {
            differs |= plan::describe(conn, actor, meeting, body, changed.after.reach.position())?;
        }
        if changed.called {
            differs |= video_links::set(conn, meeting.id, plan.call.as_ref())?.is_some();
        }
        if differs {
            plan::keep(conn, meeting.id, &facts)?;
            moves::note(conn, meeting, &facts)?;
            rsvps::move_up(conn, meeting.id)?;
            if facts.moves(&own) {
                let moved = the_meetings::get(conn, None, meeting.id)?.moved_from(meeting);
                rsvps::tell_answered(conn, meeting.id, News::Moved(&moved), actor.id)?;
            }
            count += 1;
        }
    }
    if count > 0
        && let Some(book) = is.book()
    {
        attendance::hear(conn, book)?;
    }
    Ok(count)
}

/// The date and time of another meeting after one was changed. What wasn't changed stays as it is.
fn hours(meeting: &Meeting, day: NaiveDate, was: &Hours, is: &Hours, which: Which) -> Result<Hours, Slip> {
    let own = Hours::of(meeting);
    let clock = if was.clock == is.clock { own.clock } else { is.clock };
    let zone = if was.zone.name() == is.zone.name() { &own.zone } else { &is.zone };
    if day == own.day && clock == own.clock && zone.name() == own.zone.name() {
        return Ok(own);
    }
    Hours::derive(zone.clone(), day, clock, which)
}

/// Cancels a meeting and others of its series in the scope.
pub fn cancel(conn: &mut Conn, actor: &Member, id: MeetingId, reason: &Reason, scope: Scope) -> Result<Outcome> {
    let place = of(conn, id)?.filter(|_| scope != Scope::This);
    let others = match &place {
        Some(place) => Others::find(conn, actor, id, place, scope)?,
        None => Others { touched: Vec::new(), left: Vec::new() },
    };
    let ids = others.ids();
    plan::cancel(conn, actor, id, &ids, reason)?;
    let meeting = the_meetings::get(conn, None, id)?;
    Ok(Outcome { meeting, others: ids.len(), left: others.left })
}
