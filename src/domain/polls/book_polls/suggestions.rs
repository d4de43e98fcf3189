//! Suggestions: the books that members suggest in a vote. A pitch is plain text without a reach, because the club
//! hasn't read the book yet. New suggestions are in `suggesting`.

pub use super::suggesting::{NewSuggestion, SuggestionForm, create, polls_open_to};

use super::{Stage, get as get_poll, lock_at_stage};
use crate::db::schema::{book_polls, book_suggestions, members};
use crate::db::{BookId, BookPollId, Conn, MemberId, SuggestionId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Result};
use diesel::prelude::*;

/// How many books a vote can have: nobody would rank more.
pub const MAX_SUGGESTIONS: i32 = 30;

#[derive(Clone, Debug, HasQuery)]
#[diesel(table_name = book_suggestions)]
#[diesel(base_query = book_suggestions::table.inner_join(members::table))]
pub struct Suggestion {
    /// Ids increase in the order of suggestion.
    pub id: SuggestionId,
    #[diesel(column_name = book_poll_id)]
    pub poll: BookPollId,
    /// The member who suggested it.
    pub member_id: MemberId,
    /// That member's handle.
    #[diesel(select_expression = members::handle)]
    pub member: String,
    /// The book, if it is one of the club's.
    #[diesel(column_name = book_id)]
    pub book: Option<BookId>,
    pub title: String,
    pub authors: String,
    /// What the member says for the book, on one line; may be empty.
    pub pitch: String,
    /// Why a host removed it from the vote, if one did.
    #[diesel(column_name = removed_reason)]
    pub removed: Option<String>,
    /// Why a moderator hid what the member wrote, if one did: the pitch and, if the book isn't one of the club's, its
    /// title and authors.
    #[diesel(column_name = hidden_reason)]
    pub hidden: Option<String>,
}

impl Suggestion {
    /// Whether members can rank it. A removed book can't be ranked, nor can a book whose title is hidden.
    pub fn is_eligible(&self) -> bool {
        self.removed.is_none() && (self.hidden.is_none() || self.book.is_some())
    }

    /// What the member wrote, on one line.
    pub fn summary(&self) -> String {
        let named = format!("{}, {}", self.title, self.authors);
        let named = if self.book.is_some() { self.title.clone() } else { named };
        if self.pitch.is_empty() { named } else { format!("{named}: {}", self.pitch) }
    }

    /// Replaces what is hidden from this viewer.
    fn seen_by(self, viewer: Option<&Member>) -> Self {
        if policy::is_visible(self.hidden.as_deref(), viewer) {
            return self;
        }
        let (title, authors) = match self.book {
            Some(_) => (self.title, self.authors),
            None => (HIDDEN_TITLE.to_owned(), String::new()),
        };
        Self { title, authors, pitch: String::new(), ..self }
    }
}

/// The title shown when the title is hidden.
pub(super) const HIDDEN_TITLE: &str = "Hidden suggestion";

/// The suggestions in a vote as this viewer may see them, oldest first.
pub fn list(conn: &mut Conn, viewer: Option<&Member>, poll: BookPollId) -> Result<Vec<Suggestion>> {
    Ok(all(conn, poll)?.into_iter().map(|suggestion| suggestion.seen_by(viewer)).collect())
}

/// All suggestions in a vote, with what is hidden.
pub(super) fn all(conn: &mut Conn, poll: BookPollId) -> Result<Vec<Suggestion>> {
    let of_poll = Suggestion::query().filter(book_suggestions::book_poll_id.eq(poll));
    Ok(of_poll.order(book_suggestions::id).load(conn)?)
}

pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: SuggestionId) -> Result<Suggestion> {
    several(conn, viewer, &[id])?.pop().ok_or(Error::NotFound)
}

/// Gets several suggestions in one query.
pub(in crate::domain) fn several(
    conn: &mut Conn,
    viewer: Option<&Member>,
    ids: &[SuggestionId],
) -> Result<Vec<Suggestion>> {
    let found: Vec<Suggestion> = Suggestion::query().filter(book_suggestions::id.eq_any(ids)).load(conn)?;
    Ok(found.into_iter().map(|suggestion| suggestion.seen_by(viewer)).collect())
}

/// Adds `by` to the vote's number of books that can be ranked.
pub(super) fn count(conn: &mut Conn, poll: BookPollId, by: i32) -> Result<()> {
    let count = book_polls::suggestions_count.eq(book_polls::suggestions_count + by);
    diesel::update(book_polls::table.find(poll)).set(count).execute(conn)?;
    Ok(())
}

