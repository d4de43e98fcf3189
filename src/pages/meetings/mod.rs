//! Meetings: what is to come and what was, one meeting, and calling one off. Setting one up is in [`plan`].

mod plan;

pub use plan::{create, edit, new, update};

use crate::db::{MeetingId, Moment};
use crate::domain::bookmarks;
use crate::domain::chapters::paging;
use crate::domain::meetings::{self, Meeting};
use crate::domain::policy::Act;
use crate::domain::rsvps::{self, Rsvp};
use crate::domain::seal::{Position, Reader};
use crate::domain::words::Reason;
use crate::domain::zones::Zone;
use crate::error::{Error, Problems, Result};
use crate::pages::forms::Form;
use crate::pages::frame::{Frame, Nav};
use crate::pages::reasons::{ReasonForm, ReasonPage};
use crate::pages::visit::Visit;
use crate::pages::{html, moved, see_other_saying, times, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{Datelike, NaiveDateTime, NaiveTime};
use serde::Deserialize;

/// Where past meetings go on, as their address says it: `1712345678000000.42`.
#[derive(Deserialize)]
pub struct Before {
    before: Option<String>,
}

impl Before {
    fn cursor(&self) -> Result<Option<(Moment, MeetingId)>> {
        let Some(text) = &self.before else { return Ok(None) };
        let parts =
            text.split_once('.').and_then(|(at, id)| Some((Moment::from_micros(at.parse().ok()?)?, id.parse().ok()?)));
        parts.map(Some).ok_or(Error::BadRequest("The address of this list has a slip."))
    }
}

#[derive(Template)]
#[template(path = "meetings/index.html")]
struct IndexPage {
    frame: Frame,
    /// Whether this is the page with the meetings to come.
    first: bool,
    coming: Vec<Meeting>,
    years: Vec<(i32, Vec<Meeting>)>,
    next: Option<String>,
}

/// The club's meetings: those to come, and then a page of those that were.
pub async fn index(visit: Visit, query: web::Query<Before>) -> Result<HttpResponse> {
    let before = query.cursor()?;
    let (frame, (coming, mut past)) = visit
        .read(move |conn, _| {
            let coming = if before.is_none() { meetings::coming(conn)? } else { Vec::new() };
            Ok((coming, meetings::past(conn, before)?))
        })
        .await?;
    let more = past.len() > meetings::PAGE as usize;
    past.truncate(meetings::PAGE as usize);
    let last = past.last().map(|meeting| format!("?before={}.{}", meeting.ends_at.micros(), meeting.id));
    let frame = frame.at(Nav::Meetings);
    let (first, next) = (before.is_none(), last.filter(|_| more));
    Ok(html(&IndexPage { frame, first, coming, years: by_year(past), next }))
}

fn by_year(meetings: Vec<Meeting>) -> Vec<(i32, Vec<Meeting>)> {
    let mut years: Vec<(i32, Vec<Meeting>)> = Vec::new();
    for meeting in meetings {
        match years.last_mut() {
            Some((year, meetings)) if *year == meeting.day.year() => meetings.push(meeting),
            _ => years.push((meeting.day.year(), vec![meeting])),
        }
    }
    years
}

#[derive(Template)]
#[template(path = "meetings/show.html")]
struct ShowPage {
    frame: Frame,
    meeting: Meeting,
    /// What the bookmark's form offers besides chapters.
    units: Vec<paging::Choice>,
    reader: Reader,
    answer: Option<Rsvp>,
    /// Who comes, as members see it, each with how many guests.
    coming: Vec<(String, i32)>,
    /// Who waits for a place, as hosts see it.
    waiting: Vec<(String, i32)>,
    /// How many of those who come have not read that far, and how many come: for hosts.
    behind: Option<(i64, i64)>,
}

impl ShowPage {
    /// How many more come than are named.
    fn more(&self) -> usize {
        let named: i32 = self.coming.iter().map(|(_, guests)| 1 + guests).sum();
        usize::try_from(self.meeting.yes_count - named).unwrap_or(0)
    }

    /// Whether there is anything to tell of the answers: to members always, as long as they can give one.
    fn counts(&self) -> bool {
        let Meeting { yes_count, maybe_count, no_count, .. } = self.meeting;
        match self.meeting.is_past() {
            true => yes_count > 0,
            false => self.frame.keeps() || yes_count + maybe_count + no_count > 0,
        }
    }

    /// Whether what is said about it are the viewer's own words.
    fn is_own_note(&self) -> bool {
        let viewer = self.frame.viewer.as_ref().map(|member| member.id);
        viewer.is_some() && self.meeting.writer_id == viewer
    }

    /// Where a member stands in the meeting's book.
    fn position(&self) -> Option<Position> {
        let book = self.meeting.book.as_ref().filter(|_| !self.reader.is_visitor());
        book.map(|book| self.reader.position(book.id))
    }
}

/// How many of those who come are named.
const NAMED: i64 = 20;

/// A meeting.
pub async fn show(visit: Visit, address: web::Path<(MeetingId, String)>) -> Result<HttpResponse> {
    let (id, slug) = address.into_inner();
    let here = visit.here.clone();
    let (frame, (meeting, units, reader, answer, coming, (waiting, behind))) = visit
        .read(move |conn, seen| {
            let meeting = meetings::get(conn, seen.viewer.as_ref(), id)?;
            let books: Vec<_> = meeting.book.iter().map(|book| book.id).collect();
            let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &books, &here.unfolds)?;
            let units = match &meeting.book {
                Some(book) if seen.viewer.is_some() => paging::units(conn, book)?,
                _ => Vec::new(),
            };
            let (answer, coming) = match &seen.viewer {
                Some(member) => (rsvps::of_member(conn, id, member.id)?, rsvps::who(conn, id, false, NAMED)?),
                None => (None, Vec::new()),
            };
            let for_host = match seen.may(Act::KeepMeetings) {
                true => (rsvps::who(conn, id, true, NAMED)?, rsvps::behind(conn, &meeting)?),
                false => Default::default(),
            };
            Ok((meeting, units, reader, answer, coming, for_host))
        })
        .await?;
    if meeting.slug() != slug {
        return Ok(moved(&meeting.path()));
    }
    Ok(html(&ShowPage { frame: frame.at(Nav::Meetings), meeting, units, reader, answer, coming, waiting, behind }))
}

