//! The club's registration setting.

use crate::db::word_column;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

/// Who can join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Registration {
    /// Nobody, not even with an invite link.
    Closed,
    Open,
    /// People with an invite link.
    Invitation,
    /// People with an invite link, and people approved by a moderator.
    Approval,
}

word_column!(Registration { Closed = "closed", Open = "open", Invitation = "invitation", Approval = "approval" });

impl Registration {
    /// In the order of the form.
    pub const ALL: [Self; 4] = [Self::Open, Self::Approval, Self::Invitation, Self::Closed];

    /// Label in forms and in the log.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Anyone",
            Self::Approval => "People approved by a moderator",
            Self::Invitation => "People with an invite link",
            Self::Closed => "Closed",
        }
    }
}
