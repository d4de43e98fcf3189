//! The home page: the current book, the next meeting, the latest discussions.

use crate::db::BookId;
use crate::domain::bookmarks;
use crate::domain::books::{self, Book};
use crate::domain::chapters::paging::{self, Choice};
use crate::domain::meetings::{self, Meeting};
use crate::domain::ratings::{self, Tally};
use crate::domain::rsvps::{self, Rsvp};
use crate::domain::seal::{Reader, Sealed};
use crate::error::Result;
use crate::pages::frame::Frame;
use crate::pages::html;
use crate::pages::opened::Arrivals;
use crate::pages::reports::{self, Item};
use crate::pages::threads::ThreadList;
use crate::pages::visit::Visit;
use actix_web::HttpResponse;
use askama::Template;

/// How many discussions the home page lists.
const DISCUSSIONS: i64 = 12;

#[derive(Template)]
#[template(path = "home/show.html")]
struct HomePage {
    frame: Frame,
    book: Option<(Book, Sealed<Tally>)>,
    /// What the bookmark's form offers besides chapters.
    units: Vec<Choice>,
    reader: Reader,
    next_meeting: Option<Meeting>,
    answer: Option<Rsvp>,
    list: ThreadList,
    reported: Vec<Item>,
    arrivals: Arrivals,
}

/// The home page.
pub async fn show(visit: Visit) -> Result<HttpResponse> {
    let here = visit.here.clone();
    let (frame, (book, units, reader, next_meeting, answer, list, reported, arrivals)) = visit
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
            let current: Vec<BookId> = seen.club.current_book_id.into_iter().collect();
            let reader = bookmarks::reader(conn, viewer, &current, &here.unfolds)?;
            let next_meeting = meetings::next(conn)?;
            let answer = match (&next_meeting, viewer) {
                (Some(meeting), Some(member)) => rsvps::of_member(conn, meeting.id, member.id)?,
                _ => None,
            };
            let list = ThreadList::read(conn, seen, &here, None, None, DISCUSSIONS)?;
            let arrivals = Arrivals::read(conn, seen, &here, None)?;
            Ok((book, units, reader, next_meeting, answer, list, reports::on_viewer(conn, seen)?, arrivals))
        })
        .await?;
    Ok(html(&HomePage { frame, book, units, reader, next_meeting, answer, list, reported, arrivals }))
}
