//! The form to report a text.

use super::{describe, path, reader};
use crate::db::{AgendaItemId, ContentWarningId, ExcerptId, MeetingId, PostId, SuggestionId, ThreadId};
use crate::domain::core::gate::{Reach, Reader};
use crate::domain::core::members;
use crate::domain::forum::threads::Thread;
use crate::domain::moderation::reports::{self, NewReport, Reported, ReportedText};
use crate::domain::safety::report_cases::ReportKind;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Problems, Result};
use crate::pages::forum::posts::{Choice, choices};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::request::RequestContext;
use crate::web::{html, see_other_with_flash, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReportForm {
    kind: String,
    reach: String,
    words: String,
}

#[derive(Template)]
#[template(path = "moderation/reports/new.html")]
struct NewPage {
    frame: Frame,
    reported: Reported,
    what: String,
    back: String,
    choices: Vec<Choice>,
    form: ReportForm,
    problems: Problems,
    reader: Reader,
}

impl NewPage {
    /// The kinds of report to choose from, with labels. Leaves out spoilers if the text can't be folded further.
    fn kinds(&self) -> impl Iterator<Item = (ReportKind, &'static str)> {
        let kinds = ReportKind::ALL.into_iter().filter(|kind| *kind != ReportKind::Spoils || self.can_spoil());
        kinds.map(|kind| {
            let words = match kind {
                ReportKind::Spoils if self.reported.book().is_none() => "Spoiler",
                ReportKind::Spoils => "Unmarked spoiler",
                ReportKind::Unkind => "Unkind",
                ReportKind::Spam => "Spam",
                ReportKind::OffTopic => "Off topic",
                ReportKind::Copyright => "Copyright",
                ReportKind::Other => "Something else",
            };
            (kind, words)
        })
    }

    /// The thread of a reported post or title.
    fn thread(&self) -> Option<&Thread> {
        match &self.reported.text {
            ReportedText::Post(thread, _) | ReportedText::Title(thread) => Some(thread),
            _ => None,
        }
    }

    /// The name of what the text belongs to, if it isn't in a thread.
    fn place(&self) -> &str {
        match &self.reported.text {
            ReportedText::Post(..) | ReportedText::Title(_) => "",
            ReportedText::Excerpt(book, _) | ReportedText::ContentWarning(book, _) => &book.title,
            ReportedText::Note(meeting) | ReportedText::AgendaItem(meeting, _) => &meeting.title,
            ReportedText::Profile(profile) => &profile.member.handle,
            ReportedText::Suggestion(suggestion) => &suggestion.title,
        }
    }

    /// The preposition before that name.
    fn preposition(&self) -> &'static str {
        match &self.reported.text {
            ReportedText::Post(..) => "in",
            ReportedText::Excerpt(..) => "from",
            ReportedText::ContentWarning(..) | ReportedText::AgendaItem(..) => "for",
            ReportedText::Title(_) | ReportedText::Note(_) | ReportedText::Profile(_) | ReportedText::Suggestion(_) => {
                ""
            }
        }
    }

    /// What happens to a text that is reported as a spoiler.
    fn reach_hint(&self) -> Option<String> {
        if !self.reported.can_be_folded() {
            let hint = "A moderator will review it. The author won’t know who reported it.";
            return Some(hint.to_owned());
        }
        let from = match self.reported.book() {
            Some(_) => "anyone who hasn’t read that far",
            None => "everyone",
        };
        let author = match self.reported.author {
            Some(_) => " The author is notified, but not told who reported it.",
            None => "",
        };
        let hint = format!("Reported spoilers are hidden from {from} right away, until a moderator decides.{author}");
        self.can_spoil().then_some(hint)
    }

    fn can_spoil(&self) -> bool {
        match self.reported.book() {
            Some(_) => !self.choices.is_empty(),
            None => self.reported.reach() != Reach::Unknown,
        }
    }
}

pub async fn new_on_post(context: RequestContext, id: web::Path<PostId>) -> Result<HttpResponse> {
    new(context, Subject::Post(*id)).await
}

pub async fn new_on_title(context: RequestContext, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    new(context, Subject::Title(*id)).await
}

pub async fn new_on_excerpt(context: RequestContext, id: web::Path<ExcerptId>) -> Result<HttpResponse> {
    new(context, Subject::Excerpt(*id)).await
}

pub async fn new_on_content_warning(context: RequestContext, id: web::Path<ContentWarningId>) -> Result<HttpResponse> {
    new(context, Subject::ContentWarning(*id)).await
}

pub async fn new_on_meeting(context: RequestContext, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    new(context, Subject::MeetingDescription(*id)).await
}

pub async fn new_on_agenda_item(context: RequestContext, id: web::Path<AgendaItemId>) -> Result<HttpResponse> {
    new(context, Subject::AgendaItem(*id)).await
}

pub async fn new_on_suggestion(context: RequestContext, id: web::Path<SuggestionId>) -> Result<HttpResponse> {
    new(context, Subject::Suggestion(*id)).await
}

pub async fn new_on_profile(context: RequestContext, handle: web::Path<String>) -> Result<HttpResponse> {
    let subject = subject_of(&context, handle.into_inner()).await?;
    new(context, subject).await
}

