//! Who may join the club.

use crate::db::word_column;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

/// Who may join a club.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Registration {
    /// Nobody, with an invitation neither.
    Closed,
    /// Everybody.
    Open,
    /// Who has an invitation.
    Invitation,
    /// Whom a moderator lets in, and who has an invitation.
    Approval,
}

word_column!(Registration { Closed = "closed", Open = "open", Invitation = "invitation", Approval = "approval" });

impl Registration {
    /// All of them, as a form offers them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Approval, Self::Invitation, Self::Closed];

    /// What forms and the log call it.
    pub fn choice(self) -> &'static str {
        match self {
            Self::Open => "Anyone",
            Self::Approval => "People approved by a moderator",
            Self::Invitation => "People with an invite link",
            Self::Closed => "Closed",
        }
    }
}
