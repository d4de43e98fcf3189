//! Whoever a text is shown to.

use super::{Key, Position, Reach};
use crate::db::{BookId, MemberId};
use std::borrow::Borrow;
use std::sync::Arc;

/// What books are called.
pub type Titles = Arc<[(BookId, String)]>;

/// Where a reader stands in a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The book.
    pub book: BookId,
    /// How far they have read.
    pub position: Position,
    /// How far texts open for them: as far as they have read, or farther, where they have heard of it at a meeting.
    pub opens: Position,
    /// Whether folds of this book stay open for them, because they said that they do not mind spoilers.
    pub minds_none: bool,
}

/// Whoever a text is shown to: how far they have read, whether they mind spoilers, and what they asked to unfold this
/// time. Moderators and hosts are readers like any other. A visitor's bookmark is 0 everywhere.
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
    /// A visitor who asked for nothing.
    pub fn visitor() -> Self {
        Self::default()
    }

    /// A member with where they stand in the books concerned.
    pub fn member(member: MemberId, standings: Vec<Standing>) -> Self {
        Self { member: Some(member), standings, ..Self::default() }
    }

    /// The same reader, for whom nothing folds when they said so of every book.
    pub fn minding_none(self, minds_none: bool) -> Self {
        Self { minds_none, ..self }
    }

    /// The same reader, asking to unfold these.
    pub fn unfolding(self, unfolds: Vec<Key>) -> Self {
        Self { unfolds, ..self }
    }

    /// The same reader, to be told which of several books a fold is about.
    pub fn naming(self, titles: Titles) -> Self {
        Self { titles, ..self }
    }

    /// The same reader, who does not want to read these members.
    pub fn blocking(self, blocked: Vec<MemberId>) -> Self {
        Self { blocked: blocked.into(), ..self }
    }

    /// Whether they do not want to read whoever wrote something.
    pub fn has_blocked(&self, author: Option<MemberId>) -> bool {
        author.is_some_and(|author| self.blocked.contains(&author))
    }

    /// Whether they asked for this text.
    pub fn asks_for(&self, key: Key) -> bool {
        self.unfolds.contains(&key)
    }

    /// What a book is called, on a page where more than one could be meant.
    pub fn title(&self, book: impl Borrow<BookId>) -> Option<&str> {
        let named = self.titles.iter().find(|(known, _)| known == book.borrow());
        named.map(|(_, title)| title.as_str())
    }

    /// How far they have read in a book.
    pub fn position(&self, book: impl Borrow<BookId>) -> Position {
        self.standing(*book.borrow()).map_or(Position::NONE, |standing| standing.position)
    }

    /// How far into a book texts open for them.
    pub fn opens(&self, book: impl Borrow<BookId>) -> Position {
        self.standing(*book.borrow()).map_or(Position::NONE, |standing| standing.opens)
    }

    /// Whether they said that they do not mind spoilers of this book, or of any.
    pub fn minds_none_of(&self, book: impl Borrow<BookId>) -> bool {
        self.minds_none || self.standing(*book.borrow()).is_some_and(|standing| standing.minds_none)
    }

    fn standing(&self, book: BookId) -> Option<&Standing> {
        self.standings.iter().find(|standing| standing.book == book)
    }

    /// Whether nobody is signed in.
    pub fn is_visitor(&self) -> bool {
        self.member.is_none()
    }

    /// Whether they have read as far as this reach, or heard of it at a meeting, in each book it goes into.
    pub fn has_read(&self, reach: impl Borrow<Reach>) -> bool {
        let reach = *reach.borrow();
        reach != Reach::Unknown && reach.books().all(|(book, position)| position <= self.opens(book))
    }

    /// The books in which they must read on before a text that goes this far opens, with how far.
    pub fn ahead(&self, reach: &Reach) -> impl Iterator<Item = (BookId, Position)> {
        reach.books().filter(|(book, position)| *position > self.opens(book) && !self.minds_none_of(book))
    }

    /// Whether a text with this reach is open to them without unfolding it.
    pub(super) fn may_see(&self, reach: Reach) -> bool {
        let open = |(book, position)| position <= self.opens(book) || self.minds_none_of(book);
        self.minds_none || (reach != Reach::Unknown && reach.books().all(open))
    }
}
