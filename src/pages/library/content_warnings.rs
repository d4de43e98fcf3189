//! Content warnings of a book: suggesting, confirming and declining them.

use crate::db::{BookId, ContentWarningId};
use crate::domain::core::gate::{Position, Reader};
use crate::domain::core::policy::Act;
use crate::domain::core::text_fields::Reason;
use crate::domain::library::bookmarks;
use crate::domain::library::books::{self, Book};
use crate::domain::library::content_warnings::{self, ContentWarning, ContentWarningState, NewContentWarning};
use crate::domain::moderation::preset_reasons;
use crate::error::{Problems, Result};
use crate::pages::library::reach_fields::{Choice, choices};
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other, see_other_with_flash, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ContentWarningForm {
    label: String,
    body: String,
    reach: String,
}

#[derive(Template)]
#[template(path = "library/content_warnings/index.html")]
struct IndexPage {
    frame: Frame,
    book: Book,
    warnings: Vec<ContentWarning>,
    form: ContentWarningForm,
    /// The warning that a host decided on without giving a reason.
    without_reason: Option<ContentWarningId>,
    problems: Problems,
    choices: Vec<Choice>,
    reader: Reader,
}

impl IndexPage {
    /// Whether a host decided on this one without giving a reason.
    fn lacks_reason(&self, id: &ContentWarningId) -> bool {
        self.without_reason.as_ref() == Some(id)
    }

    /// Its state in words, unless it is confirmed.
    fn state(&self, warning: &ContentWarning) -> Option<String> {
        match warning.state {
            ContentWarningState::Confirmed => None,
            ContentWarningState::Proposed => {
                let author = warning.author.as_deref().unwrap_or("a former member");
                Some(format!("suggested by {author} · not yet reviewed by a host"))
            }
            ContentWarningState::Declined => Some("declined".to_owned()),
        }
    }

    fn form_heading(&self) -> &'static str {
        if self.frame.can_manage_books() { "Add a content warning" } else { "Suggest a content warning" }
    }

    /// Whether the viewer can withdraw it: their own, until a host has decided.
    fn can_withdraw(&self, warning: &ContentWarning) -> bool {
        let own = warning.author.as_deref().is_some_and(|author| self.frame.is_viewer(author));
        own && warning.state == ContentWarningState::Proposed
    }
}

/// A book's content warnings, and the form to add one.
pub async fn index(context: RequestContext, book: web::Path<BookId>) -> Result<HttpResponse> {
    Ok(html(&index_page(&context, *book, ContentWarningForm::default(), Problems::default()).await?))
}

async fn index_page(
    context: &RequestContext,
    book: BookId,
    form: ContentWarningForm,
    problems: Problems,
) -> Result<IndexPage> {
    let location = context.location.clone();
    let location = location.or_submitted_from(&address(book), "");
    let there = location.clone();
    let (mut frame, (book, warnings, reader, reasons)) = context
        .read(move |conn, viewer| {
            let member = viewer.member.as_ref();
            let reader = bookmarks::reader(conn, member, &[book], &there.unfolds)?;
            let reasons = if viewer.may(Act::ManageBooks) { preset_reasons::sentences(conn)? } else { Vec::new() };
            Ok((books::get(conn, book)?, content_warnings::list(conn, member, book)?, reader, reasons))
        })
        .await?;
    frame.location = location;
    // Without a choice, the form preselects the whole book, which gives the least away.
    let choices = choices(Some(&book), &form.reach, Position::WHOLE, &reader);
    frame.preset_reasons = reasons;
    let frame = frame.in_section(Section::Books);
    Ok(IndexPage { frame, book, warnings, form, without_reason: None, problems, choices, reader })
}

/// Adds or suggests a content warning.
pub async fn create(
    context: RequestContext,
    book: web::Path<BookId>,
    Form(form): Form<ContentWarningForm>,
) -> Result<HttpResponse> {
    let id = *book;
    let filled = form.clone();
    let parsed =
        context.parse_text(move || NewContentWarning::parse(&filled.label, &filled.body, &filled.reach)).await?;
    let new = match parsed {
        Ok(new) => new,
        Err(problems) => return Ok(unprocessable(&index_page(&context, id, form, problems).await?)),
    };
    let limits = context.limits();
    let done = context
        .write_rate_limited(move |conn, member| {
            let book = books::get(conn, id)?;
            content_warnings::create(conn, member, &book, &new, limits)
        })
        .await;
    match done {
        Ok(ContentWarningState::Confirmed) => Ok(see_other_with_flash(&address(id), "Content warning added.")),
        Ok(_) => Ok(see_other_with_flash(&address(id), "Thank you. A host will review your content warning.")),
        Err(error) => form_again(error, |problems| index_page(&context, id, form, problems)).await,
    }
}

/// Redirects to the warning on its book's list.
pub async fn show(context: RequestContext, id: web::Path<ContentWarningId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, warning) = context.read(move |conn, _| content_warnings::get(conn, None, id)).await?;
    Ok(see_other(&format!("{}#{}", address(warning.book), warning.key())))
}

fn address(book: BookId) -> String {
    format!("/books/{book}/notices")
}

/// `verdict` is `confirm` or `decline`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct VerdictForm {
    verdict: String,
    reason: String,
}

/// A host confirms or declines a warning.
pub async fn update(
    context: RequestContext,
    id: web::Path<ContentWarningId>,
    Form(form): Form<VerdictForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let (state, said) = match form.verdict.as_str() {
        "confirm" => (ContentWarningState::Confirmed, "Content warning confirmed."),
        "decline" => (ContentWarningState::Declined, "Content warning declined. You can still confirm it."),
        _ => return Err(context.refuse("Please choose Confirm or Decline.").await),
    };
    let reason = Reason::from_form(&form.reason);
    let done = context
        .write(move |conn, member| {
            content_warnings::decide(conn, member, id, state, &reason?)?;
            Ok(content_warnings::get(conn, None, id)?.book)
        })
        .await;
    let page = async |problems| {
        let (_, warning) =
            context.read(move |conn, viewer| content_warnings::get(conn, viewer.member.as_ref(), id)).await?;
        let page = index_page(&context, warning.book, ContentWarningForm::default(), problems).await?;
        Ok(IndexPage { without_reason: Some(id), ..page })
    };
    match done {
        Ok(book) => Ok(see_other_with_flash(&address(book), said)),
        Err(error) => form_again(error, page).await,
    }
}

/// Its author withdraws a suggestion.
pub async fn destroy(
    context: RequestContext,
    id: web::Path<ContentWarningId>,
    _: Form<EmptyForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let book = context
        .write(move |conn, member| {
            let book = content_warnings::get(conn, None, id)?.book;
            content_warnings::withdraw(conn, member, id)?;
            Ok(book)
        })
        .await?;
    Ok(see_other_with_flash(&address(book), "Content warning withdrawn."))
}
