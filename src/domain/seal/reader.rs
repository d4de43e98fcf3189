//! Whoever a text is shown to.

use super::{Key, Position, Reach};
use crate::db::{BookId, MemberId};
use std::borrow::Borrow;

/// Whoever a text is shown to: how far they have read, and what they asked to unfold this time. Moderators and hosts
/// are readers like any other. A visitor's bookmark is 0 everywhere.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    pub(super) member: Option<MemberId>,
    positions: Vec<(BookId, Position)>,
    pub(super) unfolds: Vec<Key>,
}

impl Reader {
    /// A visitor who asked for nothing.
    pub fn visitor() -> Self {
        Self::default()
    }

    /// A member with their bookmarks in the books concerned.
    pub fn member(member: MemberId, positions: Vec<(BookId, Position)>) -> Self {
        Self { member: Some(member), positions, unfolds: Vec::new() }
    }

    /// The same reader, asking to unfold these.
    pub fn unfolding(self, unfolds: Vec<Key>) -> Self {
        Self { unfolds, ..self }
    }

    /// How far they have read in a book.
    pub fn position(&self, book: impl Borrow<BookId>) -> Position {
        self.positions.iter().find(|(id, _)| id == book.borrow()).map_or(Position::NONE, |(_, position)| *position)
    }

    /// Whether nobody is signed in.
    pub fn is_visitor(&self) -> bool {
        self.member.is_none()
    }

    /// Whether they have read as far as this reach.
    pub fn has_read(&self, reach: impl Borrow<Reach>) -> bool {
        match *reach.borrow() {
            Reach::Safe => true,
            Reach::Through(book, position) => position <= self.position(book),
            Reach::Unknown => false,
        }
    }
}
