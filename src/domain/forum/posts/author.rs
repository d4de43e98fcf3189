//! Who wrote a text.

use crate::db::schema::members;
use crate::domain::core::members::{FORMER, Role, State};
use diesel::prelude::*;

/// What is read of a member to say that they wrote something.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = members)]
pub(in crate::domain) struct Name {
    handle: String,
    role: Role,
    state: State,
}

/// Who wrote a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// A member, with what they are in the club.
    Member(String, Role),
    /// Somebody who was a member, and closed their account.
    Former,
    /// The author of an imported text: a name, no member.
    Byline(String),
}

impl Author {
    pub(in crate::domain) fn new(member: Option<Name>, byline: Option<String>) -> Self {
        match (member, byline) {
            (Some(member), _) if member.state == State::Former => Self::Former,
            (Some(member), _) => Self::Member(member.handle, member.role),
            (None, byline) => Self::Byline(byline.unwrap_or_else(|| "unsigned".to_owned())),
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Self::Member(name, _) | Self::Byline(name) => name,
            Self::Former => FORMER,
        }
    }

    /// The role, where it is more than a member's.
    pub fn office(&self) -> Option<&'static str> {
        match self {
            Self::Member(_, Role::Member) | Self::Former | Self::Byline(_) => None,
            Self::Member(_, role) => Some(role.as_str()),
        }
    }

    /// The role of a member.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Member(_, role) => Some(*role),
            Self::Former | Self::Byline(_) => None,
        }
    }

    /// Whether this is a member, who has a page.
    pub fn is_member(&self) -> bool {
        matches!(self, Self::Member(..))
    }
}
