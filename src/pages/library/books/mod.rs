//! The list of books, and a book's own page.

mod form;

pub use form::{create, edit, new, update};

use crate::db::{BookId, Conn};
use crate::domain::core::gate::{Position, Reader, Sealed, Sight};
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::reading_plans::Course;
use crate::domain::forum::threads::Cursor;
use crate::domain::library::age_ratings::{self, Suitability};
use crate::domain::library::bookmarks;
use crate::domain::library::books::{self, Book, Edition};
use crate::domain::library::chapters::paging;
use crate::domain::library::chapters::{self, Chapter};
use crate::domain::library::content_warnings::{self, Notice, State};
use crate::domain::library::excerpts::{self, Kind, Passage};
use crate::domain::library::ratings::{self, Rating, Tally};
use crate::domain::library::sources::Source;
use crate::domain::polls::book_polls;
use crate::domain::polls::current_book;
use crate::error::Result;
use crate::pages::events::reading_plans;
use crate::pages::forum::threads::{After, ThreadList};
use crate::pages::forum::unlocked::Arrivals;
use crate::web::forms::{Form, Nothing};
use crate::web::frame::{Frame, Nav};
use crate::web::location::Here;
use crate::web::request::{Seen, Visit};
use crate::web::{html, moved, see_other_saying, times};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Before {
    before: Option<BookId>,
}

#[derive(Template)]
#[template(path = "library/books/index.html")]
struct IndexPage {
    frame: Frame,
    books: Vec<Book>,
    /// The book that the club reads next.
    upcoming: Option<BookId>,
    next: Option<BookId>,
}

impl IndexPage {
    /// “reading now” or “up next”.
    fn mark(&self, book: &Book) -> Option<&'static str> {
        match self.upcoming == Some(book.id) {
            _ if self.frame.reads_now(book.id) => Some("reading now"),
            true => Some("up next"),
            false => None,
        }
    }
}

pub async fn index(visit: Visit, query: web::Query<Before>) -> Result<HttpResponse> {
    let before = query.before;
    let (frame, (mut books, upcoming)) =
        visit.read(move |conn, _| Ok((books::shelf(conn, before)?, book_polls::next_book(conn)?))).await?;
    let upcoming = upcoming.map(|book| book.id);
    let more = books.len() > books::SHELF as usize;
    books.truncate(books::SHELF as usize);
    let next = books.last().map(|book| book.id).filter(|_| more);
    Ok(html(&IndexPage { frame: frame.at(Nav::Books), books, upcoming, next }))
}

#[derive(Template)]
#[template(path = "library/books/show.html")]
struct ShowPage {
    frame: Frame,
    about: About,
    ratings: [Rating; 10],
}

impl ShowPage {
    /// The label of the link to the book's content warnings.
    fn warnings_link(&self) -> String {
        match self.about.waiting() {
            count if count > 0 && self.frame.keeps_books() => format!("Review suggested warnings ({count})"),
            _ if self.frame.takes_part() => "Suggest a warning".to_owned(),
            _ => "All content warnings".to_owned(),
        }
    }

    fn has_age_rating(&self) -> bool {
        !self.about.suitabilities.is_empty() || self.about.book.suitable_from().is_some()
    }
}

/// Everything that a book's page shows.
struct About {
    book: Book,
    editions: Vec<Edition>,
    chapters: Vec<Chapter>,
    units: Vec<paging::Choice>,
    passages: Vec<Passage>,
    tally: Sealed<Tally>,
    averages: Sealed<Vec<Source>>,
    suitabilities: Vec<Suitability>,
    own_suitability: Option<i32>,
    notices: Vec<Notice>,
    own_rating: Option<Rating>,
    list: ThreadList,
    arrivals: Arrivals,
    /// Upcoming meetings about the book, then past ones, latest first.
    meetings: Vec<Meeting>,
    /// The club's reading plan for the book.
    course: Option<Course>,
}