/// Withdraws the member's own suggestion while suggestions are open. Returns the vote.
pub fn withdraw(conn: &mut Conn, member: &Member, id: SuggestionId) -> Result<BookPollId> {
    let suggestion = get(conn, None, id)?;
    policy::require_author(member, Some(suggestion.member_id))?;
    lock_at_stage(conn, suggestion.poll, Stage::Suggesting)?;
    let now = get(conn, None, id)?;
    if now.hidden.is_some() {
        return Err(Error::Conflict("A moderator has hidden this suggestion."));
    }
    if !now.is_eligible() {
        return Err(Error::Conflict("A host has removed this book from the vote."));
    }
    if report_cases::is_decided(conn, Subject::Suggestion(id))? {
        return Err(Error::Conflict(
            "A moderator has decided a report about this suggestion. Please ask a host to remove it.",
        ));
    }
    diesel::delete(book_suggestions::table.find(id)).execute(conn)?;
    report_cases::dismiss_of_subject(conn, Subject::Suggestion(id))?;
    count(conn, suggestion.poll, -1)?;
    Ok(suggestion.poll)
}

/// Removes a suggestion from its vote, with a public reason, or restores it. The member who suggested it is notified.
/// Ballots that rank a removed book count for their next choice. Returns the vote.
pub fn set_removed(
    conn: &mut Conn,
    actor: &Member,
    id: SuggestionId,
    removed: bool,
    reason: &Reason,
) -> Result<BookPollId> {
    policy::require(Some(actor), Act::ManageBooks)?;
    let suggestion = get(conn, None, id)?;
    let stage = get_poll(conn, suggestion.poll)?.stage();
    if !matches!(stage, Stage::Suggesting | Stage::Voting) {
        return Err(Error::Conflict("This vote is closed. Its suggestions can’t be changed."));
    }
    lock_at_stage(conn, suggestion.poll, stage)?;
    let suggestion = get(conn, None, id)?;
    if suggestion.removed.is_some() == removed {
        return Err(Error::Conflict("Another host has already done this."));
    }
    let set = book_suggestions::removed_reason.eq(removed.then_some(&reason.text));
    diesel::update(book_suggestions::table.find(id)).set(set).execute(conn)?;
    recount(conn, &suggestion)?;
    let event = if removed { Event::SuggestionRemoved } else { Event::SuggestionRestored };
    let entry = NewLogEntry::new(event, LogSubject::BookVote(suggestion.poll)).because(reason);
    log::record(conn, actor.id, entry.concerning(Some(suggestion.member_id)))?;
    Ok(suggestion.poll)
}

/// Hides what the member wrote with `words` as the public reason, or restores it if `words` is `None`. Returns the
/// number of changed rows.
pub(in crate::domain) fn set_hidden(conn: &mut Conn, id: SuggestionId, words: Option<&str>) -> Result<usize> {
    // Locks the vote's row first, as `set_removed` does, so that the two never count the same suggestion twice.
    let poll = get(conn, None, id)?.poll;
    count(conn, poll, 0)?;
    let before = get(conn, None, id)?;
    if before.hidden.is_some() == words.is_some() {
        return Ok(0);
    }
    let set = book_suggestions::hidden_reason.eq(words);
    let changed = diesel::update(book_suggestions::table.find(id)).set(set).execute(conn)?;
    recount(conn, &before)?;
    Ok(changed)
}

/// Corrects the vote's number of books after a change to a suggestion, given as it was before.
fn recount(conn: &mut Conn, before: &Suggestion) -> Result<()> {
    let now = get(conn, None, before.id)?;
    count(conn, before.poll, i32::from(now.is_eligible()) - i32::from(before.is_eligible()))
}

/// The members who have suggested a book.
pub(super) fn suggester_ids(conn: &mut Conn, poll: BookPollId) -> Result<Vec<MemberId>> {
    let of_poll = book_suggestions::table.filter(book_suggestions::book_poll_id.eq(poll));
    Ok(of_poll.select(book_suggestions::member_id).distinct().load(conn)?)
}

pub(in crate::domain) fn clear_pitches(conn: &mut Conn, member: MemberId) -> Result<()> {
    let own = book_suggestions::table.filter(book_suggestions::member_id.eq(member));
    diesel::update(own).set(book_suggestions::pitch.eq("")).execute(conn)?;
    Ok(())
}
