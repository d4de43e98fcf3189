//! The reach of a thread and of its title in the database.

use crate::db::BookId;
use crate::db::schema::threads;
use crate::domain::core::gate::{Position, Reach};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// The reach of a thread and of its title, as the columns store it. The thread's book is in a column of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = threads)]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ThreadReachColumns {
    pub(in crate::domain::forum) reach: Option<Position>,
    pub(in crate::domain::forum) also_book_id: Option<BookId>,
    pub(in crate::domain::forum) also_reach: Option<Position>,
    pub(in crate::domain::forum) title_reach: Option<Position>,
    pub(in crate::domain::forum) title_also_book_id: Option<BookId>,
    pub(in crate::domain::forum) title_also_reach: Option<Position>,
}

type ReachColumnPair = (Option<Position>, (Option<BookId>, Option<Position>));

impl ThreadReachColumns {
    /// The columns for a thread about `book` with these reaches.
    pub(in crate::domain) fn of(reach: Reach, title: Reach, book: Option<BookId>) -> Self {
        let (reach, (also_book_id, also_reach)) = column_pair(reach, book);
        let (title_reach, (title_also_book_id, title_also_reach)) = column_pair(title, book);
        Self { reach, also_book_id, also_reach, title_reach, title_also_book_id, title_also_reach }
    }

    /// How far a thread about `book` goes into it.
    pub(in crate::domain::forum) fn about(self, book: Option<BookId>) -> Reach {
        Reach::new(book, self.reach)
    }

    pub(in crate::domain::forum) fn reach(self, book: Option<BookId>) -> Reach {
        Reach::from_columns((book, self.reach), (self.also_book_id, self.also_reach))
    }

    pub(in crate::domain::forum) fn title(self, book: Option<BookId>) -> Reach {
        Reach::from_columns((book, self.title_reach), (self.title_also_book_id, self.title_also_reach))
    }

    pub(in crate::domain::forum) fn title_position(self) -> Position {
        self.title_reach.unwrap_or_default()
    }
}

/// A reach as the position in the thread's own book, and another book with a position. An unknown reach is stored as a
/// position without a book.
fn column_pair(reach: Reach, book: Option<BookId>) -> ReachColumnPair {
    let unknown = match book {
        Some(_) => (None, (None, Some(Position::WHOLE))),
        None => (Some(Position::WHOLE), (None, None)),
    };
    let mut others = reach.books().filter(|(other, _)| Some(*other) != book);
    let own = reach.books().find(|(known, _)| Some(*known) == book).map(|(_, position)| position);
    let also = others.next().unzip();
    if reach == Reach::Unknown || others.next().is_some() { unknown } else { (own, also) }
}
