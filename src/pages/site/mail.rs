//! Settings for outgoing email, for admins.

use crate::domain::safety::email_queue::{self, Standing};
use crate::domain::site::mail::{self, Mail, MailChange, MailForm};
use crate::error::{Error, Problems, Result};
use crate::web::forms::{Form, Nothing};
use crate::web::frame::Frame;
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Template)]
#[template(path = "site/mail/edit.html")]
struct EditPage {
    frame: Frame,
    form: MailForm,
    problems: Problems,
    /// Whether a password is stored.
    has_password: bool,
    /// Whether the server's configuration sets a mail server, which overrides these settings.
    is_given: bool,
    /// The default sender.
    sender: String,
    /// Whether any mail server is set.
    works: bool,
    outbox: Standing,
}

/// The settings form.
pub async fn edit(visit: Visit) -> Result<HttpResponse> {
    Ok(html(&edit_page(&visit, None, Problems::default()).await?))
}

async fn edit_page(visit: &Visit, form: Option<MailForm>, problems: Problems) -> Result<EditPage> {
    let (frame, (kept, outbox)) = visit.read(|conn, _| Ok((mail::get(conn)?, email_queue::standing(conn)?))).await?;
    let given = visit.app.settings.mail_url.as_deref();
    let form = form.unwrap_or_else(|| MailForm {
        server: kept.server.clone().unwrap_or_default(),
        password: String::new(),
        sender: kept.sender.clone().unwrap_or_default(),
    });
    Ok(EditPage {
        form,
        problems,
        has_password: kept.has_password(),
        is_given: given.is_some(),
        sender: Mail::default().sender_or(&frame.address),
        works: kept.url_or(given).is_some(),
        outbox,
        frame,
    })
}

/// Saves the settings.
pub async fn update(visit: Visit, Form(form): Form<MailForm>) -> Result<HttpResponse> {
    let change = match MailChange::parse(&form) {
        Ok(change) => change,
        Err(Error::Refused(problems)) => return Ok(unprocessable(&edit_page(&visit, Some(form), problems).await?)),
        Err(error) => return Err(error),
    };
    visit.write(move |conn, member| mail::update(conn, member, &change)).await?;
    Ok(see_other_saying("/club/mail", "Settings saved. Send yourself a test email to check them."))
}

/// Sends a test email to the admin who asks, and shows the mail server's reply.
pub async fn create(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    match send_test(&visit).await {
        Ok(answer) => {
            let said = format!("Test email sent. The server answered: {answer}");
            Ok(see_other_saying("/club/mail", said.chars().take(500).collect::<String>().trim()))
        }
        Err(Error::Refused(problems)) => Ok(unprocessable(&edit_page(&visit, None, problems).await?)),
        Err(error) => Err(error),
    }
}

async fn send_test(visit: &Visit) -> Result<String> {
    let (mail, to) = visit.write(mail::take_test).await?;
    let url = mail.url_or(visit.app.settings.mail_url.as_deref()).ok_or_else(mail::none_set)?;
    let from = mail.sender_or(&visit.app.settings.address);
    let (_, name) = visit.read(|_, seen| Ok(seen.club.name.clone())).await?;
    let sent = tokio::task::spawn_blocking(move || mail::send_test(&url, &from, &to, &name));
    let answer = sent.await.map_err(Error::internal)?;
    answer.map_err(|sentence| Error::Refused(Problems::one("server", sentence)))
}
