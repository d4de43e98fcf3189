//! The home page: the current book, the next meeting, the latest discussions.

use crate::db::{BookId, Conn};
use crate::domain::accounts::sanctions::{self, Sanction};
use crate::domain::core::club;
use crate::domain::core::gate::{Prose, Reader, Sealed};
use crate::domain::core::policy::Act;
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::reading_plans::Course;
use crate::domain::events::rsvps::{self, Rsvp};
use crate::domain::library::bookmarks;
use crate::domain::library::books::{self, Book};
use crate::domain::library::chapters::paging::{self, Choice};
use crate::domain::library::ratings::{self, Tally};
use crate::domain::moderation::dashboard::Waiting;
use crate::domain::site::first_steps::{self, Steps};
use crate::error::Result;
use crate::pages::events::reading_plans;
use crate::pages::forum::threads::ThreadList;
use crate::pages::forum::unlocked::Arrivals;
use crate::pages::moderation::dashboard;
use crate::pages::moderation::reports::{self, Item};
use crate::pages::polls::index::Asked;
use crate::web::frame::Frame;
use crate::web::html;
use crate::web::request::Visit;
use actix_web::HttpResponse;
use askama::Template;

/// How many discussions the home page lists.
const DISCUSSIONS: i64 = 12;

#[derive(Template)]
#[template(path = "site/home/show.html")]
struct HomePage {
    frame: Frame,
    book: Option<(Book, Sealed<Tally>)>,
    /// What the bookmark's form offers besides chapters.
    units: Vec<Choice>,
    reader: Reader,
    /// How the club goes through the book.
    course: Option<Course>,
    next_meeting: Option<Meeting>,
    answer: Option<Rsvp>,
    list: ThreadList,
    reported: Vec<Item>,
    arrivals: Arrivals,
    /// What the viewer is reminded of: warnings to confirm, and until when they are silenced.
    sanctions: Vec<Sanction>,
    /// What waits for those who keep order.
    waiting: Vec<(&'static str, String)>,
    /// What the page says of polls.
    asked: Asked,
    /// What the club says to who is new.
    welcome: Option<Sealed<Prose>>,
    /// What is left to do in a new club.
    steps: Option<Steps>,
}

impl HomePage {
    /// For each first step whether it is taken, where it leads and what it is called.
    fn first_steps(&self, steps: &Steps) -> [(bool, &'static str, &'static str); 5] {
        [
            (steps.named, "/club/edit", "Give the club a name"),
            (steps.ruled, "/club/edit#rules", "Write the rules of the house"),
            (steps.opened, "/club/edit", "Choose who may read and join"),
            (steps.shelved, "/books/new", "Add a book"),
            (steps.joined, "/invitations", "Invite people"),
        ]
    }
}

/// What waits for those who keep order: where it is, and what it is.
fn waiting(conn: &mut Conn) -> Result<Vec<(&'static str, String)>> {
    let Waiting { cases, texts, people } = Waiting::read(conn)?;
    let all = [
        ("/members?show=waiting", people, ("person asks to join", "people ask to join")),
        ("/reports", cases, ("reported text waits for a decision", "reported texts wait for a decision")),
        ("/held", texts, ("post waits to be looked at", "posts wait to be looked at")),
    ];
    let some = all.into_iter().filter(|(_, count, _)| *count > 0);
    let in_words = |(path, count, (one, many)): (_, usize, (&str, &str))| {
        (path, format!("{} {}", dashboard::in_words(count), if count == 1 { one } else { many }))
    };
    Ok(some.map(in_words).collect())
}

/// The home page.
pub async fn show(visit: Visit) -> Result<HttpResponse> {
    let here = visit.here.clone();
    let (
        frame,
        (
            book,
            units,
            (reader, course),
            next_meeting,
            answer,
            list,
            reported,
            arrivals,
            (welcome, steps, sanctions, waiting, asked),
        ),
    ) = visit
        .read(move |conn, seen| {
            let viewer = seen.viewer.as_ref();
            let book = match seen.club.current_book_id {
                Some(id) => Some((books::get(conn, id)?, ratings::tally(conn, &seen.club, id)?)),
                None => None,
            };
            let units = match &book {
                Some((book, _)) if viewer.is_some() => paging::units(conn, book)?,
                _ => Vec::new(),
            };
            let course = reading_plans::course_of(conn, seen, book.as_ref().map(|(book, _)| book))?;
            let current: Vec<BookId> = seen.club.current_book_id.into_iter().collect();
            let reader = bookmarks::reader(conn, viewer, &current, &here.unfolds)?;
            let next_meeting = meetings::next(conn)?;
            let answer = match (&next_meeting, viewer) {
                (Some(meeting), Some(member)) => rsvps::of_member(conn, meeting.id, member.id)?,
                _ => None,
            };
            let list = ThreadList::read(conn, seen, &here, None, None, DISCUSSIONS)?;
            let arrivals = Arrivals::read(conn, seen, &here, None)?;
            let reported = reports::on_viewer(conn, seen)?;
            let welcome = club::welcome(conn, viewer)?;
            let steps = if seen.may(Act::Administer) { first_steps::steps(conn, &seen.club)? } else { None };
            let sanctions = viewer.map_or(Ok(Vec::new()), |member| sanctions::to_remind(conn, member))?;
            let waiting = if seen.may(Act::Moderate) { waiting(conn)? } else { Vec::new() };
            let asked = Asked::read(conn, viewer)?;
            let told = (welcome, steps, sanctions, waiting, asked);
            Ok((book, units, (reader, course), next_meeting, answer, list, reported, arrivals, told))
        })
        .await?;
    let page = HomePage {
        frame,
        book,
        units,
        reader,
        course,
        next_meeting,
        answer,
        list,
        reported,
        arrivals,
        sanctions,
        waiting,
        asked,
        welcome,
        steps,
    };
    Ok(html(&page))
}
