//! Confirming an e-mail address, by the link in a letter to it. Looking at the page changes nothing: mail programs look
//! at links before people do.

use crate::domain::addresses;
use crate::error::Result;
use crate::pages::forms::{Form, Nothing};
use crate::pages::frame::Frame;
use crate::pages::visit::Visit;
use crate::pages::{secret, see_other_saying};
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "addresses/edit.html")]
struct EditPage {
    frame: Frame,
    handle: String,
    email: String,
}

/// Asks whether the address is theirs.
pub async fn edit(visit: Visit, token: web::Path<String>) -> Result<HttpResponse> {
    let visit = visit.with_form_secret()?;
    let (frame, (handle, email)) = visit.read(move |conn, _| addresses::find(conn, &token)).await?;
    visit.hand_out(secret(&EditPage { frame, handle, email }))
}

/// It is.
pub async fn update(visit: Visit, token: web::Path<String>, _: Form<Nothing>) -> Result<HttpResponse> {
    let handle = visit.db().write(move |conn| addresses::confirm(conn, &token)).await?;
    Ok(see_other_saying("/", &format!("Thank you, {handle}: your address is confirmed, and letters reach you.")))
}
