//! How much awaits moderators: report cases, pending posts and applications. Counts stop at [`MOST`], so that the
//! cost is bounded.

use crate::db::schema::{cases, held, members};
use crate::db::{CaseId, Conn, HeldId, MemberId};
use crate::domain::core::members::State as MemberState;
use crate::domain::safety::report_cases::ReportState as CaseState;
use crate::domain::safety::screening::waiting::State as HeldState;
use crate::error::Result;
use diesel::prelude::*;

/// The highest count. A count this high means “this many or more”.
pub const MOST: usize = 100;

/// The number of open tasks of each kind, at most [`MOST`] each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Open report cases.
    pub cases: usize,
    /// Posts and threads in the approval queue.
    pub texts: usize,
    /// Applications to join.
    pub people: usize,
}

/// The number of rows of a table in a state, at most `MOST`.
macro_rules! count {
    ($conn:expr, $table:ident, $id:ty, $state:expr) => {{
        let waiting = $table::table.filter($table::state.eq($state)).limit(MOST as i64).select($table::id);
        waiting.load::<$id>($conn)?.len()
    }};
}

impl Waiting {
    /// Counts open tasks. Each count reads a range of an index.
    pub fn read(conn: &mut Conn) -> Result<Self> {
        Ok(Self {
            cases: count!(conn, cases, CaseId, CaseState::Open),
            texts: count!(conn, held, HeldId, HeldState::Waiting),
            people: count!(conn, members, MemberId, MemberState::Waiting),
        })
    }
}
