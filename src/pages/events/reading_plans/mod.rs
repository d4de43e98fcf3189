//! Reading plans: the days of one, and how a plan reads on other pages. How hosts draw one up is in [`keeping`].

mod keeping;

pub use keeping::{edit, set_off, update};

use crate::db::{BookId, Conn};
use crate::domain::core::gate::{Position, Reader};
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::reading_plans::{self, Course, Plan, Standing};
use crate::domain::library::bookmarks;
use crate::domain::library::books::Book;
use crate::error::Result;
use crate::web::frame::{Frame, Nav};
use crate::web::html;
use crate::web::request::{Seen, Visit};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{NaiveDate, TimeDelta};
use std::borrow::Borrow;

#[derive(Template)]
#[template(path = "events/reading_plans/show.html")]
struct ShowPage {
    frame: Frame,
    book: Book,
    plan: Option<Plan>,
    course: Option<Course>,
    /// The meeting by which it is to be read.
    meeting: Option<Meeting>,
    reader: Reader,
}

/// A book's plan, day by day.
pub async fn show(visit: Visit, book: web::Path<BookId>) -> Result<HttpResponse> {
    let id = *book;
    let (frame, (book, plan, course, meeting, reader)) = visit
        .read(move |conn, seen| {
            let (book, plan) = reading_plans::get(conn, id)?;
            let course = course_of(conn, seen, Some(&book))?;
            let meeting = plan.as_ref().and_then(|plan| plan.meeting);
            let meeting = meeting.map(|meeting| meetings::get(conn, None, meeting)).transpose()?;
            let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &[id], &[])?;
            Ok((book, plan, course, meeting, reader))
        })
        .await?;
    Ok(html(&ShowPage { frame: frame.at(Nav::Books), book, plan, course, meeting, reader }))
}

/// The plan of a book, for a page that shows where the club is.
pub fn course_of(conn: &mut Conn, seen: &Seen, book: Option<&Book>) -> Result<Option<Course>> {
    book.map_or(Ok(None), |book| Course::of_book(conn, &seen.club.zone, book))
}

/// "The club reads through chapter 13 by Tuesday."; none where the plan is over.
pub fn next(course: &Course) -> Option<String> {
    let (day, through) = course.plan.next(course.today)?;
    let what = match course.plan.through(through).chapter() {
        Some(chapter) => format!("through chapter {chapter}"),
        None => "to the end".to_owned(),
    };
    Some(format!("The club reads {what} {}.", by(day, course.today)))
}

/// "by Tuesday", "by tonight", "by Tuesday 21 October".
fn by(day: NaiveDate, today: NaiveDate) -> String {
    match day - today {
        days if days == TimeDelta::zero() => "by tonight".to_owned(),
        days if days == TimeDelta::days(1) => "by tomorrow".to_owned(),
        days if days < TimeDelta::days(7) => format!("by {}", day.format("%A")),
        _ => format!("by {}", day.format("%A %-d %B")),
    }
}

/// What a member is told of where they are beside the plan.
pub fn told(course: &Course, position: impl Borrow<Position>) -> String {
    match course.standing(*position.borrow()) {
        Standing::Behind { chapters, pages, evenings } => {
            let nouns = |count: i32, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
            let evenings = match evenings {
                1 => "about an evening".to_owned(),
                count => format!("about {} evenings", in_words(count)),
            };
            let much = match pages {
                Some(pages) if pages > 0 => format!("that is {}, {evenings}", nouns(pages, "page")),
                _ => format!("that is {evenings}"),
            };
            format!("You are {} behind the plan; {much}.", nouns(chapters, "chapter"))
        }
        Standing::With => "You are with the plan.".to_owned(),
        Standing::Ahead => "You are ahead of the plan.".to_owned(),
    }
}

/// Small numbers as people say them.
fn in_words(count: i32) -> String {
    let words = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let word = usize::try_from(count - 2).ok().and_then(|at| words.get(at));
    word.map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

/// "chapter 4", "chapters 4 to 6".
pub fn chapters(first: impl Borrow<i32>, last: impl Borrow<i32>) -> String {
    let (first, last) = (*first.borrow(), *last.borrow());
    if first == last { format!("chapter {first}") } else { format!("chapters {first} to {last}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_to_come_are_called_as_people_call_them() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-02");
        assert_eq!(by(today, today), "by tonight");
        assert_eq!(by(day("2026-11-03"), today), "by tomorrow");
        assert_eq!(by(day("2026-11-08"), today), "by Sunday");
        assert_eq!(by(day("2026-11-09"), today), "by Monday 9 November");
        assert_eq!((in_words(2), in_words(13)), ("two".to_owned(), "13".to_owned()));
    }
}
