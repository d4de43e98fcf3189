//! Changing the slots of an open poll: adding, removing and restoring them.

use crate::db::{DatePollId, DatePollSlotId};
use crate::domain::polls::date_polls::form::{DatePollForm, FormRow, NewSlot};
use crate::domain::polls::date_polls::{self, DatePoll};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "polls/date_polls/add.html")]
struct AddPage {
    frame: Frame,
    poll: DatePoll,
    rows: Vec<FormRow>,
    problems: Problems,
}

impl AddPage {
    /// The city of the poll's time zone.
    fn town(&self) -> String {
        date_polls::zone(&self.poll).city()
    }
}

pub async fn new(context: RequestContext, id: web::Path<DatePollId>) -> Result<HttpResponse> {
    Ok(html(&add_page(&context, *id, DatePollForm::default(), Problems::default()).await?))
}

async fn add_page(context: &RequestContext, id: DatePollId, form: DatePollForm, problems: Problems) -> Result<AddPage> {
    let (frame, poll) = context.read(move |conn, _| date_polls::get(conn, id)).await?;
    if !poll.takes_answers() {
        return Err(Error::Conflict("This poll no longer takes answers."));
    }
    let rows = DatePollForm { zone: poll.zone.clone(), ..form }.rows();
    Ok(AddPage { frame: frame.in_section(Section::Meetings), poll, rows, problems })
}

/// Adds slots.
pub async fn create(
    context: RequestContext,
    id: web::Path<DatePollId>,
    Form(form): Form<DatePollForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let filled = form.clone();
    let done = context
        .write(move |conn, host| {
            let zone = date_polls::zone(&date_polls::get(conn, id)?);
            let filled = DatePollForm { zone: zone.name().to_owned(), ..filled };
            date_polls::add_slots(conn, host, id, &NewSlot::parse(&filled, &zone)?)
        })
        .await;
    match done {
        Ok(()) => Ok(see_other_with_flash(&format!("/polls/dates/{id}"), "Times added.")),
        Err(error) => form_again(error, |problems| add_page(&context, id, form, problems)).await,
    }
}

/// Asks for the reason for removing or restoring a slot.
pub async fn remove(context: RequestContext, id: web::Path<DatePollSlotId>) -> Result<HttpResponse> {
    Ok(html(&remove_page(&context, *id, Problems::default()).await?))
}

async fn remove_page(context: &RequestContext, id: DatePollSlotId, problems: Problems) -> Result<ReasonPage> {
    let (frame, (poll, slot)) = context.read(move |conn, _| date_polls::get_slot(conn, id)).await?;
    let remove = slot.removed.is_none();
    let when = slot.day.and_time(slot.time).format("%A %-d %B %Y, %H:%M");
    let (heading, verb) = match remove {
        true => (format!("Remove {when} from the poll"), "Remove time"),
        false => (format!("Restore {when} to the poll"), "Restore time"),
    };
    let action = format!("/slots/{id}/remove");
    let page =
        ReasonPage::new(frame.in_section(Section::Meetings), heading, verb, action, poll.path(), remove, problems);
    let note = "Members see the reason, everyone who answered gets a notification, and it’s logged. You can restore the \
                time with its answers while the poll is open.";
    Ok(page.with_note(note))
}

/// Removes or restores a slot.
pub async fn set_removed(
    context: RequestContext,
    id: web::Path<DatePollSlotId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let (id, remove) = (*id, form.is_on());
    let reason = form.parse();
    let said = if remove { "Time removed." } else { "Time restored." };
    match context.write(move |conn, host| date_polls::set_slot_removed(conn, host, id, remove, &reason?)).await {
        Ok(poll) => Ok(see_other_with_flash(&format!("/polls/dates/{poll}"), said)),
        Err(error) => form.again(error, |problems| remove_page(&context, id, problems)).await,
    }
}
