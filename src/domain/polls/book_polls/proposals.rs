//! Suggestions: the books that members suggest in a vote. A pitch is plain text without a reach, because the club
//! hasn't read the book yet. New suggestions are in `proposing`.

pub use super::proposing::{NewProposal, ProposalForm, create, open_to};

use super::{Stage, get as get_poll, hold};
use crate::db::schema::{book_polls, members, proposals};
use crate::db::{BookId, BookPollId, Conn, MemberId, ProposalId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::words::Reason;
use crate::domain::safety::log::{self, Entry};
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Result};
use diesel::prelude::*;

/// How many books a vote can have: nobody would rank more.
pub const MOST: i32 = 30;

#[derive(Clone, Debug, Queryable)]
pub struct Proposal {
    /// Ids increase in the order of suggestion.
    pub id: ProposalId,
    pub poll: BookPollId,
    /// The member who suggested it.
    pub member_id: MemberId,
    /// That member's handle.
    pub member: String,
    /// The book, if it is one of the club's.
    pub book: Option<BookId>,
    pub title: String,
    pub authors: String,
    /// What the member says for the book, on one line; may be empty.
    pub pitch: String,
    /// Why a host removed it from the vote, if one did.
    pub removed: Option<String>,
    /// Why a moderator hid what the member wrote, if one did: the pitch and, if the book isn't one of the club's, its
    /// title and authors.
    pub hidden: Option<String>,
}

impl Proposal {
    /// Whether members can rank it. A removed book can't be ranked, nor can a book whose title is hidden.
    pub fn stands(&self) -> bool {
        self.removed.is_none() && (self.hidden.is_none() || self.book.is_some())
    }

    /// What the member wrote, on one line.
    pub(in crate::domain) fn words(&self) -> String {
        let named = format!("{}, {}", self.title, self.authors);
        let named = if self.book.is_some() { self.title.clone() } else { named };
        if self.pitch.is_empty() { named } else { format!("{named}: {}", self.pitch) }
    }

    /// Replaces what is hidden from this viewer.
    fn seen_by(self, viewer: Option<&Member>) -> Self {
        if policy::shows(self.hidden.as_deref(), viewer) {
            return self;
        }
        let (title, authors) = match self.book {
            Some(_) => (self.title, self.authors),
            None => (NAMELESS.to_owned(), String::new()),
        };
        Self { title, authors, pitch: String::new(), ..self }
    }
}

/// The title shown when the title is hidden.
pub(super) const NAMELESS: &str = "Hidden suggestion";

type Columns = (
    proposals::id,
    proposals::book_poll_id,
    proposals::member_id,
    members::handle,
    proposals::book_id,
    proposals::title,
    proposals::authors,
    proposals::pitch,
    proposals::removed_reason,
    proposals::hidden_reason,
);

const COLUMNS: Columns = (
    proposals::id,
    proposals::book_poll_id,
    proposals::member_id,
    members::handle,
    proposals::book_id,
    proposals::title,
    proposals::authors,
    proposals::pitch,
    proposals::removed_reason,
    proposals::hidden_reason,
);

/// The suggestions in a vote as this viewer may see them, oldest first.
pub fn list(conn: &mut Conn, viewer: Option<&Member>, poll: BookPollId) -> Result<Vec<Proposal>> {
    Ok(all(conn, poll)?.into_iter().map(|proposal| proposal.seen_by(viewer)).collect())
}

/// All suggestions in a vote, with what is hidden.
pub(super) fn all(conn: &mut Conn, poll: BookPollId) -> Result<Vec<Proposal>> {
    let of_poll = proposals::table.inner_join(members::table).filter(proposals::book_poll_id.eq(poll));
    Ok(of_poll.order(proposals::id).select(COLUMNS).load(conn)?)
}

pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: ProposalId) -> Result<Proposal> {
    several(conn, viewer, &[id])?.pop().ok_or(Error::NotFound)
}

/// Gets several suggestions in one query.
pub(in crate::domain) fn several(
    conn: &mut Conn,
    viewer: Option<&Member>,
    ids: &[ProposalId],
) -> Result<Vec<Proposal>> {
    let found = proposals::table.inner_join(members::table).filter(proposals::id.eq_any(ids)).select(COLUMNS);
    let found: Vec<Proposal> = found.load(conn)?;
    Ok(found.into_iter().map(|proposal| proposal.seen_by(viewer)).collect())
}

/// Adds `by` to the vote's number of books that can be ranked.
pub(super) fn count(conn: &mut Conn, poll: BookPollId, by: i32) -> Result<()> {
    let count = book_polls::proposals_count.eq(book_polls::proposals_count + by);
    diesel::update(book_polls::table.find(poll)).set(count).execute(conn)?;
    Ok(())
}

