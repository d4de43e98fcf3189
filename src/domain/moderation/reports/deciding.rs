//! Deciding a case: moderators uphold or dismiss it, or the author of the text accepts the report.

use super::Reported;
use crate::db::schema::{members, report_cases, reports};
use crate::db::{Conn, MemberId, Moment, ReportCaseId};
use crate::domain::core::gate::Position;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::moderation::hiding;
use crate::domain::safety::log::facts::{Change, Decision};
use crate::domain::safety::log::{self, Event, NewLogEntry, Reversal};
use crate::domain::safety::notifications;
use crate::domain::safety::report_cases::{ReportCase, claims_expire_before, conflict, get, require_not_author};
use crate::domain::safety::report_cases::{ReportState, outcome};
use crate::error::{Error, Result};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use serde::{Deserialize, Serialize};

/// Upholds or dismisses a case with all its reports, and can hide the text. The author is notified of the reason. Only
/// admins uphold reports on an admin's text; every moderator can dismiss them.
///
/// Dismissing sets the reach back to what it was before the first report; upholding sets it to what the reports say.
/// `seen` is the state that the moderator saw: if the case has another state by now, nothing changes and the error
/// names who decided.
pub fn decide(
    conn: &mut Conn,
    actor: &Member,
    id: ReportCaseId,
    (seen, state): (ReportState, ReportState),
    hide: bool,
    reason: &Reason,
) -> Result<()> {
    let (case, reported) = get_to_decide(conn, actor, id)?;
    if case.state != seen {
        return Err(conflict(conn, actor, id)?);
    }
    if state == ReportState::Upheld {
        reported.require_moderation(actor)?;
    }
    // Hiding with the decision is part of the same log entry and of the same undo.
    let hides =
        hide.then(|| HiddenChange { from: reported.hidden().map(str::to_owned), to: Some(reason.text.clone()) });
    apply_decision(conn, actor, &case, &reported, (state, hides), Some(reason))
}

/// The author accepts a case that has only spoiler reports: the text keeps the reported reach.
pub fn accept(conn: &mut Conn, author: &Member, id: ReportCaseId) -> Result<()> {
    let case = get(conn, id)?;
    let reported = Reported::get_for_moderator(conn, author, case.subject)?;
    policy::require_author(author, reported.author_id())?;
    if case.state != ReportState::Open || !case.only_spoils() {
        return Err(Error::Conflict("Only a moderator can decide on this."));
    }
    apply_decision(conn, author, &case, &reported, (ReportState::Upheld, None), None)
}

/// Gets a case that this moderator may decide: not about their own text.
fn get_to_decide(conn: &mut Conn, actor: &Member, id: ReportCaseId) -> Result<(ReportCase, Reported)> {
    policy::require(Some(actor), Act::Moderate)?;
    let case = get(conn, id)?;
    let reported = Reported::get_for_moderator(conn, actor, case.subject)?;
    require_not_author(actor, reported.author_id())?;
    require_not_author(actor, case.author)?;
    Ok((case, reported))
}

fn apply_decision(
    conn: &mut Conn,
    actor: &Member,
    case: &ReportCase,
    reported: &Reported,
    (state, hides): (ReportState, Option<HiddenChange>),
    reason: Option<&Reason>,
) -> Result<()> {
    if case.state == state {
        return Err(conflict(conn, actor, case.id)?);
    }
    let now = reported.position();
    let (position, before) = match state {
        // The author has edited the text since: the earlier reach was chosen for other words.
        ReportState::Dismissed if !reported.is_changed_since(conn, case.opened_at)? => match case.before {
            Some(before) if case.position == Some(now) => (before, case.before),
            _ => (now, case.before),
        },
        ReportState::Upheld if reported.can_be_folded() => {
            // If the text is folded only now, dismissing it later goes back to this reach.
            let before = case.position.and(case.before.or(Some(now)));
            (case.position.map_or(now, |said| said.max(now)), before)
        }
        _ => (now, case.before),
    };
    carry_out(conn, actor, (case, reported), Step { state, position, before, hides }, reason)
}

/// What a decision, or undoing one, makes of a case and its text.
struct Step {
    state: ReportState,
    position: Position,
    /// The position to go back to if the case is dismissed later.
    before: Option<Position>,
    /// How the text is hidden or restored, if it is.
    hides: Option<HiddenChange>,
}

