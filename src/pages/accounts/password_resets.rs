//! Password resets by email.

use crate::domain::accounts::password_resets;
use crate::domain::core::passwords::Password;
use crate::domain::site::mail;
use crate::error::{Error, Problems, Result};
use crate::pages::accounts::sessions::clear_session_cookie;
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{html, html_with_secret_url, see_other_with_flash};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "accounts/password_resets/new.html")]
struct NewPage {
    frame: Frame,
    /// Whether the club can send email.
    has_mail: bool,
}

/// The form to ask for a reset link. Without email, it says whom to ask for help.
pub async fn new(context: RequestContext) -> Result<HttpResponse> {
    let context = context.with_form_secret()?;
    let given = context.app.settings.mail_url.clone();
    let (frame, has_mail) = context.read(move |conn, _| mail::is_configured(conn, given.as_deref())).await?;
    context.with_form_cookie(html(&NewPage { frame: frame.in_section(Section::Account), has_mail }))
}

/// Its field is a handle or an email address.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewForm {
    name: String,
}

/// Asks for a reset link. The answer and its timing are the same whether or not the account exists.
pub async fn create(context: RequestContext, Form(form): Form<NewForm>) -> Result<HttpResponse> {
    let from = context.client_address();
    context.db().write(move |conn| password_resets::request(conn, &form.name, &from)).await?;
    let said = "If that account exists, we’ve emailed it a reset link. The link works for an hour.";
    Ok(see_other_with_flash("/sign-in", said))
}

#[derive(Template)]
#[template(path = "accounts/password_resets/edit.html")]
struct EditPage {
    frame: Frame,
    handle: String,
    problems: Problems,
}

/// The form for the new password. Opening it doesn't use the link up.
pub async fn edit(context: RequestContext, token: web::Path<String>) -> Result<HttpResponse> {
    let context = context.with_form_secret()?;
    context.with_form_cookie(html_with_secret_url(&edit_page(&context, token.into_inner(), Problems::default()).await?))
}

async fn edit_page(context: &RequestContext, token: String, problems: Problems) -> Result<EditPage> {
    let (frame, (handle, _)) = context.read(move |conn, _| password_resets::check_link(conn, &token)).await?;
    Ok(EditPage { frame: frame.in_section(Section::Account), handle, problems })
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct EditForm {
    password: String,
}

/// Sets the new password and signs the member out everywhere.
pub async fn update(
    context: RequestContext,
    token: web::Path<String>,
    Form(form): Form<EditForm>,
) -> Result<HttpResponse> {
    let token = token.into_inner();
    match reset(&context, token.clone(), form.password).await {
        Ok(()) => {
            let said = "Your password is changed and you’re signed out everywhere. Please sign in.";
            clear_session_cookie(&context, see_other_with_flash("/sign-in", said))
        }
        Err(Error::Refused(problems)) => {
            let mut response = html_with_secret_url(&edit_page(&context, token, problems).await?);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

async fn reset(context: &RequestContext, token: String, password: String) -> Result<()> {
    // Hashing is slow, so the link is checked first.
    let asked = token.clone();
    let (handle, email) = context.db().read(move |conn| password_resets::check_link(conn, &asked)).await?;
    let parse = move || Password::parse(&password, &handle, &email);
    let parsed = context.app.hasher.run_blocking(parse).await?;
    let password = parsed.map_err(|sentence| Error::Refused(Problems::one("password", sentence)))?;
    let hash = context.app.hasher.hash(password).await?;
    context.db().write(move |conn| password_resets::complete(conn, &token, &hash)).await
}
