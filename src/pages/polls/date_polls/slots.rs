//! Changing the slots of an open poll: adding, removing and restoring them.

use crate::db::{DatePollId, SlotId};
use crate::domain::core::words::Reason;
use crate::domain::polls::date_polls::form::{DatePollForm, FormRow, NewSlot};
use crate::domain::polls::date_polls::{self, DatePoll};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "polls/date_polls/add.html")]
struct AddPage {
    frame: Frame,
    poll: DatePoll,
    /// The rows for slots.
    rows: Vec<FormRow>,
    problems: Problems,
}

impl AddPage {
    /// The city of the poll's time zone.
    fn town(&self) -> String {
        date_polls::zone(&self.poll).town()
    }
}

pub async fn new(visit: Visit, id: web::Path<DatePollId>) -> Result<HttpResponse> {
    Ok(html(&add_page(&visit, *id, DatePollForm::default(), Problems::default()).await?))
}

async fn add_page(visit: &Visit, id: DatePollId, form: DatePollForm, problems: Problems) -> Result<AddPage> {
    let (frame, poll) = visit.read(move |conn, _| date_polls::get(conn, id)).await?;
    if !poll.takes_answers() {
        return Err(Error::Conflict("This poll no longer takes answers."));
    }
    let rows = DatePollForm { zone: poll.zone.clone(), ..form }.rows();
    Ok(AddPage { frame: frame.at(Nav::Meetings), poll, rows, problems })
}

/// Adds slots.
pub async fn create(visit: Visit, id: web::Path<DatePollId>, Form(form): Form<DatePollForm>) -> Result<HttpResponse> {
    let id = *id;
    let filled = form.clone();
    let done = visit
        .write(move |conn, host| {
            let zone = date_polls::zone(&date_polls::get(conn, id)?);
            let filled = DatePollForm { zone: zone.name().to_owned(), ..filled };
            date_polls::add(conn, host, id, &NewSlot::parse(&filled, &zone)?)
        })
        .await;
    match done {
        Ok(()) => Ok(see_other_saying(&format!("/polls/dates/{id}"), "Times added.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&add_page(&visit, id, form, problems).await?)),
        Err(error) => Err(error),
    }
}

/// Asks for the reason for removing or restoring a slot.
pub async fn remove(visit: Visit, id: web::Path<SlotId>) -> Result<HttpResponse> {
    Ok(html(&remove_page(&visit, *id, String::new(), Problems::default()).await?))
}

async fn remove_page(visit: &Visit, id: SlotId, reason: String, problems: Problems) -> Result<ReasonPage> {
    let (frame, (poll, slot)) = visit.read(move |conn, _| date_polls::slot(conn, id)).await?;
    let remove = slot.removed.is_none();
    let when = slot.day.and_time(slot.time).format("%A %-d %B %Y, %H:%M");
    let (heading, verb) = match remove {
        true => (format!("Remove {when} from the poll"), "Remove time"),
        false => (format!("Restore {when} to the poll"), "Restore time"),
    };
    let action = format!("/slots/{id}/remove");
    let page = ReasonPage::new(frame.at(Nav::Meetings), heading, verb, action, poll.path(), remove, problems);
    let note = "Members see the reason, everyone who answered gets a notification, and it’s logged. You can restore the \
                time with its answers while the poll is open.";
    Ok(page.noting(note).keeping(reason))
}

/// Removes or restores a slot.
pub async fn set_removed(visit: Visit, id: web::Path<SlotId>, Form(form): Form<ReasonForm>) -> Result<HttpResponse> {
    let (id, remove) = (*id, form.is_on());
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let problems = Problems::one("reason", sentence);
            return Ok(unprocessable(&remove_page(&visit, id, form.reason, problems).await?));
        }
    };
    let poll = visit.write(move |conn, host| date_polls::set_removed(conn, host, id, remove, &reason)).await?;
    let said = if remove { "Time removed." } else { "Time restored." };
    Ok(see_other_saying(&format!("/polls/dates/{poll}"), said))
}
