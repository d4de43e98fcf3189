//! The form fields for a text's spoiler level.

use crate::db::{BookId, Conn};
use crate::domain::core::gate::{Position, Reach, Reader};
use crate::domain::library::books::{self, Book};
use crate::error::{Error, Result};

/// An option of the spoiler-level field.
pub struct Choice {
    /// The value that the form sends: a chapter's number, 0 for no spoilers, 32767 for the whole book.
    pub value: i32,
    pub label: String,
    pub chosen: bool,
    /// The position in the book.
    pub position: Position,
}

/// The number that a spoiler-level field sends; an empty field means no spoilers. Whether the book has this chapter is
/// checked later.
pub fn parse_level(field: &str) -> Result<i32, &'static str> {
    match field {
        "" => Ok(Position::NONE.number()),
        text => text.parse().map_err(|_| "Please choose a spoiler level."),
    }
}

/// The spoiler levels that a text about `book` can have. The one that the form's field says is chosen, or else `default`.
/// Empty without a book.
pub fn choices(book: Option<&Book>, field: &str, default: Position, reader: &Reader) -> Vec<Choice> {
    let Some(book) = book else { return Vec::new() };
    let chosen = field.parse().ok().and_then(|number| book.position(number)).unwrap_or(default);
    // If the book's chapter list became shorter, a reach past its end means the whole book, never "no spoilers".
    let chosen = book.position(chosen.number()).unwrap_or(Position::WHOLE);
    let bookmark = reader.position(book.id);
    let ends = (1..book.chapters()).chain([Position::WHOLE.number()]);
    let positions = ends.filter_map(|number| book.position(number));
    let choice =
        |position: Position, label| Choice { value: position.number(), label, chosen: position == chosen, position };
    let mut choices = vec![choice(Position::NONE, "no spoilers".to_owned())];
    choices.extend(positions.map(|position| {
        let mine = if position == bookmark { " (your bookmark)" } else { "" };
        choice(position, format!("{position}{mine}"))
    }));
    choices
}

/// The pair of fields for a second book that a post spoils, with their present values.
#[derive(Default)]
pub struct SecondBookFields {
    pub books: Vec<SecondBookChoice>,
    /// The chapter as entered; empty for the whole book.
    pub through: String,
}

/// An option of the second book's field.
pub struct SecondBookChoice {
    pub id: BookId,
    pub title: String,
    pub chosen: bool,
}

impl SecondBookFields {
    /// All books except `own`, the thread's own book. The chosen book is always among them, even if it is the wrong
    /// one.
    pub fn read(conn: &mut Conn, own: Option<BookId>, also: &str, through: &str) -> Result<Self> {
        let chosen = also.trim().parse().ok().map(BookId);
        let mut books = books::list_recent(conn)?;
        if let Some(id) = chosen.filter(|id| !books.iter().any(|book| book.id == *id)) {
            match books::get(conn, id) {
                Ok(book) => books.push(book),
                Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        let others = books.into_iter().filter(|book| Some(book.id) != own || chosen == own);
        let choice = |book: Book| SecondBookChoice { id: book.id, title: book.title, chosen: chosen == Some(book.id) };
        Ok(Self { books: others.map(choice).collect(), through: through.to_owned() })
    }
}

/// The values of the two fields for a text with this reach in a thread about `own`.
pub fn second_book_of(reach: Reach, own: Option<BookId>) -> (String, String) {
    match reach.other_book(own) {
        Some((book, position)) => {
            (book.to_string(), position.chapter().map(|chapter| chapter.to_string()).unwrap_or_default())
        }
        None => Default::default(),
    }
}
