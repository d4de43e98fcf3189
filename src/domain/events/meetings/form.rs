//! What the form for a meeting holds, and what it must say.

use super::hours::{Hours, Which};
use super::room::Room;
use crate::db::BookId;
use crate::domain::core::words::{Body, Title, optional_line};
use crate::domain::core::zones::Zone;
use crate::domain::events::video_links;
use crate::error::{Error, Problems, Result};
use chrono::{Datelike, NaiveDate, NaiveTime};

/// The fields of the form by which a host sets up a meeting.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct MeetingForm {
    /// Its title.
    pub title: String,
    /// The book's id; empty for none.
    pub book: String,
    /// `2026-10-21`.
    pub day: String,
    /// `18:30`.
    pub time: String,
    /// Not empty where only the day is known, as of some that were imported.
    pub untimed: String,
    /// `first` or `second`, for a time that comes twice on that day.
    pub which: String,
    /// How long it lasts, in minutes.
    pub minutes: String,
    /// An IANA zone.
    pub zone: String,
    /// Where.
    pub place: String,
    /// The address of a call; empty for none.
    pub call: String,
    /// Who sees that: `coming` or `all`.
    pub call_for: String,
    /// The chapter through which to read for it.
    pub through: String,
    /// What is said about it, in Markdown.
    pub body: String,
    /// Not empty where the description was folded for the host, and stays as it is.
    pub keep: String,
    /// How far the description goes.
    pub reach: String,
    /// The id of the book whose chapters the form offered for that.
    pub reach_in: String,
    /// How many people it has room for.
    pub places: String,
    /// How many guests each member may bring.
    pub guests: String,
    /// Until when members may say that they come: `2026-10-20T18:00`, in its zone.
    pub closes: String,
    /// The version of the meeting that the host saw.
    pub sequence: String,
    /// How it repeats: `weeks`, `nth` or `last`; empty for once.
    pub repeat: String,
    /// Every how many weeks.
    pub weeks: String,
    /// The numbers of the months that are left out.
    pub skipped: Vec<String>,
    /// Through which day it repeats, `2026-12-31`; or else how many times.
    pub until: String,
    /// How many meetings that makes.
    pub count: String,
    /// The days that the host was shown.
    pub shown: String,
    /// Which of a series are changed: `this`, `later` or `all`.
    pub scope: String,
}

/// A meeting as a host plans it.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) title: Title,
    pub(in crate::domain) book: Option<BookId>,
    pub(in crate::domain) hours: Hours,
    /// Which of two times is meant, where one comes twice.
    pub(in crate::domain) which: Which,
    pub(super) place: String,
    pub(in crate::domain) call: Option<video_links::Planned>,
    pub(super) through: i32,
    pub(super) room: Room,
    /// What is said about it and how far that goes; `None` leaves what is there.
    pub(in crate::domain) description: Option<(Body, i32)>,
}

impl Plan {
    /// Reads what a host filled in. A time that the clock skips on that day is refused; one that comes twice is asked
    /// back under the name `which`.
    pub fn parse(form: &MeetingForm) -> Result<Self> {
        let mut problems = Problems::default();
        let title = problems.take("title", Title::parse(&form.title));
        let book = problems.take("book", book(&form.book));
        let zone = problems.take("zone", Zone::parse(&form.zone));
        let day = problems.take("day", day(&form.day));
        let clock = problems.take("time", time(form)).zip(problems.take("minutes", minutes(form)));
        let place = problems.take("place", optional_line(&form.place, "the place", 300));
        let call = problems.take("call", video_links::Planned::parse(&form.call, &form.call_for));
        let through = problems.take("through", chapter(&form.through));
        let description = description(form, &mut problems);
        let which = Which::parse(&form.which);
        let hours = match (&zone, day, clock) {
            (Some(zone), Some(day), Some((time, minutes))) => {
                let hours = Hours::derive(zone.clone(), day, time.zip(minutes), which);
                hours.map_err(|slip| problems.add(slip.field(), slip.sentence())).ok()
            }
            _ => None,
        };
        let starts_at = hours.as_ref().map(|hours| hours.starts_at);
        let room = problems.take_part(Room::parse(form, zone.as_ref(), starts_at).map_err(Error::Refused));
        let clear = problems.is_empty();
        match (title, book, hours, place, call, through, room) {
            (Some(title), Some(book), Some(hours), Some(place), Some(call), Some(through), Some(room)) if clear => {
                let place = place.unwrap_or_default();
                Ok(Self { title, book, hours, which, place, call, through, room, description })
            }
            _ => Err(Error::Refused(problems)),
        }
    }
}

fn book(text: &str) -> Result<Option<BookId>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| NO_BOOK),
    }
}

pub(super) const NO_BOOK: &str = "Please choose a book from the list, or “No book”.";

fn day(text: &str) -> Result<NaiveDate, &'static str> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
    day.filter(|day| (1900..2200).contains(&day.year())).ok_or("Please enter a date, such as 2026-10-21.")
}

fn time(form: &MeetingForm) -> Result<Option<NaiveTime>, &'static str> {
    match form.time.trim() {
        "" if !form.untimed.is_empty() => Ok(None),
        text => {
            let time = NaiveTime::parse_from_str(text, "%H:%M");
            time.map(Some).map_err(|_| "Please enter a time, such as 18:30.")
        }
    }
}

fn minutes(form: &MeetingForm) -> Result<Option<i32>, &'static str> {
    match form.minutes.trim() {
        _ if form.time.trim().is_empty() && !form.untimed.is_empty() => Ok(None),
        text => {
            let minutes = text.parse().ok().filter(|minutes| (5..=24 * 60).contains(minutes));
            minutes.map(Some).ok_or("Please enter a duration from 5 to 1440 minutes.")
        }
    }
}

fn chapter(text: &str) -> Result<i32, &'static str> {
    match text.trim() {
        "" => Ok(0),
        text => text.parse().map_err(|_| "Please enter a chapter number."),
    }
}

/// What is said about the meeting and how far that goes: a host who has not been asked that for this book is asked.
fn description(form: &MeetingForm, problems: &mut Problems) -> Option<(Body, i32)> {
    if !form.keep.is_empty() {
        return None;
    }
    let body = problems.take("body", Body::parse_optional(&form.body))?;
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
    problems.take("reach", reach).map(|reach| (body, reach))
}
