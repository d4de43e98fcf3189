//! A member's history: what moderators know about one member, on one page. Every list has a limit and an index, so that
//! the page costs the same for 10 posts as for 100,000.

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

/// How somebody became a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// Registered without an invitation, or was added on the command line.
    Freely,
    /// With an invite link of the moderator with this handle.
    Invited(String),
    /// The moderator with this handle approved their application.
    LetIn(String),
}

/// A post by the member, hidden or not.
#[derive(Clone, Debug)]
pub struct Wrote {
    pub id: PostId,
    pub written_at: Moment,
    pub hidden: bool,
    pub thread: Thread,
}

/// A report on one of the member's texts, without the reporter.
#[derive(Clone, Debug, Queryable)]
pub struct Reported {
    pub id: ReportId,
    pub kind: ReportKind,
    /// The kind of text, as the database names it: “post”, “title” and so on.
    pub subject: String,
    pub subject_id: i64,
    pub state: ReportState,
    pub reported_at: Moment,
}

/// The outcomes of the member's latest reports.
#[derive(Clone, Copy, Debug, Default)]
pub struct Made {
    /// How many reports were counted: at most [`MADE`].
    pub total: usize,
    pub upheld: usize,
    pub dismissed: usize,
}

/// A member's history, without the staff notes.
pub struct Record {
    pub of: Listed,
    pub joined: Joined,
    /// The member's latest posts, newest first.
    pub wrote: Vec<Wrote>,
    /// The latest reports on the member's texts, newest first.
    pub reported: Vec<Reported>,
    /// The outcomes of the reports that the member made.
    pub made: Made,
    /// The member's sanctions, newest first.
    pub sanctions: Vec<Sanction>,
    /// The latest log entries about the member, newest first.
    pub actions: Vec<Action>,
    /// What these log entries are about.
    pub things: Things,
}

/// How many posts, reports and log entries are listed.
pub const MOST: i64 = 10;

/// How many of the reports that the member made are counted.
pub const MADE: i64 = 100;

/// Gets a person by their handle, member or not (applicants have a history too).
pub fn find(conn: &mut Conn, handle: &Handle) -> Result<Listed> {
    Ok(members::table.filter(members::handle_key.eq(handle.key())).select(Listed::as_select()).first(conn)?)
}

/// A member's history, for moderators.
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

/// Which texts they reported isn't shown, because one could be the viewer's own. Reports on the viewer's texts aren't
/// counted for the same reason.
fn made(conn: &mut Conn, reader: &Member, member: MemberId) -> Result<Made> {
    let others = reports::author_id.is_null().or(reports::author_id.ne(reader.id));
    let theirs = reports::table.filter(reports::reporter_id.eq(member)).filter(others);
    let theirs = theirs.order(reports::id.desc()).limit(MADE);
    let states: Vec<ReportState> = theirs.select(reports::state).load(conn)?;
    let count = |state| states.iter().filter(|known| **known == state).count();
    Ok(Made { total: states.len(), upheld: count(ReportState::Upheld), dismissed: count(ReportState::Dismissed) })
}
