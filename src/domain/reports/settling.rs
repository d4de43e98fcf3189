//! Deciding on a report: moderators uphold or dismiss it, and the writer of the text can say that it is right.

use super::{Report, Reported, Row, State, of_subject};
use crate::db::schema::reports;
use crate::db::{Conn, Moment, ReportId};
use crate::domain::actions::{self, Entry};
use crate::domain::members::Member;
use crate::domain::policy::{self, Act};
use crate::error::{Error, Result};
use diesel::prelude::*;

/// A moderator upholds or dismisses a report, and with it all of the same text that stand as it does. Dismissed, the text
/// goes as far as before the first of them; upheld after that, as far again as they say.
pub fn settle(conn: &mut Conn, actor: &Member, id: ReportId, state: State) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    let (report, reported) = get(conn, actor, id)?;
    if reported.author() == Some(actor.id) {
        return Err(Error::Forbidden("What is reported of one’s own, another moderator decides."));
    }
    close(conn, actor, &report, &reported, state)
}

/// The writer of a text says that a report is right: it stays folded as far as that.
pub fn accept(conn: &mut Conn, writer: &Member, id: ReportId) -> Result<()> {
    let (report, reported) = get(conn, writer, id)?;
    policy::require_writer(writer, reported.author())?;
    if report.state != State::Open {
        return Err(Error::Conflict("A moderator has decided on this meanwhile."));
    }
    close(conn, writer, &report, &reported, State::Upheld)
}

fn get(conn: &mut Conn, viewer: &Member, id: ReportId) -> Result<(Report, Reported)> {
    let report: Report = reports::table.find(id).select(Row::as_select()).first(conn)?.into();
    let reported = Reported::get(conn, viewer, report.subject)?;
    Ok((report, reported))
}

fn close(conn: &mut Conn, actor: &Member, one: &Report, reported: &Reported, state: State) -> Result<()> {
    if one.state == state {
        return Err(Error::Conflict("Somebody else was faster: nothing was changed."));
    }
    let (word, id) = one.subject.columns();
    let alike = of_subject(word, id).filter(reports::state.eq(one.state));
    let rows: Vec<Row> = alike.order(reports::id).limit(100).select(Row::as_select()).load(conn)?;
    let folding: Vec<Report> = rows.into_iter().map(Report::from).filter(|report| report.before.is_some()).collect();
    let settled = (reports::state.eq(state), reports::settled_by.eq(actor.id), reports::settled_at.eq(Moment::now()));
    // Of two at once the one who waits finds none left that stand as they did.
    if diesel::update(alike).set(settled).execute(conn)? == 0 {
        return Err(Error::Conflict("Somebody else was faster: nothing was changed."));
    }
    let (now, said) = (reported.position(), folding.iter().map(|report| report.position).max());
    // What its writer has changed since is another text than the one that was open before.
    let first = folding.first().filter(|report| !reported.is_changed_since(report.reported_at));
    let position = match (state, said, first.and_then(|report| report.before)) {
        (State::Dismissed, Some(said), Some(before)) if now == said => before,
        (State::Upheld, said, _) => now.max(said.unwrap_or(one.position)),
        _ => now,
    };
    if position != now {
        reported.set_position(conn, position)?;
    }
    if state == State::Upheld && one.before.is_none() {
        // It folds only now, so this is what it goes back to.
        diesel::update(reports::table.find(one.id)).set(reports::before.eq(Some(now))).execute(conn)?;
    }
    let entry = if reported.author() == Some(actor.id) {
        Entry::agree((word, id), now, position)
    } else {
        Entry::settle((word, id), state == State::Upheld, now, position)
    };
    actions::record(conn, actor.id, &entry)
}
