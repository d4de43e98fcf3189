//! The form to open a book vote.

use crate::domain::core::club;
use crate::domain::core::zones::Zone;
use crate::domain::polls::book_polls::form::{BookPollForm, NewBookPoll};
use crate::domain::polls::book_polls::{self, TIES};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Template)]
#[template(path = "polls/book_polls/new.html")]
struct FormPage {
    frame: Frame,
    form: BookPollForm,
    problems: Problems,
}

impl FormPage {
    /// The city of the club's time zone.
    fn town(&self) -> String {
        Zone::kept(&self.frame.club.zone).town()
    }
}

pub async fn new(visit: Visit) -> Result<HttpResponse> {
    Ok(html(&form_page(&visit, None, Problems::default()).await?))
}

async fn form_page(visit: &Visit, form: Option<BookPollForm>, problems: Problems) -> Result<FormPage> {
    let (frame, ()) = visit.read(|_, _| Ok(())).await?;
    let form = form.unwrap_or_else(|| BookPollForm::usual(&Zone::kept(&frame.club.zone)));
    Ok(FormPage { frame: frame.at(Nav::Books), form, problems })
}

pub async fn create(visit: Visit, Form(form): Form<BookPollForm>) -> Result<HttpResponse> {
    let filled = form.clone();
    let done = visit
        .write(move |conn, member| {
            let zone = Zone::kept(&club::get(conn)?.zone);
            book_polls::create(conn, member, &NewBookPoll::parse(&filled, &zone)?)
        })
        .await;
    match done {
        Ok(id) => Ok(see_other_saying(&format!("/polls/books/{id}"), "Vote opened and shown on the home page.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&form_page(&visit, Some(form), problems).await?)),
        Err(error) => Err(error),
    }
}
