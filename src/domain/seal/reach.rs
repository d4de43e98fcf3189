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
    /// The same of two books: the first is the one that its thread is about.
    Both((BookId, Position), (BookId, Position)),
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

    /// The book and position to keep for a text in a thread about this book. What is safe keeps the book too, with no
    /// position in it, so that a book's texts are found in book order.
    pub fn columns(self, book: Option<BookId>) -> (Option<BookId>, Option<Position>) {
        match self {
            Self::Safe => (book, book.map(|_| Position::NONE)),
            Self::Through(book, position) | Self::Both((book, position), _) => (Some(book), Some(position)),
            Self::Unknown => (None, Some(Position::WHOLE)),
        }
    }

    /// The second book and position to keep.
    pub fn also(self) -> (Option<BookId>, Option<Position>) {
        match self {
            Self::Both(_, (book, position)) => (Some(book), Some(position)),
            Self::Safe | Self::Through(..) | Self::Unknown => (None, None),
        }
    }

    /// The books that it goes into, with how far, the thread's own first.
    pub fn books(self) -> impl Iterator<Item = (BookId, Position)> {
        let (one, other) = match self {
            Self::Safe | Self::Unknown => (None, None),
            Self::Through(book, position) => (Some((book, position)), None),
            Self::Both(one, other) => (Some(one), Some(other)),
        };
        one.into_iter().chain(other)
    }

    /// A reach that opens no sooner than either. Into three books there is none that a text could keep, so it opens
    /// only when asked for.
    pub fn farther(self, other: Self) -> Self {
        let mut books: Vec<(BookId, Position)> = Vec::new();
        for (book, position) in self.books().chain(other.books()) {
            match books.iter_mut().find(|(known, _)| *known == book) {
                Some((_, farthest)) => *farthest = position.max(*farthest),
                None => books.push((book, position)),
            }
        }
        match books[..] {
            _ if self == Self::Unknown || other == Self::Unknown => Self::Unknown,
            [] => Self::Safe,
            [(book, position)] => Self::Through(book, position),
            [one, other] => Self::Both(one, other),
            _ => Self::Unknown,
        }
    }

    /// How far it goes into the book that its thread is about, when it goes anywhere.
    pub fn position(self) -> Option<Position> {
        match self {
            Self::Safe => None,
            Self::Through(_, position) | Self::Both((_, position), _) => Some(position),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_farther_reach_opens_no_sooner_than_either() {
        let (salt, moor, fen) = (BookId(1), BookId(2), BookId(3));
        let to = |book, chapter| Reach::Through(book, Position::named(Some(chapter)));
        assert_eq!(to(salt, 3).farther(to(salt, 5)), to(salt, 5));
        let both = to(salt, 3).farther(to(moor, 2));
        assert_eq!(both.farther(to(moor, 7)).also().1, Some(Position::named(Some(7))));
        assert_eq!(both.farther(to(fen, 1)), Reach::Unknown);
        assert_eq!(Reach::Safe.farther(Reach::Unknown), Reach::Unknown);
    }
}
