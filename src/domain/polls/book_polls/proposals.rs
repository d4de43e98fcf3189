//! Proposals: the books that members put to a poll. What they say for one is plain and open to everybody, since nobody has
//! read it yet. How one is made is in `proposing`.

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

/// How many books a poll has room for: more nobody ranks.
pub const MOST: i32 = 30;

/// A proposal.
#[derive(Clone, Debug, Queryable)]
pub struct Proposal {
    /// Its id: later ones have greater ones.
    pub id: ProposalId,
    /// The poll.
    pub poll: BookPollId,
    /// Who proposed it.
    pub member_id: MemberId,
    /// Their handle.
    pub member: String,
    /// The book on the shelf, where it was chosen from there.
    pub book: Option<BookId>,
    /// The book's title.
    pub title: String,
    /// Its authors.
    pub authors: String,
    /// What its proposer says for it, on one line; may be empty.
    pub pitch: String,
    /// Why a host has taken it off the poll, when one has.
    pub removed: Option<String>,
    /// Why a moderator has hidden what its member wrote, when one has: what is said for the book and, where that is not on
    /// the shelf, what the book is called.
    pub hidden: Option<String>,
}

impl Proposal {
    /// Whether it takes part in the count: nobody ranks a book without a name.
    pub fn stands(&self) -> bool {
        self.removed.is_none() && (self.hidden.is_none() || self.book.is_some())
    }

    /// What its member wrote, in a line.
    pub(in crate::domain) fn words(&self) -> String {
        let named = format!("{}, {}", self.title, self.authors);
        let named = if self.book.is_some() { self.title.clone() } else { named };
        if self.pitch.is_empty() { named } else { format!("{named}: {}", self.pitch) }
    }

    /// The same as this viewer may see it.
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

/// What a book is called whose name is hidden.
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

/// What is proposed in a poll, in the order of proposal, as this viewer may see it.
pub fn list(conn: &mut Conn, viewer: Option<&Member>, poll: BookPollId) -> Result<Vec<Proposal>> {
    Ok(all(conn, poll)?.into_iter().map(|proposal| proposal.seen_by(viewer)).collect())
}

/// All of a poll, what is hidden included.
pub(super) fn all(conn: &mut Conn, poll: BookPollId) -> Result<Vec<Proposal>> {
    let of_poll = proposals::table.inner_join(members::table).filter(proposals::book_poll_id.eq(poll));
    Ok(of_poll.order(proposals::id).select(COLUMNS).load(conn)?)
}

/// A proposal by its id, as this viewer may see it.
pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: ProposalId) -> Result<Proposal> {
    several(conn, viewer, &[id])?.pop().ok_or(Error::NotFound)
}

/// The proposals with these ids, in one query.
pub(in crate::domain) fn several(
    conn: &mut Conn,
    viewer: Option<&Member>,
    ids: &[ProposalId],
) -> Result<Vec<Proposal>> {
    let found = proposals::table.inner_join(members::table).filter(proposals::id.eq_any(ids)).select(COLUMNS);
    let found: Vec<Proposal> = found.load(conn)?;
    Ok(found.into_iter().map(|proposal| proposal.seen_by(viewer)).collect())
}

/// Counts one more proposal that stands, or one less.
pub(super) fn count(conn: &mut Conn, poll: BookPollId, by: i32) -> Result<()> {
    let count = book_polls::proposals_count.eq(book_polls::proposals_count + by);
    diesel::update(book_polls::table.find(poll)).set(count).execute(conn)?;
    Ok(())
}

/// A member takes a proposal of theirs back, as long as books are proposed. Gives the poll.
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

/// A host takes a proposal off its poll, with a reason that members read in place of what was said for it, or puts it back.
/// Its proposer is told. Ballots pass over what is off. Gives the poll.
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

/// Hides what its member wrote, behind these words, or shows it again; says how many rows that changed.
pub(in crate::domain) fn set_hidden(conn: &mut Conn, id: ProposalId, words: Option<&str>) -> Result<usize> {
    // The poll's row first, as whoever takes a proposal off: so neither counts what the other does.
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

/// Counts a proposal that stands now and did not before, or the other way round.
fn recount(conn: &mut Conn, before: &Proposal) -> Result<()> {
    let now = get(conn, None, before.id)?;
    count(conn, before.poll, i32::from(now.stands()) - i32::from(before.stands()))
}

/// Who has proposed something in a poll.
pub(super) fn who_proposed(conn: &mut Conn, poll: BookPollId) -> Result<Vec<MemberId>> {
    let of_poll = proposals::table.filter(proposals::book_poll_id.eq(poll));
    Ok(of_poll.select(proposals::member_id).distinct().load(conn)?)
}

/// Takes away what a member said for the books that they proposed.
pub(in crate::domain) fn unsay(conn: &mut Conn, member: MemberId) -> Result<()> {
    let own = proposals::table.filter(proposals::member_id.eq(member));
    diesel::update(own).set(proposals::pitch.eq("")).execute(conn)?;
    Ok(())
}
