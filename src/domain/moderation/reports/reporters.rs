//! What became of a reporter's reports. Moderators see this and not the name.

use super::deciding;
use crate::db::schema::{members, report_cases, reports};
use crate::db::{Conn, MemberId, Moment, ReportCaseId, ReportId};
use crate::domain::core::members::{Member, Role};
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::safety::report_cases::ReportState;
use crate::error::{Error, Result};
use chrono::TimeDelta;
use diesel::dsl::count_star;
use diesel::prelude::*;

/// How long after joining a member is unproven, unless a report of theirs is upheld before.
const PROBATION: TimeDelta = TimeDelta::days(3);

/// The most cases that are dismissed at once.
const MAX_DISMISSED: i64 = 100;

/// A reporter without their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackRecord {
    pub joined_at: Moment,
    pub open: i64,
    pub upheld: i64,
    pub dismissed: i64,
}

impl TrackRecord {
    /// All reports by the member.
    pub fn total(&self) -> i64 {
        self.open + self.upheld + self.dismissed
    }

    /// Whether their reports count for less: they have joined just now, or more of their reports were wrong than right.
    fn is_unproven(&self) -> bool {
        let is_new = self.upheld == 0 && self.joined_at > Moment::now().before(PROBATION);
        is_new || self.dismissed > self.upheld
    }
}

/// Whether the reports of this member count for less.
pub(super) fn is_unproven(conn: &mut Conn, member: &Member) -> Result<bool> {
    if member.role != Role::Member {
        return Ok(false);
    }
    Ok(of_members(conn, &[member.id])?.iter().any(|(_, record)| record.is_unproven()))
}

fn of_members(conn: &mut Conn, ids: &[MemberId]) -> Result<Vec<(MemberId, TrackRecord)>> {
    let joined: Vec<(MemberId, Moment)> =
        members::table.filter(members::id.eq_any(ids)).select((members::id, members::joined_at)).load(conn)?;
    let counts: Vec<(MemberId, ReportState, i64)> = reports::table
        .filter(reports::reporter_id.eq_any(ids))
        .group_by((reports::reporter_id, reports::state))
        .select((reports::reporter_id, reports::state, count_star()))
        .load(conn)?;
    let record = |(id, joined_at)| {
        let of =
            |state| counts.iter().filter(|(member, known, _)| (*member, *known) == (id, state)).map(|it| it.2).sum();
        let (open, upheld) = (of(ReportState::Open), of(ReportState::Upheld));
        (id, TrackRecord { joined_at, open, upheld, dismissed: of(ReportState::Dismissed) })
    };
    Ok(joined.into_iter().map(record).collect())
}

/// The track records of those who made these reports, in two queries.
pub fn track_records(conn: &mut Conn, ids: &[ReportId]) -> Result<Vec<(ReportId, TrackRecord)>> {
    let made: Vec<(ReportId, MemberId)> =
        reports::table.filter(reports::id.eq_any(ids)).select((reports::id, reports::reporter_id)).load(conn)?;
    let reporters: Vec<MemberId> = made.iter().map(|(_, member)| *member).collect();
    let records = of_members(conn, &reporters)?;
    let record = |member| records.iter().find(|(known, _)| *known == member).map(|(_, record)| *record);
    Ok(made.into_iter().filter_map(|(id, member)| Some((id, record(member)?))).collect())
}

/// Dismisses the open reports by whoever made this one, and returns how many. Texts that others have reported too stay in
/// the queue, and so do those that this moderator can't decide about now.
pub fn dismiss_all(conn: &mut Conn, actor: &Member, report: ReportId, reason: &Reason) -> Result<usize> {
    policy::require(Some(actor), Act::Moderate)?;
    let reporter: MemberId = reports::table.find(report).select(reports::reporter_id).first(conn)?;
    let theirs = reports::table
        .filter(reports::reporter_id.eq(reporter))
        .filter(reports::state.eq(ReportState::Open))
        .select(reports::case_id);
    let cases: Vec<ReportCaseId> = report_cases::table
        .filter(report_cases::id.eq_any(theirs))
        .filter(report_cases::state.eq(ReportState::Open))
        .filter(report_cases::reports_count.eq(1))
        .order(report_cases::id)
        .limit(MAX_DISMISSED)
        .select(report_cases::id)
        .load(conn)?;
    let mut dismissed = 0;
    for id in cases {
        match deciding::decide(conn, actor, id, (ReportState::Open, ReportState::Dismissed), false, reason) {
            Ok(()) => dismissed += 1,
            Err(Error::NotFound | Error::Forbidden(_) | Error::Conflict(_)) => {}
            Err(Error::Claimed(_) | Error::AlreadyDoneBy(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(dismissed)
}
