//! Confirming an email address by a link. Opening the page changes nothing, because mail programs fetch links before
//! people click them.

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

/// Asks the member to confirm the address.
pub async fn edit(visit: Visit, token: web::Path<String>) -> Result<HttpResponse> {
    let visit = visit.with_form_secret()?;
    let (frame, (handle, email)) = visit.read(move |conn, _| email_addresses::find(conn, &token)).await?;
    visit.hand_out(secret(&EditPage { frame, handle, email }))
}

/// Confirms the address.
pub async fn update(visit: Visit, token: web::Path<String>, _: Form<Nothing>) -> Result<HttpResponse> {
    let handle = visit.db().write(move |conn| email_addresses::confirm(conn, &token)).await?;
    Ok(see_other_saying("/", &format!("Thanks, {handle}. Your email is confirmed.")))
}
