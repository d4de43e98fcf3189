//! The page of a meeting.

pub mod cancellations;
mod form;
mod labels;
mod listing;
mod related;

pub use form::{create, edit, new, update};
pub use listing::index;

use crate::db::{MeetingId, Moment};
use crate::domain::core::gate::{Position, Reader};
use crate::domain::core::policy::Act;
use crate::domain::core::zones::Zone;
use crate::domain::events::meeting_threads;
use crate::domain::events::meetings::moves::OriginalStart;
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::rsvps::{self, Rsvp};
use crate::domain::events::series::{self, Occurrence, Sibling};
use crate::domain::events::video_links::{self, VideoLink};
use crate::domain::library::books::paging;
use crate::error::Result;
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{html, moved_permanently, query_encode, see_other, times};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{NaiveDateTime, NaiveTime};
use related::Related;

#[derive(Template)]
#[template(path = "events/meetings/show.html")]
struct ShowPage {
    frame: Frame,
    meeting: Meeting,
    call: Option<VideoLink>,
    /// Its occurrence, and the meetings of the series before and after it.
    series: Option<(Occurrence, Vec<Sibling>, Vec<Sibling>)>,
    /// Pages and other units that the bookmark form offers besides chapters.
    units: Vec<paging::UnitChoice>,
    reader: Reader,
    answer: Option<Rsvp>,
    /// The handles of attendees and their numbers of guests. Only members see them.
    coming: Vec<(String, i32)>,
    /// The handles on the waiting list and their numbers of guests. Only hosts see them.
    waiting: Vec<(String, i32)>,
    /// How many attendees haven't read far enough, and how many attendees there are. Only hosts see it.
    behind: Option<(i64, i64)>,
    related: Related,
}

impl ShowPage {
    /// Start and end for search engines, in local time with the offset from UTC.
    fn span(&self) -> (String, Option<String>) {
        let zone = Zone::from_stored(&self.meeting.zone);
        match self.meeting.time {
            Some(_) => (zone.iso(self.meeting.starts_at), Some(zone.iso(self.meeting.ends_at))),
            None => (self.meeting.day.to_string(), None),
        }
    }

    /// The original start if it has moved, for search engines.
    fn previous_start(&self) -> Option<String> {
        self.related.moved_from.as_ref().map(OriginalStart::iso)
    }

    /// A map search for the place.
    fn map(&self) -> String {
        format!("https://www.openstreetmap.org/search?query={}", query_encode(&self.meeting.place))
    }

    /// How many attendees, including guests, aren't listed by name.
    fn unnamed_count(&self) -> usize {
        let named: i32 = self.coming.iter().map(|(_, guests)| 1 + guests).sum();
        usize::try_from(self.meeting.yes_count - named).unwrap_or(0)
    }

    /// Whether to show the numbers of RSVPs. Members always see them as long as they can answer.
    fn shows_rsvps(&self) -> bool {
        let Meeting { yes_count, maybe_count, no_count, .. } = self.meeting;
        match self.meeting.is_past() {
            true => yes_count > 0,
            false => self.frame.is_member() || yes_count + maybe_count + no_count > 0,
        }
    }

    /// Whether the viewer is the author of the description.
    fn is_own_description(&self) -> bool {
        let member = self.frame.viewer.as_ref().map(|member| member.id);
        member.is_some() && self.meeting.author_id == member
    }

    /// The viewer's position in the meeting's book.
    fn position(&self) -> Option<Position> {
        let book = self.meeting.book.as_ref().filter(|_| !self.reader.is_visitor());
        book.map(|book| self.reader.position(book.id))
    }
}

/// How many attendees are listed by name.
const NAMED: i64 = 20;

