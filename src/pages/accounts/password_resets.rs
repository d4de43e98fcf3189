//! Password resets by email.

use crate::domain::accounts::password_resets;
use crate::domain::core::passwords::Password;
use crate::domain::site::mail;
use crate::error::{Error, Problems, Result};
use crate::pages::accounts::sessions::without_session;
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, secret, see_other_saying};
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
pub async fn new(visit: Visit) -> Result<HttpResponse> {
    let visit = visit.with_form_secret()?;
    let given = visit.app.settings.mail_url.clone();
    let (frame, has_mail) = visit.read(move |conn, _| mail::works(conn, given.as_deref())).await?;
    visit.hand_out(html(&NewPage { frame: frame.at(Nav::Own), has_mail }))
}

/// Its field is a handle or an email address.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewForm {
    name: String,
}

/// Asks for a reset link. The answer and its timing are the same whether or not the account exists.
pub async fn create(visit: Visit, Form(form): Form<NewForm>) -> Result<HttpResponse> {
    let from = visit.address();
    visit.db().write(move |conn| password_resets::ask(conn, &form.name, &from)).await?;
    let said = "If that account exists, we’ve emailed it a reset link. The link works for an hour.";
    Ok(see_other_saying("/sign-in", said))
}

#[derive(Template)]
#[template(path = "accounts/password_resets/edit.html")]
struct EditPage {
    frame: Frame,
    handle: String,
    problems: Problems,
}

/// The form for the new password. Opening it doesn't use the link up.
pub async fn edit(visit: Visit, token: web::Path<String>) -> Result<HttpResponse> {
    let visit = visit.with_form_secret()?;
    visit.hand_out(secret(&edit_page(&visit, token.into_inner(), Problems::default()).await?))
}

async fn edit_page(visit: &Visit, token: String, problems: Problems) -> Result<EditPage> {
    let (frame, (handle, _)) = visit.read(move |conn, _| password_resets::find(conn, &token)).await?;
    Ok(EditPage { frame: frame.at(Nav::Own), handle, problems })
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct EditForm {
    password: String,
}

/// Sets the new password and signs the member out everywhere.
pub async fn update(visit: Visit, token: web::Path<String>, Form(form): Form<EditForm>) -> Result<HttpResponse> {
    let token = token.into_inner();
    match set(&visit, token.clone(), form.password).await {
        Ok(()) => {
            let said = "Your password is changed and you’re signed out everywhere. Please sign in.";
            without_session(&visit, see_other_saying("/sign-in", said))
        }
        Err(Error::Refused(problems)) => {
            let mut response = secret(&edit_page(&visit, token, problems).await?);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

async fn set(visit: &Visit, token: String, password: String) -> Result<()> {
    // Hashing is slow, so the link is checked first.
    let asked = token.clone();
    let (handle, email) = visit.db().read(move |conn| password_resets::find(conn, &asked)).await?;
    let parse = move || {
        let known: Vec<&str> = [handle.as_str(), &email].into_iter().chain(email.split('@')).collect();
        Password::parse(&password, &known)
    };
    let parsed = visit.app.hasher.aside(parse).await?;
    let password = parsed.map_err(|sentence| Error::Refused(Problems::one("password", sentence)))?;
    let hash = visit.app.hasher.hash(password).await?;
    visit.db().write(move |conn| password_resets::set(conn, &token, &hash)).await
}
