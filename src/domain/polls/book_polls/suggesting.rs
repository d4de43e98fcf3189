//! Suggesting a book: the form, its validation, and the limits per member and per vote.

use super::suggestions::{MAX_SUGGESTIONS, all, count};
use super::{BookPoll, Stage, lock_at_stage};
use crate::config::Limits;
use crate::db::schema::book_suggestions;
use crate::db::{BookId, BookPollId, Conn};
use crate::domain::core::club;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::rate_limits;
use crate::domain::core::text_fields::{Title, line, optional_line};
use crate::domain::library::books as the_books;
use crate::domain::safety::post_rules::FieldText;
use crate::domain::safety::screening;
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// The form fields, as text.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct SuggestionForm {
    /// The id of one of the club's books; empty for another book.
    pub book: String,
    /// The title of another book.
    pub title: String,
    /// The authors of another book.
    pub authors: String,
    /// What to say for the book.
    pub pitch: String,
}

/// A validated suggestion form.
#[derive(Clone, Debug)]
pub struct NewSuggestion {
    book: Chosen,
    pitch: String,
}

#[derive(Clone, Debug)]
enum Chosen {
    OnShelf(BookId),
    Other(Title, String),
}

impl NewSuggestion {
    /// Parses the form: one of the club's books, or the title and authors of another.
    pub fn parse(form: &SuggestionForm) -> Result<Self> {
        let mut problems = Problems::default();
        let pitch = problems.check("pitch", optional_line(&form.pitch, "your reason", 300));
        let book = match form.book.trim() {
            "" => {
                let title = problems.check("title", Title::parse(&form.title));
                let authors = problems.check("authors", line(&form.authors, "the author’s name", 200));
                title.zip(authors).map(|(title, authors)| Chosen::Other(title, authors))
            }
            _ if !form.title.trim().is_empty() => {
                problems.add("title", "Please choose a club book or enter another title, not both.");
                None
            }
            id => problems.check("book", id.parse().map(Chosen::OnShelf).map_err(|_| NO_BOOK)),
        };
        match (book, pitch) {
            (Some(book), Some(pitch)) => Ok(Self { book, pitch: pitch.unwrap_or_default() }),
            _ => Err(Error::Refused(problems)),
        }
    }
}

const NO_BOOK: &str = "Please choose a book from the list.";

/// Suggests a book. Returns an error if it is already suggested in this vote.
pub fn create(conn: &mut Conn, member: &Member, poll: BookPollId, new: &NewSuggestion, limits: Limits) -> Result<()> {
    policy::require(Some(member), Act::TakePart)?;
    let most = rate_limits::of_club(conn, limits)?.post;
    rate_limits::consume(conn, &format!("post:{}", member.id), most)?;
    let poll = lock_at_stage(conn, poll, Stage::Suggesting)?;
    let (book, title, authors) = match &new.book {
        Chosen::Other(title, authors) => (None, title.as_str().to_owned(), authors.clone()),
        Chosen::OnShelf(id) => match the_books::get(conn, *id) {
            Ok(book) => (Some(book.id), book.title, book.authors),
            Err(Error::NotFound) => return Err(Error::Refused(Problems::one("book", NO_BOOK))),
            Err(error) => return Err(error),
        },
    };
    if book.is_some() && book == club::get(conn)?.current_book_id {
        let sentence = "The club is reading this book now. Please suggest another.";
        return Err(Error::Refused(Problems::one("book", sentence)));
    }
    let said = [
        ("title", FieldText::Plain(&title)),
        ("authors", FieldText::Plain(&authors)),
        ("pitch", FieldText::Plain(&new.pitch)),
    ];
    screening::check_text(conn, member, &said)?;
    screening::require_trusted(conn, member, "pitch")?;
    let field = if book.is_some() { "book" } else { "title" };
    let refused = |sentence: String| Err(Error::Refused(Problems::one(field, sentence)));
    let known = all(conn, poll.id)?;
    let key = the_books::lookup_key(&title, &authors);
    if let Some(same) = known.iter().find(|known| the_books::lookup_key(&known.title, &known.authors) == key) {
        return refused(match (same.is_eligible(), &same.hidden) {
            (true, _) => format!("{} has already suggested {}. You can vote for it later.", same.member, same.title),
            (false, None) => format!("A host removed {} from this vote.", same.title),
            (false, Some(_)) => "A moderator has hidden this suggestion.".to_owned(),
        });
    }
    let own = known.iter().filter(|known| known.member_id == member.id && known.is_eligible()).count();
    if own >= poll.suggestions_per_member as usize {
        return refused("You’ve suggested as many books as you can. Withdraw one to suggest another.".to_owned());
    }
    if known.iter().filter(|known| known.is_eligible()).count() >= MAX_SUGGESTIONS as usize {
        return refused(format!("This vote already has {MAX_SUGGESTIONS} books, the maximum."));
    }
    let row = (
        (
            book_suggestions::book_poll_id.eq(poll.id),
            book_suggestions::member_id.eq(member.id),
            book_suggestions::book_id.eq(book),
        ),
        (
            book_suggestions::title.eq(title),
            book_suggestions::authors.eq(authors),
            book_suggestions::lookup_key.eq(key),
        ),
        book_suggestions::pitch.eq(&new.pitch),
    );
    diesel::insert_into(book_suggestions::table).values(row).execute(conn)?;
    count(conn, poll.id, 1)
}

/// Which of these votes are open to another suggestion by this member.
pub fn polls_open_to(conn: &mut Conn, member: &Member, polls: &[BookPoll]) -> Result<Vec<BookPollId>> {
    let ids: Vec<BookPollId> = polls.iter().map(|poll| poll.id).collect();
    let own = book_suggestions::table
        .filter(book_suggestions::member_id.eq(member.id))
        .filter(book_suggestions::removed_reason.is_null())
        .filter(book_suggestions::hidden_reason.is_null().or(book_suggestions::book_id.is_not_null()))
        .filter(book_suggestions::book_poll_id.eq_any(ids));
    let own: Vec<BookPollId> = own.select(book_suggestions::book_poll_id).load(conn)?;
    let has_room = |poll: &&BookPoll| {
        let proposed = own.iter().filter(|id| **id == poll.id).count();
        poll.stage() == Stage::Suggesting
            && poll.suggestions_count < MAX_SUGGESTIONS
            && proposed < poll.suggestions_per_member as usize
    };
    Ok(polls.iter().filter(has_room).map(|poll| poll.id).collect())
}
