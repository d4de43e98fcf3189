//! What a member was told.

mod words;

use crate::db::NotificationId;
use crate::domain::core::gate::Reader;
use crate::domain::library::bookmarks;
use crate::domain::moderation::log_targets::{Thing, Things};
use crate::domain::safety::notifications::{self, Notification};
use crate::error::Result;
use crate::web::forms::{Form, Nothing};
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
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
    unseen: usize,
    next: Option<NotificationId>,
}

impl IndexPage {
    /// What a notification says.
    fn said(&self, told: &Notification) -> Said {
        said(told, &self.frame)
    }
}

/// What a member was told, the newest first.
pub async fn index(visit: Visit, query: web::Query<Before>) -> Result<HttpResponse> {
    let (before, here) = (query.before, visit.here.clone());
    let (frame, (told, things, reader, next, unseen)) = visit
        .read(move |conn, seen| {
            let member = seen.member()?;
            let mut told = notifications::list(conn, member, before)?;
            let more = told.len() > notifications::PAGE as usize;
            told.truncate(notifications::PAGE as usize);
            let next = told.last().map(|told| told.id).filter(|_| more);
            let things = Things::of(conn, member, told.iter().map(Notification::about))?;
            let reader = bookmarks::reader(conn, Some(member), &things.concerned(), &here.unfolds)?;
            Ok((told, things, reader, next, member.unseen))
        })
        .await?;
    let unseen = if before.is_none() { usize::try_from(unseen).unwrap_or_default() } else { 0 };
    Ok(html(&IndexPage { frame: frame.at(Nav::Own), told, things, reader, unseen, next }))
}

/// The member has seen it all.
pub async fn see(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    visit.write(notifications::see).await?;
    Ok(see_other("/notifications"))
}
