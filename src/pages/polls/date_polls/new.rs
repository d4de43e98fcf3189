//! The form to open a date poll.

use crate::domain::library::books::{self, Book};
use crate::domain::polls::date_polls;
use crate::domain::polls::date_polls::form::{DatePollForm, FormRow, MOST, NewDatePoll};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Template)]
#[template(path = "polls/date_polls/new.html")]
struct FormPage {
    frame: Frame,
    form: DatePollForm,
    /// The rows for slots.
    rows: Vec<FormRow>,
    problems: Problems,
    books: Vec<Book>,
}

impl FormPage {
    fn is_chosen(&self, book: &Book) -> bool {
        self.form.book == book.id.to_string()
    }

    /// Whether the form can have more rows.
    fn grows(&self) -> bool {
        self.rows.len() < MOST
    }
}

pub async fn new(visit: Visit) -> Result<HttpResponse> {
    Ok(html(&form_page(&visit, None, Problems::default()).await?))
}

async fn form_page(visit: &Visit, form: Option<DatePollForm>, problems: Problems) -> Result<FormPage> {
    let (frame, (form, books)) = visit
        .read(move |conn, seen| {
            let form = form.unwrap_or_else(|| DatePollForm {
                book: seen.club.current_book_id.map(|book| book.to_string()).unwrap_or_default(),
                minutes: "120".to_owned(),
                zone: seen.club.zone.clone(),
                ..DatePollForm::default()
            });
            Ok((form, books::choices(conn)?))
        })
        .await?;
    let rows = form.rows();
    Ok(FormPage { frame: frame.at(Nav::Meetings), form, rows, problems, books })
}

/// Opens a poll. If the button for more rows was pressed, shows the form again with more rows.
pub async fn create(visit: Visit, Form(form): Form<DatePollForm>) -> Result<HttpResponse> {
    if !form.more.is_empty() {
        return Ok(html(&form_page(&visit, Some(form.longer()), Problems::default()).await?));
    }
    let done = match NewDatePoll::parse(&form) {
        Ok(new) => visit.write(move |conn, member| date_polls::create(conn, member, &new)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(id) => Ok(see_other_saying(&format!("/polls/dates/{id}"), "Poll opened and shown on the home page.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&form_page(&visit, Some(form), problems).await?)),
        Err(error) => Err(error),
    }
}
