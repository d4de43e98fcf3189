//! The reader that a text is opened for.

use super::{Key, Position, Reach};
use crate::db::{BookId, MemberId};
use std::borrow::Borrow;
use std::sync::Arc;

/// Titles of books.
pub type Titles = Arc<[(BookId, String)]>;

/// A reader's progress in one book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookProgress {
    pub book: BookId,
    /// Their bookmark.
    pub position: Position,
    /// How far texts open for them: the bookmark, or farther if they attended a meeting that unlocks more.
    pub unlocked: Position,
    /// Whether they chose to see all spoilers of this book.
    pub shows_spoilers: bool,
}

/// Whoever a text is opened for: their bookmarks and blocks, whether they mind spoilers, and what they unfolded in this
/// request. Hosts and moderators are readers like everybody else. A visitor's bookmark is 0 in every book.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    pub(super) member: Option<MemberId>,
    progress: Vec<BookProgress>,
    shows_spoilers: bool,
    pub(super) unfolds: Vec<Key>,
    titles: Titles,
    blocked: Arc<[MemberId]>,
}

impl Reader {
    /// A visitor who has unfolded nothing.
    pub fn visitor() -> Self {
        Self::default()
    }

    /// A member with their progress in the books concerned.
    pub fn member(member: MemberId, progress: Vec<BookProgress>) -> Self {
        Self { member: Some(member), progress, ..Self::default() }
    }

    /// Sets whether they chose to see all spoilers of every book.
    pub fn with_shown_spoilers(self, shows_spoilers: bool) -> Self {
        Self { shows_spoilers, ..self }
    }

    /// Sets what they unfolded in this request.
    pub fn with_unfolds(self, unfolds: Vec<Key>) -> Self {
        Self { unfolds, ..self }
    }

    /// Sets the titles of books, for folds on pages where several books could be meant.
    pub fn with_titles(self, titles: Titles) -> Self {
        Self { titles, ..self }
    }

    /// Sets the members they have blocked.
    pub fn with_blocked(self, blocked: Vec<MemberId>) -> Self {
        Self { blocked: blocked.into(), ..self }
    }

    /// Whether they have blocked this author.
    pub fn has_blocked(&self, author: Option<MemberId>) -> bool {
        author.is_some_and(|author| self.blocked.contains(&author))
    }

    /// Whether they unfolded this text.
    pub fn has_unfolded(&self, key: Key) -> bool {
        self.unfolds.contains(&key)
    }

    /// A book's title, on pages where several books could be meant.
    pub fn title(&self, book: impl Borrow<BookId>) -> Option<&str> {
        let named = self.titles.iter().find(|(known, _)| known == book.borrow());
        named.map(|(_, title)| title.as_str())
    }

    /// Their bookmark in a book.
    pub fn position(&self, book: impl Borrow<BookId>) -> Position {
        self.progress_in(*book.borrow()).map_or(Position::NONE, |progress| progress.position)
    }

    /// How far into a book texts open for them.
    pub fn unlocked(&self, book: impl Borrow<BookId>) -> Position {
        self.progress_in(*book.borrow()).map_or(Position::NONE, |progress| progress.unlocked)
    }

    /// Whether they chose to see all spoilers of this book or of every book.
    pub fn shows_spoilers_of(&self, book: impl Borrow<BookId>) -> bool {
        self.shows_spoilers || self.progress_in(*book.borrow()).is_some_and(|progress| progress.shows_spoilers)
    }

    fn progress_in(&self, book: BookId) -> Option<&BookProgress> {
        self.progress.iter().find(|progress| progress.book == book)
    }

    pub fn is_visitor(&self) -> bool {
        self.member.is_none()
    }

    /// Whether this reach is unlocked for them, by bookmark or attendance, in each of its books.
    pub fn has_read(&self, reach: impl Borrow<Reach>) -> bool {
        let reach = *reach.borrow();
        reach != Reach::Unknown && reach.books().all(|(book, position)| position <= self.unlocked(book))
    }

    /// The books in which they must read on before this reach opens, and how far.
    pub fn ahead(&self, reach: &Reach) -> impl Iterator<Item = (BookId, Position)> {
        reach.books().filter(|(book, position)| *position > self.unlocked(book) && !self.shows_spoilers_of(book))
    }

    /// Whether this reach is open for them without unfolding.
    pub(super) fn may_see(&self, reach: Reach) -> bool {
        let open = |(book, position)| position <= self.unlocked(book) || self.shows_spoilers_of(book);
        self.shows_spoilers || (reach != Reach::Unknown && reach.books().all(open))
    }
}
