//! The form to cancel a meeting, alone or with others of its series.

use super::scope::{Choice, said};
use crate::db::MeetingId;
use crate::domain::core::words::Reason;
use crate::domain::events::meetings;
use crate::domain::events::series::{Scope, changing};
use crate::error::{Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct CancelForm {
    reason: String,
    scope: String,
}

#[derive(Template)]
#[template(path = "events/meetings/cancel.html")]
struct CancelPage {
    frame: Frame,
    meeting: meetings::Meeting,
    choice: Option<Choice>,
    form: CancelForm,
    problems: Problems,
}

/// Asks for a reason.
pub async fn cancel(visit: Visit, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    Ok(html(&cancel_page(&visit, *id, CancelForm::default(), Problems::default()).await?))
}

async fn cancel_page(visit: &Visit, id: MeetingId, form: CancelForm, problems: Problems) -> Result<CancelPage> {
    let (frame, (meeting, choice)) = visit
        .read(move |conn, seen| {
            seen.member()?;
            Ok((meetings::get(conn, None, id)?, Choice::read(conn, id, "Past meetings don’t change.")?))
        })
        .await?;
    Ok(CancelPage { frame: frame.at(Nav::Meetings), meeting, choice, form, problems })
}

pub async fn set_cancelled(
    visit: Visit,
    id: web::Path<MeetingId>,
    Form(form): Form<CancelForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let problems = Problems::one("reason", sentence);
            return Ok(unprocessable(&cancel_page(&visit, id, form, problems).await?));
        }
    };
    let scope = Scope::parse(&form.scope);
    let outcome = visit.write(move |conn, member| changing::cancel(conn, member, id, &reason, scope)).await?;
    Ok(see_other_saying(&outcome.meeting.path(), &said(&outcome, "cancelled")))
}
