//! A member's record: what those who look after members know of one, on one page. Each part of it is found by a key and
//! holds at most so much, so that a member of a hundred thousand posts costs no more than one of ten.

use crate::db::schema::{invitations, members, posts, reports};
use crate::db::{Conn, InvitationId, MemberId, Moment, PostId, ReportId};
use crate::domain::accounts::directory::Listed;
use crate::domain::accounts::sanctions::{self, Sanction};
use crate::domain::core::members::Member;
use crate::domain::core::names::Handle;
use crate::domain::core::policy::{self, Act};
use crate::domain::forum::threads::{self, Thread};
use crate::domain::moderation::log_targets::Things;
use crate::domain::safety::log::{self, Action, Filter};
use crate::domain::safety::report_cases::{ReportKind, ReportState};
use crate::error::Result;
use diesel::prelude::*;

/// How somebody came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// By themselves, or by the command line.
    Freely,
    /// By an invitation that this moderator made.
    Invited(String),
    /// Let in by this moderator, after they had asked.
    LetIn(String),
}

/// A post in the record: hidden ones are listed with the others.
#[derive(Clone, Debug)]
pub struct Wrote {
    /// Its id.
    pub id: PostId,
    /// When it was written.
    pub written_at: Moment,
    /// Whether a moderator hid it.
    pub hidden: bool,
    /// Where it stands.
    pub thread: Thread,
}

/// A report on one of their texts. By whom is told to nobody.
#[derive(Clone, Debug, Queryable)]
pub struct Reported {
    /// Its id.
    pub id: ReportId,
    /// What was said of the text.
    pub kind: ReportKind,
    /// "post", "title", …
    pub subject: String,
    /// The id of it.
    pub subject_id: i64,
    /// What became of it.
    pub state: ReportState,
    /// When it was made.
    pub reported_at: Moment,
}

/// How often somebody's reports were right, of the latest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Made {
    /// How many were looked at: at most [`MADE`].
    pub total: usize,
    /// Of them, how many were right.
    pub upheld: usize,
    /// How many were not.
    pub dismissed: usize,
}

/// All of it but the notes.
pub struct Record {
    /// Who they are.
    pub of: Listed,
    /// How they came in.
    pub joined: Joined,
    /// Their latest posts.
    pub wrote: Vec<Wrote>,
    /// The latest reports on their texts.
    pub reported: Vec<Reported>,
    /// What became of the reports that they made.
    pub made: Made,
    /// Their sanctions, the newest first.
    pub sanctions: Vec<Sanction>,
    /// What was done that concerns them, the newest first.
    pub actions: Vec<Action>,
    /// What that was done to.
    pub things: Things,
}

/// How many posts, reports and actions are listed.
pub const MOST: i64 = 10;

/// How many of the reports that somebody made are looked at.
pub const MADE: i64 = 100;

/// Somebody, whether or not they are a member yet.
pub fn find(conn: &mut Conn, handle: &Handle) -> Result<Listed> {
    Ok(members::table.filter(members::handle_key.eq(handle.key())).select(Listed::as_select()).first(conn)?)
}

/// A member's record, as a moderator reads it.
pub fn get(conn: &mut Conn, reader: &Member, handle: &Handle) -> Result<Record> {
    policy::require(Some(reader), Act::Moderate)?;
    let of = find(conn, handle)?;
    let member = of.member.id;
    let concerning = Filter { member: Some(member), ..Filter::default() };
    let actions = log::list(conn, reader, &concerning, None, MOST)?;
    Ok(Record {
        joined: joined(conn, member)?,
        wrote: wrote(conn, member)?,
        reported: reported(conn, member)?,
        made: made(conn, reader, member)?,
        sanctions: sanctions::of_member(conn, member)?,
        things: Things::of(conn, reader, actions.iter().map(Action::about))?,
        actions,
        of,
    })
}

fn joined(conn: &mut Conn, member: MemberId) -> Result<Joined> {
    let columns = (members::invitation_id, members::let_in_by);
    let (invitation, let_in_by): (Option<InvitationId>, Option<MemberId>) =
        members::table.find(member).select(columns).first(conn)?;
    if let Some(invitation) = invitation {
        let maker: MemberId = invitations::table.find(invitation).select(invitations::made_by).first(conn)?;
        return Ok(Joined::Invited(members::table.find(maker).select(members::handle).first(conn)?));
    }
    match let_in_by {
        Some(moderator) => Ok(Joined::LetIn(members::table.find(moderator).select(members::handle).first(conn)?)),
        None => Ok(Joined::Freely),
    }
}

fn wrote(conn: &mut Conn, member: MemberId) -> Result<Vec<Wrote>> {
    let theirs = posts::table.filter(posts::author_id.eq(member)).order(posts::id.desc()).limit(MOST);
    let columns = (posts::id, posts::written_at, posts::hidden_reason.is_not_null(), posts::thread_id);
    let rows: Vec<(PostId, Moment, bool, _)> = theirs.select(columns).load(conn)?;
    let ids: Vec<_> = rows.iter().map(|(.., thread)| *thread).collect();
    let known = threads::several(conn, &ids)?;
    let with_thread = rows.into_iter().filter_map(|(id, written_at, hidden, thread)| {
        let thread = known.iter().find(|known| known.id == thread)?.clone();
        Some(Wrote { id, written_at, hidden, thread })
    });
    Ok(with_thread.collect())
}

fn reported(conn: &mut Conn, member: MemberId) -> Result<Vec<Reported>> {
    let theirs = reports::table.filter(reports::author_id.eq(member)).order(reports::id.desc()).limit(MOST);
    let columns =
        (reports::id, reports::kind, reports::subject, reports::subject_id, reports::state, reports::reported_at);
    Ok(theirs.select(columns).load(conn)?)
}

/// Which texts they reported is not told: one of them could be the reader's, and those are not counted either.
fn made(conn: &mut Conn, reader: &Member, member: MemberId) -> Result<Made> {
    let others = reports::author_id.is_null().or(reports::author_id.ne(reader.id));
    let theirs = reports::table.filter(reports::reporter_id.eq(member)).filter(others);
    let theirs = theirs.order(reports::id.desc()).limit(MADE);
    let states: Vec<ReportState> = theirs.select(reports::state).load(conn)?;
    let count = |state| states.iter().filter(|known| **known == state).count();
    Ok(Made { total: states.len(), upheld: count(ReportState::Upheld), dismissed: count(ReportState::Dismissed) })
}