pub async fn show(context: RequestContext, address: web::Path<(MeetingId, String)>) -> Result<HttpResponse> {
    let (id, slug) = address.into_inner();
    let location = context.location.clone();
    let (frame, (meeting, (call, series), units, (related, reader), answer, coming, (waiting, behind))) = context
        .read(move |conn, viewer| {
            let meeting = meetings::get(conn, viewer.member.as_ref(), id)?;
            let related = Related::read(conn, viewer, &location.unfolds, &meeting)?;
            let units = match &meeting.book {
                Some(book) if viewer.member.is_some() => paging::unit_choices(conn, book)?,
                _ => Vec::new(),
            };
            let (answer, coming) = match &viewer.member {
                Some(member) => (rsvps::find(conn, id, member.id)?, rsvps::list_attendees(conn, id, false, NAMED)?),
                None => (None, Vec::new()),
            };
            let member = viewer.member.as_ref().map(|member| member.id);
            let call = video_links::list(conn, member, &[id])?.pop().map(|(_, call)| call);
            let series = match series::find_occurrence(conn, id)? {
                Some(place) => {
                    let (earlier, later) = series::neighbours(conn, place.series, &meeting)?;
                    Some((place, earlier, later))
                }
                None => None,
            };
            let for_host = match viewer.may(Act::ManageMeetings) {
                true => (rsvps::list_attendees(conn, id, true, NAMED)?, rsvps::count_behind(conn, &meeting)?),
                false => Default::default(),
            };
            Ok((meeting, (call, series), units, related, answer, coming, for_host))
        })
        .await?;
    if meeting.slug() != slug {
        return Ok(moved_permanently(&meeting.path()));
    }
    let frame = frame.in_section(Section::Meetings);
    Ok(html(&ShowPage { frame, meeting, call, series, units, reader, answer, coming, waiting, behind, related }))
}

/// Redirects `/meetings/{id}` to the address with the title.
pub async fn find(context: RequestContext, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, meeting) = context.read(move |conn, _| meetings::get(conn, None, id)).await?;
    Ok(moved_permanently(&meeting.path()))
}

/// A date and time for machines and for people.
pub struct TimeLabel {
    /// UTC for `<time datetime>`, or the date alone if no time is known.
    pub iso: String,
    /// “Tuesday 21 October 2026, 18:30–20:30”.
    pub words: String,
    /// The city of the time zone; `None` if no time is known.
    pub town: Option<String>,
    /// The viewer's own time if it's different: “19:30 your time, Berlin”.
    pub viewer_time: Option<String>,
}

/// When a meeting is, in local time and in the viewer's own.
pub fn when(meeting: &Meeting, frame: &Frame) -> TimeLabel {
    let day = meeting.day.format("%A %-d %B %Y");
    let Some(time) = meeting.time else {
        return TimeLabel { iso: meeting.day.to_string(), words: day.to_string(), town: None, viewer_time: None };
    };
    let zone = Zone::from_stored(&meeting.zone);
    span(&zone, meeting.day.and_time(time), meeting.starts_at, meeting.end_time(), frame)
}

impl Frame {
    pub fn meeting_times(&self, meeting: &Meeting) -> TimeLabel {
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
) -> TimeLabel {
    let end = end.map(|end| end.format("–%H:%M").to_string()).unwrap_or_default();
    let there = frame.zone().wall(starts_at);
    let differs = there != zone.wall(starts_at);
    let viewer_time = differs.then(|| {
        let same_day = there.date() == wall.date();
        let there = there.format(if same_day { "%H:%M" } else { "%A %-d %B, %H:%M" });
        match frame.viewer {
            Some(_) => format!("{there} your time, {}", frame.zone().city()),
            None => format!("{there} in {}", frame.zone().city()),
        }
    });
    let words = format!("{}{end}", wall.format("%A %-d %B %Y, %H:%M"));
    TimeLabel { iso: times::iso(starts_at), words, town: Some(zone.city()), viewer_time }
}

/// Creates the thread of a meeting if there is none, and redirects to it.
pub async fn create_thread(
    context: RequestContext,
    meeting: web::Path<MeetingId>,
    _: Form<EmptyForm>,
) -> Result<HttpResponse> {
    let (meeting, limits) = (*meeting, context.limits());
    let thread = context
        .write_rate_limited(move |conn, host| meeting_threads::find_or_create(conn, host, meeting, limits))
        .await?;
    Ok(see_other(&thread.path()))
}
