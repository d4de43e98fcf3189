//! How far a text goes: the fields of its form.

use crate::db::{BookId, Conn};
use crate::domain::core::gate::{Position, Reach, Reader};
use crate::domain::library::books::{self, Book};
use crate::error::{Error, Result};

/// A reach to choose from in a form.
pub struct Choice {
    /// What the form sends.
    pub value: i32,
    /// In words.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
    /// Where in the book.
    pub position: Position,
}

/// The reaches that a text about a book can have.
pub fn choices(book: Option<&Book>, chosen: Position, reader: &Reader) -> Vec<Choice> {
    let Some(book) = book else { return Vec::new() };
    // A reach past the end of contents that were shortened since is the whole book, never nothing.
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

/// The pair of fields for a second book that a post gives away, as it is filled in.
#[derive(Default)]
pub struct AlsoField {
    /// The books to choose from.
    pub books: Vec<AlsoChoice>,
    /// Through which chapter.
    pub through: String,
}

/// A book to choose from.
pub struct AlsoChoice {
    /// What the form sends.
    pub id: BookId,
    /// What it is called.
    pub title: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl AlsoField {
    /// The field beside the reach into a thread's own book: all books but that, the filled-in one among them.
    pub fn read(conn: &mut Conn, own: Option<BookId>, also: &str, through: &str) -> Result<Self> {
        let chosen = also.trim().parse().ok().map(BookId);
        let mut books = books::choices(conn)?;
        if let Some(id) = chosen.filter(|id| !books.iter().any(|book| book.id == *id)) {
            match books::get(conn, id) {
                Ok(book) => books.push(book),
                Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        let others = books.into_iter().filter(|book| Some(book.id) != own || chosen == own);
        let choice = |book: Book| AlsoChoice { id: book.id, title: book.title, chosen: chosen == Some(book.id) };
        Ok(Self { books: others.map(choice).collect(), through: through.to_owned() })
    }
}

/// What the pair of fields holds for a text in a thread about `own` that goes this far.
pub fn also_of(reach: Reach, own: Option<BookId>) -> (String, String) {
    match reach.beside(own) {
        Some((book, position)) => {
            (book.to_string(), position.chapter().map(|chapter| chapter.to_string()).unwrap_or_default())
        }
        None => Default::default(),
    }
}