async fn subject_of(context: &RequestContext, handle: String) -> Result<Subject> {
    let (_, member) = context.read(move |conn, _| members::get_by_handle(conn, &handle)).await?;
    Ok(Subject::Profile(member.id))
}

async fn new(context: RequestContext, subject: Subject) -> Result<HttpResponse> {
    Ok(html(&new_page(&context, subject, None, Problems::default()).await?))
}

/// The page with the form as it was filled in, or an empty form.
async fn new_page(
    context: &RequestContext,
    subject: Subject,
    form: Option<ReportForm>,
    problems: Problems,
) -> Result<NewPage> {
    let location = context.location.clone();
    let (frame, (reported, reader)) = context
        .read(move |conn, viewer| {
            let reported = Reported::get(conn, viewer.require_member()?, subject)?;
            let reader = reader(conn, viewer, &location, &[&reported])?;
            Ok((reported, reader))
        })
        .await?;
    let form = form.unwrap_or_default();
    let choices = spoiler_choices(&reported, form.reach.parse().ok(), &reader);
    let (what, back) = (describe(&reported), path(&reported));
    let mut page = NewPage { frame, reported, what, back, choices, form, problems, reader };
    // A spoiler is the most likely reason, so it is preselected where it can be chosen.
    if page.form == ReportForm::default() && page.reported.can_be_folded() && page.can_spoil() {
        page.form.kind = ReportKind::Spoils.as_str().to_owned();
    }
    Ok(page)
}

/// The chapters that the text can be reported to spoil: those beyond its reach. Preselected if there is only one.
fn spoiler_choices(reported: &Reported, chosen: Option<i32>, reader: &Reader) -> Vec<Choice> {
    let Some(book) = reported.book() else { return Vec::new() };
    let chosen = chosen.and_then(|number| book.position(number)).unwrap_or_default();
    let now = reported.reach().within(Some(book.id));
    let mut farther = choices(Some(book), chosen, reader);
    farther.retain(|choice| choice.position > now);
    if let [only] = &mut farther[..] {
        only.chosen = true;
    }
    farther
}

pub async fn create_on_post(
    context: RequestContext,
    id: web::Path<PostId>,
    form: Form<ReportForm>,
) -> Result<HttpResponse> {
    create(context, Subject::Post(*id), form).await
}

pub async fn create_on_title(
    context: RequestContext,
    id: web::Path<ThreadId>,
    form: Form<ReportForm>,
) -> Result<HttpResponse> {
    create(context, Subject::Title(*id), form).await
}

pub async fn create_on_excerpt(
    context: RequestContext,
    id: web::Path<ExcerptId>,
    form: Form<ReportForm>,
) -> Result<HttpResponse> {
    create(context, Subject::Excerpt(*id), form).await
}

pub async fn create_on_content_warning(
    context: RequestContext,
    id: web::Path<ContentWarningId>,
    form: Form<ReportForm>,
) -> Result<HttpResponse> {
    create(context, Subject::ContentWarning(*id), form).await
}

pub async fn create_on_meeting(
    context: RequestContext,
    id: web::Path<MeetingId>,
    form: Form<ReportForm>,
) -> Result<HttpResponse> {
    create(context, Subject::MeetingDescription(*id), form).await
}

pub async fn create_on_agenda_item(
    context: RequestContext,
    id: web::Path<AgendaItemId>,
    form: Form<ReportForm>,
) -> Result<HttpResponse> {
    create(context, Subject::AgendaItem(*id), form).await
}

pub async fn create_on_suggestion(
    context: RequestContext,
    id: web::Path<SuggestionId>,
    form: Form<ReportForm>,
) -> Result<HttpResponse> {
    create(context, Subject::Suggestion(*id), form).await
}

pub async fn create_on_profile(
    context: RequestContext,
    handle: web::Path<String>,
    form: Form<ReportForm>,
) -> Result<HttpResponse> {
    let subject = subject_of(&context, handle.into_inner()).await?;
    create(context, subject, form).await
}

async fn create(context: RequestContext, subject: Subject, Form(form): Form<ReportForm>) -> Result<HttpResponse> {
    let new = match NewReport::parse(&form.kind, &form.reach, &form.words) {
        Ok(new) => new,
        Err(problems) => return Ok(unprocessable(&new_page(&context, subject, Some(form), problems).await?)),
    };
    let limits = context.limits();
    let done = context
        .write_rate_limited(move |conn, member| {
            let folds = reports::create(conn, member, subject, &new, limits)?;
            Ok((folds, path(&Reported::get(conn, member, subject)?)))
        })
        .await;
    match done {
        Ok((true, path)) => {
            Ok(see_other_with_flash(&path, "Thanks. It’s hidden as a spoiler until a moderator decides."))
        }
        Ok((false, path)) => {
            Ok(see_other_with_flash(&path, "Thanks. A moderator will review it. We’ll let you know the outcome."))
        }
        Err(Error::Refused(problems)) => Ok(unprocessable(&new_page(&context, subject, Some(form), problems).await?)),
        Err(error) => Err(error),
    }
}
