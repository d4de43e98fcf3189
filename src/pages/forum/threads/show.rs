//! A thread's page. What all readers share is read once per version of the thread and cached, still sealed. The page
//! that visitors see is also cached as HTML.

mod page;

use super::post_groups::spelled_out;
use crate::db::{BookId, Conn, MeetingId, Moment, PostId, ThreadId};
use crate::domain::core::gate::{Position, Reader, Sealed, Titles};
use crate::domain::core::policy::Act;
use crate::domain::events::meeting_threads;
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::minutes;
use crate::domain::forum::posts::{self, Post};
use crate::domain::forum::threads::{self, Partings, Thread};
use crate::domain::forum::watches::Watching;
use crate::domain::library::bookmarks;
use crate::domain::library::books;
use crate::domain::library::chapters::paging;
use crate::domain::library::ratings::{self, Tally};
use crate::domain::library::sources::{self, Source};
use crate::domain::moderation::pending::{self, Held};
use crate::error::{Error, Result};
use crate::pages::forum::chapter_order::Start;
use crate::pages::forum::posts::{Choice, choices};
use crate::web::frame::{Frame, Nav};
use crate::web::location::Here;
use crate::web::page_cache::{Checked, Kept, Place, Rendered, Stamp};
use crate::web::request::{Seen, Visit};
use crate::web::{html, moved, times};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "forum/threads/show.html")]
struct ShowPage {
    frame: Frame,
    shown: Arc<Shown>,
    reader: Reader,
    watching: Watching,
    /// The viewer's own posts in this thread that await approval.
    waiting: Vec<Held>,
    page: i32,
    pages: i32,
    choices: Vec<Choice>,
}

/// `order=book` sorts by chapter.
#[derive(Deserialize)]
pub struct PageQuery {
    page: Option<i32>,
    order: Option<String>,
}

pub async fn show(
    visit: Visit,
    request: HttpRequest,
    address: web::Path<(ThreadId, String)>,
    query: web::Query<PageQuery>,
    start: web::Query<Start>,
) -> Result<HttpResponse> {
    let (id, slug) = address.into_inner();
    if query.order.as_deref() == Some("book") {
        return super::order::show(visit, id, slug, start.into_inner()).await;
    }
    let page = query.page.unwrap_or(1);
    if page < 1 {
        return Err(Error::NotFound);
    }
    let place = (id, page);
    let is_common = visit.is_visitor() && is_plain(request.query_string(), page) && !visit.has_flash();
    let checked = Checked::now(visit.db().generation());
    if is_common && let Some(rendered) = visit.app.kept.fresh(place, &slug, visit.db().generation()) {
        return Ok(rendered.answer(&request));
    }
    let (app, here, asked) = (visit.app.clone(), visit.here.clone(), slug.clone());
    let (frame, (stamp, found)) = visit
        .read(move |conn, seen| {
            let stamp = stamp(conn, seen, id)?;
            let rendered = if is_common { app.kept.rendered(place, &asked, stamp, checked) } else { None };
            let found = match rendered {
                Some(rendered) => Found::Rendered(rendered),
                None => Found::read(conn, seen, &here, &app.kept, place, stamp)?,
            };
            Ok((stamp, found))
        })
        .await?;
    let (shown, reader, watching, waiting) = match found {
        Found::Rendered(rendered) => return Ok(rendered.answer(&request)),
        Found::Shown(shown, reader, watching, waiting) => (shown, reader, watching, waiting),
    };
    if !shown.thread.is_at(&slug, &reader) || shown.thread.id != id {
        let query = if page > 1 { format!("?page={page}") } else { String::new() };
        return Ok(moved(&format!("{}{query}", shown.thread.path_for(&reader))));
    }
    let pages = posts::page_of(shown.thread.posts_count.max(1));
    if page > pages {
        return Err(Error::NotFound);
    }
    let choices = choices(shown.thread.book.as_ref(), reply_reach(&shown.thread, &reader), &reader);
    let shown = ShowPage { frame: frame.at(Nav::Discussions), shown, reader, watching, waiting, page, pages, choices };
    if !is_common {
        return Ok(html(&shown));
    }
    let rendered = shown.render().map_err(Error::internal)?;
    Ok(visit.app.kept.keep_rendered(place, &slug, stamp, checked, rendered).answer(&request))
}

/// Redirects a thread's address without its title to the one with it.
pub async fn find(visit: Visit, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, path) = visit
        .read(move |conn, seen| {
            let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &[], &[])?;
            Ok(threads::get(conn, id)?.path_for(&reader))
        })
        .await?;
    Ok(moved(&path))
}

/// Whether the query is only a page number, written in the one way that links use, so that the page can be cached.
fn is_plain(query: &str, page: i32) -> bool {
    (query.is_empty() && page == 1) || query == format!("page={page}")
}

/// The versions of everything that a thread's page shows.
fn stamp(conn: &mut Conn, seen: &Seen, id: ThreadId) -> Result<Stamp> {
    let (thread, book) = threads::versions(conn, id)?;
    Ok(Stamp { club: seen.club.version, thread, book, hour: Moment::now().micros() / 3_600_000_000 })
}

