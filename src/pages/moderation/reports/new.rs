//! The form to report a text.

use super::{path, reader, what};
use crate::db::{MeetingId, NoticeId, PassageId, PostId, ProposalId, QuestionId, ThreadId};
use crate::domain::core::gate::{Reach, Reader};
use crate::domain::core::members;
use crate::domain::forum::threads::Thread;
use crate::domain::moderation::reports::{self, NewReport, Reported, Text};
use crate::domain::safety::report_cases::ReportKind;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Problems, Result};
use crate::pages::forum::posts::{Choice, choices};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
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
            Text::Post(thread, _) | Text::Title(thread) => Some(thread),
            _ => None,
        }
    }

    /// The name of what the text belongs to, if it isn't in a thread.
    fn place(&self) -> &str {
        match &self.reported.text {
            Text::Post(..) | Text::Title(_) => "",
            Text::Passage(book, _) | Text::Notice(book, _) => &book.title,
            Text::Note(meeting) | Text::Question(meeting, _) => &meeting.title,
            Text::Profile(profile) => &profile.member.handle,
            Text::Proposal(proposal) => &proposal.title,
        }
    }

    /// The preposition before that name.
    fn preposition(&self) -> &'static str {
        match &self.reported.text {
            Text::Post(..) => "in",
            Text::Passage(..) => "from",
            Text::Notice(..) | Text::Question(..) => "for",
            Text::Title(_) | Text::Note(_) | Text::Profile(_) | Text::Proposal(_) => "",
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
        let author = match self.reported.writer {
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

pub async fn post(visit: Visit, id: web::Path<PostId>) -> Result<HttpResponse> {
    new(visit, Subject::Post(*id)).await
}

pub async fn title(visit: Visit, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    new(visit, Subject::Title(*id)).await
}

pub async fn passage(visit: Visit, id: web::Path<PassageId>) -> Result<HttpResponse> {
    new(visit, Subject::Passage(*id)).await
}

pub async fn notice(visit: Visit, id: web::Path<NoticeId>) -> Result<HttpResponse> {
    new(visit, Subject::Notice(*id)).await
}

pub async fn note(visit: Visit, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    new(visit, Subject::Note(*id)).await
}

pub async fn question(visit: Visit, id: web::Path<QuestionId>) -> Result<HttpResponse> {
    new(visit, Subject::Question(*id)).await
}

pub async fn proposal(visit: Visit, id: web::Path<ProposalId>) -> Result<HttpResponse> {
    new(visit, Subject::Proposal(*id)).await
}

pub async fn profile(visit: Visit, handle: web::Path<String>) -> Result<HttpResponse> {
    let subject = subject_of(&visit, handle.into_inner()).await?;
    new(visit, subject).await
}

async fn subject_of(visit: &Visit, handle: String) -> Result<Subject> {
    let (_, member) = visit.read(move |conn, _| members::by_handle(conn, &handle)).await?;
    Ok(Subject::Profile(member.id))
}

async fn new(visit: Visit, subject: Subject) -> Result<HttpResponse> {
    Ok(html(&new_page(&visit, subject, None, Problems::default()).await?))
}

/// The page with the form as it was filled in, or an empty form.
async fn new_page(visit: &Visit, subject: Subject, form: Option<ReportForm>, problems: Problems) -> Result<NewPage> {
    let here = visit.here.clone();
    let (frame, (reported, reader)) = visit
        .read(move |conn, seen| {
            let reported = Reported::get(conn, seen.member()?, subject)?;
            let reader = reader(conn, seen, &here, &[&reported])?;
            Ok((reported, reader))
        })
        .await?;
    let form = form.unwrap_or_default();
    let choices = farther(&reported, form.reach.parse().ok(), &reader);
    let (what, back) = (what(&reported), path(&reported));
    let mut page = NewPage { frame, reported, what, back, choices, form, problems, reader };
    // A spoiler is the most likely reason, so it is preselected where it can be chosen.
    if page.form == ReportForm::default() && page.reported.can_be_folded() && page.can_spoil() {
        page.form.kind = ReportKind::Spoils.as_str().to_owned();
    }
    Ok(page)
}

/// The chapters that the text can be reported to spoil: those beyond its reach. Preselected if there is only one.
fn farther(reported: &Reported, chosen: Option<i32>, reader: &Reader) -> Vec<Choice> {
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

pub async fn create_on_post(visit: Visit, id: web::Path<PostId>, form: Form<ReportForm>) -> Result<HttpResponse> {
    create(visit, Subject::Post(*id), form).await
}

pub async fn create_on_title(visit: Visit, id: web::Path<ThreadId>, form: Form<ReportForm>) -> Result<HttpResponse> {
    create(visit, Subject::Title(*id), form).await
}

pub async fn create_on_passage(visit: Visit, id: web::Path<PassageId>, form: Form<ReportForm>) -> Result<HttpResponse> {
    create(visit, Subject::Passage(*id), form).await
}

pub async fn create_on_notice(visit: Visit, id: web::Path<NoticeId>, form: Form<ReportForm>) -> Result<HttpResponse> {
    create(visit, Subject::Notice(*id), form).await
}

pub async fn create_on_note(visit: Visit, id: web::Path<MeetingId>, form: Form<ReportForm>) -> Result<HttpResponse> {
    create(visit, Subject::Note(*id), form).await
}

pub async fn create_on_question(
    visit: Visit,
    id: web::Path<QuestionId>,
    form: Form<ReportForm>,
) -> Result<HttpResponse> {
    create(visit, Subject::Question(*id), form).await
}

pub async fn create_on_proposal(
    visit: Visit,
    id: web::Path<ProposalId>,
    form: Form<ReportForm>,
) -> Result<HttpResponse> {
    create(visit, Subject::Proposal(*id), form).await
}

pub async fn create_on_profile(
    visit: Visit,
    handle: web::Path<String>,
    form: Form<ReportForm>,
) -> Result<HttpResponse> {
    let subject = subject_of(&visit, handle.into_inner()).await?;
    create(visit, subject, form).await
}

async fn create(visit: Visit, subject: Subject, Form(form): Form<ReportForm>) -> Result<HttpResponse> {
    let new = match NewReport::parse(&form.kind, &form.reach, &form.words) {
        Ok(new) => new,
        Err(problems) => return Ok(unprocessable(&new_page(&visit, subject, Some(form), problems).await?)),
    };
    let limits = visit.limits();
    let done = visit
        .write_text(move |conn, member| {
            let folds = reports::create(conn, member, subject, &new, limits)?;
            Ok((folds, path(&Reported::get(conn, member, subject)?)))
        })
        .await;
    match done {
        Ok((true, path)) => Ok(see_other_saying(&path, "Thanks. It’s hidden as a spoiler until a moderator decides.")),
        Ok((false, path)) => {
            Ok(see_other_saying(&path, "Thanks. A moderator will review it. We’ll let you know the outcome."))
        }
        Err(Error::Refused(problems)) => Ok(unprocessable(&new_page(&visit, subject, Some(form), problems).await?)),
        Err(error) => Err(error),
    }
}
