//! What pages that list posts in book order share: posts grouped by chapter, the number of posts past the reader's
//! bookmark, and the link to the next page.

use crate::db::{BookId, Conn, ThreadId};
use crate::domain::core::gate::{Position, Reader};
use crate::domain::forum::posts::PAGE;
use crate::domain::forum::posts::order::{Entry, Place, Stretch};
use crate::domain::forum::watches::Watching;
use crate::domain::library::books::Book;
use crate::domain::library::{bookmarks, books};
use crate::error::{Error, Result};
use crate::web::location::Here;
use crate::web::request::Seen;
use serde::Deserialize;

/// The query of such a page: `after=12.345` continues after a post, `from=9` starts at a chapter and shows the folds of
/// posts past the reader's bookmark.
#[derive(Deserialize)]
pub struct Start {
    after: Option<String>,
    from: Option<u16>,
}

impl Start {
    /// Where to continue. Fails with 400 if it can't be parsed.
    pub fn after(&self) -> Result<Option<Place>> {
        let place = self.after.as_ref().map(|text| text.parse()).transpose();
        place.map_err(|()| Error::BadRequest("That address isn’t valid."))
    }

    /// The chapter to start at, if the reader chose one.
    pub fn from(&self) -> Option<Position> {
        self.from.map(|chapter| Position::named(Some(chapter)))
    }

    pub fn stretch(&self) -> Result<Stretch> {
        Ok(Stretch::onward(self.from(), self.after()?))
    }
}

/// The posts past the reader's bookmark, which aren't listed.
pub struct Waiting {
    /// How many of this page's posts.
    pub count: usize,
    /// Whether there are more on later pages.
    pub or_more: bool,
    /// How far the first of them goes.
    pub from: Position,
}

impl Waiting {
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
pub struct InOrder {
    /// The book that gives the order.
    pub book: BookId,
    pub entries: Vec<Entry>,
    pub reader: Reader,
    pub watching: Watching,
    /// The posts that are left out at the end because all of them are folded.
    pub waiting: Option<Waiting>,
    /// The end of the next page's query, such as `after=12.345`.
    pub next: Option<String>,
    /// Whether this page starts at the beginning of the book.
    pub is_first: bool,
}

impl InOrder {
    /// Takes the posts of a page and one more, in the order of `book`. Unless the reader chose a chapter to start at,
    /// folded posts at the end are counted instead of listed.
    pub fn new(
        conn: &mut Conn,
        seen: &Seen,
        here: &Here,
        book: BookId,
        start: &Start,
        mut entries: Vec<Entry>,
    ) -> Result<Self> {
        let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let more = entries.len() > most;
        entries.truncate(most);
        let reader = reader_of(conn, seen, here, &[book], &entries)?;
        let reader = reader.naming(books::titles(conn, &concerned(&[book], &entries))?);
        let mut threads: Vec<ThreadId> = entries.iter().map(|entry| entry.thread.id).collect();
        threads.sort_unstable();
        threads.dedup();
        let watching = Watching::among(conn, seen.viewer.as_ref(), &threads)?;
        let last = entries.last().map(|entry| entry.place);
        let waiting = match start.from {
            None => set_aside(&mut entries, &reader, book, more),
            Some(_) => None,
        };
        let from = start.from.map(|chapter| format!("&from={chapter}")).unwrap_or_default();
        let next = last.filter(|_| more && waiting.is_none()).map(|place| format!("after={place}{from}"));
        let is_first = start.after.is_none() && start.from.is_none();
        Ok(Self { book, entries, reader, watching, waiting, next, is_first })
    }

    /// Whether there are no posts at all, not even past the reader's bookmark.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.waiting.is_none()
    }

    /// The reader's bookmark, to offer starting there: on the first page, if they are in the middle of the book.
    pub fn starts_at(&self) -> Option<Position> {
        let position = self.reader.position(self.book);
        (self.is_first && !position.is_none() && !position.is_whole()).then_some(position)
    }

    /// The book of a post's thread, if it isn't the one that gives the order.
    pub fn other_book<'a>(&self, entry: &'a Entry) -> Option<&'a Book> {
        entry.thread.book.as_ref().filter(|book| book.id != self.book)
    }

    /// The posts grouped by how far they go.
    pub fn chapters(&self) -> Vec<(Position, Vec<&Entry>)> {
        let mut chapters: Vec<(Position, Vec<&Entry>)> = Vec::new();
        for entry in &self.entries {
            match chapters.last_mut() {
                Some((reach, entries)) if *reach == entry.place.reach => entries.push(entry),
                _ => chapters.push((entry.place.reach, vec![entry])),
            }
        }
        chapters
    }
}

/// The viewer as a reader of these posts, the titles of their threads, and these books.
pub fn reader_of(conn: &mut Conn, seen: &Seen, here: &Here, books: &[BookId], entries: &[Entry]) -> Result<Reader> {
    bookmarks::reader(conn, seen.viewer.as_ref(), &concerned(books, entries), &here.unfolds)
}

/// The ids of `books` and of all books that these posts and their threads' titles may contain spoilers for.
fn concerned(books: &[BookId], entries: &[Entry]) -> Vec<BookId> {
    let threads = entries.iter().flat_map(|entry| entry.thread.books());
    let mut concerned: Vec<BookId> = entries.iter().flat_map(|entry| entry.post.books()).chain(threads).collect();
    concerned.extend_from_slice(books);
    concerned.sort_unstable();
    concerned.dedup();
    concerned
}

/// Removes the posts at the end that the reader can't see because they are past the bookmark, and counts them.
fn set_aside(entries: &mut Vec<Entry>, reader: &Reader, book: BookId, more: bool) -> Option<Waiting> {
    let position = reader.opens(book);
    let is_ahead = |entry: &Entry| {
        let post = &entry.post;
        let unseen = post.body.is_none() || post.is_folded(reader) || post.is_blocked(reader);
        unseen && entry.place.reach > position
    };
    let open = entries.iter().rposition(|entry| !is_ahead(entry)).map_or(0, |index| index + 1);
    let ahead = entries.split_off(open);
    let from = ahead.first()?.place.reach;
    Some(Waiting { count: ahead.len(), or_more: more, from })
}
