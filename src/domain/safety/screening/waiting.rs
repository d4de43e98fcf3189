//! Why a text waits for a moderator, and what became of it.

use crate::db::word_column;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

/// Why a text waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Why {
    /// It is one of its writer's first.
    First,
    /// Each post of the thread waits.
    Thread,
    /// A rule about words or links has it wait.
    Rule,
}

word_column!(Why { First = "first", Thread = "thread", Rule = "rule" });

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum State {
    /// Nobody in charge has looked yet.
    Waiting,
    /// It stands now.
    Approved,
    /// It was declined.
    Declined,
}

word_column!(State { Waiting = "waiting", Approved = "approved", Declined = "declined" });
