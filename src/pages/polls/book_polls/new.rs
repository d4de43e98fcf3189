//! The form to open a book vote.

use crate::domain::core::club;
use crate::domain::core::zones::Zone;
use crate::domain::polls::book_polls::{self, BookPollForm, NewBookPoll, TIE_RULE};
use crate::error::{Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
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
        Zone::from_stored(&self.frame.club.zone).city()
    }
}

pub async fn new(context: RequestContext) -> Result<HttpResponse> {
    Ok(html(&form_page(&context, None, Problems::default()).await?))
}

async fn form_page(context: &RequestContext, form: Option<BookPollForm>, problems: Problems) -> Result<FormPage> {
    let (frame, ()) = context.read(|_, _| Ok(())).await?;
    let form = form.unwrap_or_else(|| BookPollForm::with_defaults(&Zone::from_stored(&frame.club.zone)));
    Ok(FormPage { frame: frame.in_section(Section::Books), form, problems })
}

pub async fn create(context: RequestContext, Form(form): Form<BookPollForm>) -> Result<HttpResponse> {
    let filled = form.clone();
    let done = context
        .write(move |conn, member| {
            let zone = Zone::from_stored(&club::get(conn)?.zone);
            book_polls::create(conn, member, &NewBookPoll::parse(&filled, &zone)?)
        })
        .await;
    match done {
        Ok(id) => Ok(see_other_with_flash(&format!("/polls/books/{id}"), "Vote opened and shown on the home page.")),
        Err(error) => form_again(error, |problems| form_page(&context, Some(form), problems)).await,
    }
}
