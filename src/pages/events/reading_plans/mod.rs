//! The page of a reading plan, and what other pages say about it.

mod editing;

pub use editing::{edit, set_removed, update};

use crate::db::{BookId, Conn};
use crate::domain::core::gate::{Position, Reader};
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::reading_plans::{self, PlanProgress, PlanStatus, ReadingPlan};
use crate::domain::library::bookmarks;
use crate::domain::library::books::Book;
use crate::error::Result;
use crate::web::frame::{Frame, Section};
use crate::web::html;
use crate::web::request::{RequestContext, Viewer};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{NaiveDate, TimeDelta};
use std::borrow::Borrow;

#[derive(Template)]
#[template(path = "events/reading_plans/show.html")]
struct ShowPage {
    frame: Frame,
    book: Book,
    plan: Option<ReadingPlan>,
    progress: Option<PlanProgress>,
    /// The meeting that the plan was made for.
    meeting: Option<Meeting>,
    reader: Reader,
}

struct Milestone {
    day: NaiveDate,
    /// The chapters to read by then.
    chapters: String,
    is_past: bool,
    is_today: bool,
    /// Whether the book is finished by then.
    is_end: bool,
}

impl ShowPage {
    fn milestones(&self) -> Vec<Milestone> {
        let Some(PlanProgress { plan, today, .. }) = &self.progress else { return Vec::new() };
        let stop = |(day, first, last)| Milestone {
            day,
            chapters: chapters(first, last),
            is_past: day < *today,
            is_today: day == *today,
            is_end: plan.through(last).is_whole(),
        };
        plan.milestones().into_iter().map(stop).collect()
    }
}

pub async fn show(context: RequestContext, book: web::Path<BookId>) -> Result<HttpResponse> {
    let id = *book;
    let (frame, (book, plan, progress, meeting, reader)) = context
        .read(move |conn, viewer| {
            let (book, plan) = reading_plans::get(conn, id)?;
            let progress = progress_of(conn, viewer, Some(&book))?;
            let meeting = plan.as_ref().and_then(|plan| plan.meeting);
            let meeting = meeting.map(|meeting| meetings::get(conn, None, meeting)).transpose()?;
            let reader = bookmarks::reader(conn, viewer.member.as_ref(), &[id], &[])?;
            Ok((book, plan, progress, meeting, reader))
        })
        .await?;
    Ok(html(&ShowPage { frame: frame.in_section(Section::Books), book, plan, progress, meeting, reader }))
}

/// The reading plan of a book, for any page about the book.
pub fn progress_of(conn: &mut Conn, viewer: &Viewer, book: Option<&Book>) -> Result<Option<PlanProgress>> {
    book.map_or(Ok(None), |book| PlanProgress::of_book(conn, &viewer.club.zone, book))
}

impl PlanProgress {
    /// “The club reads up to chapter 13 by Tuesday.”
    pub fn next_words(&self) -> String {
        let Some((day, through)) = self.plan.next(self.today) else {
            return "The reading plan has ended.".to_owned();
        };
        let what = match self.plan.through(through).chapter() {
            Some(chapter) => format!("up to chapter {chapter}"),
            None => "to the end".to_owned(),
        };
        format!("The club reads {what} {}.", by(day, self.today))
    }

    /// A sentence about the progress of a member at this position.
    pub fn progress_words(&self, position: impl Borrow<Position>) -> String {
        match self.status(*position.borrow()) {
            PlanStatus::Behind { chapters, pages, evenings } => {
                let pages = pages.filter(|pages| *pages > 0).map(|pages| format!("{}, ", counted(pages, "page")));
                let (chapters, evenings) = (counted(chapters, "chapter"), counted(evenings, "evening"));
                format!("You’re {chapters} behind ({}about {evenings}).", pages.unwrap_or_default())
            }
            PlanStatus::OnTrack => "You’re on track.".to_owned(),
            PlanStatus::Ahead => "You’re ahead of the plan.".to_owned(),
        }
    }
}

/// “1 page”, “2 pages”.
fn counted(count: i32, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// “by Tuesday”, “by tonight”, “by Tuesday 21 October”.
fn by(day: NaiveDate, today: NaiveDate) -> String {
    match day - today {
        days if days == TimeDelta::zero() => "by tonight".to_owned(),
        days if days == TimeDelta::days(1) => "by tomorrow".to_owned(),
        days if days < TimeDelta::days(7) => format!("by {}", day.format("%A")),
        _ => format!("by {}", day.format("%A %-d %B")),
    }
}

/// “chapter 4”, “chapters 4 to 6”.
fn chapters(first: i32, last: i32) -> String {
    if first == last { format!("chapter {first}") } else { format!("chapters {first} to {last}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upcoming_days_have_everyday_names() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-02");
        assert_eq!(by(today, today), "by tonight");
        assert_eq!(by(day("2026-11-03"), today), "by tomorrow");
        assert_eq!(by(day("2026-11-08"), today), "by Sunday");
        assert_eq!(by(day("2026-11-09"), today), "by Monday 9 November");
    }
}
