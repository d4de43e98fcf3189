//! How much awaits moderators: report cases, pending posts and applications. Counts stop at [`MAX_COUNT`], so that the
//! cost is bounded.

use crate::db::schema::{members, pending_posts, report_cases};
use crate::db::{Conn, MemberId, PendingPostId, ReportCaseId};
use crate::domain::core::members::MemberState;
use crate::domain::safety::report_cases::ReportState as CaseState;
use crate::domain::safety::screening::PendingState;
use crate::error::Result;
use diesel::prelude::*;

/// The highest count. A count this high means “this many or more”.
pub const MAX_COUNT: usize = 100;

/// The number of open tasks of each kind, at most [`MAX_COUNT`] each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenTasks {
    /// Open report cases.
    pub cases: usize,
    /// Posts and threads in the approval queue.
    pub pending_posts: usize,
    /// Applications to join.
    pub applications: usize,
}

/// The number of rows of a table in a state, at most `MAX_COUNT`.
macro_rules! count {
    ($conn:expr, $table:ident, $id:ty, $state:expr) => {{
        let waiting = $table::table.filter($table::state.eq($state)).limit(MAX_COUNT as i64).select($table::id);
        waiting.load::<$id>($conn)?.len()
    }};
}

impl OpenTasks {
    /// Counts open tasks. Each count reads a range of an index.
    pub fn read(conn: &mut Conn) -> Result<Self> {
        Ok(Self {
            cases: count!(conn, report_cases, ReportCaseId, CaseState::Open),
            pending_posts: count!(conn, pending_posts, PendingPostId, PendingState::Waiting),
            applications: count!(conn, members, MemberId, MemberState::Waiting),
        })
    }
}
