//! Merging a thread into another.

use super::reader_of;
use crate::db::ThreadId;
use crate::domain::core::gate::Reader;
use crate::domain::core::policy;
use crate::domain::core::text_fields::Reason;
use crate::domain::forum::thread_actions;
use crate::domain::forum::threads::{self, Thread};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// `into` is the address or the number of the other thread.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct MergeForm {
    into: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "forum/threads/merge.html")]
struct MergePage {
    frame: Frame,
    thread: Thread,
    /// The other thread, once the form names it.
    other: Option<Thread>,
    form: MergeForm,
    problems: Problems,
    reader: Reader,
}

/// The form for merging. The moderator names the other thread first and then confirms.
pub async fn new(
    context: RequestContext,
    id: web::Path<ThreadId>,
    query: web::Query<MergeForm>,
) -> Result<HttpResponse> {
    let form = query.into_inner();
    let problems = match form.into.is_empty() || number(&form.into).is_some() {
        true => Problems::default(),
        false => Problems::one("into", NO_THREAD),
    };
    let page = merge_page(&context, *id, form, problems).await?;
    Ok(if page.problems.is_empty() { html(&page) } else { unprocessable(&page) })
}

async fn merge_page(
    context: &RequestContext,
    id: ThreadId,
    form: MergeForm,
    mut problems: Problems,
) -> Result<MergePage> {
    let (location, into) = (context.location.clone(), number(&form.into));
    let (frame, (thread, other, reader)) = context
        .read(move |conn, viewer| {
            let thread = threads::get(conn, id)?;
            policy::require_moderation(viewer.require_member()?, thread.author.role())?;
            let other = match into.map(|id| threads::get(conn, id)) {
                Some(Err(Error::NotFound)) | None => None,
                Some(other) => Some(other?),
            };
            let books = other.iter().flat_map(Thread::books);
            let reader = reader_of(conn, viewer, &location, &thread, books)?;
            Ok((thread, other, reader))
        })
        .await?;
    if other.is_none() && !form.into.is_empty() {
        problems.add("into", NO_THREAD);
    }
    let is_same = other.as_ref().is_some_and(|other| other.id == thread.id);
    if is_same {
        problems.add("into", "This is the same thread. Please choose another one.");
    }
    let other = other.filter(|_| !is_same);
    Ok(MergePage { frame: frame.in_section(Section::Discussions), thread, other, form, problems, reader })
}

pub async fn create(
    context: RequestContext,
    id: web::Path<ThreadId>,
    Form(form): Form<MergeForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let mut problems = Problems::default();
    let into = problems.check("into", number(&form.into).ok_or(NO_THREAD));
    let reason = problems.check("reason", Reason::parse(&form.reason));
    let parsed = into.zip(reason).ok_or(Error::Refused(problems));
    let done = context
        .write(move |conn, member| {
            let (into, reason) = parsed?;
            thread_actions::merge(conn, member, id, into, &reason)?;
            threads::get(conn, into)
        })
        .await;
    match done {
        Ok(thread) => Ok(see_other_with_flash(&thread.path(), "Threads merged.")),
        Err(error) => form_again(error, |problems| merge_page(&context, id, form, problems)).await,
    }
}

/// The thread's number in what was entered: `12`, `/threads/12/stones`, or a full address.
fn number(text: &str) -> Option<ThreadId> {
    let text = text.trim();
    let id = text.split_once("/threads/").map_or(text, |(_, rest)| rest);
    id.split(['/', '?', '#']).next()?.parse().ok()
}

const NO_THREAD: &str = "This thread doesn’t exist. Please enter its address or number.";
