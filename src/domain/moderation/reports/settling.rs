//! Deciding on a case: moderators uphold or dismiss it, and the writer of the text can say that it is right.

use super::Reported;
use crate::db::schema::{cases, members, reports};
use crate::db::{CaseId, Conn, MemberId, Moment};
use crate::domain::core::gate::Position;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::words::Reason;
use crate::domain::moderation::hiding;
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::domain::safety::notifications::{self};
use crate::domain::safety::report_cases::{Case, get, lapsed, overtaken, require_other};
use crate::domain::safety::report_cases::{ReportState, outcome};
use crate::error::{Error, Result};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use serde::{Deserialize, Serialize};

/// A moderator upholds or dismisses a case, and with it all its reports, for a reason that its writer is told; upheld, they
/// can hide the text for it. What an admin wrote is found right or wrong by admins; to leave it as it is is open to all.
/// Dismissed, the text goes as far as before the first of them; upheld after that, as far again as they say. `seen` is what
/// had become of the case when they looked: where that has changed, nothing is.
pub fn settle(
    conn: &mut Conn,
    actor: &Member,
    id: CaseId,
    (seen, state): (ReportState, ReportState),
    hide: bool,
    reason: &Reason,
) -> Result<()> {
    let (case, reported) = to_decide(conn, actor, id)?;
    if case.state != seen {
        return Err(overtaken(conn, actor, id)?);
    }
    if state == ReportState::Upheld {
        reported.require_moderation(actor)?;
    }
    // Hidden with the decision it is one act with it: one line in the log, and one undo.
    let hides = hide.then(|| Hides { from: reported.hidden().map(str::to_owned), to: Some(reason.words.clone()) });
    if let Some(hides) = &hides {
        hiding::conceal(conn, actor, case.subject, hides.to.as_deref())?;
    }
    close(conn, actor, &case, &reported, (state, hides), Some(reason))
}

/// The writer of a text says that it gives away what is said of it: it stays folded as far as that.
pub fn accept(conn: &mut Conn, writer: &Member, id: CaseId) -> Result<()> {
    let case = get(conn, id)?;
    let reported = Reported::any(conn, writer, case.subject)?;
    policy::require_writer(writer, reported.author())?;
    if case.state != ReportState::Open || !case.only_spoils() {
        return Err(Error::Conflict("Only a moderator can decide on this."));
    }
    close(conn, writer, &case, &reported, (ReportState::Upheld, None), None)
}

/// A case that this moderator may decide on.
fn to_decide(conn: &mut Conn, actor: &Member, id: CaseId) -> Result<(Case, Reported)> {
    policy::require(Some(actor), Act::Moderate)?;
    let case = get(conn, id)?;
    let reported = Reported::any(conn, actor, case.subject)?;
    require_other(actor, reported.author())?;
    require_other(actor, case.author)?;
    Ok((case, reported))
}

fn close(
    conn: &mut Conn,
    actor: &Member,
    case: &Case,
    reported: &Reported,
    (state, hides): (ReportState, Option<Hides>),
    reason: Option<&Reason>,
) -> Result<()> {
    if case.state == state {
        return Err(overtaken(conn, actor, case.id)?);
    }
    let now = reported.position();
    let (position, before) = match state {
        // What its writer has changed since is another text than the one that was open before.
        ReportState::Dismissed if !reported.is_changed_since(conn, case.opened_at)? => match case.before {
            Some(before) if case.position == Some(now) => (before, case.before),
            _ => (now, case.before),
        },
        ReportState::Upheld if reported.can_be_folded() => {
            // Where it folds only now, this is what it goes back to.
            let before = case.position.and(case.before.or(Some(now)));
            (case.position.map_or(now, |said| said.max(now)), before)
        }
        _ => (now, case.before),
    };
    change(conn, actor, case, state, before)?;
    if position != now {
        reported.set_position(conn, position)?;
    }
    let subject = case.subject.columns();
    let hidden = hides.is_some() || reported.hidden().is_some();
    notifications::tell_reporters(conn, case.id, actor.id, outcome(state, hidden), subject)?;
    let by_writer = reported.author() == Some(actor.id);
    let entry = match by_writer {
        true => Entry::agree(subject, now, position),
        false => Entry::settle(subject, state, (now, position), hides.as_ref().map(Hides::hides)),
    };
    let entry = reason.into_iter().fold(entry, Entry::because).concerning(reported.author());
    let (undo, back) = ((case.state, now), hides.map(Hides::back));
    let undo = ReverseDecision {
        case: case.id,
        from: state,
        to: undo.0,
        at: position,
        was: undo.1,
        before: case.before,
        back,
    };
    log::record(conn, actor.id, &entry.undone_by(&undo)?)
}

