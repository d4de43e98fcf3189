//! Hiding and restoring texts other than posts: excerpts, content warnings, meeting descriptions, agenda items,
//! suggested books and profiles. Each has a page that asks for a reason.

use crate::db::{MeetingId, NoticeId, PassageId, ProposalId, QuestionId};
use crate::domain::core::members;
use crate::domain::core::words::Reason;
use crate::domain::moderation::hiding;
use crate::domain::safety::subjects::Subject;
use crate::error::{Problems, Result};
use crate::pages::moderation::reports::{path, what};
use crate::web::forms::Form;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};

pub async fn passage(visit: Visit, id: web::Path<PassageId>) -> Result<HttpResponse> {
    ask(visit, Subject::Passage(*id)).await
}

pub async fn notice(visit: Visit, id: web::Path<NoticeId>) -> Result<HttpResponse> {
    ask(visit, Subject::Notice(*id)).await
}

pub async fn note(visit: Visit, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    ask(visit, Subject::Note(*id)).await
}

pub async fn question(visit: Visit, id: web::Path<QuestionId>) -> Result<HttpResponse> {
    ask(visit, Subject::Question(*id)).await
}

pub async fn proposal(visit: Visit, id: web::Path<ProposalId>) -> Result<HttpResponse> {
    ask(visit, Subject::Proposal(*id)).await
}

pub async fn profile(visit: Visit, handle: web::Path<String>) -> Result<HttpResponse> {
    let subject = subject_of(&visit, handle.into_inner()).await?;
    ask(visit, subject).await
}

async fn subject_of(visit: &Visit, handle: String) -> Result<Subject> {
    let (_, member) = visit.read(move |conn, _| members::by_handle(conn, &handle)).await?;
    Ok(Subject::Profile(member.id))
}

async fn ask(visit: Visit, subject: Subject) -> Result<HttpResponse> {
    Ok(html(&ask_page(&visit, subject, String::new(), Problems::default()).await?))
}

async fn ask_page(visit: &Visit, subject: Subject, reason: String, problems: Problems) -> Result<ReasonPage> {
    let (frame, reported) = visit.read(move |conn, seen| hiding::get(conn, seen.member()?, subject)).await?;
    let hide = reported.hidden().is_none();
    let verb = if hide { "Hide" } else { "Restore" };
    let (heading, back) = (format!("{verb} {}", what(&reported)), path(&reported));
    let action = frame.here.path.clone();
    let page = ReasonPage::new(frame, heading, verb, action, back, hide, problems).keeping(reason);
    let note =
        "Everyone sees the reason in place of the text. It’s also shown in the moderation log. You can undo this.";
    Ok(if hide { page.noting(note) } else { page })
}

pub async fn set_passage(visit: Visit, id: web::Path<PassageId>, form: Form<ReasonForm>) -> Result<HttpResponse> {
    set(visit, Subject::Passage(*id), form).await
}

pub async fn set_notice(visit: Visit, id: web::Path<NoticeId>, form: Form<ReasonForm>) -> Result<HttpResponse> {
    set(visit, Subject::Notice(*id), form).await
}

pub async fn set_note(visit: Visit, id: web::Path<MeetingId>, form: Form<ReasonForm>) -> Result<HttpResponse> {
    set(visit, Subject::Note(*id), form).await
}

pub async fn set_question(visit: Visit, id: web::Path<QuestionId>, form: Form<ReasonForm>) -> Result<HttpResponse> {
    set(visit, Subject::Question(*id), form).await
}

pub async fn set_proposal(visit: Visit, id: web::Path<ProposalId>, form: Form<ReasonForm>) -> Result<HttpResponse> {
    set(visit, Subject::Proposal(*id), form).await
}

pub async fn set_profile(visit: Visit, handle: web::Path<String>, form: Form<ReasonForm>) -> Result<HttpResponse> {
    let subject = subject_of(&visit, handle.into_inner()).await?;
    set(visit, subject, form).await
}

async fn set(visit: Visit, subject: Subject, Form(form): Form<ReasonForm>) -> Result<HttpResponse> {
    let hide = form.is_on();
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let problems = Problems::one("reason", sentence);
            return Ok(unprocessable(&ask_page(&visit, subject, form.reason, problems).await?));
        }
    };
    let path = visit
        .write(move |conn, member| {
            let path = path(&hiding::get(conn, member, subject)?);
            match hide {
                true => hiding::hide(conn, member, subject, &reason)?,
                false => hiding::restore(conn, member, subject, &reason)?,
            }
            Ok(path)
        })
        .await?;
    Ok(see_other_saying(&path, if hide { "Hidden." } else { "Restored." }))
}
