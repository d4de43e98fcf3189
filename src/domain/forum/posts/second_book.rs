//! The second book that a post may contain spoilers for, besides the book of its thread.

use crate::db::{BookId, Conn};
use crate::domain::core::gate::{Position, Reach};
use crate::domain::library::books;
use crate::error::{Error, Problems, Result};

/// A second book that a post spoils, as its author entered it.
#[derive(Clone, Copy, Debug)]
pub struct SecondBook {
    book: BookId,
    /// The last chapter that the post spoils; `None` for the whole book.
    through: Option<i32>,
}

impl SecondBook {
    /// From a stored reach into a second book.
    pub(in crate::domain) fn from_stored((book, position): (BookId, Position)) -> Self {
        Self { book, through: position.chapter() }
    }

    /// Parses the form fields `also` (a book's id) and `also_reach` (a chapter's number). Both may be empty. Whether
    /// the book has such a chapter is checked later, by [`SecondBook::reach`].
    pub fn parse(book: &str, through: &str) -> Result<Option<Self>, Problems> {
        let mut problems = Problems::default();
        let through = match through.trim() {
            "" => Some(None),
            text => problems.check("also_reach", text.parse().map(Some).map_err(|_| "Please enter a chapter number.")),
        };
        let book = match book.trim() {
            "" | "0" if through != Some(None) => {
                problems.add("also", "Please choose the book this chapter belongs to.");
                None
            }
            "" | "0" => Some(None),
            text => problems.check("also", text.parse().map(|id| Some(BookId(id))).map_err(|_| NO_BOOK)),
        };
        match (book, through) {
            (Some(book), Some(through)) if problems.is_empty() => Ok(book.map(|book| Self { book, through })),
            _ => Err(problems),
        }
    }

    /// Looks the book up and returns the reach into it. Refuses `own`, the thread's own book, and chapters that the
    /// book doesn't have.
    pub fn reach(self, conn: &mut Conn, own: Option<BookId>) -> Result<Reach> {
        let refused = |field, sentence: &str| Err(Error::Refused(Problems::one(field, sentence)));
        if own == Some(self.book) {
            return refused("also", "This is the thread’s own book. Please choose its spoiler level above.");
        }
        let book = match books::get(conn, self.book) {
            Err(Error::NotFound) => return refused("also", NO_BOOK),
            book => book?,
        };
        match self.through.map_or(Some(Position::WHOLE), |number| book.position(number)) {
            Some(position) if !position.is_none() => Ok(Reach::Through(book.id, position)),
            _ if book.chapters_count == 0 => {
                refused("also_reach", "This book has no chapter list. Please leave this empty for the whole book.")
            }
            _ => refused("also_reach", &format!("{} has chapters 1 to {}.", book.title, book.chapters_count)),
        }
    }
}

const NO_BOOK: &str = "Please choose a book from the list, or no other book.";
