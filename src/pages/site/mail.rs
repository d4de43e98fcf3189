//! Settings for outgoing email, for admins.

use crate::domain::safety::email_queue::{self, QueueStatus};
use crate::domain::site::mail::{self, MailForm, MailSettings};
use crate::error::{Error, Problems, Result};
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::Frame;
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Template)]
#[template(path = "site/mail/edit.html")]
struct EditPage {
    frame: Frame,
    form: MailForm,
    problems: Problems,
    has_password: bool,
    /// Whether the server's configuration sets a mail server, which overrides these settings.
    is_given: bool,
    /// The default sender.
    sender: String,
    /// Whether any mail server is set.
    works: bool,
    queue: QueueStatus,
}

pub async fn edit(context: RequestContext) -> Result<HttpResponse> {
    Ok(html(&edit_page(&context, None, Problems::default()).await?))
}

async fn edit_page(context: &RequestContext, form: Option<MailForm>, problems: Problems) -> Result<EditPage> {
    let (frame, (kept, queue)) = context.read(|conn, _| Ok((mail::get(conn)?, email_queue::status(conn)?))).await?;
    let given = context.app.settings.mail_url.as_deref();
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
        sender: MailSettings::default().sender_or(&frame.address),
        works: kept.url_or(given).is_some(),
        queue,
        frame,
    })
}

pub async fn update(context: RequestContext, Form(form): Form<MailForm>) -> Result<HttpResponse> {
    let change = match MailSettings::parse(&form) {
        Ok(change) => change,
        Err(error) => return form_again(error, |problems| edit_page(&context, Some(form), problems)).await,
    };
    context.write(move |conn, member| mail::update(conn, member, &change)).await?;
    Ok(see_other_with_flash("/club/mail", "Settings saved. Send yourself a test email to check them."))
}

/// Sends a test email to the admin who asks, and shows the mail server's reply.
pub async fn create_test(context: RequestContext, _: Form<EmptyForm>) -> Result<HttpResponse> {
    match send_test(&context).await {
        Ok(answer) => {
            let said = format!("Test email sent. The server answered: {answer}");
            Ok(see_other_with_flash("/club/mail", said.chars().take(500).collect::<String>().trim()))
        }
        Err(error) => form_again(error, |problems| edit_page(&context, None, problems)).await,
    }
}

async fn send_test(context: &RequestContext) -> Result<String> {
    let (mail, to) = context.write(mail::count_test).await?;
    let url = mail.url_or(context.app.settings.mail_url.as_deref()).ok_or_else(mail::not_configured)?;
    let from = mail.sender_or(&context.app.settings.address);
    let (_, name) = context.read(|_, viewer| Ok(viewer.club.name.clone())).await?;
    let sent = tokio::task::spawn_blocking(move || mail::send_test(&url, &from, &to, &name));
    let answer = sent.await.map_err(Error::internal)?;
    answer.map_err(|sentence| Error::Refused(Problems::one("server", sentence)))
}
