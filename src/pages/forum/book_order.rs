//! Pages that list posts in book order, of a book or of a thread: posts grouped by chapter, the number of posts past the
//! reader's bookmark, and the link to the next page.

use crate::db::{BookId, Conn, ThreadId};
use crate::domain::core::gate::{Position, Reader};
use crate::domain::core::pagination::Page;
use crate::domain::forum::posts::book_order::{self, ChapterRange, OrderedPost, SortKey};
use crate::domain::forum::threads::{self, Thread};
use crate::domain::forum::watches::Watching;
use crate::domain::library::books::Book;
use crate::domain::library::{bookmarks, books};
use crate::error::{Error, Result};
use crate::web::frame::{Frame, Section};
use crate::web::location::Location;
use crate::web::request::{RequestContext, Viewer};
use crate::web::{html, moved_permanently};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The query of such a page: `after=12.345` continues after a post, `from=9` starts at a chapter and shows the folds of
/// posts past the reader's bookmark.
#[derive(Deserialize)]
pub struct StartQuery {
    after: Option<String>,
    from: Option<u16>,
}

impl StartQuery {
    /// Where to continue. Fails with 400 if it can't be parsed.
    pub fn after(&self) -> Result<Option<SortKey>> {
        let key = self.after.as_ref().map(|text| text.parse()).transpose();
        key.map_err(|()| Error::BadRequest("That address isn’t valid."))
    }

    /// The chapter to start at, if the reader chose one.
    pub fn from(&self) -> Option<Position> {
        self.from.map(|chapter| Position::from_chapter(Some(chapter)))
    }

    pub fn group(&self) -> Result<ChapterRange> {
        Ok(ChapterRange::starting_at(self.from(), self.after()?))
    }
}

/// The posts past the reader's bookmark, which aren't listed.
pub struct PostsAhead {
    /// How many of this page's posts.
    pub count: usize,
    /// Whether there are more on later pages.
    pub or_more: bool,
    /// How far the first of them goes.
    pub from: Position,
}

impl PostsAhead {
    /// "1 more post", "3 more posts" or "50 or more posts".
    pub fn posts(&self) -> String {
        match (self.count, self.or_more) {
            (1, false) => "1 more post".to_owned(),
            (count, false) => format!("{count} more posts"),
            (count, true) => format!("{count} or more posts"),
        }
    }
}

/// A page of posts in book order, for one reader.
pub struct BookOrderList {
    /// The book that gives the order.
    pub book: BookId,
    pub entries: Vec<OrderedPost>,
    pub reader: Reader,
    pub watching: Watching,
    /// The posts that are left out at the end because all of them are folded.
    pub ahead: Option<PostsAhead>,
    /// The end of the next page's query, such as `after=12.345`.
    pub next: Option<String>,
    /// Whether this page starts at the beginning of the book.
    pub is_first: bool,
}

impl BookOrderList {
    /// A page of posts in the order of `book`. Unless the reader chose a chapter to start at, folded posts at the end are
    /// counted instead of listed.
    pub fn new(
        conn: &mut Conn,
        viewer: &Viewer,
        location: &Location,
        book: BookId,
        start: &StartQuery,
        page: Page<OrderedPost, SortKey>,
    ) -> Result<Self> {
        let Page { items: mut entries, next } = page;
        let reader = reader_of(conn, viewer, location, &[book], &entries)?;
        let reader = reader.with_titles(books::titles(conn, &spoiled_books(&[book], &entries))?);
        let mut threads: Vec<ThreadId> = entries.iter().map(|entry| entry.thread.id).collect();
        threads.sort_unstable();
        threads.dedup();
        let watching = Watching::among(conn, viewer.member.as_ref(), &threads)?;
        let ahead = match start.from {
            None => split_off_ahead(&mut entries, &reader, book, next.is_some()),
            Some(_) => None,
        };
        let from = start.from.map(|chapter| format!("&from={chapter}")).unwrap_or_default();
        let next = next.filter(|_| ahead.is_none()).map(|key| format!("after={key}{from}"));
        let is_first = start.after.is_none() && start.from.is_none();
        Ok(Self { book, entries, reader, watching, ahead, next, is_first })
    }

