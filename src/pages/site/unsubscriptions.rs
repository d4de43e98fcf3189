//! Unsubscribing by the link in an email. Opening the page changes nothing, because mail programs open links before
//! people do. One-click requests of mail providers (RFC 8058) have no cookie and no form token: the signed link alone
//! says who unsubscribes from what, and the request's body isn't read.

use crate::domain::site::unsubscriptions::{self, Subscription};
use crate::error::Result;
use crate::web::frame::Frame;
use crate::web::html_with_secret_url;
use crate::web::request::RequestContext;
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "site/unsubscriptions/show.html")]
struct ShowPage {
    frame: Frame,
    token: String,
    found: Subscription,
}

pub async fn show(context: RequestContext, token: web::Path<String>) -> Result<HttpResponse> {
    let asked = token.clone();
    let (frame, found) = context.read(move |conn, _| unsubscriptions::find(conn, &asked)).await?;
    Ok(html_with_secret_url(&ShowPage { frame, token: token.into_inner(), found }))
}

pub async fn update(context: RequestContext, token: web::Path<String>) -> Result<HttpResponse> {
    let (asked, from) = (token.clone(), context.client_address());
    let found = context.db().write(move |conn| unsubscriptions::unsubscribe(conn, &asked, &from)).await?;
    let (frame, ()) = context.read(|_, _| Ok(())).await?;
    Ok(html_with_secret_url(&ShowPage { frame, token: token.into_inner(), found }))
}
