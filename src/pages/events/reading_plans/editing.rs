//! The form for a reading plan. Hosts say by when and how often to read, and check the suggested days before saving
//! them.

use crate::db::{BookId, MeetingId};
use crate::domain::events::meetings::Meeting;
use crate::domain::events::reading_plans::scheduling::Weekdays;
use crate::domain::events::reading_plans::{self, ReadingPlanForm, ReadingPlanInput};
use crate::domain::library::books::Book;
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{html, see_other_with_flash, unprocessable};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "events/reading_plans/edit.html")]
struct EditPage {
    frame: Frame,
    book: Book,
    coming: Vec<Meeting>,
    form: ReadingPlanForm,
    problems: Problems,
    /// The days to check.
    rows: Vec<Row>,
    /// Whether these days are the saved plan.
    is_saved: bool,
    /// Whether any of the days has a problem.
    wrong: bool,
}

/// A day to check.
struct Row {
    chapter: i32,
    day: String,
    weekday: String,
    problem: Option<&'static str>,
}

impl EditPage {
    fn heading(&self) -> &'static str {
        if self.is_saved && !self.rows.is_empty() { "Edit reading plan" } else { "Create a reading plan" }
    }

    fn is_chosen(&self, meeting: &Meeting) -> bool {
        self.form.meeting.trim() == meeting.id.to_string()
    }

    /// The weekdays to tick: number, name, whether it's ticked.
    fn weekdays(&self) -> Vec<(i32, String, bool)> {
        let named = (0..).zip(Weekdays::ALL);
        named.map(|(number, day)| (number, day.to_string(), self.form.weekday.contains(&number))).collect()
    }
}

fn rows(chapters: impl Iterator<Item = i32>, days: &[String], wrong: &[Option<&'static str>]) -> Vec<Row> {
    let weekday = |day: &str| day.parse::<NaiveDate>().map(|day| day.format("%A").to_string()).unwrap_or_default();
    let row = |((at, chapter), day): ((usize, i32), &String)| Row {
        chapter,
        weekday: weekday(day),
        day: day.clone(),
        problem: wrong.get(at).copied().flatten(),
    };
    chapters.enumerate().zip(days).map(row).collect()
}

/// The form. With only a meeting in the query it's for that meeting; with all fields it shows the suggested days.
pub async fn edit(context: RequestContext, book: web::Path<BookId>, request: HttpRequest) -> Result<HttpResponse> {
    let asked: ReadingPlanForm = serde_html_form::from_str(request.query_string())
        .map_err(|_| Error::BadRequest("That address isn’t valid."))?;
    let wanted = match asked.evenings.is_empty() {
        true => Requested::Initial(asked.meeting.parse().ok()),
        false => Requested::Filled(asked),
    };
    let page = edit_page(&context, *book, wanted, Vec::new(), Problems::default()).await?;
    Ok(if page.problems.is_empty() { html(&page) } else { unprocessable(&page) })
}

/// What the query or form asks for.
enum Requested {
    /// The initial form, for this meeting if given.
    Initial(Option<MeetingId>),
    /// A filled-in form, with days to suggest.
    Filled(ReadingPlanForm),
}

async fn edit_page(
    context: &RequestContext,
    id: BookId,
    wanted: Requested,
    wrong: Vec<Option<&'static str>>,
    mut problems: Problems,
) -> Result<EditPage> {
    let (frame, (found, form, drawn)) = context
        .read(move |conn, _| {
            let found = reading_plans::form_data(conn, id)?;
            let form = match wanted {
                Requested::Filled(form) => form,
                Requested::Initial(meeting) => {
                    let form = reading_plans::initial_form(&found, meeting);
                    return Ok((found, form, Ok(None)));
                }
            };
            let drawn = match ReadingPlanInput::parse(&form, &found.book, &found.coming, found.today) {
                Ok(outline) => Ok(Some((outline.schedule(conn, &found.book, found.today)?, outline))),
                Err(problems) => Err(problems),
            };
            Ok((found, form, drawn))
        })
        .await?;
    let kept = found.plan.as_ref().filter(|plan| !plan.off && plan.ends_on >= found.today);
    let is_kept = matches!(drawn, Ok(None));
    let rows = match drawn {
        Err(wrong) => {
            problems.merge(wrong);
            Vec::new()
        }
        Ok(Some((drawn, outline))) => {
            let drawn: Vec<String> = drawn.iter().map(NaiveDate::to_string).collect();
            let is_adjusted = form.day.len() == drawn.len();
            rows(outline.chapters(), if is_adjusted { &form.day } else { &drawn }, &wrong)
        }
        Ok(None) => match kept {
            Some(plan) => {
                let days: Vec<String> = plan.days.iter().map(|(_, day)| day.to_string()).collect();
                rows(plan.days.iter().map(|(chapter, _)| *chapter), &days, &[])
            }
            None => Vec::new(),
        },
    };
    let frame = frame.in_section(Section::Books);
    let wrong = wrong.iter().any(Option::is_some);
    let (book, coming, is_saved) = (found.book, found.coming, is_kept);
    Ok(EditPage { frame, book, coming, form, problems, rows, is_saved, wrong })
}

/// Saves a plan with the days as the host checked them.
pub async fn update(
    context: RequestContext,
    book: web::Path<BookId>,
    Form(form): Form<ReadingPlanForm>,
) -> Result<HttpResponse> {
    let id = *book;
    let asked = form.clone();
    let (_, outline) = context
        .read(move |conn, _| {
            let found = reading_plans::form_data(conn, id)?;
            Ok(ReadingPlanInput::parse(&asked, &found.book, &found.coming, found.today))
        })
        .await?;
    let outline = match outline {
        Ok(outline) => outline,
        Err(problems) => {
            return Ok(unprocessable(&edit_page(&context, id, Requested::Filled(form), Vec::new(), problems).await?));
        }
    };
    let days = match outline.parse_days(&form.day) {
        Ok(days) if days.len() == outline.chapters().count() => days,
        // The book's chapters have changed meanwhile: suggest new days.
        Ok(_) => {
            let page = edit_page(&context, id, Requested::Filled(form), Vec::new(), Problems::default()).await?;
            return Ok(unprocessable(&page));
        }
        Err(wrong) => {
            let page = edit_page(&context, id, Requested::Filled(form), wrong, Problems::default()).await?;
            return Ok(unprocessable(&page));
        }
    };
    context
        .write(move |conn, host| {
            let (book, _) = reading_plans::get(conn, id)?;
            reading_plans::save(conn, host, &book, &outline, &days)
        })
        .await?;
    Ok(see_other_with_flash(&format!("/books/{id}/plan"), "Reading plan saved."))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct OffForm {
    off: String,
}

/// Removes a plan, or restores it.
pub async fn set_removed(
    context: RequestContext,
    book: web::Path<BookId>,
    Form(form): Form<OffForm>,
) -> Result<HttpResponse> {
    let (id, off) = (*book, form.off == "yes");
    context.write(move |conn, host| reading_plans::set_removed(conn, host, id, off, None)).await?;
    let said = if off { "Reading plan removed. You can restore it here." } else { "Plan restored." };
    Ok(see_other_with_flash(&format!("/books/{id}/plan"), said))
}
