//! Proposals: the books that members put to a poll. What they say for one is plain and open to everybody, since nobody has
//! read it yet.

use super::{BookPoll, Stage, get as get_poll, hold};
use crate::config::Limits;
use crate::db::schema::{book_polls, members, proposals};
use crate::db::{BookId, BookPollId, Conn, MemberId, ProposalId};
use crate::domain::actions::{self, Entry};
use crate::domain::books as the_books;
use crate::domain::club;
use crate::domain::filters::{self, Words};
use crate::domain::limits;
use crate::domain::members::Member;
use crate::domain::policy::{self, Act};
use crate::domain::words::{Reason, Title, line, optional_line};
use crate::error::{Error, Problems, Result};
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
}

impl Proposal {
    /// Whether it takes part in the count.
    pub fn stands(&self) -> bool {
        self.removed.is_none()
    }
}

/// The fields of the form by which a member proposes a book.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct ProposalForm {
    /// The id of a book on the shelf; empty for another.
    pub book: String,
    /// The title of another book.
    pub title: String,
    /// Its authors.
    pub authors: String,
    /// What to say for it.
    pub pitch: String,
}

/// A proposal as a member makes it.
#[derive(Clone, Debug)]
pub struct NewProposal {
    book: Chosen,
    pitch: String,
}

#[derive(Clone, Debug)]
enum Chosen {
    OnShelf(BookId),
    Other(Title, String),
}

impl NewProposal {
    /// Reads what was filled in: a book of the shelf, or another's title and authors.
    pub fn parse(form: &ProposalForm) -> Result<Self> {
        let mut problems = Problems::default();
        let pitch = problems.take("pitch", optional_line(&form.pitch, "what you say for it", 300));
        let book = match form.book.trim() {
            "" => {
                let title = problems.take("title", Title::parse(&form.title));
                let authors = problems.take("authors", line(&form.authors, "the author’s name", 200));
                title.zip(authors).map(|(title, authors)| Chosen::Other(title, authors))
            }
            _ if !form.title.trim().is_empty() => {
                problems.add("title", "Choose a book from the shelf or give another’s title, not both.");
                None
            }
            id => problems.take("book", id.parse().map(Chosen::OnShelf).map_err(|_| NO_BOOK)),
        };
        match (book, pitch) {
            (Some(book), Some(pitch)) => Ok(Self { book, pitch: pitch.unwrap_or_default() }),
            _ => Err(Error::Refused(problems)),
        }
    }
}

const NO_BOOK: &str = "Please choose a book from the list.";

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
);

/// What is proposed in a poll, in the order of proposal.
pub fn list(conn: &mut Conn, poll: BookPollId) -> Result<Vec<Proposal>> {
    let of_poll = proposals::table.inner_join(members::table).filter(proposals::book_poll_id.eq(poll));
    Ok(of_poll.order(proposals::id).select(COLUMNS).load(conn)?)
}

/// A proposal by its id.
pub fn get(conn: &mut Conn, id: ProposalId) -> Result<Proposal> {
    Ok(proposals::table.inner_join(members::table).filter(proposals::id.eq(id)).select(COLUMNS).first(conn)?)
}

