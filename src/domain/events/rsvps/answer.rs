//! What a member answers to a meeting.

use crate::db::word_column;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Answer {
    Yes,
    No,
    Maybe,
    /// Yes, until the member was suspended.
    Withdrawn,
}

word_column!(Answer { Yes = "yes", No = "no", Maybe = "maybe", Withdrawn = "withdrawn" });
