//! A member's email settings: their address, and when to remind them of meetings.

use crate::domain::accounts::credentials;
use crate::domain::accounts::email_addresses::{self, Address};
use crate::domain::core::names::Email;
use crate::domain::core::passwords::Verdict;
use crate::domain::events::reminders::{self, Choices};
use crate::domain::site::mail;
use crate::error::{Error, Problems, Result};
use crate::web::forms::{Form, Nothing};
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "events/reminders/show.html")]
struct ShowPage {
    frame: Frame,
    address: Address,
    /// Whether the club can send email.
    has_mail: bool,
    choices: Choices,
    /// The new address as typed.
    typed: String,
    problems: Problems,
}

pub async fn show(visit: Visit) -> Result<HttpResponse> {
    Ok(html(&show_page(&visit, String::new(), Problems::default()).await?))
}

async fn show_page(visit: &Visit, typed: String, problems: Problems) -> Result<ShowPage> {
    let given = visit.app.settings.mail_url.clone();
    let (frame, (address, choices, has_mail)) = visit
        .read(move |conn, seen| {
            let member = seen.member()?.id;
            let has_mail = mail::works(conn, given.as_deref())?;
            Ok((email_addresses::get(conn, member)?, reminders::choices(conn, member)?, has_mail))
        })
        .await?;
    Ok(ShowPage { frame: frame.at(Nav::Own), address, has_mail, choices, typed, problems })
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

pub async fn update(visit: Visit, Form(form): Form<ChoicesForm>) -> Result<HttpResponse> {
    let choices = Choices {
        week: !form.week.is_empty(),
        day: !form.day.is_empty(),
        hour: !form.hour.is_empty(),
        by_mail: !form.by_mail.is_empty(),
        on_site: !form.on_site.is_empty(),
        news: !form.news.is_empty(),
    };
    visit.write(move |conn, member| reminders::choose(conn, member, choices)).await?;
    Ok(see_other_saying("/settings/letters", "Settings saved."))
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct AddressForm {
    email: String,
    current: String,
}

/// Changes the email address, after checking the password.
pub async fn set_address(visit: Visit, Form(form): Form<AddressForm>) -> Result<HttpResponse> {
    match replace_address(&visit, &form).await {
        Ok(()) => {
            let said = "Email address changed. To get email there, follow the link in the confirmation email.";
            Ok(see_other_saying("/settings/letters", said))
        }
        Err(Error::Refused(problems)) => Ok(unprocessable(&show_page(&visit, form.email, problems).await?)),
        Err(error) => Err(error),
    }
}

async fn replace_address(visit: &Visit, form: &AddressForm) -> Result<()> {
    let refused = |field, sentence: String| Error::Refused(Problems::one(field, sentence));
    let email = Email::parse(&form.email).map_err(|sentence| refused("email", sentence))?;
    let most = visit.limits().sign_in;
    let (_, _, checked) = visit.write(move |conn, member| credentials::try_password(conn, member, most)).await?;
    if visit.app.hasher.verify(form.current.clone(), Some(checked.clone())).await? == Verdict::Wrong {
        return Err(refused("current", "Wrong password.".to_owned()));
    }
    visit.write(move |conn, member| email_addresses::change(conn, member, &checked, &email)).await
}

/// Sends the confirmation email again.
pub async fn create(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    visit.write(email_addresses::ask).await?;
    Ok(see_other_saying("/settings/letters", "Confirmation email sent. Follow its link within a day."))
}
