//! A thread's page. What all readers share is read once per version of the thread and cached, still sealed. The page
//! that visitors see is also cached as HTML.

mod page;

use super::post_groups::expand_runs;
use crate::db::{BookId, Conn, MeetingId, Moment, PostId, ThreadId};
use crate::domain::core::gate::{Position, Reader, Sealed, Titles};
use crate::domain::core::policy::Act;
use crate::domain::events::meeting_threads;
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::minutes;
use crate::domain::forum::posts::{self, Post};
use crate::domain::forum::thread_actions::MovedPosts;
use crate::domain::forum::threads::{self, Thread};
use crate::domain::forum::watches::Watching;
use crate::domain::library::bookmarks;
use crate::domain::library::books;
use crate::domain::library::books::paging;
use crate::domain::library::ratings::{self, Tally};
use crate::domain::library::sources::{self, Source};
use crate::domain::moderation::pending::{self, PendingPost};
use crate::error::{Error, Result};
use crate::pages::forum::book_order::{self, StartQuery};
use crate::pages::library::reach_fields::{Choice, choices};
use crate::web::frame::{Frame, Section};
use crate::web::location::Location;
use crate::web::page_cache::{PageCache, PageKey, PageVersion, Rendered, Validated};
use crate::web::request::{RequestContext, Viewer};
use crate::web::{html, moved_permanently, times};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "forum/threads/show.html")]
struct ShowPage {
    frame: Frame,
    content: Arc<ThreadContent>,
    reader: Reader,
    watching: Watching,
    /// The viewer's own posts in this thread that await approval.
    waiting: Vec<PendingPost>,
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
    context: RequestContext,
    request: HttpRequest,
    address: web::Path<(ThreadId, String)>,
    query: web::Query<PageQuery>,
    start: web::Query<StartQuery>,
) -> Result<HttpResponse> {
    let (id, slug) = address.into_inner();
    if query.order.as_deref() == Some("book") {
        return book_order::show_thread(context, id, slug, start.into_inner()).await;
    }
    let page = query.page.unwrap_or(1);
    if page < 1 {
        return Err(Error::NotFound);
    }
    let place = (id, page);
    let is_common = context.is_visitor() && is_plain(request.query_string(), page) && !context.has_flash();
    let checked = Validated::now(context.db().generation());
    if is_common && let Some(rendered) = context.app.page_cache.find_fresh(place, &slug, context.db().generation()) {
        return Ok(rendered.respond(&request));
    }
    let (app, location, asked) = (context.app.clone(), context.location.clone(), slug.clone());
    let (frame, (stamp, found)) = context
        .read(move |conn, viewer| {
            let stamp = stamp(conn, viewer, id)?;
            let rendered = if is_common { app.page_cache.rendered(place, &asked, stamp, checked) } else { None };
            let found = match rendered {
                Some(rendered) => Found::Rendered(rendered),
                None => Found::read(conn, viewer, &location, &app.page_cache, place, stamp)?,
            };
            Ok((stamp, found))
        })
        .await?;
    let (content, reader, watching, waiting) = match found {
        Found::Rendered(rendered) => return Ok(rendered.respond(&request)),
        Found::Content(content, reader, watching, waiting) => (content, reader, watching, waiting),
    };
    if !content.thread.has_slug(&slug, &reader) || content.thread.id != id {
        let query = if page > 1 { format!("?page={page}") } else { String::new() };
        return Ok(moved_permanently(&format!("{}{query}", content.thread.path_for(&reader))));
    }
    let pages = posts::page_of(content.thread.posts_count.max(1));
    if page > pages {
        return Err(Error::NotFound);
    }
    let choices = choices(content.thread.book.as_ref(), "", reply_reach(&content.thread, &reader), &reader);
    let content = ShowPage {
        frame: frame.in_section(Section::Discussions),
        content,
        reader,
        watching,
        waiting,
        page,
        pages,
        choices,
    };
    if !is_common {
        return Ok(html(&content));
    }
    let rendered = content.render().map_err(Error::internal)?;
    Ok(context.app.page_cache.store_rendered(place, &slug, stamp, checked, rendered).respond(&request))
}

/// Redirects a thread's address without its title to the one with it.
pub async fn redirect(context: RequestContext, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, path) = context
        .read(move |conn, viewer| {
            let reader = bookmarks::reader(conn, viewer.member.as_ref(), &[], &[])?;
            Ok(threads::get(conn, id)?.path_for(&reader))
        })
        .await?;
    Ok(moved_permanently(&path))
}

/// Whether the query is only a page number, written in the one way that links use, so that the page can be cached.
fn is_plain(query: &str, page: i32) -> bool {
    (query.is_empty() && page == 1) || query == format!("page={page}")
}

