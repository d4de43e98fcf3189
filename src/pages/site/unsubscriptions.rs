//! Ending one kind of letter, by the link in it. Looking at the page changes nothing: mail programs look at links before
//! people do. What they or a mail provider send (RFC 8058) comes without a cookie and is no form of ours: the link alone
//! says who wants what, and so nothing else of it is read.

use crate::domain::site::unsubscriptions::{self, Subscription};
use crate::error::Result;
use crate::web::frame::Frame;
use crate::web::request::Visit;
use crate::web::secret;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

/// Where such links lead.
const PATH: &str = "/unsubscribe/";

/// Whether a request is sent to such a link by a mail provider, which may send it as files are sent (RFC 8058, 3.2).
pub fn is_click(request: &HttpRequest) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    request.path().starts_with(PATH) && kind.split(';').next().is_some_and(|kind| kind.trim() == "multipart/form-data")
}

#[derive(Template)]
#[template(path = "site/unsubscriptions/show.html")]
struct ShowPage {
    frame: Frame,
    token: String,
    found: Subscription,
}

/// Asks whether they want no more.
pub async fn show(visit: Visit, token: web::Path<String>) -> Result<HttpResponse> {
    let asked = token.clone();
    let (frame, found) = visit.read(move |conn, _| unsubscriptions::find(conn, &asked)).await?;
    Ok(secret(&ShowPage { frame, token: token.into_inner(), found }))
}

/// They want no more.
pub async fn update(visit: Visit, token: web::Path<String>) -> Result<HttpResponse> {
    let (asked, from) = (token.clone(), visit.address());
    let found = visit.db().write(move |conn| unsubscriptions::end(conn, &asked, &from)).await?;
    let (frame, ()) = visit.read(|_, _| Ok(())).await?;
    Ok(secret(&ShowPage { frame, token: token.into_inner(), found }))
}
