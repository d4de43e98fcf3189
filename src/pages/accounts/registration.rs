//! Joining the club: by its own form, by an invite link, or as its first admin.

use crate::domain::accounts::new_members::NewMember;
use crate::domain::accounts::registration::{self, Candidate, JoinMethod};
use crate::domain::core::names::Handle;
use crate::domain::core::registration::Registration;
use crate::domain::core::tokens::Token;
use crate::domain::site::mail;
use crate::error::{Problems, Result};
use crate::pages::accounts::sessions::set_session_cookie;
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct JoinForm {
    handle: String,
    email: String,
    password: String,
    /// A honeypot: the field is hidden from people, so it must stay empty.
    website: String,
    stamp: String,
    answer: String,
    zone: String,
}

#[derive(Template)]
#[template(path = "accounts/registration/new.html")]
pub struct NewPage {
    frame: Frame,
    handle: String,
    email: String,
    problems: Problems,
    /// A signed time stamp of when the form was opened.
    stamp: String,
    answer: String,
    zone: String,
    method: JoinMethod,
}

impl NewPage {
    fn is_first(&self) -> bool {
        matches!(self.method, JoinMethod::FirstAdmin(_))
    }

    /// The label of the empty option for the time zone. Empty for the first admin, who chooses the club's zone.
    fn club_time(&self) -> String {
        match self.is_first() {
            true => String::new(),
            false => format!("the club’s: {}", self.frame.time_zone_label()),
        }
    }

    /// Whether nobody has chosen a time zone yet, so that a script may preselect the browser's.
    fn guesses_zone(&self) -> bool {
        self.problems.is_empty()
    }

    fn is_invited(&self) -> bool {
        matches!(self.method, JoinMethod::Invitation(..))
    }

    /// Whether anybody can join this way now.
    fn is_open(&self) -> bool {
        !matches!(self.method, JoinMethod::Public(..)) || self.frame.club.is_registration_open()
    }

    /// The club's question, if a moderator must approve people who join.
    fn question(&self) -> Option<&str> {
        let club = &self.frame.club;
        let asks = matches!(self.method, JoinMethod::Public(..)) && club.registration == Registration::Approval;
        asks.then_some(club.registration_question.as_str())
    }

    /// Why the club's own form is closed.
    fn why_closed(&self) -> &'static str {
        match self.frame.club.registration {
            Registration::Invitation => "You need an invite link to join this club.",
            _ => "This club isn’t taking new members at the moment.",
        }
    }

    /// Whether the password has to be typed again only because another field had a problem.
    fn has_lost_password(&self) -> bool {
        !self.problems.is_empty() && self.problems.on("password").is_none()
    }

    /// The label of the button.
    fn verb(&self) -> &'static str {
        match self.question() {
            _ if self.is_first() => "Create account",
            Some(_) => "Ask to join",
            None => "Join",
        }
    }

    /// Whether the viewer is already a member.
    pub fn is_signed_in(&self) -> bool {
        self.frame.viewer.is_some()
    }
}

/// The form to join or, in a club that is closed or by invitation, a page that says so.
pub async fn new(context: RequestContext) -> Result<HttpResponse> {
    let context = context.with_form_secret()?;
    let (frame, ()) = context.read(|_, _| Ok(())).await?;
    let page = new_page(&context, frame, public_method(&context), JoinForm::default(), Problems::default());
    if page.is_signed_in() {
        return Ok(see_other("/"));
    }
    context.with_form_cookie(html(&page))
}

fn public_method(context: &RequestContext) -> JoinMethod {
    JoinMethod::Public(context.client_address(), context.limits().join)
}

/// The form for the first admin.
pub async fn new_first_admin(context: RequestContext, token: web::Path<String>) -> Result<HttpResponse> {
    let context = context.with_form_secret()?;
    let method = JoinMethod::FirstAdmin(token.into_inner());
    let page = form_page(&context, method, JoinForm::default(), Problems::default()).await?;
    context.with_form_cookie(html(&page))
}

