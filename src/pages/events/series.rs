//! Series of meetings: the form to add meetings to the end of one, and which meetings of one to change.

use crate::db::{Conn, MeetingId, SeriesId};
use crate::domain::events::meetings::schedule::Disambiguation;
use crate::domain::events::series::changing::SeriesChange;
use crate::domain::events::series::{self, SeriesDays, SeriesEnd, SeriesLimit, Sibling};
use crate::error::{Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash, times, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
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
    end: SeriesEnd,
    form: MoreForm,
    /// The days of the new meetings, for the preview.
    days: Option<SeriesDays>,
    problems: Problems,
}

impl NewPage {
    fn asks_which(&self) -> bool {
        asks_which(&self.problems, &self.form.which)
    }

    /// The start time of its meetings.
    fn time(&self) -> String {
        self.end.model.time.map(|time| time.format("%H:%M").to_string()).unwrap_or_default()
    }
}

/// Whether a form asks which of two times is meant: it was missing, or has been answered.
pub(super) fn asks_which(problems: &Problems, which: &str) -> bool {
    problems.on("which").is_some() || !which.is_empty()
}

pub async fn new(context: RequestContext, id: web::Path<SeriesId>) -> Result<HttpResponse> {
    Ok(html(&new_page(&context, *id, MoreForm::default(), None, Problems::default()).await?))
}

async fn new_page(
    context: &RequestContext,
    id: SeriesId,
    form: MoreForm,
    limit: Option<SeriesLimit>,
    mut problems: Problems,
) -> Result<NewPage> {
    let which = Disambiguation::parse(&form.which);
    let (frame, (end, days)) = context
        .read(move |conn, viewer| {
            let end = series::get_end(conn, viewer.require_member()?, id)?;
            let days = limit.map(|limit| end.days(limit, which));
            Ok((end, days))
        })
        .await?;
    let days = days.map(|days| problems.check_part(days)).transpose()?.flatten();
    if let Some(days) = &days {
        problems.merge(days.problems());
    }
    Ok(NewPage { frame: frame.in_section(Section::Meetings), id, end, form, days, problems })
}

/// Adds meetings to a series once the host has seen their days.
pub async fn create(
    context: RequestContext,
    id: web::Path<SeriesId>,
    Form(form): Form<MoreForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let limit = match SeriesLimit::parse(&form.until, &form.count) {
        Ok(limit) => limit,
        Err(error) => return form_again(error, |problems| new_page(&context, id, form, None, problems)).await,
    };
    if form.shown.is_empty() {
        let page = new_page(&context, id, form, Some(limit), Problems::default()).await?;
        return Ok(if page.problems.is_empty() { html(&page) } else { unprocessable(&page) });
    }
    let (how, shown) = ((limit, Disambiguation::parse(&form.which)), form.shown.clone());
    match context.write(move |conn, member| series::extend(conn, member, id, how, &shown)).await {
        Ok((first, 1)) => Ok(see_other_with_flash(&first.path(), "1 meeting added.")),
        Ok((first, count)) => Ok(see_other_with_flash(&first.path(), &format!("{count} meetings added."))),
        Err(error) => form_again(error, |problems| new_page(&context, id, form, Some(limit), problems)).await,
    }
}

/// What the form shows about the series.
pub(super) struct ScopeChoice {
    pub(super) rule: String,
    /// Meetings that were changed on their own, which are left as they are.
    pub(super) exceptions: Vec<Sibling>,
    /// What happens to the other meetings.
    pub(super) note: &'static str,
}

impl ScopeChoice {
    /// `None` if the meeting doesn't belong to a series.
    pub(super) fn read(conn: &mut Conn, id: MeetingId, note: &'static str) -> Result<Option<Self>> {
        let Some(place) = series::find_occurrence(conn, id)? else { return Ok(None) };
        let exceptions = series::list_exceptions(conn, place.series, id)?;
        Ok(Some(Self { rule: place.rule.words(), exceptions, note }))
    }
}

/// The maximum number of days in a message.
const NAMED: usize = 6;

/// The message for the next page. `done` is a participle such as “updated”.
pub(super) fn done_message(outcome: &SeriesChange, done: &str) -> String {
    let mut words = match outcome.others {
        0 => format!("Meeting {done}."),
        1 => format!("Meeting {done}, and 1 other in the series."),
        others => format!("Meeting {done}, and {others} others in the series."),
    };
    if !outcome.unchanged.is_empty() {
        let named: Vec<String> = outcome.unchanged.iter().take(NAMED).map(|day: &NaiveDate| times::date(day)).collect();
        let more = outcome.unchanged.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let left = match outcome.unchanged.len() {
            1 => "1 individually changed meeting was left as it is".to_owned(),
            count => format!("{count} individually changed meetings were left as they are"),
        };
        words.push_str(&format!(" {left}: {}{more}.", named.join(", ")));
    }
    words
}
