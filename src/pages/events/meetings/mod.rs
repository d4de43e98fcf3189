//! The page of a meeting.

mod around;
mod cancelling;
mod labels;
mod listing;
mod plan;
mod scope;

use around::Around;
pub use cancelling::{cancel, set_cancelled};
pub use listing::index;
pub use plan::{create, edit, new, update};

use crate::db::{MeetingId, Moment};
use crate::domain::core::gate::{Position, Reader};
use crate::domain::core::policy::Act;
use crate::domain::core::zones::Zone;
use crate::domain::events::meetings::moves::Start;
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::rsvps::{self, Rsvp};
use crate::domain::events::series::{self, Occurrence, Sibling};
use crate::domain::events::video_links::{self, Call};
use crate::domain::library::chapters::paging;
use crate::error::Result;
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, moved, query_encode, times};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{NaiveDateTime, NaiveTime};

#[derive(Template)]
#[template(path = "events/meetings/show.html")]
struct ShowPage {
    frame: Frame,
    meeting: Meeting,
    call: Option<Call>,
    /// Its occurrence, and the meetings of the series before and after it.
    series: Option<(Occurrence, Vec<Sibling>, Vec<Sibling>)>,
    /// Pages and other units that the bookmark form offers besides chapters.
    units: Vec<paging::Choice>,
    reader: Reader,
    answer: Option<Rsvp>,
    /// The handles of attendees and their numbers of guests. Only members see them.
    coming: Vec<(String, i32)>,
    /// The handles on the waiting list and their numbers of guests. Only hosts see them.
    waiting: Vec<(String, i32)>,
    /// How many attendees haven't read far enough, and how many attendees there are. Only hosts see it.
    behind: Option<(i64, i64)>,
    around: Around,
}

impl ShowPage {
    /// Start and end for search engines, in local time with the offset from UTC.
    fn span(&self) -> (String, Option<String>) {
        let zone = Zone::kept(&self.meeting.zone);
        match self.meeting.time {
            Some(_) => (zone.iso(self.meeting.starts_at), Some(zone.iso(self.meeting.ends_at))),
            None => (self.meeting.day.to_string(), None),
        }
    }

    /// The original start if it has moved, for search engines.
    fn previous_start(&self) -> Option<String> {
        self.around.moved_from.as_ref().map(Start::iso)
    }

    /// A map search for the place.
    fn map(&self) -> String {
        format!("https://www.openstreetmap.org/search?query={}", query_encode(&self.meeting.place))
    }

    /// How many attendees, including guests, aren't listed by name.
    fn more(&self) -> usize {
        let named: i32 = self.coming.iter().map(|(_, guests)| 1 + guests).sum();
        usize::try_from(self.meeting.yes_count - named).unwrap_or(0)
    }

    /// Whether to show the numbers of RSVPs. Members always see them as long as they can answer.
    fn counts(&self) -> bool {
        let Meeting { yes_count, maybe_count, no_count, .. } = self.meeting;
        match self.meeting.is_past() {
            true => yes_count > 0,
            false => self.frame.keeps() || yes_count + maybe_count + no_count > 0,
        }
    }

    /// Whether the viewer is the author of the description.
    fn is_own_note(&self) -> bool {
        let viewer = self.frame.viewer.as_ref().map(|member| member.id);
        viewer.is_some() && self.meeting.writer_id == viewer
    }

    /// The viewer's position in the meeting's book.
    fn position(&self) -> Option<Position> {
        let book = self.meeting.book.as_ref().filter(|_| !self.reader.is_visitor());
        book.map(|book| self.reader.position(book.id))
    }
}

/// How many attendees are listed by name.
const NAMED: i64 = 20;

