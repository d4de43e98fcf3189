//! The form for a reading plan. Hosts say by when and how often to read, and check the suggested days before saving
//! them.

use crate::db::{BookId, MeetingId};
use crate::domain::events::meetings::Meeting;
use crate::domain::events::reading_plans::drawing::Weekdays;
use crate::domain::events::reading_plans::{self, Outline, PlanForm};
use crate::domain::library::books::Book;
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
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
    form: PlanForm,
    problems: Problems,
    /// The days to check.
    rows: Vec<Row>,
    /// Whether these days are the saved plan.
    kept: bool,
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
        if self.kept && !self.rows.is_empty() { "Edit reading plan" } else { "Create a reading plan" }
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
pub async fn edit(visit: Visit, book: web::Path<BookId>, request: HttpRequest) -> Result<HttpResponse> {
    let asked: PlanForm = serde_html_form::from_str(request.query_string())
        .map_err(|_| Error::BadRequest("That address isn’t valid."))?;
    let wanted = match asked.evenings.is_empty() {
        true => Wanted::For(asked.meeting.parse().ok()),
        false => Wanted::Drawn(asked),
    };
    let page = edit_page(&visit, *book, wanted, Vec::new(), Problems::default()).await?;
    Ok(if page.problems.is_empty() { html(&page) } else { unprocessable(&page) })
}

/// What the query or form asks for.
enum Wanted {
    /// The initial form, for this meeting if given.
    For(Option<MeetingId>),
    /// A filled-in form, with days to suggest.
    Drawn(PlanForm),
}

async fn edit_page(
    visit: &Visit,
    id: BookId,
    wanted: Wanted,
    wrong: Vec<Option<&'static str>>,
    mut problems: Problems,
) -> Result<EditPage> {
    let (frame, (found, form, drawn)) = visit
        .read(move |conn, _| {
            let found = reading_plans::set_out(conn, id)?;
            let form = match wanted {
                Wanted::Drawn(form) => form,
                Wanted::For(meeting) => {
                    let form = reading_plans::fill_in(&found, meeting);
                    return Ok((found, form, Ok(None)));
                }
            };
            let drawn = match Outline::parse(&form, &found.book, &found.coming, found.today) {
                Ok(outline) => Ok(Some((outline.draw(conn, &found.book, found.today)?, outline))),
                Err(problems) => Err(problems),
            };
            Ok((found, form, drawn))
        })
        .await?;
    let kept = found.plan.as_ref().filter(|plan| !plan.off && plan.ends_on >= found.today);
    let is_kept = matches!(drawn, Ok(None));
    let rows = match drawn {
        Err(wrong) => {
            problems.adopt(wrong);
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
    let frame = frame.at(Nav::Books);
    let wrong = wrong.iter().any(Option::is_some);
    let (book, coming, kept) = (found.book, found.coming, is_kept);
    Ok(EditPage { frame, book, coming, form, problems, rows, kept, wrong })
}

/// Saves a plan with the days as the host checked them.
pub async fn update(visit: Visit, book: web::Path<BookId>, Form(form): Form<PlanForm>) -> Result<HttpResponse> {
    let id = *book;
    let asked = form.clone();
    let (_, outline) = visit
        .read(move |conn, _| {
            let found = reading_plans::set_out(conn, id)?;
            Ok(Outline::parse(&asked, &found.book, &found.coming, found.today))
        })
        .await?;
    let outline = match outline {
        Ok(outline) => outline,
        Err(problems) => {
            return Ok(unprocessable(&edit_page(&visit, id, Wanted::Drawn(form), Vec::new(), problems).await?));
        }
    };
    let days = match outline.adjusted(&form.day) {
        Ok(days) if days.len() == outline.chapters().count() => days,
        // The book's chapters have changed meanwhile: suggest new days.
        Ok(_) => {
            let page = edit_page(&visit, id, Wanted::Drawn(form), Vec::new(), Problems::default()).await?;
            return Ok(unprocessable(&page));
        }
        Err(wrong) => {
            let page = edit_page(&visit, id, Wanted::Drawn(form), wrong, Problems::default()).await?;
            return Ok(unprocessable(&page));
        }
    };
    visit
        .write(move |conn, host| {
            let (book, _) = reading_plans::get(conn, id)?;
            reading_plans::keep(conn, host, &book, &outline, &days)
        })
        .await?;
    Ok(see_other_saying(&format!("/books/{id}/plan"), "Reading plan saved."))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct OffForm {
    off: String,
}

/// Removes a plan, or restores it.
pub async fn set_off(visit: Visit, book: web::Path<BookId>, Form(form): Form<OffForm>) -> Result<HttpResponse> {
    let (id, off) = (*book, form.off == "yes");
    visit.write(move |conn, host| reading_plans::set_off(conn, host, id, off, None)).await?;
    let said = if off { "Reading plan removed. You can restore it here." } else { "Plan restored." };
    Ok(see_other_saying(&format!("/books/{id}/plan"), said))
}
