//! The form for editing a meeting, filled with its current values.

use super::form::MeetingForm;
use super::schedule::Schedule;
use super::{DEFAULT_MINUTES, Meeting};
use crate::db::schema::meetings;
use crate::db::{Conn, MeetingId, MemberId, Moment};
use crate::domain::core::gate::{Key, Position, Sealed, spoiler_reach};
use crate::domain::core::members::Member;
use crate::domain::core::zones::Zone;
use crate::domain::events::video_links;
use crate::domain::library::books::Book;
use crate::domain::safety::quotes;
use crate::error::Result;
use diesel::prelude::*;

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
