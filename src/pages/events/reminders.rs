//! A member's email settings: their address, and when to remind them of meetings.

use crate::domain::accounts::credentials;
use crate::domain::accounts::email_addresses::{self, MemberEmail};
use crate::domain::core::names::EmailAddress;
use crate::domain::core::passwords::PasswordCheck;
use crate::domain::events::reminders::{self, ReminderChoices};
use crate::domain::site::mail;
use crate::error::{Error, Problems, Result};
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "events/reminders/show.html")]
struct ShowPage {
    frame: Frame,
    address: MemberEmail,
    /// Whether the club can send email.
    has_mail: bool,
    choices: ReminderChoices,
    /// The new address as typed.
    typed: String,
    problems: Problems,
}

pub async fn show(context: RequestContext) -> Result<HttpResponse> {
    Ok(html(&show_page(&context, String::new(), Problems::default()).await?))
}

async fn show_page(context: &RequestContext, typed: String, problems: Problems) -> Result<ShowPage> {
    let given = context.app.settings.mail_url.clone();
    let (frame, (address, choices, has_mail)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?.id;
            let has_mail = mail::is_configured(conn, given.as_deref())?;
            Ok((email_addresses::get(conn, member)?, reminders::choices(conn, member)?, has_mail))
        })
        .await?;
    Ok(ShowPage { frame: frame.in_section(Section::Account), address, has_mail, choices, typed, problems })
}

/// The form's checkboxes: a field that isn't empty is checked.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ChoicesForm {
    week: String,
    day: String,
    hour: String,
    by_mail: String,
    on_site: String,
    news: String,
}

pub async fn update(context: RequestContext, Form(form): Form<ChoicesForm>) -> Result<HttpResponse> {
    let choices = ReminderChoices {
        week: !form.week.is_empty(),
        day: !form.day.is_empty(),
        hour: !form.hour.is_empty(),
        by_mail: !form.by_mail.is_empty(),
        on_site: !form.on_site.is_empty(),
        news: !form.news.is_empty(),
    };
    context.write(move |conn, member| reminders::update_choices(conn, member, choices)).await?;
    Ok(see_other_with_flash("/settings/letters", "Settings saved."))
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct AddressForm {
    email: String,
    current: String,
}

/// Changes the email address, after checking the password.
pub async fn update_email(context: RequestContext, Form(form): Form<AddressForm>) -> Result<HttpResponse> {
    match change_email(&context, &form).await {
        Ok(()) => {
            let said = "Email address changed. To get email there, follow the link in the confirmation email.";
            Ok(see_other_with_flash("/settings/letters", said))
        }
        Err(error) => form_again(error, |problems| show_page(&context, form.email, problems)).await,
    }
}

async fn change_email(context: &RequestContext, form: &AddressForm) -> Result<()> {
    let refused = |field, sentence: String| Error::Refused(Problems::one(field, sentence));
    let email = EmailAddress::parse(&form.email).map_err(|sentence| refused("email", sentence))?;
    let most = context.limits().sign_in;
    let (_, _, checked) =
        context.write(move |conn, member| credentials::count_password_attempt(conn, member, most)).await?;
    if context.app.hasher.verify(form.current.clone(), Some(checked.clone())).await? == PasswordCheck::Wrong {
        return Err(refused("current", "Wrong password.".to_owned()));
    }
    context.write(move |conn, member| email_addresses::change(conn, member, &checked, &email)).await
}

/// Sends the confirmation email again.
pub async fn resend_confirmation(context: RequestContext, _: Form<EmptyForm>) -> Result<HttpResponse> {
    context.write(email_addresses::resend_confirmation).await?;
    Ok(see_other_with_flash("/settings/letters", "Confirmation email sent. Follow its link within a day."))
}
