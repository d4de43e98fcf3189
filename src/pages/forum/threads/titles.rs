//! Renaming a thread and setting the spoiler level of its title.

use super::reader_of;
use crate::db::ThreadId;
use crate::domain::core::gate::{Position, Reach, Reader, Sight};
use crate::domain::core::text_fields::{Reason, Title};
use crate::domain::forum::thread_actions::{self, TitleChange};
use crate::domain::forum::threads::{self, Thread};
use crate::error::{Error, Problems, Result};
use crate::pages::library::reach_fields::{Choice, choices, parse_level};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct TitleForm {
    title: String,
    /// Not empty if the title is folded for the moderator; an empty title then leaves it unchanged.
    keep: String,
    reach: String,
    other: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "forum/threads/title.html")]
struct TitlePage {
    frame: Frame,
    thread: Thread,
    form: TitleForm,
    choices: Vec<Choice>,
    /// The title's reach into another book than the thread's own, or its unknown reach.
    other: Option<Reach>,
    problems: Problems,
    reader: Reader,
}

impl TitlePage {
    /// Whether the title is folded for the moderator, and so isn't in the form.
    fn title_is_hidden(&self) -> bool {
        !self.form.keep.is_empty()
    }

    fn is_unknown(&self, reach: &Reach) -> bool {
        *reach == Reach::Unknown
    }
}

pub async fn edit(context: RequestContext, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    Ok(html(&title_page(&context, *id, None, Problems::default()).await?))
}

async fn title_page(
    context: &RequestContext,
    id: ThreadId,
    form: Option<TitleForm>,
    problems: Problems,
) -> Result<TitlePage> {
    let location = context.location.clone().or_submitted_from(&format!("/threads/{id}/title"), "");
    let there = location.clone();
    let (mut frame, (thread, reader)) = context
        .read(move |conn, viewer| {
            let thread = threads::get(conn, id)?;
            thread_actions::require_renaming(conn, viewer.require_member()?, &thread)?;
            let reader = reader_of(conn, viewer, &there, &thread, std::iter::empty())?;
            Ok((thread, reader))
        })
        .await?;
    frame.location = location;
    let (own, reach) = (thread.book_id(), thread.title.reach());
    let other = match reach {
        Reach::Unknown => Some(Reach::Unknown),
        reach => reach.other_book(own).map(|(book, at)| Reach::Through(book, at)),
    };
    let chosen = own.map_or(Position::NONE, |book| {
        reach.books().find(|(known, _)| *known == book).map_or(Position::NONE, |(_, position)| position)
    });
    let form = form.unwrap_or_else(|| {
        let (title, keep) = match thread.title.sight(&reader) {
            Sight::Open(title) => (title.clone(), String::new()),
            Sight::Folded(_) => (String::new(), "yes".to_owned()),
        };
        let other = if other.is_some() { "yes".to_owned() } else { String::new() };
        TitleForm { title, keep, reach: chosen.number().to_string(), other, reason: String::new() }
    });
    let choices = choices(thread.book.as_ref(), &form.reach, chosen, &reader);
    Ok(TitlePage { frame: frame.in_section(Section::Discussions), thread, form, choices, other, problems, reader })
}

pub async fn update(
    context: RequestContext,
    id: web::Path<ThreadId>,
    Form(form): Form<TitleForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let parsed = parse(&form).map_err(Error::Refused);
    let done = context
        .write(move |conn, member| {
            let (change, reason) = parsed?;
            thread_actions::rename(conn, member, id, &change, &reason)?;
            threads::get(conn, id)
        })
        .await;
    match done {
        Ok(thread) => Ok(see_other_with_flash(&thread.path(), "Thread renamed.")),
        Err(error) => form_again(error, |problems| title_page(&context, id, Some(form), problems)).await,
    }
}

fn parse(form: &TitleForm) -> Result<(TitleChange, Reason), Problems> {
    let mut problems = Problems::default();
    let title = match form.title.trim() {
        "" if !form.keep.is_empty() => Some(None),
        _ => problems.check("title", Title::parse(&form.title).map(Some)),
    };
    let reach = problems.check("reach", parse_level(&form.reach));
    let reason = problems.check("reason", Reason::parse(&form.reason));
    match (title, reach, reason) {
        (Some(title), Some(reach), Some(reason)) => {
            Ok((TitleChange { title, reach, keeps_other_book: !form.other.is_empty() }, reason))
        }
        _ => Err(problems),
    }
}
