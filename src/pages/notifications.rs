//! What a member was told.

use crate::db::NotificationId;
use crate::domain::notifications::{self, Notification};
use crate::error::Result;
use crate::pages::forms::{Form, Nothing};
use crate::pages::frame::{Frame, Nav};
use crate::pages::visit::Visit;
use crate::pages::{html, see_other};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Where the list goes on.
#[derive(Deserialize)]
pub struct Before {
    before: Option<NotificationId>,
}

#[derive(Template)]
#[template(path = "notifications/index.html")]
struct IndexPage {
    frame: Frame,
    told: Vec<Notification>,
    unseen: usize,
    next: Option<NotificationId>,
}

/// What a member was told, the newest first.
pub async fn index(visit: Visit, query: web::Query<Before>) -> Result<HttpResponse> {
    let before = query.before;
    let (frame, (mut told, unseen)) = visit
        .read(move |conn, seen| {
            let member = seen.member()?;
            Ok((notifications::list(conn, member, before)?, member.unseen))
        })
        .await?;
    let more = told.len() > notifications::PAGE as usize;
    told.truncate(notifications::PAGE as usize);
    let next = told.last().map(|told| told.id).filter(|_| more);
    let unseen = if before.is_none() { usize::try_from(unseen).unwrap_or_default() } else { 0 };
    Ok(html(&IndexPage { frame: frame.at(Nav::Own), told, unseen, next }))
}

/// The member has seen it all.
pub async fn see(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    visit.write(notifications::see).await?;
    Ok(see_other("/notifications"))
}
