//! Causes and states of texts in the approval queue.

use crate::db::word_column;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

/// Why a text needs approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum PendingCause {
    /// It is one of the author's first posts.
    First,
    /// The thread requires approval.
    Thread,
    /// A post rule holds it.
    Rule,
}

word_column!(PendingCause { First = "first", Thread = "thread", Rule = "rule" });

/// The state of a text in the approval queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum PendingState {
    /// Not decided yet.
    Waiting,
    /// It has been published.
    Approved,
    Declined,
}

word_column!(PendingState { Waiting = "waiting", Approved = "approved", Declined = "declined" });
