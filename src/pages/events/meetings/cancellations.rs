//! The form to cancel a meeting, alone or with others of its series.

use crate::db::MeetingId;
use crate::domain::core::text_fields::Reason;
use crate::domain::events::meetings;
use crate::domain::events::series::{Scope, changing};
use crate::error::{Problems, Result};
use crate::pages::events::series::{ScopeChoice, done_message};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
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
    choice: Option<ScopeChoice>,
    form: CancelForm,
    problems: Problems,
}

/// Asks for a reason.
pub async fn new(context: RequestContext, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    Ok(html(&new_page(&context, *id, CancelForm::default(), Problems::default()).await?))
}

async fn new_page(context: &RequestContext, id: MeetingId, form: CancelForm, problems: Problems) -> Result<CancelPage> {
    let (frame, (meeting, choice)) = context
        .read(move |conn, viewer| {
            viewer.require_member()?;
            Ok((meetings::get(conn, None, id)?, ScopeChoice::read(conn, id, "Past meetings don’t change.")?))
        })
        .await?;
    Ok(CancelPage { frame: frame.in_section(Section::Meetings), meeting, choice, form, problems })
}

pub async fn create(
    context: RequestContext,
    id: web::Path<MeetingId>,
    Form(form): Form<CancelForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = Reason::from_form(&form.reason);
    let scope = Scope::parse(&form.scope);
    match context.write(move |conn, member| changing::cancel(conn, member, id, &reason?, scope)).await {
        Ok(outcome) => Ok(see_other_with_flash(&outcome.meeting.path(), &done_message(&outcome, "cancelled"))),
        Err(error) => form_again(error, |problems| new_page(&context, id, form, problems)).await,
    }
}
