//! What waits for those who keep order: cases, texts, people. Counted to a bound, so that it costs the same whatever has
//! come together.

use crate::db::schema::{cases, held, members};
use crate::db::{CaseId, Conn, HeldId, MemberId};
use crate::domain::core::members::State as MemberState;
use crate::domain::safety::report_cases::ReportState as CaseState;
use crate::domain::safety::screening::waiting::State as HeldState;
use crate::error::Result;
use diesel::prelude::*;

/// As many of each are counted, and no more.
pub const MOST: usize = 100;

/// How much waits; [`MOST`] stands for that much or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Reported texts that nobody has decided on.
    pub cases: usize,
    /// Posts and threads that nobody has looked at.
    pub texts: usize,
    /// People who ask to join.
    pub people: usize,
}

/// How many rows of a table are in a state, as far as they are counted.
macro_rules! count {
    ($conn:expr, $table:ident, $id:ty, $state:expr) => {{
        let waiting = $table::table.filter($table::state.eq($state)).limit(MOST as i64).select($table::id);
        waiting.load::<$id>($conn)?.len()
    }};
}

impl Waiting {
    /// Reads it, each from the beginning of an index.
    pub fn read(conn: &mut Conn) -> Result<Self> {
        Ok(Self {
            cases: count!(conn, cases, CaseId, CaseState::Open),
            texts: count!(conn, held, HeldId, HeldState::Waiting),
            people: count!(conn, members, MemberId, MemberState::Waiting),
        })
    }
}
