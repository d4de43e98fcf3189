//! The attendance form of a meeting, and the attendance of a year.

use crate::db::{MeetingId, MemberId, Moment};
use crate::domain::core::zones::Zone;
use crate::domain::events::attendance::{
    self, AttendanceInput, MAX_PER_YEAR, MeetingAttendance, PossibleAttendee, Turnout,
};
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::minutes::require_begun;
use crate::domain::events::rsvps::Answer;
use crate::error::{Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::graphics::{BarChart, bar_chart};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash, unprocessable};
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
    people: Vec<PossibleAttendee>,
    form: AttendanceForm,
    problems: Problems,
}

impl EditPage {
    fn is_ticked(&self, person: &PossibleAttendee) -> bool {
        self.form.came.contains(&person.id)
    }

    /// A note about the RSVP, unless it was yes.
    fn note(&self, person: &PossibleAttendee) -> Option<&'static str> {
        match person.answer {
            Some(Answer::Maybe) => Some("answered maybe"),
            Some(_) => None,
            None => Some("no RSVP"),
        }
    }
}

/// The form. Until attendance is recorded, members who answered yes are ticked.
pub async fn edit(context: RequestContext, meeting: web::Path<MeetingId>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&context, *meeting, None, Problems::default()).await?))
}

async fn edit_page(
    context: &RequestContext,
    id: MeetingId,
    form: Option<AttendanceForm>,
    problems: Problems,
) -> Result<EditPage> {
    let (frame, (meeting, people, turnout)) = context
        .read(move |conn, _| {
            let meeting = meetings::get(conn, None, id)?;
            require_begun(&meeting)?;
            Ok((meeting, attendance::list(conn, id)?, attendance::find(conn, id)?))
        })
        .await?;
    let is_ticked = |person: &&PossibleAttendee| match turnout {
        Some(_) => person.attended,
        None => person.answer == Some(Answer::Yes),
    };
    let kept = || AttendanceForm {
        came: people.iter().filter(is_ticked).map(|person| person.id).collect(),
        others: String::new(),
        guests: turnout.map(|turnout| turnout.guests_count.to_string()).unwrap_or_default(),
    };
    let form = form.unwrap_or_else(kept);
    Ok(EditPage { frame: frame.in_section(Section::Meetings), meeting, people, form, problems })
}

/// Records attendance.
pub async fn update(
    context: RequestContext,
    meeting: web::Path<MeetingId>,
    Form(form): Form<AttendanceForm>,
) -> Result<HttpResponse> {
    let id = *meeting;
    let input = match AttendanceInput::parse(&form.came, &form.others, &form.guests) {
        Ok(input) => input,
        Err(problems) => return Ok(unprocessable(&edit_page(&context, id, Some(form), problems).await?)),
    };
    let done = context
        .write(move |conn, host| {
            let turnout = attendance::record(conn, host, id, &input)?;
            Ok((turnout, meetings::get(conn, None, id)?))
        })
        .await;
    match done {
        Ok((turnout, meeting)) => {
            Ok(see_other_with_flash(&meeting.path(), &format!("Attendance saved: {}.", turnout.words())))
        }
        Err(error) => form_again(error, |problems| edit_page(&context, id, Some(form), problems)).await,
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
    gatherings: Vec<MeetingAttendance>,
    bars: BarChart,
    /// Whether there were meetings in earlier years.
    earlier: bool,
}

/// RSVPs and attendance of each meeting in a year.
pub async fn year(context: RequestContext, query: web::Query<YearQuery>) -> Result<HttpResponse> {
    let asked = query.year;
    let (frame, (year, this_year, gatherings, earlier)) = context
        .read(move |conn, viewer| {
            let this_year = Zone::from_stored(&viewer.club.zone).wall(Moment::now()).year();
            let year = asked.unwrap_or(this_year);
            Ok((year, this_year, attendance::year(conn, year)?, attendance::has_meetings_before(conn, year)?))
        })
        .await?;
    let came = |gathering: &MeetingAttendance| gathering.turnout.map(Turnout::total);
    let pairs: Vec<(i32, Option<i32>)> =
        gatherings.iter().map(|gathering| (gathering.answered, came(gathering))).collect();
    let bars = bar_chart(&pairs);
    Ok(html(&YearPage { frame: frame.in_section(Section::Meetings), year, this_year, gatherings, bars, earlier }))
}