impl About {
    fn read(conn: &mut Conn, seen: &Seen, here: &Here, id: BookId, after: Option<Cursor>) -> Result<Self> {
        let viewer = seen.viewer.as_ref();
        let book = books::get(conn, id)?;
        let mut list = ThreadList::read(conn, seen, here, Some(id), after, THREADS)?;
        // A book without threads still needs a reader.
        list.reader = bookmarks::reader(conn, viewer, &[id], &here.unfolds)?;
        Ok(Self {
            meetings: meetings::of_book(conn, id)?,
            editions: books::editions(conn, id)?,
            chapters: chapters::list(conn, id)?,
            units: paging::units(conn, &book)?,
            passages: excerpts::list(conn, viewer, &book)?,
            tally: ratings::tally(conn, &seen.club, id)?,
            averages: ratings::averages(conn, &seen.club, id)?,
            suitabilities: age_ratings::list(conn, id)?,
            own_suitability: viewer.map(|member| age_ratings::of_member(conn, member.id, id)).transpose()?.flatten(),
            notices: content_warnings::list(conn, viewer, id)?,
            own_rating: viewer.map(|member| ratings::of_member(conn, member.id, id)).transpose()?.flatten(),
            arrivals: Arrivals::read(conn, seen, here, Some(&book))?,
            course: reading_plans::course_of(conn, seen, Some(&book))?,
            list,
            book,
        })
    }

    fn passages_of(&self, kind: Kind) -> Vec<&Passage> {
        self.passages.iter().filter(|passage| passage.kind == kind).collect()
    }

    fn confirmed(&self) -> impl Iterator<Item = &Notice> {
        self.notices.iter().filter(|notice| notice.is_confirmed())
    }

    /// How many suggested warnings no host has decided on.
    fn waiting(&self) -> usize {
        self.notices.iter().filter(|notice| notice.state == State::Proposed).count()
    }

    /// The chapters, grouped by the parts of the book.
    fn parts(&self) -> Vec<(Option<&str>, Vec<&Chapter>)> {
        let mut parts: Vec<(Option<&str>, Vec<&Chapter>)> = Vec::new();
        for chapter in &self.chapters {
            match parts.last_mut() {
                Some((part, chapters)) if *part == chapter.part.as_deref() => chapters.push(chapter),
                _ => parts.push((chapter.part.as_deref(), vec![chapter])),
            }
        }
        parts
    }

    /// Whether the contents are expanded, because the viewer asked to see a title in them.
    fn unfolds_contents(&self) -> bool {
        self.chapters.iter().filter_map(|chapter| chapter.title.as_ref()).any(|title| title.unfolded(self.reader()))
    }

    fn reader(&self) -> &Reader {
        &self.list.reader
    }

    fn position(&self) -> Position {
        self.reader().position(self.book.id)
    }
}

/// Threads per page.
const THREADS: i64 = 20;

pub async fn show(
    visit: Visit,
    address: web::Path<(BookId, String)>,
    after: web::Query<After>,
) -> Result<HttpResponse> {
    let (id, slug) = address.into_inner();
    let after = after.cursor()?;
    let here = visit.here.clone();
    let (frame, about) = visit.read(move |conn, seen| About::read(conn, seen, &here, id, after)).await?;
    if about.book.slug() != slug {
        return Ok(moved(&path(&about.book)));
    }
    Ok(html(&ShowPage { frame: frame.at(Nav::Books), about, ratings: Rating::ALL }))
}

/// A book's canonical path.
pub(in crate::pages) fn path(book: &Book) -> String {
    format!("/books/{}/{}", book.id, book.slug())
}

/// Redirects a book's URL without its title to the one with it.
pub async fn find(visit: Visit, id: web::Path<BookId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, book) = visit.read(move |conn, _| books::get(conn, id)).await?;
    Ok(moved(&path(&book)))
}

/// Makes a book the club's current read.
pub async fn set_current(visit: Visit, id: web::Path<BookId>, _: Form<Nothing>) -> Result<HttpResponse> {
    let id = *id;
    let book = visit
        .write(move |conn, member| {
            let book = books::get(conn, id)?;
            current_book::choose_book(conn, member, &book)?;
            Ok(book)
        })
        .await?;
    Ok(see_other_saying(&path(&book), &format!("{} is now the current book.", book.title)))
}
