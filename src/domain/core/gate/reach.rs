//! How far into which book a text goes.

use super::Position;
use crate::db::BookId;
use std::fmt;

/// A book, and how far into it.
type Place = (BookId, Position);

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

    /// The reach kept in the columns of [`Reach::columns`] and [`Reach::also`].
    pub fn kept(own: (Option<BookId>, Option<Position>), also: (Option<BookId>, Option<Position>)) -> Self {
        Self::new(own.0, own.1).farther(Self::new(also.0, also.1))
    }

    /// The book and position to keep for a text in a thread about this book. What gives nothing of it away keeps the
    /// book too, with no position in it, so that a book's texts are found in book order.
    pub fn columns(self, book: Option<BookId>) -> (Option<BookId>, Option<Position>) {
        match self.places(book) {
            Some((own, _)) => own.unzip(),
            None => (None, Some(Position::WHOLE)),
        }
    }

    /// The second book and position to keep.
    pub fn also(self, book: Option<BookId>) -> (Option<BookId>, Option<Position>) {
        self.places(book).and_then(|(_, also)| also).unzip()
    }

    /// The two places that the columns have room for, the thread's own first. `None` where there are more, or nobody
    /// knows: that opens only when asked for.
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

    /// How far a text in a thread about this book goes into it, or, in a thread about none, into the first book that it
    /// does go into; where nobody knows, the whole of it.
    pub fn within(self, book: Option<BookId>) -> Position {
        match (self, book) {
            (Self::Unknown, _) => Position::WHOLE,
            (_, None) => self.position().unwrap_or_default(),
            _ => self.books().find(|(known, _)| Some(*known) == book).map(|(_, at)| at).unwrap_or_default(),
        }
    }

    /// The book beside this one that it goes into, with how far.
    pub fn beside(self, book: Option<BookId>) -> Option<(BookId, Position)> {
        self.books().find(|(other, _)| Some(*other) != book)
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

    /// Whether nobody knows how far it goes.
    pub fn is_unknown(self) -> bool {
        self == Self::Unknown
    }

    /// What to call a thread whose title goes this far and is folded: "A thread about chapters up to 20".
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
    use proptest::prelude::*;

    fn places() -> impl Strategy<Value = Vec<(BookId, Position)>> {
        let place = (1..4_i64, 1..40_u16)
            .prop_map(|(book, chapter)| (BookId(book), Position::named(Some(chapter).filter(|chapter| *chapter < 30))));
        proptest::collection::vec(place, 0..4)
    }

    fn reach(places: &[(BookId, Position)]) -> Reach {
        places.iter().fold(Reach::Safe, |reach, (book, at)| reach.farther(Reach::Through(*book, *at)))
    }

    proptest! {
        #[test]
        fn what_is_kept_of_a_reach_is_the_reach(places in places(), book in proptest::option::of(1..4_i64)) {
            let (reach, book) = (reach(&places), book.map(BookId));
            let kept = Reach::kept(reach.columns(book), reach.also(book));
            let (mut before, mut after): (Vec<_>, Vec<_>) = (reach.books().collect(), kept.books().collect());
            before.sort();
            after.sort();
            // A book beside the thread's own has a column, a second one has none: that opens only when asked for.
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
        let to = |book, chapter| Reach::Through(book, Position::named(Some(chapter)));
        assert_eq!(to(salt, 3).farther(to(salt, 5)), to(salt, 5));
        let both = to(salt, 3).farther(to(moor, 2));
        assert_eq!(both.farther(to(moor, 7)).also(Some(salt)).1, Some(Position::named(Some(7))));
        assert_eq!(both.farther(to(fen, 1)), Reach::Unknown);
        assert_eq!(Reach::Safe.farther(Reach::Unknown), Reach::Unknown);
    }
}
