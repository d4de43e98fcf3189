//! A member's history: what moderators know about one member, on one page. Every list has a limit and an index, so that
//! the page costs the same for 10 posts as for 100,000.

use crate::db::schema::{invitations, members, posts, reports};
use crate::db::{Conn, InvitationId, MemberId, Moment, PostId, ReportId};
use crate::domain::accounts::directory::ListedMember;
use crate::domain::accounts::sanctions::{self, Sanction};
use crate::domain::core::members::Member;
use crate::domain::core::names::Handle;
use crate::domain::core::policy::{self, Act};
use crate::domain::forum::threads::{self, Thread};
use crate::domain::moderation::log_targets::LogTargets;
use crate::domain::safety::log::{self, Filter, LogEntry, Scope};
use crate::domain::safety::report_cases::{ReportKind, ReportState};
use crate::domain::safety::subjects::Subject;
use crate::error::Result;
use diesel::prelude::*;

/// How somebody became a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// Registered without an invitation, or was added on the command line.
    Directly,
    /// With an invite link of the moderator with this handle.
    Invited(String),
    /// The moderator with this handle approved their application.
    Approved(String),
}

/// A post by the member, hidden or not.
#[derive(Clone, Debug)]
pub struct HistoryPost {
    pub id: PostId,
    pub written_at: Moment,
    pub hidden: bool,
    pub thread: Thread,
}

/// A report on one of the member's texts, without the reporter.
#[derive(Clone, Debug)]
pub struct HistoryReport {
    pub id: ReportId,
    pub kind: ReportKind,
    /// The text.
    pub subject: Subject,
    pub state: ReportState,
    pub reported_at: Moment,
}

/// The outcomes of the member's latest reports.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReportsMade {
    /// How many reports were counted: at most [`MAX_REPORTS_MADE`].
    pub total: usize,
    pub upheld: usize,
    pub dismissed: usize,
}

/// A member's history, without the staff notes.
pub struct MemberHistory {
    pub person: ListedMember,
    pub joined: Joined,
    /// The member's latest posts, newest first.
    pub posts: Vec<HistoryPost>,
    /// The latest reports on the member's texts, newest first.
    pub reports: Vec<HistoryReport>,
    /// The outcomes of the reports that the member made.
    pub reports_made: ReportsMade,
    /// The member's sanctions, newest first.
    pub sanctions: Vec<Sanction>,
    /// The entries of the log that concern them, the newest first.
    pub entries: Vec<LogEntry>,
    /// What those are about.
    pub targets: LogTargets,
}

/// How many posts, reports and entries of the log are listed.
pub const MAX_LISTED: i64 = 10;

/// How many of the reports that the member made are counted.
pub const MAX_REPORTS_MADE: i64 = 100;

/// Gets a person by their handle, member or not (applicants have a history too).
pub fn get_person(conn: &mut Conn, handle: &Handle) -> Result<ListedMember> {
    Ok(members::table.filter(members::handle_key.eq(handle.key())).select(ListedMember::as_select()).first(conn)?)
}

/// A member's history, for moderators.
pub fn get(conn: &mut Conn, reader: &Member, handle: &Handle) -> Result<MemberHistory> {
    policy::require(Some(reader), Act::Moderate)?;
    let person = get_person(conn, handle)?;
    let member = person.member.id;
    let concerning = Filter { member: Some(member), scope: Scope::Everything, ..Filter::default() };
    let entries = log::list(conn, reader, &concerning, None, MAX_LISTED)?;
    Ok(MemberHistory {
        joined: joined(conn, member)?,
        posts: latest_posts(conn, member)?,
        reports: latest_reports(conn, member)?,
        reports_made: reports_made(conn, reader, member)?,
        sanctions: sanctions::list(conn, member)?,
        targets: LogTargets::of_entries(conn, reader, &entries)?,
        entries,
        person,
    })
}

fn joined(conn: &mut Conn, member: MemberId) -> Result<Joined> {
    let columns = (members::invitation_id, members::approved_by);
    let (invitation, let_in_by): (Option<InvitationId>, Option<MemberId>) =
        members::table.find(member).select(columns).first(conn)?;
    if let Some(invitation) = invitation {
        let maker: MemberId = invitations::table.find(invitation).select(invitations::created_by).first(conn)?;
        return Ok(Joined::Invited(members::table.find(maker).select(members::handle).first(conn)?));
    }
    match let_in_by {
        Some(moderator) => Ok(Joined::Approved(members::table.find(moderator).select(members::handle).first(conn)?)),
        None => Ok(Joined::Directly),
    }
}

fn latest_posts(conn: &mut Conn, member: MemberId) -> Result<Vec<HistoryPost>> {
    let theirs = posts::table.filter(posts::author_id.eq(member)).order(posts::id.desc()).limit(MAX_LISTED);
    let columns = (posts::id, posts::written_at, posts::hidden_reason.is_not_null(), posts::thread_id);
    let rows: Vec<(PostId, Moment, bool, _)> = theirs.select(columns).load(conn)?;
    let ids: Vec<_> = rows.iter().map(|(.., thread)| *thread).collect();
    let known = threads::several(conn, &ids)?;
    let with_thread = rows.into_iter().filter_map(|(id, written_at, hidden, thread)| {
        let thread = known.iter().find(|known| known.id == thread)?.clone();
        Some(HistoryPost { id, written_at, hidden, thread })
    });
    Ok(with_thread.collect())
}

fn latest_reports(conn: &mut Conn, member: MemberId) -> Result<Vec<HistoryReport>> {
    let theirs = reports::table.filter(reports::author_id.eq(member)).order(reports::id.desc()).limit(MAX_LISTED);
    let columns =
        (reports::id, reports::kind, reports::subject, reports::subject_id, reports::state, reports::reported_at);
    let rows: Vec<(ReportId, ReportKind, String, i64, ReportState, Moment)> = theirs.select(columns).load(conn)?;
    let reported = rows.into_iter().map(|(id, kind, word, subject_id, state, reported_at)| {
        Ok(HistoryReport { id, kind, subject: Subject::new(&word, subject_id)?, state, reported_at })
    });
    reported.collect()
}

/// Which texts they reported isn't shown, because one could be the viewer's own. Reports on the viewer's texts aren't
/// counted for the same reason.
fn reports_made(conn: &mut Conn, reader: &Member, member: MemberId) -> Result<ReportsMade> {
    let others = reports::author_id.is_null().or(reports::author_id.ne(reader.id));
    let theirs = reports::table.filter(reports::reporter_id.eq(member)).filter(others);
    let theirs = theirs.order(reports::id.desc()).limit(MAX_REPORTS_MADE);
    let states: Vec<ReportState> = theirs.select(reports::state).load(conn)?;
    let count = |state| states.iter().filter(|known| **known == state).count();
    Ok(ReportsMade {
        total: states.len(),
        upheld: count(ReportState::Upheld),
        dismissed: count(ReportState::Dismissed),
    })
}
