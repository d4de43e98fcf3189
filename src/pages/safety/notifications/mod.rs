//! What a member was told.

mod words;

use crate::db::NotificationId;
use crate::domain::core::gate::Reader;
use crate::domain::library::bookmarks;
use crate::domain::moderation::log_targets::{Thing, Things};
use crate::domain::safety::notifications::{self, Notification};
use crate::error::Result;
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{html, see_other};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use words::{Said, said};

/// Where the list goes on.
#[derive(Deserialize)]
pub struct Before {
    before: Option<NotificationId>,
}

#[derive(Template)]
#[template(path = "safety/notifications/index.html")]
struct IndexPage {
    frame: Frame,
    told: Vec<Notification>,
    things: Things,
    reader: Reader,
    unread_count: usize,
    next: Option<NotificationId>,
}

impl IndexPage {
    /// What a notification says.
    fn said(&self, told: &Notification) -> Said {
        said(told, &self.frame)
    }
}

/// What a member was told, the newest first.
pub async fn index(context: RequestContext, query: web::Query<Before>) -> Result<HttpResponse> {
    let (before, location) = (query.before, context.location.clone());
    let (frame, (told, things, reader, next, unread_count)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let mut told = notifications::list(conn, member, before)?;
            let more = told.len() > notifications::PAGE as usize;
            told.truncate(notifications::PAGE as usize);
            let next = told.last().map(|told| told.id).filter(|_| more);
            let things = Things::of(conn, member, told.iter().map(Notification::about))?;
            let reader = bookmarks::reader(conn, Some(member), &things.concerned(), &location.unfolds)?;
            Ok((told, things, reader, next, member.unread_count))
        })
        .await?;
    let unread_count = if before.is_none() { usize::try_from(unread_count).unwrap_or_default() } else { 0 };
    Ok(html(&IndexPage { frame: frame.in_section(Section::Account), told, things, reader, unread_count, next }))
}

/// The member has seen it all.
pub async fn see(context: RequestContext, _: Form<EmptyForm>) -> Result<HttpResponse> {
    context.write(notifications::see).await?;
    Ok(see_other("/notifications"))
}