/// Either a cached page for visitors, or what is needed to render one.
enum Found {
    Rendered(Arc<Rendered>),
    Shown(Arc<Shown>, Reader, Watching, Vec<Held>),
}

impl Found {
    fn read(conn: &mut Conn, seen: &Seen, here: &Here, kept: &Kept, place: Place, stamp: Stamp) -> Result<Self> {
        let moderates = seen.may(Act::Moderate);
        let shown = match kept.shown(place, stamp).filter(|_| !moderates) {
            Some(shown) => shown,
            None => {
                let shown = Arc::new(Shown::read(conn, seen, place)?);
                // Moderators see hidden posts, which must not get into the cache.
                if !moderates {
                    kept.keep_shown(place, stamp, shown.clone());
                }
                shown
            }
        };
        let unfolds = spelled_out(&here.unfolds, &shown.posts);
        let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &shown.books, &unfolds)?;
        let reader = reader.naming(shown.titles.clone());
        let watching = Watching::among(conn, seen.viewer.as_ref(), &[shown.thread.id])?;
        let waiting = match &seen.viewer {
            Some(member) => pending::in_thread(conn, member, shown.thread.id)?,
            None => Vec::new(),
        };
        Ok(Self::Shown(shown, reader, watching, waiting))
    }
}

/// The content of a thread's page before the gate, the same for all readers.
pub struct Shown {
    thread: Thread,
    /// The posts of this page.
    pub posts: Vec<Post>,
    partings: Partings,
    source: Option<Source>,
    tally: Option<Sealed<Tally>>,
    next_meeting: Option<Meeting>,
    /// The meetings whose thread this is.
    meetings: Vec<Meeting>,
    /// The posts of this page that are minutes of one of these meetings.
    minutes: Vec<PostId>,
    /// The upcoming meetings to whose agenda a post can be added.
    coming: Vec<(MeetingId, String)>,
    units: Vec<paging::Choice>,
    books: Vec<BookId>,
    titles: Titles,
    /// Whether there is another book that a reply could spoil.
    other_book: bool,
}

impl Shown {
    /// "minutes" for a post that is the minutes of a meeting.
    fn label_of(&self, post: &PostId) -> &'static str {
        if self.minutes.contains(post) { "minutes" } else { "" }
    }

    fn read(conn: &mut Conn, seen: &Seen, (id, page): Place) -> Result<Self> {
        let thread = threads::get(conn, id)?;
        let posts = posts::page(conn, seen.viewer.as_ref(), &thread, page)?;
        let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
        let partings = Partings::of(conn, seen.viewer.as_ref(), &thread, &ids)?;
        let books = concerned(&thread, posts.iter().flat_map(Post::books).chain(partings.books()));
        let meetings = meeting_threads::of_thread(conn, thread.id)?;
        let minutes = if meetings.is_empty() { Vec::new() } else { minutes::among(conn, &ids)? };
        Ok(Self {
            source: thread.source.map(|id| sources::get(conn, id)).transpose()?,
            tally: thread.book_id().map(|book| ratings::tally(conn, &seen.club, book)).transpose()?,
            next_meeting: meetings::next(conn)?,
            meetings,
            minutes,
            coming: meeting_threads::coming(conn, thread.book_id())?,
            units: thread.book.as_ref().map(|book| paging::units(conn, book)).transpose()?.unwrap_or_default(),
            titles: titles(conn, &thread, &books)?,
            other_book: books::has_other(conn, thread.book_id())?,
            books,
            thread,
            posts,
            partings,
        })
    }
}

/// The books that a thread and these texts in it may contain spoilers for.
fn concerned(thread: &Thread, texts: impl Iterator<Item = BookId>) -> Vec<BookId> {
    let mut books: Vec<BookId> = thread.books().chain(texts).collect();
    books.sort_unstable();
    books.dedup();
    books
}

/// The titles of the books, needed only if there is another one than the thread's own.
fn titles(conn: &mut Conn, thread: &Thread, books: &[BookId]) -> Result<Titles> {
    let all_its_own = books.iter().all(|book| thread.book_id() == Some(*book));
    books::titles(conn, if all_its_own { &[] } else { books })
}

/// The viewer as a reader of a thread and of texts in it that may spoil these books.
pub fn reader_of(
    conn: &mut Conn,
    seen: &Seen,
    here: &Here,
    thread: &Thread,
    texts: impl Iterator<Item = BookId>,
) -> Result<Reader> {
    let books = concerned(thread, texts);
    let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &books, &here.unfolds)?;
    Ok(reader.naming(titles(conn, thread, &books)?))
}

/// The default spoiler level of a reply: the thread's, or as far as the book is unlocked for the member, whichever is
/// farther.
pub fn reply_reach(thread: &Thread, reader: &Reader) -> Position {
    let bookmark = thread.book_id().map(|book| reader.opens(book)).unwrap_or_default();
    thread.about.position().unwrap_or_default().max(bookmark)
}