/// Sets what became of a case and all its reports, if it still is what it was, and nobody else has taken it. Its writer
/// waits for nobody.
fn change(conn: &mut Conn, actor: &Member, case: &Case, state: ReportState, before: Option<Position>) -> Result<()> {
    let free = cases::claimed_by.is_null().or(cases::claimed_by.eq(actor.id)).or(cases::claimed_at.le(lapsed()));
    let free = free.or(cases::author_id.eq(actor.id));
    let unchanged = cases::table.filter(cases::id.eq(case.id)).filter(cases::state.eq(case.state)).filter(free);
    let settled = (state != ReportState::Open).then(|| (actor.id, Moment::now())).unzip();
    let values = (
        (cases::state.eq(state), cases::before.eq(before), cases::settled_by.eq(settled.0)),
        (cases::settled_at.eq(settled.1), cases::claimed_by.eq(None::<MemberId>), cases::claimed_at.eq(None::<Moment>)),
    );
    match conn.transaction(|conn| diesel::update(unchanged).set(values).execute(conn)) {
        Ok(0) => return Err(overtaken(conn, actor, case.id)?),
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

/// That a text is hidden, or shown again, with a decision: behind which words it was, and is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Hides {
    from: Option<String>,
    to: Option<String>,
}

impl Hides {
    fn hides(&self) -> bool {
        self.to.is_some()
    }

    fn back(self) -> Self {
        Self { from: self.to, to: self.from }
    }
}

/// Undoes a decision, if nothing has changed since, neither the case nor the text: what became of the case goes back, how
/// far its text goes, and whether it was hidden. Everybody who was told of the decision is told.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct ReverseDecision {
    case: CaseId,
    from: ReportState,
    to: ReportState,
    /// How far the text goes now.
    at: Position,
    /// How far it went.
    was: Position,
    before: Option<Position>,
    /// What becomes of a text that was hidden with the decision, if it is still hidden for it.
    back: Option<Hides>,
}

impl Reversal for ReverseDecision {
    const NAME: &'static str = "report.decision";

    fn topic(&self) -> String {
        format!("case {}", self.case)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let (case, reported) = to_decide(conn, actor, self.case)?;
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
        // Restored by hand since, it stays so.
        let hides = self.back.clone().filter(|hides| reported.hidden() == hides.from.as_deref());
        if let Some(hides) = &hides {
            hiding::conceal(conn, actor, case.subject, hides.to.as_deref())?;
        }
        change(conn, actor, &case, self.to, self.before)?;
        if self.was != self.at {
            reported.set_position(conn, self.was)?;
        }
        let subject = case.subject.columns();
        let hidden = hides.as_ref().map_or(reported.hidden().is_some(), Hides::hides);
        notifications::tell_reporters(conn, case.id, actor.id, outcome(self.to, hidden), subject)?;
        let entry = Entry::settle(subject, self.to, (self.at, self.was), hides.as_ref().map(Hides::hides));
        let (before, back) = (case.before, hides.map(Hides::back));
        let again = Self { case: case.id, from: self.to, to: self.from, at: self.was, was: self.at, before, back };
        let entry = entry.because(reason).concerning(reported.author());
        log::record(conn, actor.id, &entry.undone_by(&again)?)
    }
}
