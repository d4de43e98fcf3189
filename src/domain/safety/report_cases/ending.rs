//! Closing cases whose text is gone, and notifying reporters.

use super::{ReportState, on};
use crate::db::schema::{cases, reports};
use crate::db::{CaseId, Conn, MemberId, Moment};
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
        (ReportState::Dismissed, false) => Outcome::Kept,
        (ReportState::Open, _) => Outcome::Reopened,
    }
}

/// Notifies the people whose report of a text was upheld that it has been hidden or restored.
pub(in crate::domain) fn tell_hidden(conn: &mut Conn, actor: &Member, subject: Subject, hidden: bool) -> Result<()> {
    let (word, id) = subject.columns();
    let last = on(word, id).order(cases::id.desc()).select((cases::id, cases::state));
    match last.first(conn).optional()? {
        Some((case, ReportState::Upheld)) => {
            let outcome = if hidden { Outcome::Hidden } else { Outcome::Shown };
            notifications::tell_reporters(conn, case, actor.id, outcome, (word, id))
        }
        _ => Ok(()),
    }
}

/// Whether a moderator has decided on a report of this text. The log refers to it then, so the text must not be
/// deleted.
pub(in crate::domain) fn is_decided(conn: &mut Conn, subject: Subject) -> Result<bool> {
    let (word, id) = subject.columns();
    let decided = on(word, id).filter(cases::state.ne(ReportState::Open));
    Ok(diesel::select(diesel::dsl::exists(decided)).get_result(conn)?)
}

/// Dismisses the open case of a deleted text.
pub(in crate::domain) fn drop_of(conn: &mut Conn, subject: Subject) -> Result<()> {
    let (word, id) = subject.columns();
    let ids: Vec<CaseId> = on(word, id).filter(cases::state.eq(ReportState::Open)).select(cases::id).load(conn)?;
    drop_cases(conn, &ids)
}

fn drop_cases(conn: &mut Conn, ids: &[CaseId]) -> Result<()> {
    let of_case = reports::table.filter(reports::case_id.eq_any(ids));
    diesel::update(of_case).set(reports::state.eq(ReportState::Dismissed)).execute(conn)?;
    let settled = (cases::state.eq(ReportState::Dismissed), cases::settled_at.eq(Some(Moment::now())));
    diesel::update(cases::table.filter(cases::id.eq_any(ids))).set(settled).execute(conn)?;
    Ok(())
}

/// Dismisses the open cases of a member's texts, which the member has withdrawn.
pub(in crate::domain) fn withdraw(conn: &mut Conn, member: MemberId) -> Result<()> {
    let open = cases::table.filter(cases::author_id.eq(member)).filter(cases::state.eq(ReportState::Open));
    let ids: Vec<CaseId> = open.select(cases::id).load(conn)?;
    ids.chunks(500).try_for_each(|some| drop_cases(conn, some))
}
