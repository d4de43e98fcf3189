//! The reader that a text is opened for.

use super::{Key, Position, Reach};
use crate::db::{BookId, MemberId};
use std::borrow::Borrow;
use std::sync::Arc;

/// Titles of books.
pub type Titles = Arc<[(BookId, String)]>;

/// A reader's progress in one book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub book: BookId,
    /// Their bookmark.
    pub position: Position,
    /// How far texts open for them: the bookmark, or farther if they attended a meeting that unlocks more.
    pub opens: Position,
    /// Whether they chose to see all spoilers of this book.
    pub minds_none: bool,
}

/// Whoever a text is opened for: their bookmarks and blocks, whether they mind spoilers, and what they unfolded in this
/// request. Hosts and moderators are readers like everybody else. A visitor's bookmark is 0 in every book.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    pub(super) member: Option<MemberId>,
    standings: Vec<Standing>,
    minds_none: bool,
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
    pub fn member(member: MemberId, standings: Vec<Standing>) -> Self {
        Self { member: Some(member), standings, ..Self::default() }
    }

    /// Sets whether they chose to see all spoilers of every book.
    pub fn minding_none(self, minds_none: bool) -> Self {
        Self { minds_none, ..self }
    }

    /// Sets what they unfolded in this request.
    pub fn unfolding(self, unfolds: Vec<Key>) -> Self {
        Self { unfolds, ..self }
    }

    /// Sets the titles of books, for folds on pages where several books could be meant.
    pub fn naming(self, titles: Titles) -> Self {
        Self { titles, ..self }
    }

    /// Sets the members they have blocked.
    pub fn blocking(self, blocked: Vec<MemberId>) -> Self {
        Self { blocked: blocked.into(), ..self }
    }

    /// Whether they have blocked this author.
    pub fn has_blocked(&self, author: Option<MemberId>) -> bool {
        author.is_some_and(|author| self.blocked.contains(&author))
    }

    /// Whether they unfolded this text.
    pub fn asks_for(&self, key: Key) -> bool {
        self.unfolds.contains(&key)
    }

    /// A book's title, on pages where several books could be meant.
    pub fn title(&self, book: impl Borrow<BookId>) -> Option<&str> {
        let named = self.titles.iter().find(|(known, _)| known == book.borrow());
        named.map(|(_, title)| title.as_str())
    }

    /// Their bookmark in a book.
    pub fn position(&self, book: impl Borrow<BookId>) -> Position {
        self.standing(*book.borrow()).map_or(Position::NONE, |standing| standing.position)
    }

    /// How far into a book texts open for them.
    pub fn opens(&self, book: impl Borrow<BookId>) -> Position {
        self.standing(*book.borrow()).map_or(Position::NONE, |standing| standing.opens)
    }

    /// Whether they chose to see all spoilers of this book or of every book.
    pub fn minds_none_of(&self, book: impl Borrow<BookId>) -> bool {
        self.minds_none || self.standing(*book.borrow()).is_some_and(|standing| standing.minds_none)
    }

    fn standing(&self, book: BookId) -> Option<&Standing> {
        self.standings.iter().find(|standing| standing.book == book)
    }

    pub fn is_visitor(&self) -> bool {
        self.member.is_none()
    }

    /// Whether this reach is unlocked for them, by bookmark or attendance, in each of its books.
    pub fn has_read(&self, reach: impl Borrow<Reach>) -> bool {
        let reach = *reach.borrow();
        reach != Reach::Unknown && reach.books().all(|(book, position)| position <= self.opens(book))
    }

    /// The books in which they must read on before this reach opens, and how far.
    pub fn ahead(&self, reach: &Reach) -> impl Iterator<Item = (BookId, Position)> {
        reach.books().filter(|(book, position)| *position > self.opens(book) && !self.minds_none_of(book))
    }

    /// Whether this reach is open for them without unfolding.
    pub(super) fn may_see(&self, reach: Reach) -> bool {
        let open = |(book, position)| position <= self.opens(book) || self.minds_none_of(book);
        self.minds_none || (reach != Reach::Unknown && reach.books().all(open))
    }
}
