//! The moderation log, as members read it.

use crate::db::ActionId;
use crate::domain::actions::{self, Action};
use crate::domain::policy::Act;
use crate::error::Result;
use crate::pages::frame::Frame;
use crate::pages::html;
use crate::pages::visit::Visit;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Where the log goes on.
#[derive(Deserialize)]
pub struct Before {
    before: Option<ActionId>,
}

#[derive(Template)]
#[template(path = "actions/index.html")]
struct IndexPage {
    frame: Frame,
    actions: Vec<Action>,
    next: Option<ActionId>,
}

/// The log, newest first.
pub async fn index(visit: Visit, query: web::Query<Before>) -> Result<HttpResponse> {
    let before = query.before;
    let (frame, mut actions) =
        visit.read(move |conn, seen| actions::list(conn, seen.require(Act::ReadLog)?, before)).await?;
    let more = actions.len() > actions::PAGE as usize;
    actions.truncate(actions::PAGE as usize);
    let next = actions.last().map(|action| action.id).filter(|_| more);
    Ok(html(&IndexPage { frame, actions, next }))
}
