//! The form for a meeting, its validation, and its values for editing a meeting.

use super::rsvp_limits::RsvpLimits;
use super::schedule::{Disambiguation, Schedule};
use super::{DEFAULT_MINUTES, Meeting};
use crate::db::schema::meetings;
use crate::db::{BookId, Conn, MeetingId, MemberId, Moment};
use crate::domain::core::gate::{Key, Position, Sealed, spoiler_reach};
use crate::domain::core::members::Member;
use crate::domain::core::text_fields::{Body, Title, optional_line};
use crate::domain::core::zones::Zone;
use crate::domain::events::video_links;
use crate::domain::library::books::Book;
use crate::domain::safety::quotes;
use crate::error::{Error, Problems, Result};
use chrono::{Datelike, NaiveDate, NaiveTime};
use diesel::prelude::*;

/// The fields of the form for a new or changed meeting, as sent.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct MeetingForm {
    pub title: String,
    /// A book's id; empty for none.
    pub book: String,
    /// `2026-10-21`.
    pub day: String,
    /// `18:30`.
    pub time: String,
    /// Not empty if only the day is known, as for some imported meetings.
    pub untimed: String,
    /// `first` or `second`, for a local time that happens twice on that day.
    pub which: String,
    /// Duration in minutes.
    pub minutes: String,
    /// An IANA time zone.
    pub zone: String,
    pub place: String,
    /// The URL of the video call; empty for none.
    pub call: String,
    /// Who can see the video link: `coming` or `all`.
    pub call_for: String,
    /// The chapter up to which attendees read.
    pub through: String,
    /// The description, in Markdown.
    pub body: String,
    /// Not empty if the description was folded for the host and stays unchanged.
    pub keep: String,
    /// The spoiler level of the description.
    pub reach: String,
    /// The id of the book whose chapters the form offered as spoiler levels.
    pub reach_in: String,
    /// Capacity; empty for no limit.
    pub places: String,
    /// Guests allowed per member.
    pub guests: String,
    /// RSVP deadline in the meeting's zone: `2026-10-20T18:00`.
    pub closes: String,
    /// The version (`sequence`) that the host saw.
    pub sequence: String,
    /// How it repeats: `weeks`, `nth` or `last`; empty for a single meeting.
    pub repeat: String,
    /// The interval in weeks, for `weeks`.
    pub weeks: String,
    /// The numbers of the months to skip, 1 for January.
    pub skipped: Vec<String>,
    /// The last day of the series, `2026-12-31`; `count` is then empty.
    pub until: String,
    /// The number of meetings in the series; `until` is then empty.
    pub count: String,
    /// The days that the host has seen in the preview.
    pub shown: String,
    /// Which meetings of a series change: `this`, `later` or `all`.
    pub scope: String,
}

/// A validated form.
#[derive(Clone, Debug)]
pub struct MeetingInput {
    pub(super) title: Title,
    pub(in crate::domain) book: Option<BookId>,
    pub(in crate::domain) schedule: Schedule,
    /// Which of the two times, if the local time happens twice.
    pub(in crate::domain) which: Disambiguation,
    pub(super) place: String,
    pub(in crate::domain) call: Option<video_links::NewVideoLink>,
    pub(super) through: i32,
    pub(super) rsvp_limits: RsvpLimits,
    /// The description and its spoiler level (a chapter number); `None` leaves the description unchanged.
    pub(in crate::domain) description: Option<(Body, i32)>,
}

impl MeetingInput {
    /// Validates the form. A local time that the clocks skip on that day is refused. If it happens twice, the problem
    /// is named `which` and the host has to choose one.
    pub fn parse(form: &MeetingForm) -> Result<Self> {
        let mut problems = Problems::default();
        let title = problems.check("title", Title::parse(&form.title));
        let book = problems.check("book", parse_book(&form.book));
        let zone = problems.check("zone", Zone::parse(&form.zone));
        let day = problems.check("day", parse_day(&form.day));
        let clock = problems.check("time", time(form)).zip(problems.check("minutes", minutes(form)));
        let place = problems.check("place", optional_line(&form.place, "the place", 300));
        let call = problems.check("call", video_links::NewVideoLink::parse(&form.call, &form.call_for));
        let through = problems.check("through", chapter(&form.through));
        let description = description(form, &mut problems);
        let which = Disambiguation::parse(&form.which);
        let schedule = match (&zone, day, clock) {
            (Some(zone), Some(day), Some((time, minutes))) => {
                let schedule = Schedule::derive(zone.clone(), day, time.zip(minutes), which);
                schedule.map_err(|error| problems.add(error.field(), error.message("that day"))).ok()
            }
            _ => None,
        };
        let starts_at = schedule.as_ref().map(|schedule| schedule.starts_at);
        let rsvp_limits =
            problems.check_part(RsvpLimits::parse(form, zone.as_ref(), starts_at).map_err(Error::Refused))?;
        let clear = problems.is_empty();
        match (title, book, schedule, place, call, through, rsvp_limits) {
            (Some(title), Some(book), Some(schedule), Some(place), Some(call), Some(through), Some(rsvp_limits))
                if clear =>
            {
                let place = place.unwrap_or_default();
                Ok(Self { title, book, schedule, which, place, call, through, rsvp_limits, description })
            }
            _ => Err(Error::Refused(problems)),
        }
    }
}

/// Parses a field for a book; empty for none.
pub(in crate::domain) fn parse_book(text: &str) -> Result<Option<BookId>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| NO_BOOK),
    }
}

pub(in crate::domain) const NO_BOOK: &str = "Please choose a book from the list, or “No book”.";

