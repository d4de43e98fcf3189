//! The form to open a date poll.

use crate::domain::library::books::{self, Book};
use crate::domain::polls::date_polls;
use crate::domain::polls::date_polls::form::{DatePollForm, FormRow, MAX_SLOTS, NewDatePoll};
use crate::error::{Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
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
    fn can_add_rows(&self) -> bool {
        self.rows.len() < MAX_SLOTS
    }
}

pub async fn new(context: RequestContext) -> Result<HttpResponse> {
    Ok(html(&form_page(&context, None, Problems::default()).await?))
}

async fn form_page(context: &RequestContext, form: Option<DatePollForm>, problems: Problems) -> Result<FormPage> {
    let (frame, (form, books)) = context
        .read(move |conn, viewer| {
            let form = form.unwrap_or_else(|| DatePollForm {
                book: viewer.club.current_book_id.map(|book| book.to_string()).unwrap_or_default(),
                minutes: "120".to_owned(),
                zone: viewer.club.zone.clone(),
                ..DatePollForm::default()
            });
            Ok((form, books::list_recent(conn)?))
        })
        .await?;
    let rows = form.rows();
    Ok(FormPage { frame: frame.in_section(Section::Meetings), form, rows, problems, books })
}

/// Opens a poll. If the button for more rows was pressed, shows the form again with more rows.
pub async fn create(context: RequestContext, Form(form): Form<DatePollForm>) -> Result<HttpResponse> {
    if !form.more.is_empty() {
        return Ok(html(&form_page(&context, Some(form.with_more_rows()), Problems::default()).await?));
    }
    let done = match NewDatePoll::parse(&form) {
        Ok(new) => context.write(move |conn, member| date_polls::create(conn, member, &new)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(id) => Ok(see_other_with_flash(&format!("/polls/dates/{id}"), "Poll opened and shown on the home page.")),
        Err(error) => form_again(error, |problems| form_page(&context, Some(form), problems)).await,
    }
}