/// The form, unless this way in is closed.
pub async fn form_page(
    context: &RequestContext,
    method: JoinMethod,
    form: JoinForm,
    problems: Problems,
) -> Result<NewPage> {
    let at = method.clone();
    let (frame, ()) = context.read(move |conn, _| at.require_open(conn)).await?;
    Ok(new_page(context, frame, method, form, problems))
}

fn new_page(context: &RequestContext, frame: Frame, method: JoinMethod, form: JoinForm, problems: Problems) -> NewPage {
    let stamp = context.form_timestamp();
    let is_first = matches!(method, JoinMethod::FirstAdmin(_)) && form.zone.is_empty();
    let zone = if is_first { frame.club.zone.clone() } else { form.zone };
    NewPage { frame, handle: form.handle, email: form.email, answer: form.answer, zone, problems, method, stamp }
}

/// Joins the club.
pub async fn create(context: RequestContext, Form(form): Form<JoinForm>) -> Result<HttpResponse> {
    let method = public_method(&context);
    join(context, form, method).await
}

/// Joins the club as its first admin.
pub async fn create_first_admin(
    context: RequestContext,
    token: web::Path<String>,
    Form(form): Form<JoinForm>,
) -> Result<HttpResponse> {
    join(context, form, JoinMethod::FirstAdmin(token.into_inner())).await
}

/// Joins the club by any of the ways in, and answers the request.
pub async fn join(context: RequestContext, form: JoinForm, method: JoinMethod) -> Result<HttpResponse> {
    match register(&context, &form, &method).await {
        Ok((Some(token), handle)) => {
            let given = context.app.settings.mail_url.clone();
            let has_mail = context.db().read(move |conn| mail::is_configured(conn, given.as_deref())).await?;
            let letter =
                if has_mail { " We’ve emailed you a link: please follow it to confirm your email." } else { "" };
            set_session_cookie(
                &context,
                see_other_with_flash("/", &format!("Welcome, {}.{letter}", handle.as_str())),
                token,
            )
        }
        Ok((None, handle)) => {
            let said = format!(
                "Thanks, {}. A moderator will review your request. Sign in later to see the outcome.",
                handle.as_str()
            );
            Ok(see_other_with_flash("/sign-in", &said))
        }
        Err(error) => form_again(error, |problems| form_page(&context, method, form, problems)).await,
    }
}

async fn register(context: &RequestContext, form: &JoinForm, method: &JoinMethod) -> Result<(Option<Token>, Handle)> {
    let taken = context.form_age(&form.stamp);
    let early = registration::require_human(method, &form.website, taken, context.app.settings.min_join_seconds)?;
    tokio::time::sleep(early).await;
    let filled = form.clone();
    let parse = move || Candidate::parse(&filled.handle, &filled.email, &filled.password, &filled.answer, &filled.zone);
    let candidate = context.app.hasher.run_blocking(parse).await??;
    let handle = candidate.handle.clone();
    let (at, name, answer) = (method.clone(), handle.clone(), candidate.answer.clone());
    context.db().write(move |conn| registration::reserve(conn, &at, &name, &answer)).await?;
    let entered = hash_and_join(context, candidate, method.clone()).await;
    if entered.is_err() {
        let at = method.clone();
        context.db().write(move |conn| registration::release(conn, &at)).await?;
    }
    Ok((entered?, handle))
}

async fn hash_and_join(context: &RequestContext, candidate: Candidate, method: JoinMethod) -> Result<Option<Token>> {
    let password_hash = context.app.hasher.hash(candidate.password).await?;
    let new = NewMember { handle: candidate.handle, email: candidate.email, password_hash };
    let (answer, zone, browser) = (candidate.answer, candidate.zone, context.browser());
    context.db().write(move |conn| registration::join(conn, &method, &new, (&answer, zone.as_ref()), &browser)).await
}