/// The versions of everything that a thread's page shows.
fn stamp(conn: &mut Conn, viewer: &Viewer, id: ThreadId) -> Result<PageVersion> {
    let (thread, book) = threads::versions(conn, id)?;
    Ok(PageVersion::new(viewer.club.version, thread, book, Moment::now()))
}

/// Either a cached page for visitors, or what is needed to render one.
enum Found {
    Rendered(Arc<Rendered>),
    Content(Arc<ThreadContent>, Reader, Watching, Vec<PendingPost>),
}

impl Found {
    fn read(
        conn: &mut Conn,
        viewer: &Viewer,
        location: &Location,
        cache: &PageCache,
        place: PageKey,
        stamp: PageVersion,
    ) -> Result<Self> {
        let moderates = viewer.may(Act::Moderate);
        let content = match cache.shown::<ThreadContent>(place, stamp).filter(|_| !moderates) {
            Some(content) => content,
            None => {
                let content = Arc::new(ThreadContent::read(conn, viewer, place)?);
                // Moderators see hidden posts, which must not get into the cache.
                if !moderates {
                    cache.store_posts(place, stamp, content.posts.len(), content.clone());
                }
                content
            }
        };
        let unfolds = expand_runs(&location.unfolds, &content.posts);
        let reader = bookmarks::reader(conn, viewer.member.as_ref(), &content.books, &unfolds)?;
        let reader = reader.with_titles(content.titles.clone());
        let watching = Watching::among(conn, viewer.member.as_ref(), &[content.thread.id])?;
        let waiting = match &viewer.member {
            Some(member) => pending::in_thread(conn, member, content.thread.id)?,
            None => Vec::new(),
        };
        Ok(Self::Content(content, reader, watching, waiting))
    }
}

/// The content of a thread's page before the gate, the same for all readers.
struct ThreadContent {
    thread: Thread,
    /// The posts of this page.
    pub posts: Vec<Post>,
    moved_posts: MovedPosts,
    source: Option<Source>,
    tally: Option<Sealed<Tally>>,
    next_meeting: Option<Meeting>,
    /// The meetings whose thread this is.
    meetings: Vec<Meeting>,
    /// The posts of this page that are minutes of one of these meetings.
    minutes: Vec<PostId>,
    /// The upcoming meetings to whose agenda a post can be added.
    coming: Vec<(MeetingId, String)>,
    units: Vec<paging::UnitChoice>,
    books: Vec<BookId>,
    titles: Titles,
    /// Whether there is another book that a reply could spoil.
    other_book: bool,
}

impl ThreadContent {
    /// "minutes" for a post that is the minutes of a meeting.
    fn label_of(&self, post: &PostId) -> &'static str {
        if self.minutes.contains(post) { "minutes" } else { "" }
    }

    fn read(conn: &mut Conn, viewer: &Viewer, (id, page): PageKey) -> Result<Self> {
        let thread = threads::get(conn, id)?;
        let posts = posts::page(conn, viewer.member.as_ref(), &thread, page)?;
        let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
        let moved_posts = MovedPosts::of(conn, viewer.member.as_ref(), &thread, &ids)?;
        let books = spoiled_books(&thread, posts.iter().flat_map(Post::books).chain(moved_posts.books()));
        let meetings = meeting_threads::meetings_of_thread(conn, thread.id)?;
        let minutes = if meetings.is_empty() { Vec::new() } else { minutes::among(conn, &ids)? };
        Ok(Self {
            source: thread.source.map(|id| sources::get(conn, id)).transpose()?,
            tally: thread.book_id().map(|book| ratings::tally(conn, &viewer.club, book)).transpose()?,
            next_meeting: meetings::next(conn)?,
            meetings,
            minutes,
            coming: meeting_threads::upcoming_meetings(conn, thread.book_id())?,
            units: thread.book.as_ref().map(|book| paging::unit_choices(conn, book)).transpose()?.unwrap_or_default(),
            titles: titles(conn, &thread, &books)?,
            other_book: books::has_other(conn, thread.book_id())?,
            books,
            thread,
            posts,
            moved_posts,
        })
    }
}

/// The books that a thread and these texts in it may contain spoilers for.
fn spoiled_books(thread: &Thread, texts: impl Iterator<Item = BookId>) -> Vec<BookId> {
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
    viewer: &Viewer,
    location: &Location,
    thread: &Thread,
    texts: impl Iterator<Item = BookId>,
) -> Result<Reader> {
    let books = spoiled_books(thread, texts);
    let reader = bookmarks::reader(conn, viewer.member.as_ref(), &books, &location.unfolds)?;
    Ok(reader.with_titles(titles(conn, thread, &books)?))
}

/// The default spoiler level of a reply: the thread's, or as far as the book is unlocked for the member, whichever is
/// farther.
pub fn reply_reach(thread: &Thread, reader: &Reader) -> Position {
    let bookmark = thread.book_id().map(|book| reader.unlocked(book)).unwrap_or_default();
    thread.about.position().unwrap_or_default().max(bookmark)
}
