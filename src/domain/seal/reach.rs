//! How far into which book a text goes.

use super::Position;
use crate::db::BookId;
use std::fmt;

/// How far a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Safe for everybody.
    Safe,
    /// Gives away what stands in this book through this position.
    Through(BookId, Position),
    /// Gives away nobody knows how much: opens only when asked for, or for whoever wrote it.
    Unknown,
}

impl Reach {
    /// The reach kept in two columns, a book and a position. A position without a book opens for nobody unasked.
    pub fn new(book: Option<BookId>, position: Option<Position>) -> Self {
        match (book, position) {
            (_, None | Some(Position::NONE)) => Self::Safe,
            (Some(book), Some(position)) => Self::Through(book, position),
            (None, Some(_)) => Self::Unknown,
        }
    }

    /// The book and position to keep.
    pub fn columns(self) -> (Option<BookId>, Option<Position>) {
        match self {
            Self::Safe => (None, None),
            Self::Through(book, position) => (Some(book), Some(position)),
            Self::Unknown => (None, Some(Position::WHOLE)),
        }
    }

    /// A reach that opens no sooner than either. Reaches into two books have none that a bookmark could answer for.
    pub fn farther(self, other: Self) -> Self {
        match (self, other) {
            (Self::Safe, reach) | (reach, Self::Safe) => reach,
            (Self::Through(book, one), Self::Through(same, two)) if book == same => Self::Through(book, one.max(two)),
            _ => Self::Unknown,
        }
    }

    /// The position, when there is one.
    pub fn position(self) -> Option<Position> {
        match self {
            Self::Safe => None,
            Self::Through(_, position) => Some(position),
            Self::Unknown => Some(Position::WHOLE),
        }
    }
}

/// "chapter 9", "the whole book", "nothing".
impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position() {
            None => f.write_str("nothing"),
            Some(position) => position.fmt(f),
        }
    }
}
