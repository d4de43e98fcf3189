//! Content warnings of a book: suggesting, confirming and declining them.

use crate::db::{BookId, NoticeId};
use crate::domain::core::gate::{Position, Reader};
use crate::domain::core::policy::Act;
use crate::domain::core::words::Reason;
use crate::domain::library::bookmarks;
use crate::domain::library::books::{self, Book};
use crate::domain::library::content_warnings::{self, NewNotice, Notice, State};
use crate::domain::moderation::preset_reasons;
use crate::error::{Error, Problems, Result};
use crate::pages::forum::posts::{Choice, choices};
use crate::web::forms::{Form, Nothing};
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, see_other, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct NoticeForm {
    label: String,
    body: String,
    reach: String,
}

#[derive(Template)]
#[template(path = "library/content_warnings/index.html")]
struct IndexPage {
    frame: Frame,
    book: Book,
    notices: Vec<Notice>,
    form: NoticeForm,
    /// The warning that a host decided on without giving a reason.
    judged: Option<NoticeId>,
    problems: Problems,
    choices: Vec<Choice>,
    reader: Reader,
}

impl IndexPage {
    /// Whether a host decided on this one without giving a reason.
    fn is_judged(&self, id: &NoticeId) -> bool {
        self.judged.as_ref() == Some(id)
    }

    /// Its state in words, unless it is confirmed.
    fn state(&self, notice: &Notice) -> Option<String> {
        match notice.state {
            State::Confirmed => None,
            State::Proposed => {
                let writer = notice.writer.as_deref().unwrap_or("a former member");
                Some(format!("suggested by {writer} · not yet reviewed by a host"))
            }
            State::Declined => Some("declined".to_owned()),
        }
    }

    fn form_heading(&self) -> &'static str {
        if self.frame.keeps_books() { "Add a content warning" } else { "Suggest a content warning" }
    }

    /// Whether the viewer can withdraw it: their own, until a host has decided.
    fn withdraws(&self, notice: &Notice) -> bool {
        let own = notice.writer.as_deref().is_some_and(|writer| self.frame.is_viewer(writer));
        own && notice.state == State::Proposed
    }
}

/// A book's content warnings, and the form to add one.
pub async fn index(visit: Visit, book: web::Path<BookId>) -> Result<HttpResponse> {
    Ok(html(&index_page(&visit, *book, NoticeForm::default(), Problems::default()).await?))
}

async fn index_page(visit: &Visit, book: BookId, form: NoticeForm, problems: Problems) -> Result<IndexPage> {
    let here = visit.here.clone();
    let here = here.or_from(&address(book), "");
    let there = here.clone();
    let (mut frame, (book, notices, reader, reasons)) = visit
        .read(move |conn, seen| {
            let viewer = seen.viewer.as_ref();
            let reader = bookmarks::reader(conn, viewer, &[book], &there.unfolds)?;
            let reasons = if seen.may(Act::KeepBooks) { preset_reasons::offered(conn)? } else { Vec::new() };
            Ok((books::get(conn, book)?, content_warnings::list(conn, viewer, book)?, reader, reasons))
        })
        .await?;
    frame.here = here;
    // Without a choice, the form preselects the whole book, which gives the least away.
    let chosen = form.reach.parse().ok().and_then(|number| book.position(number)).unwrap_or(Position::WHOLE);
    let choices = choices(Some(&book), chosen, &reader);
    let frame = frame.offering(reasons).at(Nav::Books);
    Ok(IndexPage { frame, book, notices, form, judged: None, problems, choices, reader })
}

/// Adds or suggests a content warning.
pub async fn create(visit: Visit, book: web::Path<BookId>, Form(form): Form<NoticeForm>) -> Result<HttpResponse> {
    let id = *book;
    let filled = form.clone();
    let parsed = visit.parse(move || NewNotice::parse(&filled.label, &filled.body, &filled.reach)).await?;
    let new = match parsed {
        Ok(new) => new,
        Err(problems) => return Ok(unprocessable(&index_page(&visit, id, form, problems).await?)),
    };
    let limits = visit.limits();
    let done = visit
        .write_text(move |conn, member| {
            let book = books::get(conn, id)?;
            content_warnings::create(conn, member, &book, &new, limits)
        })
        .await;
    match done {
        Ok(State::Confirmed) => Ok(see_other_saying(&address(id), "Content warning added.")),
        Ok(_) => Ok(see_other_saying(&address(id), "Thank you. A host will review your content warning.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&index_page(&visit, id, form, problems).await?)),
        Err(error) => Err(error),
    }
}

/// Redirects to the warning on its book's list.
pub async fn find(visit: Visit, id: web::Path<NoticeId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, notice) = visit.read(move |conn, _| content_warnings::get(conn, None, id)).await?;
    Ok(see_other(&format!("{}#{}", address(notice.book), notice.key())))
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
pub async fn set_verdict(visit: Visit, id: web::Path<NoticeId>, Form(form): Form<VerdictForm>) -> Result<HttpResponse> {
    let id = *id;
    let (state, said) = match form.verdict.as_str() {
        "confirm" => (State::Confirmed, "Content warning confirmed."),
        "decline" => (State::Declined, "Content warning declined. You can still confirm it."),
        _ => return Err(Error::BadRequest("Please choose Confirm or Decline.")),
    };
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let (_, notice) =
                visit.read(move |conn, seen| content_warnings::get(conn, seen.viewer.as_ref(), id)).await?;
            let problems = Problems::one("reason", sentence);
            let page = index_page(&visit, notice.book, NoticeForm::default(), problems).await?;
            return Ok(unprocessable(&IndexPage { judged: Some(id), ..page }));
        }
    };
    let book = visit
        .write(move |conn, member| {
            content_warnings::decide(conn, member, id, state, &reason)?;
            Ok(content_warnings::get(conn, None, id)?.book)
        })
        .await?;
    Ok(see_other_saying(&address(book), said))
}

/// Its author withdraws a suggestion.
pub async fn withdraw(visit: Visit, id: web::Path<NoticeId>, _: Form<Nothing>) -> Result<HttpResponse> {
    let id = *id;
    let book = visit
        .write(move |conn, member| {
            let book = content_warnings::get(conn, None, id)?.book;
            content_warnings::withdraw(conn, member, id)?;
            Ok(book)
        })
        .await?;
    Ok(see_other_saying(&address(book), "Content warning withdrawn."))
}