    /// Whether there are no posts at all, not even past the reader's bookmark.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.ahead.is_none()
    }

    /// The reader's bookmark, to offer starting there: on the first page, if they are in the middle of the book.
    pub fn starts_at(&self) -> Option<Position> {
        let position = self.reader.position(self.book);
        (self.is_first && !position.is_none() && !position.is_whole()).then_some(position)
    }

    /// The book of a post's thread, if it isn't the one that gives the order.
    pub fn other_book<'a>(&self, entry: &'a OrderedPost) -> Option<&'a Book> {
        entry.thread.book.as_ref().filter(|book| book.id != self.book)
    }

    /// The posts grouped by how far they go.
    pub fn chapters(&self) -> Vec<(Position, Vec<&OrderedPost>)> {
        let mut chapters: Vec<(Position, Vec<&OrderedPost>)> = Vec::new();
        for entry in &self.entries {
            match chapters.last_mut() {
                Some((reach, entries)) if *reach == entry.key.reach => entries.push(entry),
                _ => chapters.push((entry.key.reach, vec![entry])),
            }
        }
        chapters
    }
}

/// The viewer as a reader of these posts, the titles of their threads, and these books.
pub fn reader_of(
    conn: &mut Conn,
    viewer: &Viewer,
    location: &Location,
    books: &[BookId],
    entries: &[OrderedPost],
) -> Result<Reader> {
    bookmarks::reader(conn, viewer.member.as_ref(), &spoiled_books(books, entries), &location.unfolds)
}

/// The ids of `books` and of all books that these posts and their threads' titles may contain spoilers for.
fn spoiled_books(books: &[BookId], entries: &[OrderedPost]) -> Vec<BookId> {
    let threads = entries.iter().flat_map(|entry| entry.thread.books());
    let mut spoiled_books: Vec<BookId> = entries.iter().flat_map(|entry| entry.post.books()).chain(threads).collect();
    spoiled_books.extend_from_slice(books);
    spoiled_books.sort_unstable();
    spoiled_books.dedup();
    spoiled_books
}

/// Removes the posts at the end that the reader can't see because they are past the bookmark, and counts them.
fn split_off_ahead(entries: &mut Vec<OrderedPost>, reader: &Reader, book: BookId, more: bool) -> Option<PostsAhead> {
    let position = reader.unlocked(book);
    let is_ahead = |entry: &OrderedPost| {
        let post = &entry.post;
        let unseen = post.body.is_none() || post.is_folded(reader) || post.is_blocked(reader);
        unseen && entry.key.reach > position
    };
    let open = entries.iter().rposition(|entry| !is_ahead(entry)).map_or(0, |index| index + 1);
    let ahead = entries.split_off(open);
    let from = ahead.first()?.key.reach;
    Some(PostsAhead { count: ahead.len(), or_more: more, from })
}

#[derive(Template)]
#[template(path = "forum/book_order/show.html")]
struct ShowPage {
    frame: Frame,
    book: Book,
    list: BookOrderList,
}

/// The posts about a book, in the order of its chapters.
pub async fn show(
    context: RequestContext,
    id: web::Path<BookId>,
    start: web::Query<StartQuery>,
) -> Result<HttpResponse> {
    let (id, group) = (*id, start.group()?);
    let location = context.location.clone();
    let (frame, (book, list)) = context
        .read(move |conn, viewer| {
            let book = books::get(conn, id)?;
            let entries = book_order::of_book(conn, viewer.member.as_ref(), id, &group)?;
            let list = BookOrderList::new(conn, viewer, &location, id, &start, entries)?;
            Ok((book, list))
        })
        .await?;
    Ok(html(&ShowPage { frame: frame.in_section(Section::Books), book, list }))
}

#[derive(Template)]
#[template(path = "forum/threads/order.html")]
struct OrderPage {
    frame: Frame,
    thread: Thread,
    list: BookOrderList,
}

/// A thread's posts in book order instead of by date. Fails with 404 if the thread is about no book.
pub async fn show_thread(
    context: RequestContext,
    id: ThreadId,
    slug: String,
    start: StartQuery,
) -> Result<HttpResponse> {
    let group = start.group()?;
    let location = context.location.clone();
    let (frame, (thread, list)) = context
        .read(move |conn, viewer| {
            let thread = threads::get(conn, id)?;
            let book = thread.book_id().ok_or(Error::NotFound)?;
            let entries = book_order::of_thread(conn, viewer.member.as_ref(), &thread, &group)?;
            let list = BookOrderList::new(conn, viewer, &location, book, &start, entries)?;
            Ok((thread, list))
        })
        .await?;
    if !thread.has_slug(&slug, &list.reader) || thread.id != id {
        return Ok(moved_permanently(&format!("{}?order=book", thread.path_for(&list.reader))));
    }
    Ok(html(&OrderPage { frame: frame.in_section(Section::Discussions), thread, list }))
}
