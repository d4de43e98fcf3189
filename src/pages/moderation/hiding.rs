//! Hiding and restoring texts other than posts: excerpts, content warnings, meeting descriptions, agenda items,
//! suggested books and profiles. Each has a page that asks for a reason.

use crate::db::{AgendaItemId, ContentWarningId, ExcerptId, MeetingId, SuggestionId};
use crate::domain::core::members;
use crate::domain::core::text_fields::Reason;
use crate::domain::moderation::hiding;
use crate::domain::safety::subjects::Subject;
use crate::error::{Problems, Result};
use crate::pages::moderation::reports::{describe, path};
use crate::web::forms::Form;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{html, see_other_with_flash, unprocessable};
use actix_web::{HttpResponse, web};

pub async fn edit_excerpt(context: RequestContext, id: web::Path<ExcerptId>) -> Result<HttpResponse> {
    edit(context, Subject::Excerpt(*id)).await
}

pub async fn edit_content_warning(context: RequestContext, id: web::Path<ContentWarningId>) -> Result<HttpResponse> {
    edit(context, Subject::ContentWarning(*id)).await
}

pub async fn edit_meeting(context: RequestContext, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    edit(context, Subject::MeetingDescription(*id)).await
}

pub async fn edit_agenda_item(context: RequestContext, id: web::Path<AgendaItemId>) -> Result<HttpResponse> {
    edit(context, Subject::AgendaItem(*id)).await
}

pub async fn edit_suggestion(context: RequestContext, id: web::Path<SuggestionId>) -> Result<HttpResponse> {
    edit(context, Subject::Suggestion(*id)).await
}

pub async fn edit_profile(context: RequestContext, handle: web::Path<String>) -> Result<HttpResponse> {
    let subject = subject_of(&context, handle.into_inner()).await?;
    edit(context, subject).await
}

async fn subject_of(context: &RequestContext, handle: String) -> Result<Subject> {
    let (_, member) = context.read(move |conn, _| members::get_by_handle(conn, &handle)).await?;
    Ok(Subject::Profile(member.id))
}

async fn edit(context: RequestContext, subject: Subject) -> Result<HttpResponse> {
    Ok(html(&edit_page(&context, subject, String::new(), Problems::default()).await?))
}

async fn edit_page(
    context: &RequestContext,
    subject: Subject,
    reason: String,
    problems: Problems,
) -> Result<ReasonPage> {
    let (frame, reported) =
        context.read(move |conn, viewer| hiding::get(conn, viewer.require_member()?, subject)).await?;
    let hide = reported.hidden().is_none();
    let verb = if hide { "Hide" } else { "Restore" };
    let (heading, back) = (format!("{verb} {}", describe(&reported)), path(&reported));
    let action = frame.location.path.clone();
    let page = ReasonPage::new(frame, heading, verb, action, back, hide, problems).with_reason(reason);
    let note =
        "Everyone sees the reason in place of the text. It’s also shown in the moderation log. You can undo this.";
    Ok(if hide { page.with_note(note) } else { page })
}

pub async fn update_excerpt(
    context: RequestContext,
    id: web::Path<ExcerptId>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse> {
    update(context, Subject::Excerpt(*id), form).await
}

pub async fn update_content_warning(
    context: RequestContext,
    id: web::Path<ContentWarningId>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse> {
    update(context, Subject::ContentWarning(*id), form).await
}

pub async fn update_meeting(
    context: RequestContext,
    id: web::Path<MeetingId>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse> {
    update(context, Subject::MeetingDescription(*id), form).await
}

pub async fn update_agenda_item(
    context: RequestContext,
    id: web::Path<AgendaItemId>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse> {
    update(context, Subject::AgendaItem(*id), form).await
}

pub async fn update_suggestion(
    context: RequestContext,
    id: web::Path<SuggestionId>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse> {
    update(context, Subject::Suggestion(*id), form).await
}

pub async fn update_profile(
    context: RequestContext,
    handle: web::Path<String>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse> {
    let subject = subject_of(&context, handle.into_inner()).await?;
    update(context, subject, form).await
}

async fn update(context: RequestContext, subject: Subject, Form(form): Form<ReasonForm>) -> Result<HttpResponse> {
    let hide = form.is_on();
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let problems = Problems::one("reason", sentence);
            return Ok(unprocessable(&edit_page(&context, subject, form.reason, problems).await?));
        }
    };
    let path = context
        .write(move |conn, member| {
            let path = path(&hiding::get(conn, member, subject)?);
            match hide {
                true => hiding::hide(conn, member, subject, &reason)?,
                false => hiding::restore(conn, member, subject, &reason)?,
            }
            Ok(path)
        })
        .await?;
    Ok(see_other_with_flash(&path, if hide { "Hidden." } else { "Restored." }))
}