/// Withdraws the member's own suggestion while suggestions are open. Returns the vote.
pub fn withdraw(conn: &mut Conn, member: &Member, id: ProposalId) -> Result<BookPollId> {
    let proposal = get(conn, None, id)?;
    policy::require_writer(member, Some(proposal.member_id))?;
    hold(conn, proposal.poll, Stage::Proposing)?;
    let now = get(conn, None, id)?;
    if now.hidden.is_some() {
        return Err(Error::Conflict("A moderator has hidden this suggestion."));
    }
    if !now.stands() {
        return Err(Error::Conflict("A host has removed this book from the vote."));
    }
    if report_cases::is_decided(conn, Subject::Proposal(id))? {
        return Err(Error::Conflict(
            "A moderator has decided a report about this suggestion. Please ask a host to remove it.",
        ));
    }
    diesel::delete(proposals::table.find(id)).execute(conn)?;
    report_cases::drop_of(conn, Subject::Proposal(id))?;
    count(conn, proposal.poll, -1)?;
    Ok(proposal.poll)
}

/// Removes a suggestion from its vote, with a public reason, or restores it. The member who suggested it is notified.
/// Ballots that rank a removed book count for their next choice. Returns the vote.
pub fn set_removed(
    conn: &mut Conn,
    actor: &Member,
    id: ProposalId,
    removed: bool,
    reason: &Reason,
) -> Result<BookPollId> {
    policy::require(Some(actor), Act::KeepBooks)?;
    let proposal = get(conn, None, id)?;
    let stage = get_poll(conn, proposal.poll)?.stage();
    if !matches!(stage, Stage::Proposing | Stage::Voting) {
        return Err(Error::Conflict("This vote is closed. Its suggestions can’t be changed."));
    }
    hold(conn, proposal.poll, stage)?;
    let proposal = get(conn, None, id)?;
    let row = proposals::table.find(id);
    let changed = match removed {
        true => {
            let set = proposals::removed_reason.eq(Some(&reason.words));
            diesel::update(row.filter(proposals::removed_reason.is_null())).set(set).execute(conn)?
        }
        false => {
            let set = proposals::removed_reason.eq(None::<String>);
            diesel::update(row.filter(proposals::removed_reason.is_not_null())).set(set).execute(conn)?
        }
    };
    if changed == 0 {
        return Err(Error::Conflict("Another host has already done this."));
    }
    recount(conn, &proposal)?;
    let kind = if removed { "took a proposal off" } else { "put a proposal back on" };
    let change = if removed { ("proposed", "taken off") } else { ("taken off", "proposed") };
    let entry = Entry::new(kind, ("book poll", proposal.poll.0), change).because(reason);
    log::record(conn, actor.id, &entry.concerning(Some(proposal.member_id)))?;
    Ok(proposal.poll)
}

/// Hides what the member wrote with `words` as the public reason, or restores it if `words` is `None`. Returns the
/// number of changed rows.
pub(in crate::domain) fn set_hidden(conn: &mut Conn, id: ProposalId, words: Option<&str>) -> Result<usize> {
    // Locks the vote's row first, as `set_removed` does, so that the two never count the same suggestion twice.
    let poll = get(conn, None, id)?.poll;
    count(conn, poll, 0)?;
    let before = get(conn, None, id)?;
    let row = proposals::table.find(id);
    let set = proposals::hidden_reason.eq(words);
    let changed = match words {
        Some(_) => diesel::update(row.filter(proposals::hidden_reason.is_null())).set(set).execute(conn)?,
        None => diesel::update(row.filter(proposals::hidden_reason.is_not_null())).set(set).execute(conn)?,
    };
    recount(conn, &before)?;
    Ok(changed)
}

/// Corrects the vote's number of books after a change to a suggestion, given as it was before.
fn recount(conn: &mut Conn, before: &Proposal) -> Result<()> {
    let now = get(conn, None, before.id)?;
    count(conn, before.poll, i32::from(now.stands()) - i32::from(before.stands()))
}

/// The members who have suggested a book.
pub(super) fn who_proposed(conn: &mut Conn, poll: BookPollId) -> Result<Vec<MemberId>> {
    let of_poll = proposals::table.filter(proposals::book_poll_id.eq(poll));
    Ok(of_poll.select(proposals::member_id).distinct().load(conn)?)
}

/// Clears the pitches of a member's suggestions.
pub(in crate::domain) fn unsay(conn: &mut Conn, member: MemberId) -> Result<()> {
    let own = proposals::table.filter(proposals::member_id.eq(member));
    diesel::update(own).set(proposals::pitch.eq("")).execute(conn)?;
    Ok(())
}
