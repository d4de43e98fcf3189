//! Deciding on a case: moderators uphold or dismiss it, and the writer of the text can say that it is right.

use super::cases::{Case, get, lapsed, on, overtaken, require_other};
use super::{Reported, State, Subject};
use crate::db::schema::{cases, members, reports};
use crate::db::{CaseId, Conn, MemberId, Moment};
use crate::domain::actions::undos::Undo;
use crate::domain::actions::{self, Entry};
use crate::domain::hiding;
use crate::domain::members::Member;
use crate::domain::notifications::{self, Outcome};
use crate::domain::policy::{self, Act};
use crate::domain::seal::Position;
use crate::domain::words::Reason;
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
    (seen, state): (State, State),
    hide: bool,
    reason: &Reason,
) -> Result<()> {
    let (case, reported) = to_decide(conn, actor, id)?;
    if case.state != seen {
        return Err(overtaken(conn, actor, id)?);
    }
    if state == State::Upheld {
        reported.require_moderation(actor)?;
    }
    if hide {
        hiding::set_hidden(conn, actor, case.subject, Some(&reason.words), reason)?;
    }
    let hidden = hide || reported.hidden().is_some();
    close(conn, actor, &case, &reported, (state, hidden), Some(reason))
}

/// The writer of a text says that it gives away what is said of it: it stays folded as far as that.
pub fn accept(conn: &mut Conn, writer: &Member, id: CaseId) -> Result<()> {
    let case = get(conn, id)?;
    let reported = Reported::any(conn, writer, case.subject)?;
    policy::require_writer(writer, reported.author())?;
    if case.state != State::Open || !case.only_spoils() {
        return Err(Error::Conflict("A moderator decides on this."));
    }
    close(conn, writer, &case, &reported, (State::Upheld, reported.hidden().is_some()), None)
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
    (state, hidden): (State, bool),
    reason: Option<&Reason>,
) -> Result<()> {
    if case.state == state {
        return Err(overtaken(conn, actor, case.id)?);
    }
    let now = reported.position();
    let (position, before) = match state {
        // What its writer has changed since is another text than the one that was open before.
        State::Dismissed if !reported.is_changed_since(conn, case.opened_at)? => match case.before {
            Some(before) if case.position == Some(now) => (before, case.before),
            _ => (now, case.before),
        },
        State::Upheld if reported.can_be_folded() => {
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
    let outcome = match state {
        State::Upheld if hidden => Some(Outcome::Hidden),
        State::Upheld => Some(Outcome::Upheld),
        State::Dismissed => Some(Outcome::Kept),
        State::Open => None,
    };
    if let Some(outcome) = outcome {
        notifications::tell_reporters(conn, case.id, actor.id, outcome, case.subject.columns())?;
    }
    let by_writer = reported.author() == Some(actor.id);
    let entry = match by_writer {
        true => Entry::agree(case.subject.columns(), now, position),
        false => Entry::settle(case.subject.columns(), state == State::Upheld, now, position),
    };
    let entry = reason.into_iter().fold(entry, Entry::because).concerning(reported.author());
    let undo = Reversal { case: case.id, from: state, to: case.state, at: position, was: now, before: case.before };
    actions::record(conn, actor.id, &entry.undone_by(Undo::Decide(undo)))
}

/// Sets what became of a case and all its reports, if it still is what it was, and nobody else has taken it. Its writer
/// waits for nobody.
fn change(conn: &mut Conn, actor: &Member, case: &Case, state: State, before: Option<Position>) -> Result<()> {
    let free = cases::claimed_by.is_null().or(cases::claimed_by.eq(actor.id)).or(cases::claimed_at.le(lapsed()));
    let free = free.or(cases::author_id.eq(actor.id));
    let unchanged = cases::table.filter(cases::id.eq(case.id)).filter(cases::state.eq(case.state)).filter(free);
    let settled = (state != State::Open).then(|| (actor.id, Moment::now())).unzip();
    let values = (
        (cases::state.eq(state), cases::before.eq(before), cases::settled_by.eq(settled.0)),
        (cases::settled_at.eq(settled.1), cases::claimed_by.eq(None::<MemberId>), cases::claimed_at.eq(None::<Moment>)),
    );
    match conn.transaction(|conn| diesel::update(unchanged).set(values).execute(conn)) {
        Ok(0) => return Err(overtaken(conn, actor, case.id)?),
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(Error::Conflict("It was reported again since: please decide on that."));
        }
        changed => changed?,
    };
    let of_case = reports::table.filter(reports::case_id.eq(case.id));
    diesel::update(of_case).set(reports::state.eq(state)).execute(conn)?;
    let by = i32::from(state == State::Upheld) - i32::from(case.state == State::Upheld);
    if let (Some(author), true) = (case.author, by != 0) {
        let count = members::upheld_count.eq(members::upheld_count + by);
        diesel::update(members::table.find(author)).set(count).execute(conn)?;
    }
    Ok(())
}

/// How a decision is undone: what became of a case goes back, and how far its text went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reversal {
    case: CaseId,
    from: State,
    to: State,
    at: Position,
    was: Position,
    before: Option<Position>,
}

/// Undoes a decision, if nothing has changed since: neither the case nor the text.
pub(in crate::domain) fn reverse(conn: &mut Conn, actor: &Member, undo: &Reversal, reason: &Reason) -> Result<()> {
    let (case, reported) = to_decide(conn, actor, undo.case)?;
    if undo.from == State::Upheld || undo.to == State::Upheld {
        reported.require_moderation(actor)?;
    }
    let changed = match case.settled_at {
        Some(at) => reported.is_changed_since(conn, at)?,
        None => false,
    };
    if case.state != undo.from || reported.position() != undo.at || changed {
        return Err(Error::Conflict("It was changed or decided on anew since: nothing was changed."));
    }
    change(conn, actor, &case, undo.to, undo.before)?;
    if undo.was != undo.at {
        reported.set_position(conn, undo.was)?;
    }
    let back =
        Reversal { from: undo.to, to: undo.from, at: undo.was, was: undo.at, before: case.before, case: case.id };
    let entry = Entry::reopen(case.subject.columns(), undo.to, undo.at, undo.was).because(reason);
    actions::record(conn, actor.id, &entry.concerning(reported.author()).undone_by(Undo::Decide(back)))
}

/// Nothing is left to decide on of a text: it is gone.
pub(in crate::domain) fn drop_of(conn: &mut Conn, subject: Subject) -> Result<()> {
    let (word, id) = subject.columns();
    let ids: Vec<CaseId> = on(word, id).filter(cases::state.eq(State::Open)).select(cases::id).load(conn)?;
    drop_cases(conn, &ids)
}

fn drop_cases(conn: &mut Conn, ids: &[CaseId]) -> Result<()> {
    let of_case = reports::table.filter(reports::case_id.eq_any(ids));
    diesel::update(of_case).set(reports::state.eq(State::Dismissed)).execute(conn)?;
    let settled = (cases::state.eq(State::Dismissed), cases::settled_at.eq(Some(Moment::now())));
    diesel::update(cases::table.filter(cases::id.eq_any(ids))).set(settled).execute(conn)?;
    Ok(())
}

/// Nothing is left to decide on of a member's texts: they have taken them away.
pub(in crate::domain) fn withdraw(conn: &mut Conn, member: MemberId) -> Result<()> {
    let open = cases::table.filter(cases::author_id.eq(member)).filter(cases::state.eq(State::Open));
    let ids: Vec<CaseId> = open.select(cases::id).load(conn)?;
    ids.chunks(500).try_for_each(|some| drop_cases(conn, some))
}