pub async fn show(visit: Visit, address: web::Path<(MeetingId, String)>) -> Result<HttpResponse> {
    let (id, slug) = address.into_inner();
    let here = visit.here.clone();
    let (frame, (meeting, (call, series), units, (around, reader), answer, coming, (waiting, behind))) = visit
        .read(move |conn, seen| {
            let meeting = meetings::get(conn, seen.viewer.as_ref(), id)?;
            let around = Around::read(conn, seen, &here.unfolds, &meeting)?;
            let units = match &meeting.book {
                Some(book) if seen.viewer.is_some() => paging::units(conn, book)?,
                _ => Vec::new(),
            };
            let (answer, coming) = match &seen.viewer {
                Some(member) => (rsvps::of_member(conn, id, member.id)?, rsvps::who(conn, id, false, NAMED)?),
                None => (None, Vec::new()),
            };
            let viewer = seen.viewer.as_ref().map(|member| member.id);
            let call = video_links::of(conn, viewer, &[id])?.pop().map(|(_, call)| call);
            let series = match series::of(conn, id)? {
                Some(place) => {
                    let (earlier, later) = series::around(conn, place.series, &meeting)?;
                    Some((place, earlier, later))
                }
                None => None,
            };
            let for_host = match seen.may(Act::KeepMeetings) {
                true => (rsvps::who(conn, id, true, NAMED)?, rsvps::behind(conn, &meeting)?),
                false => Default::default(),
            };
            Ok((meeting, (call, series), units, around, answer, coming, for_host))
        })
        .await?;
    if meeting.slug() != slug {
        return Ok(moved(&meeting.path()));
    }
    let frame = frame.at(Nav::Meetings);
    Ok(html(&ShowPage { frame, meeting, call, series, units, reader, answer, coming, waiting, behind, around }))
}

/// Redirects `/meetings/{id}` to the address with the title.
pub async fn find(visit: Visit, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, meeting) = visit.read(move |conn, _| meetings::get(conn, None, id)).await?;
    Ok(moved(&meeting.path()))
}

/// A date and time for machines and for people.
pub struct When {
    /// UTC for `<time datetime>`, or the date alone if no time is known.
    pub iso: String,
    /// “Tuesday 21 October 2026, 18:30–20:30”.
    pub words: String,
    /// The city of the time zone; `None` if no time is known.
    pub town: Option<String>,
    /// The viewer's own time if it's different: “19:30 your time, Berlin”.
    pub elsewhere: Option<String>,
}

/// When a meeting is, in local time and in the viewer's own.
pub fn when(meeting: &Meeting, frame: &Frame) -> When {
    let day = meeting.day.format("%A %-d %B %Y");
    let Some(time) = meeting.time else {
        return When { iso: meeting.day.to_string(), words: day.to_string(), town: None, elsewhere: None };
    };
    let zone = Zone::kept(&meeting.zone);
    span(&zone, meeting.day.and_time(time), meeting.starts_at, meeting.end_time(), frame)
}

impl Frame {
    pub fn meeting_times(&self, meeting: &Meeting) -> When {
        when(meeting, self)
    }
}

/// A time span that starts at the local time `wall` in `zone`, in local time and in the viewer's own.
pub(in crate::pages) fn span(
    zone: &Zone,
    wall: NaiveDateTime,
    starts_at: Moment,
    end: Option<NaiveTime>,
    frame: &Frame,
) -> When {
    let end = end.map(|end| end.format("–%H:%M").to_string()).unwrap_or_default();
    let there = frame.zone().wall(starts_at);
    let differs = there != zone.wall(starts_at);
    let elsewhere = differs.then(|| {
        let same_day = there.date() == wall.date();
        let there = there.format(if same_day { "%H:%M" } else { "%A %-d %B, %H:%M" });
        match frame.viewer {
            Some(_) => format!("{there} your time, {}", frame.zone().town()),
            None => format!("{there} in {}", frame.zone().town()),
        }
    });
    let words = format!("{}{end}", wall.format("%A %-d %B %Y, %H:%M"));
    When { iso: times::iso(starts_at), words, town: Some(zone.town()), elsewhere }
}
