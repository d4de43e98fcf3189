//! The reach of a text: how far into which book it goes.

use super::Position;
use crate::db::BookId;
use std::fmt;

type Place = (BookId, Position);

/// How far a text spoils which books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// No spoilers.
    Safe,
    /// Spoils this book up to this position.
    Through(BookId, Position),
    /// Spoils two books. The first is the one that its thread is about.
    Both((BookId, Position), (BookId, Position)),
    /// Unknown: it opens only on request, or for its author.
    Unknown,
}

impl Reach {
    /// The reach stored in a book and a position column. A position without a book means [`Reach::Unknown`].
    pub fn new(book: Option<BookId>, position: Option<Position>) -> Self {
        match (book, position) {
            (_, None | Some(Position::NONE)) => Self::Safe,
            (Some(book), Some(position)) => Self::Through(book, position),
            (None, Some(_)) => Self::Unknown,
        }
    }

    /// The reverse of [`Reach::columns`] and [`Reach::also_columns`].
    pub fn from_columns(own: (Option<BookId>, Option<Position>), also: (Option<BookId>, Option<Position>)) -> Self {
        Self::new(own.0, own.1).farther(Self::new(also.0, also.1))
    }

    /// The values of the first two columns, for a text in a thread about `book`. The thread's book is stored even
    /// without spoilers, so that an index finds a book's texts in book order.
    pub fn columns(self, book: Option<BookId>) -> (Option<BookId>, Option<Position>) {
        match self.places(book) {
            Some((own, _)) => own.unzip(),
            None => (None, Some(Position::WHOLE)),
        }
    }

    /// The values of the second pair of columns, for another book.
    pub fn also_columns(self, book: Option<BookId>) -> (Option<BookId>, Option<Position>) {
        self.places(book).and_then(|(_, also)| also).unzip()
    }

    /// The two books that the columns can hold, the thread's own first. `None` if there are more or the reach is
    /// unknown: such a text is stored as [`Reach::Unknown`].
    fn places(self, book: Option<BookId>) -> Option<(Option<Place>, Option<Place>)> {
        if self == Self::Unknown {
            return None;
        }
        let mut others = self.books().filter(|(other, _)| Some(*other) != book);
        let own = match book {
            Some(book) => Some((book, self.within(Some(book)))),
            None => others.next(),
        };
        let places = (own, others.next());
        others.next().is_none().then_some(places)
    }

    /// How far it goes into `book`; without one, into the first book it spoils. The whole book if the reach is unknown.
    pub fn within(self, book: Option<BookId>) -> Position {
        match (self, book) {
            (Self::Unknown, _) => Position::WHOLE,
            (_, None) => self.position().unwrap_or_default(),
            _ => self.books().find(|(known, _)| Some(*known) == book).map(|(_, at)| at).unwrap_or_default(),
        }
    }

    /// The first book other than `book` that it spoils, and how far.
    pub fn other_book(self, book: Option<BookId>) -> Option<(BookId, Position)> {
        self.books().find(|(other, _)| Some(*other) != book)
    }

    /// The books that it spoils, and how far, the thread's own first.
    pub fn books(self) -> impl Iterator<Item = (BookId, Position)> {
        let (one, other) = match self {
            Self::Safe | Self::Unknown => (None, None),
            Self::Through(book, position) => (Some((book, position)), None),
            Self::Both(one, other) => (Some(one), Some(other)),
        };
        one.into_iter().chain(other)
    }

    /// The union of two reaches: it opens only where both do. A text can't store three books, so their union is
    /// [`Reach::Unknown`].
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

    pub fn is_unknown(self) -> bool {
        self == Self::Unknown
    }

    /// Stands in for a folded thread title: "A thread about chapters up to 20".
    pub fn thread_title(self) -> String {
        let position = match self {
            Self::Unknown => return "A thread whose title is a spoiler".to_owned(),
            _ => self.position(),
        };
        match position.map(Position::chapter) {
            Some(Some(1)) => "A thread about chapter 1".to_owned(),
            Some(Some(chapter)) => format!("A thread about chapters up to {chapter}"),
            Some(None) => "A thread about the whole book".to_owned(),
            None => "A thread about the book".to_owned(),
        }
    }

    /// How far it goes into its first book. `None` if it is safe; the whole book if the reach is unknown.
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
    use proptest::prelude::*;

    fn places() -> impl Strategy<Value = Vec<(BookId, Position)>> {
        let place = (1..4_i64, 1..40_u16).prop_map(|(book, chapter)| {
            (BookId(book), Position::from_chapter(Some(chapter).filter(|chapter| *chapter < 30)))
        });
        proptest::collection::vec(place, 0..4)
    }

    fn reach(places: &[(BookId, Position)]) -> Reach {
        places.iter().fold(Reach::Safe, |reach, (book, at)| reach.farther(Reach::Through(*book, *at)))
    }

    proptest! {
        #[test]
        fn a_reach_survives_being_stored(places in places(), book in proptest::option::of(1..4_i64)) {
            let (reach, book) = (reach(&places), book.map(BookId));
            let kept = Reach::from_columns(reach.columns(book), reach.also_columns(book));
            let (mut before, mut after): (Vec<_>, Vec<_>) = (reach.books().collect(), kept.books().collect());
            before.sort();
            after.sort();
            // There are columns for one book besides the thread's own; with two, the reach becomes unknown.
            if kept == Reach::Unknown {
                prop_assert!(reach == Reach::Unknown || before.iter().all(|(known, _)| Some(*known) != book));
                prop_assert!(reach == Reach::Unknown || before.len() == 2);
            } else {
                prop_assert_eq!(before, after);
                prop_assert!(kept.books().count() < 2 || book.is_none_or(|book| kept.books().next().unwrap().0 == book));
            }
        }
    }

    #[test]
    fn a_farther_reach_opens_no_sooner_than_either() {
        let (salt, moor, fen) = (BookId(1), BookId(2), BookId(3));
        let to = |book, chapter| Reach::Through(book, Position::from_chapter(Some(chapter)));
        assert_eq!(to(salt, 3).farther(to(salt, 5)), to(salt, 5));
        let both = to(salt, 3).farther(to(moor, 2));
        assert_eq!(both.farther(to(moor, 7)).also_columns(Some(salt)).1, Some(Position::from_chapter(Some(7))));
        assert_eq!(both.farther(to(fen, 1)), Reach::Unknown);
        assert_eq!(Reach::Safe.farther(Reach::Unknown), Reach::Unknown);
    }
}