/// Changes the case and its text, notifies the reporters, and logs it with the step back.
fn carry_out(
    conn: &mut Conn,
    actor: &Member,
    (case, reported): (&ReportCase, &Reported),
    step: Step,
    reason: Option<&Reason>,
) -> Result<()> {
    let Step { state, position, before, hides } = step;
    let now = reported.position();
    if let Some(hides) = &hides {
        hiding::set_hidden_unlogged(conn, actor, case.subject, hides.to.as_deref())?;
    }
    set_state(conn, actor, case, state, before)?;
    if position != now {
        reported.set_position(conn, position)?;
    }
    let hidden = hides.as_ref().map_or(reported.hidden().is_some(), HiddenChange::is_hidden);
    notifications::notify_reporters(conn, case.id, actor.id, outcome(state, hidden), case.subject)?;
    let level = Change::new(now, position);
    let event = match reported.author_id() == Some(actor.id) {
        true => Event::ReportAccepted(level),
        false => decided(state, level, hides.as_ref()),
    };
    let undo = ReverseDecision {
        case: case.id,
        from: state,
        to: case.state,
        at: position,
        was: now,
        before: case.before,
        back: hides.map(HiddenChange::reversed),
    };
    let entry = NewLogEntry::new(event, case.subject).because(reason).concerning(reported.author_id());
    log::record(conn, actor.id, entry.undone_by(&undo)?)
}

/// Sets the state of a case and its reports. Returns an error if the state has changed or another moderator has claimed
/// the case; a claim doesn't stop the author of the text.
fn set_state(
    conn: &mut Conn,
    actor: &Member,
    case: &ReportCase,
    state: ReportState,
    before: Option<Position>,
) -> Result<()> {
    let free = report_cases::claimed_by
        .is_null()
        .or(report_cases::claimed_by.eq(actor.id))
        .or(report_cases::claimed_at.le(claims_expire_before()));
    let free = free.or(report_cases::author_id.eq(actor.id));
    let unchanged = report_cases::table
        .filter(report_cases::id.eq(case.id))
        .filter(report_cases::state.eq(case.state))
        .filter(free);
    let settled = (state != ReportState::Open).then(|| (actor.id, Moment::now())).unzip();
    let values = (
        (
            report_cases::state.eq(state),
            report_cases::position_before.eq(before),
            report_cases::decided_by.eq(settled.0),
        ),
        (
            report_cases::decided_at.eq(settled.1),
            report_cases::claimed_by.eq(None::<MemberId>),
            report_cases::claimed_at.eq(None::<Moment>),
        ),
    );
    match conn.transaction(|conn| diesel::update(unchanged).set(values).execute(conn)) {
        Ok(0) => return Err(conflict(conn, actor, case.id)?),
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(Error::Conflict("It has been reported again since. Please decide on the new report."));
        }
        changed => changed?,
    };
    let of_case = reports::table.filter(reports::case_id.eq(case.id));
    diesel::update(of_case).set(reports::state.eq(state)).execute(conn)?;
    let by = i32::from(state == ReportState::Upheld) - i32::from(case.state == ReportState::Upheld);
    if let (Some(author), true) = (case.author, by != 0) {
        let count = members::upheld_count.eq(members::upheld_count + by);
        diesel::update(members::table.find(author)).set(count).execute(conn)?;
    }
    Ok(())
}

/// What the log says of a decision, or of one that was undone.
fn decided(state: ReportState, level: Change<Position>, hides: Option<&HiddenChange>) -> Event {
    let decision = Decision { level, hidden: hides.map(HiddenChange::is_hidden) };
    match state {
        ReportState::Upheld => Event::ReportUpheld(decision),
        ReportState::Dismissed => Event::ReportDismissed(decision),
        ReportState::Open => Event::ReportReopened(decision),
    }
}

/// A change of a text's `hidden_reason` that is part of a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct HiddenChange {
    from: Option<String>,
    to: Option<String>,
}

impl HiddenChange {
    fn is_hidden(&self) -> bool {
        self.to.is_some()
    }

    fn reversed(self) -> Self {
        Self { from: self.to, to: self.from }
    }
}

/// Undoes a decision: restores the state of the case, the reach of the text and whether it is hidden. Returns a
/// conflict if the case or the text has changed since. Everyone who was notified of the decision is notified again.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct ReverseDecision {
    case: ReportCaseId,
    from: ReportState,
    to: ReportState,
    /// The text's position after the decision.
    at: Position,
    /// The text's position before the decision.
    was: Position,
    before: Option<Position>,
    /// How to restore a text that was hidden with the decision, if it still is.
    back: Option<HiddenChange>,
}

impl Reversal for ReverseDecision {
    const NAME: &'static str = "report.decision";

    fn topic(&self) -> String {
        format!("case {}", self.case)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let (case, reported) = get_to_decide(conn, actor, self.case)?;
        if self.from == ReportState::Upheld || self.to == ReportState::Upheld {
            reported.require_moderation(actor)?;
        }
        let changed = match case.settled_at {
            Some(at) => reported.is_changed_since(conn, at)?,
            None => false,
        };
        if case.state != self.from || reported.position() != self.at || changed {
            return Err(Error::Conflict("It was changed or decided again since. Nothing was changed."));
        }
        // If somebody has restored it in the meantime, it stays as it is.
        let hides = self.back.filter(|hides| reported.hidden() == hides.from.as_deref());
        let step = Step { state: self.to, position: self.was, before: self.before, hides };
        carry_out(conn, actor, (&case, &reported), step, Some(reason))
    }
}
