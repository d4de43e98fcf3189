//! Moderating a thread: locking and pinning it, and requiring approval of its posts.

use crate::db::ThreadId;
use crate::domain::core::policy;
use crate::domain::core::words::Reason;
use crate::domain::forum::threads;
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::Nav;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// The form for locking or unlocking a thread.
pub async fn lock(visit: Visit, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    Ok(html(&switch_page(&visit, *id, Switch::Lock, Problems::default()).await?))
}

/// The form for pinning or unpinning a thread.
pub async fn pin(visit: Visit, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    Ok(html(&switch_page(&visit, *id, Switch::Pin, Problems::default()).await?))
}

/// The form for requiring approval or no longer requiring it.
pub async fn approval(visit: Visit, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    Ok(html(&switch_page(&visit, *id, Switch::Approval, Problems::default()).await?))
}

pub async fn set_locked(visit: Visit, id: web::Path<ThreadId>, form: Form<ReasonForm>) -> Result<HttpResponse> {
    set(visit, *id, Switch::Lock, form).await
}

/// Requires approval of new posts in a thread, or stops requiring it.
pub async fn set_approval(visit: Visit, id: web::Path<ThreadId>, form: Form<ReasonForm>) -> Result<HttpResponse> {
    set(visit, *id, Switch::Approval, form).await
}

async fn set(visit: Visit, id: ThreadId, switch: Switch, Form(form): Form<ReasonForm>) -> Result<HttpResponse> {
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let problems = Problems::one("reason", sentence);
            return Ok(unprocessable(&switch_page(&visit, id, switch, problems).await?));
        }
    };
    let on = form.is_on();
    let thread = visit
        .write(move |conn, member| {
            match switch {
                Switch::Lock if on => threads::lock(conn, member, id, &reason)?,
                Switch::Lock => threads::unlock(conn, member, id, &reason)?,
                Switch::Pin => threads::unpin(conn, member, id, &reason)?,
                Switch::Approval => threads::set_approval(conn, member, id, on, &reason)?,
            }
            threads::get(conn, id)
        })
        .await?;
    let said = match (switch, on) {
        (Switch::Lock, true) => "Thread locked.",
        (Switch::Lock, false) => "Thread unlocked.",
        (Switch::Pin, _) => "Thread unpinned.",
        (Switch::Approval, true) => "New posts in this thread now require approval.",
        (Switch::Approval, false) => "New posts in this thread no longer require approval.",
    };
    Ok(see_other_saying(&thread.path(), said))
}

/// What the form turns on or off.
#[derive(Clone, Copy)]
enum Switch {
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

pub async fn set_pinned(visit: Visit, id: web::Path<ThreadId>, Form(form): Form<PinForm>) -> Result<HttpResponse> {
    let id = *id;
    if form.on != "yes" {
        return set(visit, id, Switch::Pin, Form(ReasonForm::new(form.reason))).await;
    }
    let mut problems = Problems::default();
    let reason = problems.take("reason", Reason::parse(&form.reason));
    let until = match form.until.trim() {
        "" => Some(None),
        day => problems.take("until", day.parse().map(Some).map_err(|_| "Please enter a date, such as 2026-10-21.")),
    };
    let (Some(reason), Some(until)) = (reason, until) else {
        let page = switch_page(&visit, id, Switch::Pin, problems).await?;
        return Ok(unprocessable(&page.keeping(form.reason).until(form.until)));
    };
    let done = visit
        .write(move |conn, member| {
            threads::pin(conn, member, id, until, &reason)?;
            threads::get(conn, id)
        })
        .await;
    match done {
        Ok(thread) => Ok(see_other_saying(&thread.path(), "Thread pinned.")),
        Err(Error::Refused(problems)) => {
            let page = switch_page(&visit, id, Switch::Pin, problems).await?;
            Ok(unprocessable(&page.keeping(form.reason).until(form.until)))
        }
        Err(error) => Err(error),
    }
}

async fn switch_page(visit: &Visit, id: ThreadId, switch: Switch, problems: Problems) -> Result<ReasonPage> {
    let (frame, thread) = visit
        .read(move |conn, seen| {
            let member = seen.member()?;
            let thread = threads::get(conn, id)?;
            policy::require_moderation(member, thread.author.role())?;
            Ok(thread)
        })
        .await?;
    let (verb, action, on) = match switch {
        Switch::Lock if thread.locked => ("Unlock", "lock", false),
        Switch::Lock => ("Lock", "lock", true),
        Switch::Pin if thread.pinned => ("Unpin", "pin", false),
        Switch::Pin => ("Pin", "pin", true),
        Switch::Approval if thread.approval => ("Stop requiring approval", "approval", false),
        Switch::Approval => ("Require approval", "approval", true),
    };
    let action = format!("/threads/{}/{action}", thread.id);
    let heading = match switch {
        Switch::Approval => format!("{verb} in this thread"),
        Switch::Lock | Switch::Pin => format!("{verb} this thread"),
    };
    let page = ReasonPage::new(frame.at(Nav::Discussions), heading, verb, action, thread.path(), on, problems);
    let note = "Readers of the thread see the reason. It is also added to the moderation log. You can undo this.";
    Ok(match switch {
        Switch::Lock if on => page.noting(note),
        Switch::Pin if on => page.until(String::new()),
        _ => page,
    })
}
