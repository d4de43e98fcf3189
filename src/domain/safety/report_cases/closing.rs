//! Closing cases whose text is gone, and notifying reporters.

use super::{ReportState, of_subject};
use crate::db::schema::{report_cases, reports};
use crate::db::{Conn, MemberId, Moment, ReportCaseId};
use crate::domain::core::members::Member;
use crate::domain::safety::notifications::{self, Outcome};
use crate::domain::safety::subjects::Subject;
use crate::error::Result;
use diesel::prelude::*;

/// The outcome that reporters are notified of. `hidden` says whether the text is hidden now.
pub(in crate::domain) fn outcome(state: ReportState, hidden: bool) -> Outcome {
    match (state, hidden) {
        (ReportState::Upheld, true) => Outcome::Hidden,
        (ReportState::Upheld, false) => Outcome::Upheld,
        (ReportState::Dismissed, true) => Outcome::StaysHidden,
        (ReportState::Dismissed, false) => Outcome::Dismissed,
        (ReportState::Open, _) => Outcome::Reopened,
    }
}

/// Notifies the people whose report of a text was upheld that it has been hidden or restored.
pub(in crate::domain) fn notify_hidden(conn: &mut Conn, actor: &Member, subject: Subject, hidden: bool) -> Result<()> {
    let (word, id) = subject.columns();
    let last = of_subject(word, id).order(report_cases::id.desc()).select((report_cases::id, report_cases::state));
    match last.first(conn).optional()? {
        Some((case, ReportState::Upheld)) => {
            let outcome = if hidden { Outcome::Hidden } else { Outcome::Restored };
            notifications::notify_reporters(conn, case, actor.id, outcome, subject)
        }
        _ => Ok(()),
    }
}

/// Whether a moderator has decided on a report of this text. The log refers to it then, so the text must not be
/// deleted.
pub(in crate::domain) fn is_decided(conn: &mut Conn, subject: Subject) -> Result<bool> {
    let (word, id) = subject.columns();
    let decided = of_subject(word, id).filter(report_cases::state.ne(ReportState::Open));
    Ok(diesel::select(diesel::dsl::exists(decided)).get_result(conn)?)
}

/// Dismisses the open case of a deleted text.
pub(in crate::domain) fn dismiss_of_subject(conn: &mut Conn, subject: Subject) -> Result<()> {
    let (word, id) = subject.columns();
    let ids: Vec<ReportCaseId> =
        of_subject(word, id).filter(report_cases::state.eq(ReportState::Open)).select(report_cases::id).load(conn)?;
    dismiss(conn, &ids)
}

fn dismiss(conn: &mut Conn, ids: &[ReportCaseId]) -> Result<()> {
    let of_case = reports::table.filter(reports::case_id.eq_any(ids));
    diesel::update(of_case).set(reports::state.eq(ReportState::Dismissed)).execute(conn)?;
    let settled = (report_cases::state.eq(ReportState::Dismissed), report_cases::decided_at.eq(Some(Moment::now())));
    diesel::update(report_cases::table.filter(report_cases::id.eq_any(ids))).set(settled).execute(conn)?;
    Ok(())
}

/// Dismisses the open cases of a member's texts, which the member has withdrawn.
pub(in crate::domain) fn dismiss_of_author(conn: &mut Conn, member: MemberId) -> Result<()> {
    let open = report_cases::table
        .filter(report_cases::author_id.eq(member))
        .filter(report_cases::state.eq(ReportState::Open));
    let ids: Vec<ReportCaseId> = open.select(report_cases::id).load(conn)?;
    ids.chunks(500).try_for_each(|some| dismiss(conn, some))
}
