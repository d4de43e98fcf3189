//! iCalendar feeds (RFC 5545) of the club and of each member. They say when and where meetings are and how far to read.
//! Descriptions of meetings are left out, because they may be spoilers for the subscriber.

use crate::db::schema::members;
use crate::db::{Conn, MeetingId, MemberId, Moment};
use crate::domain::core::members::MemberState;
use crate::domain::core::tokens::hash;
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::reading_plans;
use crate::domain::events::rsvps::{self, Answer};
use crate::domain::events::video_links::{self, VideoLink, VideoUrl};
use crate::error::Result;
use chrono::TimeDelta;
use diesel::prelude::*;
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};
use std::collections::BTreeMap;

/// How often subscribed programs should fetch the calendar again.
const REFRESH: TimeDelta = TimeDelta::hours(1);

/// All meetings of the club. `address` is the site's origin, for absolute links.
pub fn of_club(conn: &mut Conn, name: &str, address: &str) -> Result<String> {
    let meetings = meetings::for_calendars(conn)?;
    let video_links = visible_links(conn, None, &meetings)?;
    let meetings = meetings.iter().map(|meeting| event(meeting, None, video_links.get(&meeting.id), address));
    Ok(calendar(name, meetings.chain(reading_plan_events(conn, address)?)))
}

pub fn of_meeting(
    conn: &mut Conn,
    viewer: Option<MemberId>,
    id: MeetingId,
    name: &str,
    address: &str,
) -> Result<String> {
    let meeting = [meetings::get(conn, None, id)?];
    let video_links = visible_links(conn, viewer, &meeting)?;
    Ok(calendar(name, meeting.iter().map(|meeting| event(meeting, None, video_links.get(&id), address))))
}

/// The video links that the viewer is allowed to see, by meeting.
fn visible_links(
    conn: &mut Conn,
    viewer: Option<MemberId>,
    meetings: &[Meeting],
) -> Result<BTreeMap<MeetingId, VideoUrl>> {
    let ids: Vec<MeetingId> = meetings.iter().map(|meeting| meeting.id).collect();
    let open = video_links::list(conn, viewer, &ids)?.into_iter().filter_map(|(id, call)| match call {
        VideoLink::Open(address) => Some((id, address)),
        VideoLink::Folded => None,
    });
    Ok(open.collect())
}

/// The calendar of the member with this secret token, without the meetings they declined. `Error::NotFound` if the
/// token is unknown or its member is suspended or no longer active.
pub fn of_token(conn: &mut Conn, token: &str, name: &str, address: &str) -> Result<String> {
    let now = Moment::now();
    let member: MemberId = members::table
        .filter(members::calendar_hash.eq(hash(token)))
        .filter(members::state.eq(MemberState::Active))
        .filter(members::suspended_until.is_null().or(members::suspended_until.le(now)))
        .select(members::id)
        .first(conn)?;
    let meetings = meetings::for_calendars(conn)?;
    let ids: Vec<MeetingId> = meetings.iter().map(|meeting| meeting.id).collect();
    let answers = rsvps::answers(conn, member, &ids)?;
    let answer = |id| answers.iter().find(|(known, _)| *known == id).map(|(_, answer)| *answer);
    let video_links = visible_links(conn, Some(member), &meetings)?;
    let kept = meetings.iter().filter(|meeting| answer(meeting.id) != Some(Answer::No));
    let kept = kept.map(|meeting| event(meeting, answer(meeting.id), video_links.get(&meeting.id), address));
    Ok(calendar(name, kept.chain(reading_plan_events(conn, address)?)))
}

/// All-day events for the days of reading plans.
fn reading_plan_events(conn: &mut Conn, address: &str) -> Result<Vec<Event>> {
    let event = |entry: reading_plans::CalendarEntry| {
        let mut event = Event::new();
        let there = format!("{address}{}", entry.path);
        event.uid(&entry.uid).summary(&entry.words).url(&there).description(&there);
        event.timestamp(entry.changed_at.utc()).last_modified(entry.changed_at.utc());
        event.sequence(u32::try_from(entry.sequence).unwrap_or_default()).all_day(entry.day);
        event.done()
    };
    Ok(reading_plans::for_calendars(conn)?.into_iter().map(event).collect())
}

fn calendar(name: &str, events: impl IntoIterator<Item = Event>) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0")).append_property(("PRODID", "-//Chapterhouse//Meetings//EN"));
    calendar.append_property(("CALSCALE", "GREGORIAN")).ttl(&REFRESH);
    // RFC 7986, 5.1. Typed as text so that the value is escaped. X-WR-CALNAME is the older name of the same property.
    calendar.append_property(Property::new("NAME", name).add_parameter("VALUE", "TEXT").done());
    calendar.append_property(("X-WR-CALNAME", name));
    for event in events {
        calendar.push(event);
    }
    calendar.done().to_string()
}

fn event(meeting: &Meeting, answer: Option<Answer>, call: Option<&VideoUrl>, address: &str) -> Event {
    let mut event = Event::new();
    let there = format!("{address}{}", meeting.path());
    event.uid(&meeting.uid).summary(&meeting.title).url(&there).timestamp(meeting.changed_at.utc());
    event.last_modified(meeting.changed_at.utc());
    event.sequence(u32::try_from(meeting.sequence).unwrap_or_default());
    let call = call.filter(|_| meeting.cancelled.is_none());
    event.description(&description(meeting, call, &there));
    match call {
        Some(call) if meeting.place.is_empty() => event.location(call.as_str()),
        _ if meeting.place.is_empty() => &mut event,
        _ => event.location(&meeting.place),
    };
    if let Some(call) = call {
        // RFC 7986, 5.11.
        event.append_property(Property::new("CONFERENCE", call.as_str()).add_parameter("VALUE", "URI").done());
    }
    event.status(match (&meeting.cancelled, answer) {
        (Some(_), _) => EventStatus::Cancelled,
        (None, Some(Answer::Maybe)) => EventStatus::Tentative,
        (None, _) => EventStatus::Confirmed,
    });
    match meeting.time {
        Some(_) => event.starts(meeting.starts_at.utc()).ends(meeting.ends_at.utc()),
        None => event.all_day(meeting.day),
    };
    event.done()
}

/// The description of an event: how far to read, the video link, and the meeting's address.
fn description(meeting: &Meeting, call: Option<&VideoUrl>, there: &str) -> String {
    let read = meeting.book.as_ref().zip(meeting.through).map(|(book, through)| match through.chapter() {
        Some(chapter) => format!("Read {} up to chapter {chapter}.\n", book.title),
        None => format!("Read the whole book: {}.\n", book.title),
    });
    let read = read.or_else(|| meeting.book.as_ref().map(|book| format!("Book: {}.\n", book.title)));
    let call = call.map(|call| format!("Video call: {}\n", call.as_str())).unwrap_or_default();
    format!("{}{call}{there}", read.unwrap_or_default())
}
