//! A member's notifications.

mod words;

use crate::db::{Moment, NotificationId};
use crate::domain::library::bookmarks;
use crate::domain::moderation::log_targets::LogTargets;
use crate::domain::safety::notifications;
use crate::error::Result;
use crate::pages::moderation::log::subjects::{Names, Sentence};
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::{Frame, Section};
use crate::web::pagination::Before;
use crate::web::request::RequestContext;
use crate::web::{html, see_other};
use actix_web::{HttpResponse, web};
use askama::Template;
use words::sentence;

#[derive(Template)]
#[template(path = "moderation/notifications/index.html")]
struct IndexPage {
    frame: Frame,
    notified: Vec<Line>,
    unread_count: usize,
    next: Option<NotificationId>,
}

/// A notification as the page shows it.
struct Line {
    id: NotificationId,
    created_at: Moment,
    sentence: Sentence,
}

/// A member's notifications, the newest first.
pub async fn index(context: RequestContext, query: web::Query<Before<NotificationId>>) -> Result<HttpResponse> {
    let (before, location) = (query.before, context.location.clone());
    let (frame, (found, targets, reader, unread_count)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let found = notifications::list(conn, member, before)?;
            let subjects = found.items.iter().flat_map(|notification| notification.subjects());
            let targets = LogTargets::of(conn, member, subjects)?;
            let reader = bookmarks::reader(conn, Some(member), &targets.concerned(), &location.unfolds)?;
            Ok((found, targets, reader, member.unread_count))
        })
        .await?;
    let names = Names { targets: &targets, reader: &reader };
    let line = |it: &notifications::Notification| Line {
        id: it.id,
        created_at: it.created_at,
        sentence: sentence(it, &names, &|at| frame.until(at)),
    };
    let notified = found.items.iter().map(line).collect();
    let unread_count = if before.is_none() { usize::try_from(unread_count).unwrap_or_default() } else { 0 };
    Ok(html(&IndexPage { frame: frame.in_section(Section::Account), notified, unread_count, next: found.next }))
}

/// Marks all as read.
pub async fn mark_all_read(context: RequestContext, _: Form<EmptyForm>) -> Result<HttpResponse> {
    context.write(notifications::mark_all_read).await?;
    Ok(see_other("/notifications"))
}
