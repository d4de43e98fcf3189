//! Moderating a thread: locking and pinning it, and requiring approval of its posts.

use crate::db::ThreadId;
use crate::domain::core::policy;
use crate::domain::forum::thread_actions;
use crate::domain::forum::threads;
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::Section;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// The form for locking or unlocking a thread.
pub async fn edit_lock(context: RequestContext, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    Ok(html(&toggle_page(&context, *id, Toggle::Lock, Problems::default()).await?))
}

/// The form for pinning or unpinning a thread.
pub async fn edit_pin(context: RequestContext, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    Ok(html(&toggle_page(&context, *id, Toggle::Pin, Problems::default()).await?))
}

/// The form for requiring approval or no longer requiring it.
pub async fn edit_approval(context: RequestContext, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    Ok(html(&toggle_page(&context, *id, Toggle::Approval, Problems::default()).await?))
}

pub async fn update_lock(
    context: RequestContext,
    id: web::Path<ThreadId>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse> {
    update(context, *id, Toggle::Lock, form).await
}

/// Requires approval of new posts in a thread, or stops requiring it.
pub async fn update_approval(
    context: RequestContext,
    id: web::Path<ThreadId>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse> {
    update(context, *id, Toggle::Approval, form).await
}

async fn update(
    context: RequestContext,
    id: ThreadId,
    toggle: Toggle,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let reason = form.parse();
    let on = form.is_on();
    let done = context
        .write(move |conn, member| {
            match toggle {
                Toggle::Lock => thread_actions::set_locked(conn, member, id, on, &reason?)?,
                Toggle::Pin => thread_actions::unpin(conn, member, id, &reason?)?,
                Toggle::Approval => thread_actions::set_approval(conn, member, id, on, &reason?)?,
            }
            threads::get(conn, id)
        })
        .await;
    let message = match (toggle, on) {
        (Toggle::Lock, true) => "Thread locked.",
        (Toggle::Lock, false) => "Thread unlocked.",
        (Toggle::Pin, _) => "Thread unpinned.",
        (Toggle::Approval, true) => "New posts in this thread now require approval.",
        (Toggle::Approval, false) => "New posts in this thread no longer require approval.",
    };
    match done {
        Ok(thread) => Ok(see_other_with_flash(&thread.path(), message)),
        Err(error) => form.again(error, |problems| toggle_page(&context, id, toggle, problems)).await,
    }
}

/// What the form turns on or off.
#[derive(Clone, Copy)]
enum Toggle {
    Lock,
    Pin,
    Approval,
}

/// `until` is the last day of the pin; empty to pin the thread until it is unpinned.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PinForm {
    reason: String,
    until: String,
    on: String,
}

pub async fn update_pin(
    context: RequestContext,
    id: web::Path<ThreadId>,
    Form(form): Form<PinForm>,
) -> Result<HttpResponse> {
    let (id, reason_form) = (*id, ReasonForm::new(form.reason));
    if form.on != "yes" {
        return update(context, id, Toggle::Pin, Form(reason_form)).await;
    }
    let mut problems = Problems::default();
    let reason = problems.check_part(reason_form.parse())?;
    let until = match form.until.trim() {
        "" => Some(None),
        day => problems.check("until", day.parse().map(Some).map_err(|_| "Please enter a date, such as 2026-10-21.")),
    };
    let parsed = reason.zip(until).ok_or(Error::Refused(problems));
    let done = context
        .write(move |conn, member| {
            let (reason, until) = parsed?;
            thread_actions::pin(conn, member, id, until, &reason)?;
            threads::get(conn, id)
        })
        .await;
    match done {
        Ok(thread) => Ok(see_other_with_flash(&thread.path(), "Thread pinned.")),
        Err(error) => {
            let page =
                async |problems| Ok(toggle_page(&context, id, Toggle::Pin, problems).await?.with_until(form.until));
            reason_form.again(error, page).await
        }
    }
}

async fn toggle_page(context: &RequestContext, id: ThreadId, toggle: Toggle, problems: Problems) -> Result<ReasonPage> {
    let (frame, thread) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let thread = threads::get(conn, id)?;
            policy::require_moderation(member, thread.author.role())?;
            Ok(thread)
        })
        .await?;
    let (verb, action, on) = match toggle {
        Toggle::Lock if thread.locked => ("Unlock", "lock", false),
        Toggle::Lock => ("Lock", "lock", true),
        Toggle::Pin if thread.pinned => ("Unpin", "pin", false),
        Toggle::Pin => ("Pin", "pin", true),
        Toggle::Approval if thread.requires_approval => ("Stop requiring approval", "approval", false),
        Toggle::Approval => ("Require approval", "approval", true),
    };
    let action = format!("/threads/{}/{action}", thread.id);
    let heading = match toggle {
        Toggle::Approval => format!("{verb} in this thread"),
        Toggle::Lock | Toggle::Pin => format!("{verb} this thread"),
    };
    let page =
        ReasonPage::new(frame.in_section(Section::Discussions), heading, verb, action, thread.path(), on, problems);
    let note = "Readers of the thread see the reason. It is also added to the moderation log. You can undo this.";
    Ok(match toggle {
        Toggle::Lock if on => page.with_note(note),
        Toggle::Pin if on => page.with_until(String::new()),
        _ => page,
    })
}