/// Parses a date field.
pub(in crate::domain) fn parse_day(text: &str) -> Result<NaiveDate, &'static str> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
    day.filter(|day| (1900..2200).contains(&day.year())).ok_or("Please enter a date, such as 2026-10-21.")
}

/// Parses a field for a local time.
pub(in crate::domain) fn parse_time(text: &str) -> Result<NaiveTime, &'static str> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(|_| "Please enter a time, such as 18:30.")
}

/// Parses a field for a duration in minutes.
pub(in crate::domain) fn parse_minutes(text: &str) -> Result<i32, &'static str> {
    let minutes = text.trim().parse().ok().filter(|minutes| (5..=24 * 60).contains(minutes));
    minutes.ok_or("Please enter a duration from 5 to 1440 minutes.")
}

fn time(form: &MeetingForm) -> Result<Option<NaiveTime>, &'static str> {
    match form.time.trim() {
        "" if !form.untimed.is_empty() => Ok(None),
        text => parse_time(text).map(Some),
    }
}

fn minutes(form: &MeetingForm) -> Result<Option<i32>, &'static str> {
    match form.minutes.trim() {
        _ if form.time.trim().is_empty() && !form.untimed.is_empty() => Ok(None),
        text => parse_minutes(text).map(Some),
    }
}

fn chapter(text: &str) -> Result<i32, &'static str> {
    match text.trim() {
        "" => Ok(0),
        text => text.parse().map_err(|_| "Please enter a chapter number."),
    }
}

/// The description with its spoiler level. If the host has not chosen a level for the current book, that is a problem
/// named `reach`.
fn description(form: &MeetingForm, problems: &mut Problems) -> Option<(Body, i32)> {
    if !form.keep.is_empty() {
        return None;
    }
    let body = problems.check("body", Body::parse_optional(&form.body))?;
    let (book, reach, reach_in) = (form.book.trim(), form.reach.trim(), form.reach_in.trim());
    if body.markdown.is_empty() {
        return Some((body, 0));
    }
    let reach = match (book, reach) {
        ("", "" | "0") => Ok(0),
        ("", _) => Err("Without a book, spoilers can’t be hidden: everyone will see this description."),
        (_, "") => Err("Please choose a spoiler level."),
        _ if !reach_in.is_empty() && reach_in != book => {
            Err("You chose another book. Please choose the spoiler level again.")
        }
        (_, reach) => reach.parse().map_err(|_| "Please choose a spoiler level."),
    };
    problems.check("reach", reach).map(|reach| (body, reach))
}

/// The Markdown of the description. Quotes that this host can't see are left out; saving the same text restores them.
pub(super) fn source(conn: &mut Conn, host: &Member, id: MeetingId) -> Result<String> {
    let columns = (meetings::markdown, meetings::html);
    let (markdown, html): (String, String) = meetings::table.find(id).select(columns).first(conn)?;
    quotes::source(conn, host, (&markdown, &html))
}

/// The form with the current values, and the description. The description is sealed at the highest spoiler level found
/// in it, because Markdown shows all spoilers. `None` if it's hidden and the viewer is no moderator.
pub fn edit_form(conn: &mut Conn, host: &Member, meeting: &Meeting) -> Result<(MeetingForm, Option<Sealed<String>>)> {
    let (call, call_for) = video_links::find_for_host(conn, host, meeting.id)?
        .map(video_links::NewVideoLink::into_form_values)
        .unwrap_or_default();
    let the_meeting = meetings::table.find(meeting.id);
    let (html, author): (String, Option<MemberId>) =
        the_meeting.select((meetings::html, meetings::author_id)).first(conn)?;
    let markdown = source(conn, host, meeting.id)?;
    let span = meeting.book.as_ref().map(|book| book.id);
    let reach = meeting.reach.farther(spoiler_reach(&html, span));
    let shown = meeting.description.is_some() || !meeting.has_description;
    let book = meeting.book.as_ref().map(|book| book.id.to_string()).unwrap_or_default();
    let form = MeetingForm {
        title: meeting.title.clone(),
        day: meeting.day.to_string(),
        time: meeting.time.map(|time| time.format("%H:%M").to_string()).unwrap_or_default(),
        untimed: meeting.time.map_or("yes", |_| "").to_owned(),
        which: Schedule::of(meeting).which().as_str().to_owned(),
        minutes: meeting.minutes.unwrap_or(DEFAULT_MINUTES).to_string(),
        zone: meeting.zone.clone(),
        place: meeting.place.clone(),
        call,
        call_for,
        through: meeting.through.map(|through| through_number(meeting, through)).unwrap_or_default(),
        reach: meeting.reach.position().unwrap_or_default().number().to_string(),
        reach_in: book.clone(),
        book,
        places: meeting.rsvp_limits.places.map(|places| places.to_string()).unwrap_or_default(),
        guests: meeting.rsvp_limits.guests.to_string(),
        closes: meeting.rsvp_limits.closes_at.map(|at| wall(meeting, at)).unwrap_or_default(),
        sequence: meeting.sequence.to_string(),
        ..MeetingForm::default()
    };
    Ok((form, shown.then(|| Sealed::new(markdown, reach, Key::Meeting(meeting.id, 0), author))))
}

/// A time as a `datetime-local` field has it, in the meeting's zone.
fn wall(meeting: &Meeting, at: Moment) -> String {
    Zone::from_stored(&meeting.zone).wall(at).format("%Y-%m-%dT%H:%M").to_string()
}

/// Forms show the whole book as its last chapter.
fn through_number(meeting: &Meeting, through: Position) -> String {
    let last = meeting.book.as_ref().map_or(1, Book::chapters);
    through.chapter().unwrap_or(last).to_string()
}
