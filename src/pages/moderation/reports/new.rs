//! The form to report a text.

use super::{describe, path, reader};
use crate::domain::core::gate::{Reach, Reader};
use crate::domain::forum::threads::Thread;
use crate::domain::moderation::reports::{self, NewReport, Reported, ReportedText};
use crate::domain::safety::report_cases::ReportKind;
use crate::domain::safety::subjects::Subject;
use crate::error::{Problems, Result};
use crate::pages::library::reach_fields::{Choice, choices};
use crate::pages::moderation::subject_path::SubjectPath;
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash, unprocessable};
use actix_web::HttpResponse;
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

pub async fn new(context: RequestContext, SubjectPath(subject): SubjectPath) -> Result<HttpResponse> {
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
    let mut farther = choices(Some(book), "", chosen, reader);
    farther.retain(|choice| choice.position > now);
    if let [only] = &mut farther[..] {
        only.chosen = true;
    }
    farther
}

pub async fn create(
    context: RequestContext,
    SubjectPath(subject): SubjectPath,
    Form(form): Form<ReportForm>,
) -> Result<HttpResponse> {
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
        Err(error) => form_again(error, |problems| new_page(&context, subject, Some(form), problems)).await,
    }
}
