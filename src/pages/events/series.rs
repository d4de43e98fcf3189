//! The form to add meetings to the end of a series.

use crate::db::SeriesId;
use crate::domain::events::meetings::hours::Which;
use crate::domain::events::series::{self, Days, End, Ending};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct MoreForm {
    until: String,
    count: String,
    which: String,
    shown: String,
}

#[derive(Template)]
#[template(path = "events/series/new.html")]
struct NewPage {
    frame: Frame,
    id: SeriesId,
    end: End,
    form: MoreForm,
    /// The days of the new meetings, for the preview.
    days: Option<Days>,
    problems: Problems,
}

impl NewPage {
    /// Whether to ask which of two times is meant.
    fn asks_which(&self) -> bool {
        self.problems.of("which").is_some() || !self.form.which.is_empty()
    }

    /// The start time of its meetings.
    fn time(&self) -> String {
        self.end.model.time.map(|time| time.format("%H:%M").to_string()).unwrap_or_default()
    }
}

pub async fn new(visit: Visit, id: web::Path<SeriesId>) -> Result<HttpResponse> {
    Ok(html(&new_page(&visit, *id, MoreForm::default(), None, Problems::default()).await?))
}

async fn new_page(
    visit: &Visit,
    id: SeriesId,
    form: MoreForm,
    ending: Option<Ending>,
    mut problems: Problems,
) -> Result<NewPage> {
    let which = Which::parse(&form.which);
    let (frame, (end, days)) = visit
        .read(move |conn, seen| {
            let end = series::end(conn, seen.member()?, id)?;
            let days = ending.map(|ending| end.days(ending, which));
            Ok((end, days))
        })
        .await?;
    let days = days.and_then(|days| problems.take_part(days));
    if let Some(days) = &days {
        problems.adopt(days.problems());
    }
    Ok(NewPage { frame: frame.at(Nav::Meetings), id, end, form, days, problems })
}

/// Adds meetings to a series once the host has seen their days.
pub async fn create(visit: Visit, id: web::Path<SeriesId>, Form(form): Form<MoreForm>) -> Result<HttpResponse> {
    let id = *id;
    let ending = match Ending::parse(&form.until, &form.count) {
        Ok(ending) => ending,
        Err(Error::Refused(problems)) => {
            return Ok(unprocessable(&new_page(&visit, id, form, None, problems).await?));
        }
        Err(error) => return Err(error),
    };
    if form.shown.is_empty() {
        let page = new_page(&visit, id, form, Some(ending), Problems::default()).await?;
        return Ok(if page.problems.is_empty() { html(&page) } else { unprocessable(&page) });
    }
    let (how, shown) = ((ending, Which::parse(&form.which)), form.shown.clone());
    match visit.write(move |conn, member| series::add(conn, member, id, how, &shown)).await {
        Ok((first, 1)) => Ok(see_other_saying(&first.path(), "1 meeting added.")),
        Ok((first, count)) => Ok(see_other_saying(&first.path(), &format!("{count} meetings added."))),
        Err(Error::Refused(problems)) => Ok(unprocessable(&new_page(&visit, id, form, Some(ending), problems).await?)),
        Err(error) => Err(error),
    }
}
