//! What the pages that show posts in book order have in common: the posts chapter by chapter, what waits further on
//! than the reader has read, and where the page goes on.

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

/// Where such a page begins, as its address says it: after a place (`12.345`), or from a chapter on, with the folds of
/// what lies ahead of the reader.
#[derive(Deserialize)]
pub struct Start {
    after: Option<String>,
    from: Option<u16>,
}

impl Start {
    /// The place after which to go on.
    pub fn after(&self) -> Result<Option<Place>> {
        let place = self.after.as_ref().map(|text| text.parse()).transpose();
        place.map_err(|()| Error::BadRequest("That address isn’t valid."))
    }

    /// The chapter to begin at, where the reader asked for one.
    pub fn from(&self) -> Option<Position> {
        self.from.map(|chapter| Position::named(Some(chapter)))
    }

    /// The stretch of the book that it names.
    pub fn stretch(&self) -> Result<Stretch> {
        Ok(Stretch::onward(self.from(), self.after()?))
    }
}

/// What waits further on than the reader has read.
pub struct Waiting {
    /// How many posts of this page.
    pub count: usize,
    /// Whether there are more after it.
    pub or_more: bool,
    /// How far the first of them goes.
    pub from: Position,
}

impl Waiting {
    /// "1 more post", "3 more posts", "50 or more posts".
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
    /// The posts.
    pub entries: Vec<Entry>,
    /// Who reads them.
    pub reader: Reader,
    /// Which of them the reader wants to be told of.
    pub watching: Watching,
    /// What is left out at the end, because all of it is folded.
    pub waiting: Option<Waiting>,
    /// The rest of the next page's query.
    pub next: Option<String>,
    /// Whether this is where the book begins.
    pub is_first: bool,
}

impl InOrder {
    /// Takes the posts of a page and one more. `book` is the one that gives the order. Where the reader did not ask to
    /// begin somewhere, folded posts at the end are counted instead of shown.
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

    /// Whether there is nothing to show, nor anything further on.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.waiting.is_none()
    }

    /// The reader's bookmark, to start there instead of at the beginning.
    pub fn starts_at(&self) -> Option<Position> {
        let position = self.reader.position(self.book);
        (self.is_first && !position.is_none() && !position.is_whole()).then_some(position)
    }

    /// The book of a post's thread, where it is not the one that gives the order.
    pub fn other_book<'a>(&self, entry: &'a Entry) -> Option<&'a Book> {
        entry.thread.book.as_ref().filter(|book| book.id != self.book)
    }

    /// The posts by how far they go.
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

/// The reader that a viewer is for these posts and their threads' titles, besides these books.
pub fn reader_of(conn: &mut Conn, seen: &Seen, here: &Here, books: &[BookId], entries: &[Entry]) -> Result<Reader> {
    bookmarks::reader(conn, seen.viewer.as_ref(), &concerned(books, entries), &here.unfolds)
}

/// The books that these posts and their threads' titles may give away, besides these.
fn concerned(books: &[BookId], entries: &[Entry]) -> Vec<BookId> {
    let threads = entries.iter().flat_map(|entry| entry.thread.books());
    let mut concerned: Vec<BookId> = entries.iter().flat_map(|entry| entry.post.books()).chain(threads).collect();
    concerned.extend_from_slice(books);
    concerned.sort_unstable();
    concerned.dedup();
    concerned
}

/// Takes the folded posts off the end that lie ahead of the reader's bookmark.
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
