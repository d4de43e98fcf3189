//! Confirming an email address by a link. Opening the page changes nothing, because mail programs fetch links before
//! people click them.

use crate::domain::accounts::email_addresses;
use crate::error::Result;
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::Frame;
use crate::web::request::RequestContext;
use crate::web::{html_with_secret_url, see_other_with_flash};
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
pub async fn edit(context: RequestContext, token: web::Path<String>) -> Result<HttpResponse> {
    let context = context.with_form_secret()?;
    let (frame, (handle, email)) = context.read(move |conn, _| email_addresses::check_link(conn, &token)).await?;
    context.with_form_cookie(html_with_secret_url(&EditPage { frame, handle, email }))
}

/// Confirms the address.
pub async fn update(context: RequestContext, token: web::Path<String>, _: Form<EmptyForm>) -> Result<HttpResponse> {
    let handle = context.db().write(move |conn| email_addresses::confirm(conn, &token)).await?;
    Ok(see_other_with_flash("/", &format!("Thanks, {handle}. Your email is confirmed.")))
}
