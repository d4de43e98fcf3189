//! The minimum reach of a reported text.

use super::{ReportState, of_subject};
use crate::db::Conn;
use crate::db::schema::report_cases;
use crate::domain::core::gate::Position;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// The farthest position that an undismissed report gave a text.
fn min_reach(conn: &mut Conn, subject: Subject) -> Result<Position> {
    let (word, id) = subject.columns();
    let held = of_subject(word, id).filter(report_cases::state.ne(ReportState::Dismissed));
    let folded = held.filter(report_cases::position_before.is_not_null());
    let farthest: Option<Option<Position>> =
        folded.order(report_cases::position.desc()).select(report_cases::position).first(conn).optional()?;
    Ok(farthest.flatten().unwrap_or_default())
}

/// Rejects a reach below the one that an undismissed report gave a text.
pub(in crate::domain) fn require_min_reach(conn: &mut Conn, subject: Subject, position: Position) -> Result<()> {
    let least = min_reach(conn, subject)?;
    if position >= least {
        return Ok(());
    }
    let sentence =
        format!("A reader reported that this spoils {least}. The level can’t be lower unless a moderator disagrees.");
    Err(Error::Refused(Problems::one("reach", sentence)))
}
