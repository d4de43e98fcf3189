//! A member's own settings: profile, time zone, spoilers, password, sessions.

use crate::db::{Moment, SessionId};
use crate::domain::accounts::blocks;
use crate::domain::accounts::calendar_links;
use crate::domain::accounts::credentials;
use crate::domain::accounts::profiles::{self, ProfileChange};
use crate::domain::accounts::sessions::{self, Session};
use crate::domain::core::passwords::{Password, PasswordCheck};
use crate::domain::core::tokens;
use crate::domain::core::zones::Zone;
use crate::error::{Error, Problems, Result};
use crate::pages::accounts::sessions::set_session_cookie;
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    about: String,
    zone: String,
    /// `fold` or `open`.
    spoilers: String,
    /// Not empty if hosts may see by name how far the member has read.
    place: String,
}

#[derive(Template)]
#[template(path = "accounts/settings/show.html")]
struct ShowPage {
    frame: Frame,
    form: ProfileForm,
    handle: String,
    /// Why a moderator has hidden the text about the member.
    hidden: Option<String>,
    problems: Problems,
    sessions: Vec<Session>,
    /// The handles of blocked members.
    blocked: Vec<String>,
    /// The URL of a calendar that was just created; it is shown only once.
    calendar: Option<String>,
    /// Whether the member has a calendar URL.
    has_calendar: bool,
}

impl ShowPage {
    /// The label of the empty option for the time zone: “the club’s: London time (GMT)”.
    fn club_time(&self) -> String {
        format!("the club’s: {}", Zone::from_stored(&self.frame.club.zone).label(Moment::now()))
    }
}

pub async fn show(context: RequestContext) -> Result<HttpResponse> {
    Ok(html(&show_page(&context, None, Problems::default()).await?))
}

/// The settings page with the URL of a new calendar.
pub(in crate::pages) async fn show_calendar(context: &RequestContext, address: String) -> Result<HttpResponse> {
    Ok(html(&ShowPage { calendar: Some(address), ..show_page(context, None, Problems::default()).await? }))
}

async fn show_page(context: &RequestContext, form: Option<ProfileForm>, problems: Problems) -> Result<ShowPage> {
    let current = context.session_hash().unwrap_or_default();
    let (frame, (handle, kept, hidden, sessions, (blocked, has_calendar))) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let (about, hidden) = profiles::own_about(conn, member)?;
            let kept = ProfileForm {
                about,
                zone: member.zone.clone().unwrap_or_default(),
                spoilers: if member.hides_spoilers { "fold" } else { "open" }.to_owned(),
                place: if profiles::shares_progress(conn, member)? { "yes" } else { "" }.to_owned(),
            };
            let sessions = sessions::list(conn, member.id, &current)?;
            let lists = (blocks::list(conn, member)?, calendar_links::exists(conn, member.id)?);
            Ok((member.handle.clone(), kept, hidden, sessions, lists))
        })
        .await?;
    let form = form.unwrap_or(kept);
    Ok(ShowPage {
        frame: frame.in_section(Section::Account),
        form,
        handle,
        hidden,
        problems,
        sessions,
        blocked,
        calendar: None,
        has_calendar,
    })
}

/// Saves the profile, the time zone and whether spoilers are hidden.
pub async fn update(context: RequestContext, Form(form): Form<ProfileForm>) -> Result<HttpResponse> {
    let change = match ProfileChange::parse(&form.about, &form.zone, form.spoilers != "open", !form.place.is_empty()) {
        Ok(change) => change,
        Err(error) => return form_again(error, |problems| show_page(&context, Some(form), problems)).await,
    };
    match context.write_rate_limited(move |conn, member| profiles::update(conn, member, &change)).await {
        Ok(()) => Ok(see_other_with_flash("/settings", "Settings saved.")),
        Err(error) => form_again(error, |problems| show_page(&context, Some(form), problems)).await,
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    current: String,
    password: String,
}

/// Changes the password, which requires the current one.
pub async fn set_password(context: RequestContext, Form(form): Form<PasswordForm>) -> Result<HttpResponse> {
    match replace_password(&context, form).await {
        Ok(token) => {
            let said = "Password changed. You’re signed out everywhere else.";
            set_session_cookie(&context, see_other_with_flash("/settings", said), token)
        }
        Err(error) => form_again(error, |problems| show_page(&context, None, problems)).await,
    }
}

async fn replace_password(context: &RequestContext, form: PasswordForm) -> Result<tokens::Token> {
    let most = context.limits().sign_in;
    let (handle, email, checked) =
        context.write(move |conn, member| credentials::count_password_attempt(conn, member, most)).await?;
    let new = form.password;
    let parse = move || Password::parse(&new, &handle, &email);
    let password = context.app.hasher.run_blocking(parse).await?.map_err(|sentence| refused("password", sentence))?;
    if context.app.hasher.verify(form.current, Some(checked.clone())).await? == PasswordCheck::Wrong {
        return Err(refused("current", "Wrong password."));
    }
    let hash = context.app.hasher.hash(password).await?;
    let browser = context.browser();
    context.write(move |conn, member| credentials::change_password(conn, member, &checked, &hash, &browser)).await
}

fn refused(field: &'static str, sentence: impl Into<String>) -> Error {
    Error::Refused(Problems::one(field, sentence))
}

/// Ends all sessions of the member but this one.
pub async fn end_other_sessions(context: RequestContext, _: Form<EmptyForm>) -> Result<HttpResponse> {
    let current = context.session_hash();
    context.write(move |conn, member| sessions::end_others(conn, member.id, current.as_deref())).await?;
    Ok(see_other_with_flash("/settings", "You’re signed out everywhere else."))
}

/// Ends one of the member's sessions.
pub async fn end_session(
    context: RequestContext,
    id: web::Path<SessionId>,
    _: Form<EmptyForm>,
) -> Result<HttpResponse> {
    let id = *id;
    context.write(move |conn, member| sessions::end_one(conn, member.id, id)).await?;
    Ok(see_other_with_flash("/settings", "That browser was signed out."))
}
