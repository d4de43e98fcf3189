//! Confirming an e-mail address, by the link in a letter to it. Looking at the page changes nothing: mail programs look
//! at links before people do.

use crate::domain::accounts::email_addresses;
use crate::error::Result;
use crate::web::forms::{Form, Nothing};
use crate::web::frame::Frame;
use crate::web::request::Visit;
use crate::web::{secret, see_other_saying};
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "accounts/email_addresses/edit.html")]
struct EditPage {
    frame: Frame,
    handle: String,
    email: String,
}

/// Asks whether the address is theirs.
pub async fn edit(visit: Visit, token: web::Path<String>) -> Result<HttpResponse> {
    let visit = visit.with_form_secret()?;
    let (frame, (handle, email)) = visit.read(move |conn, _| email_addresses::find(conn, &token)).await?;
    visit.hand_out(secret(&EditPage { frame, handle, email }))
}

/// It is.
pub async fn update(visit: Visit, token: web::Path<String>, _: Form<Nothing>) -> Result<HttpResponse> {
    let handle = visit.db().write(move |conn| email_addresses::confirm(conn, &token)).await?;
    Ok(see_other_saying("/", &format!("Thanks, {handle}. Your email is confirmed.")))
}
