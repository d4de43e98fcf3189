//! The end of a book vote: the ballots are counted and removed, the winner becomes the next book, and a thread about it
//! starts.

use super::{BookPoll, Suggestion, ballots, clear_next_book, get, run_off, suggestions};
use crate::db::schema::{book_polls, club as the_club};
use crate::db::{BookId, BookPollId, Conn, Moment, ThreadId};
use crate::domain::core::club;
use crate::domain::core::members::{self, Member};
use crate::domain::core::text_fields::{Body, Title};
use crate::domain::forum::thread_actions::{self, NewThread};
use crate::domain::library::books::{self, Book};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::domain::safety::notifications;
use crate::error::{Error, Result};
use diesel::prelude::*;

/// Votes that have closed but aren't counted yet.
pub fn due(conn: &mut Conn) -> Result<Vec<BookPollId>> {
    let open = book_polls::table.filter(book_polls::ended_at.is_null()).filter(book_polls::cancelled_reason.is_null());
    let due = open.filter(book_polls::ballots_until.le(Moment::now()));
    Ok(due.order(book_polls::ballots_until).limit(100).select(book_polls::id).load(conn)?)
}

/// Counts a vote that has closed. Does nothing if it is already counted. Everything happens in one transaction.
pub fn end(conn: &mut Conn, id: BookPollId) -> Result<()> {
    let now = Moment::now();
    let due = book_polls::table.find(id).filter(book_polls::ended_at.is_null());
    let due = due.filter(book_polls::cancelled_reason.is_null()).filter(book_polls::ballots_until.le(now));
    if diesel::update(due).set(book_polls::ended_at.eq(now)).execute(conn)? == 0 {
        return Ok(());
    }
    let poll = get(conn, id)?;
    let mut standing = suggestions::list(conn, None, id)?;
    standing.retain(Suggestion::is_eligible);
    let voters = ballots::voters(conn, id)?;
    let cast = ballots::drain(conn, id)?;
    let choices: Vec<_> = standing.iter().map(|suggestion| suggestion.id).collect();
    let rounds = run_off::count(&choices, &cast);
    let winner = run_off::winner(&rounds).and_then(|id| standing.iter().find(|suggestion| suggestion.id == id));
    let result = serde_json::to_string(&rounds).map_err(Error::internal)?;
    let counted = (book_polls::result.eq(result), book_polls::ballots_count.eq(cast.len() as i32));
    diesel::update(book_polls::table.find(id)).set(counted).execute(conn)?;
    if let Some(winner) = winner {
        set_winner(conn, &poll, winner)?;
    }
    let counted = Event::BookVoteCounted { winner: winner.map(|winner| winner.title.clone()) };
    notifications::notify_all(conn, &voters, counted.clone(), LogSubject::BookVote(id), "")?;
    log::record(conn, poll.host_id, NewLogEntry::new(counted, LogSubject::BookVote(id)))
}

/// Makes the winner the next book (or the current book, if there is none) and starts its thread.
fn set_winner(conn: &mut Conn, poll: &BookPoll, winner: &Suggestion) -> Result<()> {
    let host = thread_author(conn, poll)?;
    let book = match winner.book {
        Some(book) => book,
        None => {
            let title = Title::parse(&winner.title).map_err(|sentence| Error::Internal(sentence.into()))?;
            books::find_or_create_by_title(conn, host.id, &title, &winner.authors)?
        }
    };
    let thread = start_thread(conn, &host, poll, book)?;
    diesel::update(book_polls::table).filter(book_polls::is_next).set(book_polls::is_next.eq(false)).execute(conn)?;
    let current = club::get(conn)?.current_book_id;
    let values = (
        book_polls::book_id.eq(book),
        book_polls::thread_id.eq(thread),
        book_polls::is_next.eq(current.is_some() && current != Some(book)),
    );
    diesel::update(book_polls::table.find(poll.id)).set(values).execute(conn)?;
    match current {
        None => {
            let book = books::get(conn, book)?;
            choose_current_book(conn, &host, &book)
        }
        Some(_) => club::touch(conn),
    }
}

/// The author of the thread: the host who opened the vote, or an admin if the host can't post any more.
fn thread_author(conn: &mut Conn, poll: &BookPoll) -> Result<Member> {
    let host = members::lock(conn, poll.host_id)?;
    let may_write = host.state == members::MemberState::Active && !host.is_silenced();
    if may_write && !members::is_suspended(conn, host.id)? { Ok(host) } else { members::get_first_admin(conn) }
}

fn start_thread(conn: &mut Conn, host: &Member, poll: &BookPoll, book: BookId) -> Result<ThreadId> {
    let words = format!(
        "The club has voted: this is our next book. Members can see [how the votes were counted]({}).\n\n\
         Have you read it, or another book by the same author? What do you expect? Please hide spoilers.",
        poll.path()
    );
    let body = Body::parse(&words).map_err(|sentence| Error::Internal(sentence.into()))?;
    let title = Title::parse("Before we begin").map_err(|sentence| Error::Internal(sentence.into()))?;
    thread_actions::add(conn, host, &NewThread::discussion(Some(book), title, body))
}

/// Sets or clears the current book, without a log entry.
pub fn set_current_book(conn: &mut Conn, book: Option<BookId>) -> Result<()> {
    if let Some(book) = book {
        clear_next_book(conn, book)?;
    }
    diesel::update(the_club::table).set(the_club::current_book_id.eq(book)).execute(conn)?;
    club::touch(conn)
}

/// Makes a book the current one and logs it.
pub fn choose_current_book(conn: &mut Conn, actor: &Member, book: &Book) -> Result<()> {
    set_current_book(conn, Some(book.id))?;
    let event = Event::CurrentBookChosen { title: book.title.clone() };
    log::record(conn, actor.id, NewLogEntry::new(event, LogSubject::Book(book.id)))
}