/// A meeting's address without its title leads to the one with it.
pub async fn find(visit: Visit, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, meeting) = visit.read(move |conn, _| meetings::get(conn, None, id)).await?;
    Ok(moved(&meeting.path()))
}

/// When a meeting is, for machines and for people.
pub struct When {
    /// UTC, for `<time datetime>`; the day alone where no more is known.
    pub iso: String,
    /// "Tuesday 21 October 2026, 18:30–20:30".
    pub words: String,
    /// The town whose clocks these are; none for a day alone.
    pub town: Option<String>,
    /// What the reader's own clock shows then, where it is another: "19:30 where you are, Berlin".
    pub elsewhere: Option<String>,
}

/// When a meeting is, as the viewer of this page should be told.
pub fn when(meeting: &Meeting, frame: &Frame) -> When {
    let day = meeting.day.format("%A %-d %B %Y");
    let Some(time) = meeting.time else {
        return When { iso: meeting.day.to_string(), words: day.to_string(), town: None, elsewhere: None };
    };
    let zone = Zone::kept(&meeting.zone);
    span(&zone, meeting.day.and_time(time), meeting.starts_at, meeting.end_time(), frame)
}

/// From when to when something is that begins at this wall time in a zone, as the viewer of this page should be told.
pub(super) fn span(zone: &Zone, wall: NaiveDateTime, starts_at: Moment, end: Option<NaiveTime>, frame: &Frame) -> When {
    let end = end.map(|end| end.format("–%H:%M").to_string()).unwrap_or_default();
    let there = frame.zone().wall(starts_at);
    let differs = there != zone.wall(starts_at);
    let elsewhere = differs.then(|| {
        let same_day = there.date() == wall.date();
        let there = there.format(if same_day { "%H:%M" } else { "%A %-d %B, %H:%M" });
        match frame.viewer {
            Some(_) => format!("{there} where you are, {}", frame.zone().town()),
            None => format!("{there} in {}", frame.zone().town()),
        }
    });
    let words = format!("{}{end}", wall.format("%A %-d %B %Y, %H:%M"));
    When { iso: times::iso(starts_at), words, town: Some(zone.town()), elsewhere }
}

/// Asks why a meeting is to be cancelled.
pub async fn cancel(visit: Visit, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    Ok(html(&cancel_page(&visit, *id, String::new(), Problems::default()).await?))
}

async fn cancel_page(visit: &Visit, id: MeetingId, reason: String, problems: Problems) -> Result<ReasonPage> {
    let (frame, meeting) = visit
        .read(move |conn, seen| {
            seen.member()?;
            meetings::get(conn, None, id)
        })
        .await?;
    let (heading, action) = (format!("Cancel {}", meeting.title), format!("/meetings/{id}/cancel"));
    let page = ReasonPage::new(frame.at(Nav::Meetings), heading, "Cancel it", action, meeting.path(), false, problems);
    let note = "Everybody who reads here sees the reason, and it goes into the log. The meeting stays in the list, \
                as cancelled; this cannot be undone.";
    Ok(page.noting(note).keeping(reason))
}

/// Cancels a meeting.
pub async fn set_cancelled(
    visit: Visit,
    id: web::Path<MeetingId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let problems = Problems::one("reason", sentence);
            return Ok(unprocessable(&cancel_page(&visit, id, form.reason, problems).await?));
        }
    };
    let meeting = visit
        .write(move |conn, member| {
            meetings::cancel(conn, member, id, &reason)?;
            meetings::get(conn, None, id)
        })
        .await?;
    Ok(see_other_saying(&meeting.path(), "The meeting is cancelled."))
}