/// A member proposes a book. One that is proposed already is not proposed twice.
pub fn create(conn: &mut Conn, member: &Member, poll: BookPollId, new: &NewProposal, limits: Limits) -> Result<()> {
    policy::require(Some(member), Act::TakePart)?;
    let most = limits::of_club(conn, limits)?.post;
    limits::take(conn, &format!("post:{}", member.id), most)?;
    let poll = hold(conn, poll, Stage::Proposing)?;
    let (book, title, authors) = match &new.book {
        Chosen::Other(title, authors) => (None, title.as_str().to_owned(), authors.clone()),
        Chosen::OnShelf(id) => match the_books::get(conn, *id) {
            Ok(book) => (Some(book.id), book.title, book.authors),
            Err(Error::NotFound) => return Err(Error::Refused(Problems::one("book", NO_BOOK))),
            Err(error) => return Err(error),
        },
    };
    if book.is_some() && book == club::get(conn)?.current_book_id {
        let sentence = "The club reads this one now: propose what to read after it.";
        return Err(Error::Refused(Problems::one("book", sentence)));
    }
    let said =
        [("title", Words::Plain(&title)), ("authors", Words::Plain(&authors)), ("pitch", Words::Plain(&new.pitch))];
    filters::judge(conn, member, &said)?;
    let field = if book.is_some() { "book" } else { "title" };
    let refused = |sentence: String| Err(Error::Refused(Problems::one(field, sentence)));
    let known = list(conn, poll.id)?;
    let key = the_books::find_key(&title, &authors);
    if let Some(same) = known.iter().find(|known| the_books::find_key(&known.title, &known.authors) == key) {
        return refused(match same.stands() {
            true => format!("{} is proposed already, by {}: you can rank it.", same.title, same.member),
            false => format!("{} was proposed, and a host has taken it off this poll.", same.title),
        });
    }
    let own = known.iter().filter(|known| known.member_id == member.id && known.stands()).count();
    if own >= poll.proposals_each as usize {
        return refused("You have proposed as many as each member may. Take one back to propose another.".to_owned());
    }
    if known.iter().filter(|known| known.stands()).count() >= MOST as usize {
        return refused(format!("{MOST} books are proposed, as many as this poll has room for."));
    }
    let row = (
        (proposals::book_poll_id.eq(poll.id), proposals::member_id.eq(member.id), proposals::book_id.eq(book)),
        (proposals::title.eq(title), proposals::authors.eq(authors), proposals::find_key.eq(key)),
        proposals::pitch.eq(&new.pitch),
    );
    diesel::insert_into(proposals::table).values(row).execute(conn)?;
    count(conn, poll.id, 1)
}

/// Counts one more proposal that stands, or one less.
fn count(conn: &mut Conn, poll: BookPollId, by: i32) -> Result<()> {
    let count = book_polls::proposals_count.eq(book_polls::proposals_count + by);
    diesel::update(book_polls::table.find(poll)).set(count).execute(conn)?;
    Ok(())
}

/// A member takes a proposal of theirs back, as long as books are proposed. Gives the poll.
pub fn withdraw(conn: &mut Conn, member: &Member, id: ProposalId) -> Result<BookPollId> {
    let proposal = get(conn, id)?;
    policy::require_writer(member, Some(proposal.member_id))?;
    hold(conn, proposal.poll, Stage::Proposing)?;
    if !get(conn, id)?.stands() {
        return Err(Error::Conflict("A host has taken this off the poll."));
    }
    diesel::delete(proposals::table.find(id)).execute(conn)?;
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
    let proposal = get(conn, id)?;
    let stage = get_poll(conn, proposal.poll)?.stage();
    if !matches!(stage, Stage::Proposing | Stage::Voting) {
        return Err(Error::Conflict("This poll is over: what was proposed in it stays as it is."));
    }
    hold(conn, proposal.poll, stage)?;
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
        return Err(Error::Conflict("Another host was faster: nothing was changed."));
    }
    count(conn, proposal.poll, if removed { -1 } else { 1 })?;
    let kind = if removed { "took a proposal off" } else { "put a proposal back on" };
    let change = if removed { ("proposed", "taken off") } else { ("taken off", "proposed") };
    let entry = Entry::new(kind, ("book poll", proposal.poll.0), change).because(reason);
    actions::record(conn, actor.id, &entry.concerning(Some(proposal.member_id)))?;
    Ok(proposal.poll)
}

/// In which of these polls a member can still propose a book, as far as they and the polls have room.
pub fn open_to(conn: &mut Conn, member: &Member, polls: &[BookPoll]) -> Result<Vec<BookPollId>> {
    let ids: Vec<BookPollId> = polls.iter().map(|poll| poll.id).collect();
    let own = proposals::table
        .filter(proposals::member_id.eq(member.id))
        .filter(proposals::removed_reason.is_null())
        .filter(proposals::book_poll_id.eq_any(ids));
    let own: Vec<BookPollId> = own.select(proposals::book_poll_id).load(conn)?;
    let has_room = |poll: &&BookPoll| {
        let proposed = own.iter().filter(|id| **id == poll.id).count();
        poll.stage() == Stage::Proposing && poll.proposals_count < MOST && proposed < poll.proposals_each as usize
    };
    Ok(polls.iter().filter(has_room).map(|poll| poll.id).collect())
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
