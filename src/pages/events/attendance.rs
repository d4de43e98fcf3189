//! The attendance form of a meeting, and the attendance of a year.

use crate::db::{MeetingId, MemberId, Moment};
use crate::domain::core::zones::Zone;
use crate::domain::events::attendance::{self, Gathering, Noted, Person, Turnout};
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::minutes::require_begun;
use crate::domain::events::rsvps::Answer;
use crate::error::{Error, Problems, Result};
use crate::web::drawings::{Bars, bars};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::Datelike;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct AttendanceForm {
    came: Vec<MemberId>,
    others: String,
    guests: String,
}

#[derive(Template)]
#[template(path = "events/attendance/edit.html")]
struct EditPage {
    frame: Frame,
    meeting: Meeting,
    people: Vec<Person>,
    form: AttendanceForm,
    problems: Problems,
}

impl EditPage {
    fn is_ticked(&self, person: &Person) -> bool {
        self.form.came.contains(&person.id)
    }

    /// A note about the RSVP, unless it was yes.
    fn note(&self, person: &Person) -> Option<&'static str> {
        match person.answer {
            Some(Answer::Maybe) => Some("answered maybe"),
            Some(_) => None,
            None => Some("no RSVP"),
        }
    }
}

/// The form. Until attendance is recorded, members who answered yes are ticked.
pub async fn edit(visit: Visit, meeting: web::Path<MeetingId>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&visit, *meeting, None, Problems::default()).await?))
}

async fn edit_page(visit: &Visit, id: MeetingId, form: Option<AttendanceForm>, problems: Problems) -> Result<EditPage> {
    let (frame, (meeting, people, turnout)) = visit
        .read(move |conn, _| {
            let meeting = meetings::get(conn, None, id)?;
            require_begun(&meeting)?;
            Ok((meeting, attendance::list(conn, id)?, attendance::of_meeting(conn, id)?))
        })
        .await?;
    let is_ticked = |person: &&Person| match turnout {
        Some(_) => person.came,
        None => person.answer == Some(Answer::Yes),
    };
    let kept = || AttendanceForm {
        came: people.iter().filter(is_ticked).map(|person| person.id).collect(),
        others: String::new(),
        guests: turnout.map(|turnout| turnout.guests.to_string()).unwrap_or_default(),
    };
    let form = form.unwrap_or_else(kept);
    Ok(EditPage { frame: frame.at(Nav::Meetings), meeting, people, form, problems })
}

/// Records attendance.
pub async fn update(
    visit: Visit,
    meeting: web::Path<MeetingId>,
    Form(form): Form<AttendanceForm>,
) -> Result<HttpResponse> {
    let id = *meeting;
    let noted = match Noted::parse(&form.came, &form.others, &form.guests) {
        Ok(noted) => noted,
        Err(problems) => return Ok(unprocessable(&edit_page(&visit, id, Some(form), problems).await?)),
    };
    let done = visit
        .write(move |conn, host| {
            let turnout = attendance::note(conn, host, id, &noted)?;
            Ok((turnout, meetings::get(conn, None, id)?))
        })
        .await;
    match done {
        Ok((turnout, meeting)) => {
            Ok(see_other_saying(&meeting.path(), &format!("Attendance saved: {}.", turnout.words())))
        }
        Err(Error::Refused(problems)) => Ok(unprocessable(&edit_page(&visit, id, Some(form), problems).await?)),
        Err(error) => Err(error),
    }
}

#[derive(Deserialize)]
pub struct YearQuery {
    year: Option<i32>,
}

#[derive(Template)]
#[template(path = "events/attendance/year.html")]
struct YearPage {
    frame: Frame,
    year: i32,
    this_year: i32,
    gatherings: Vec<Gathering>,
    bars: Bars,
    /// Whether there were meetings in earlier years.
    earlier: bool,
}

/// RSVPs and attendance of each meeting in a year.
pub async fn year(visit: Visit, query: web::Query<YearQuery>) -> Result<HttpResponse> {
    let asked = query.year;
    let (frame, (year, this_year, gatherings, earlier)) = visit
        .read(move |conn, seen| {
            let this_year = Zone::kept(&seen.club.zone).wall(Moment::now()).year();
            let year = asked.unwrap_or(this_year);
            Ok((year, this_year, attendance::year(conn, year)?, attendance::is_any_before(conn, year)?))
        })
        .await?;
    let came = |gathering: &Gathering| gathering.turnout.map(Turnout::all);
    let pairs: Vec<(i32, Option<i32>)> =
        gatherings.iter().map(|gathering| (gathering.answered, came(gathering))).collect();
    let bars = bars(&pairs);
    Ok(html(&YearPage { frame: frame.at(Nav::Meetings), year, this_year, gatherings, bars, earlier }))
}
