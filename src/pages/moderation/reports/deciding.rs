//! Claiming, deciding and accepting a report case.

use super::queue::show_page;
use crate::db::{ReportCaseId, ReportId};
use crate::domain::core::text_fields::Reason;
use crate::domain::moderation::reports;
use crate::domain::safety::report_cases;
use crate::domain::safety::report_cases::ReportState;
use crate::error::{Error, Problems, Result};
use crate::web::forms::{EmptyForm, Form};
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct VerdictForm {
    verdict: String,
    /// The state of the case when the form was shown.
    seen: String,
    reason: String,
}

/// Upholds or dismisses a case, or upholds it and hides the text.
pub async fn set_verdict(
    context: RequestContext,
    id: web::Path<ReportCaseId>,
    Form(form): Form<VerdictForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let (state, said) = match form.verdict.as_str() {
        "uphold" => (ReportState::Upheld, "Reports upheld. The reporters were notified."),
        "hide" => (ReportState::Upheld, "Hidden. The reporters were notified."),
        "dismiss" => (ReportState::Dismissed, "Reports dismissed. The reporters were notified."),
        _ => return Err(context.refuse("Please choose a decision.").await),
    };
    let seen = ReportState::from_word(&form.seen).unwrap_or(ReportState::Open);
    let hide = form.verdict == "hide";
    let reason = Reason::from_form(&form.reason);
    let done =
        context.write(move |conn, member| reports::decide(conn, member, id, (seen, state), hide, &reason?)).await;
    match done {
        Ok(()) => Ok(see_other_with_flash("/reports", said)),
        Err(error) => form_again(error, |problems| show_page(&context, id, 0, form.reason, problems)).await,
    }
}

/// Asks why all open reports by one member are dismissed. The id is that of one of their reports.
pub async fn dismiss_all(context: RequestContext, id: web::Path<ReportId>) -> Result<HttpResponse> {
    Ok(html(&dismiss_page(&context, *id, Problems::default()).await?))
}

async fn dismiss_page(context: &RequestContext, id: ReportId, problems: Problems) -> Result<ReasonPage> {
    let (frame, record) = context
        .read(move |conn, _| {
            reports::track_records(conn, &[id])?.pop().map(|(_, record)| record).ok_or(Error::NotFound)
        })
        .await?;
    let heading = format!("Dismiss all {} open reports by this member", record.open);
    let path = format!("/reporters/{id}/dismiss");
    let page = ReasonPage::new(frame, heading, "Dismiss reports", path, "/reports".to_owned(), false, problems);
    Ok(page.with_note(
        "Texts that others have reported too stay in the queue. The reason is shown in the moderation log, which members \
         can read. You can undo each decision.",
    ))
}

/// Dismisses all open reports by one member.
pub async fn set_all_dismissed(
    context: RequestContext,
    id: web::Path<ReportId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let (id, reason) = (*id, form.parse());
    match context.write(move |conn, member| reports::dismiss_all(conn, member, id, &reason?)).await {
        Ok(1) => Ok(see_other_with_flash("/reports", "1 report dismissed.")),
        Ok(count) => Ok(see_other_with_flash("/reports", &format!("{count} reports dismissed."))),
        Err(error) => form.again(error, |problems| dismiss_page(&context, id, problems)).await,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ClaimForm {
    take: String,
}

/// Claims a case for an hour, or releases it.
pub async fn set_claimed(
    context: RequestContext,
    id: web::Path<ReportCaseId>,
    Form(form): Form<ClaimForm>,
) -> Result<HttpResponse> {
    let (id, take) = (*id, form.take != "no");
    context
        .write(move |conn, member| match take {
            true => report_cases::claim(conn, member, id),
            false => report_cases::release(conn, member, id),
        })
        .await?;
    match take {
        true => Ok(see_other_with_flash(&format!("/reports/{id}"), "Assigned to you for an hour.")),
        false => Ok(see_other_with_flash("/reports", "Released.")),
    }
}

/// The author accepts a report that their text is a spoiler.
pub async fn accept(context: RequestContext, id: web::Path<ReportCaseId>, _: Form<EmptyForm>) -> Result<HttpResponse> {
    let id = *id;
    context.write(move |conn, member| reports::accept(conn, member, id)).await?;
    Ok(see_other_with_flash("/", "Thanks. It stays marked as a spoiler."))
}
