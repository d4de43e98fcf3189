//! The author of a thread or post.

use crate::db::schema::members;
use crate::domain::core::members::{FORMER_MEMBER, MemberState, Role};
use diesel::prelude::*;

/// The columns of a member that [`Author`] needs.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = members)]
pub(in crate::domain) struct AuthorRow {
    handle: String,
    role: Role,
    state: MemberState,
}

/// The author of a thread or post: a member, a former member, or a name from an imported page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// A member's handle and role.
    Member(String, Role),
    /// A member who closed their account.
    Former,
    /// The name under an imported text. There is no member with that name.
    Byline(String),
}

impl Author {
    pub(in crate::domain) fn new(member: Option<AuthorRow>, byline: Option<String>) -> Self {
        match (member, byline) {
            (Some(member), _) if member.state == MemberState::Former => Self::Former,
            (Some(member), _) => Self::Member(member.handle, member.role),
            (None, byline) => Self::Byline(byline.unwrap_or_else(|| "unsigned".to_owned())),
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Member(name, _) | Self::Byline(name) => name,
            Self::Former => FORMER_MEMBER,
        }
    }

    /// The word for the role of hosts, moderators and admins; `None` for everybody else.
    pub fn role_label(&self) -> Option<&'static str> {
        match self {
            Self::Member(_, Role::Member) | Self::Former | Self::Byline(_) => None,
            Self::Member(_, role) => Some(role.as_str()),
        }
    }

    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Member(_, role) => Some(*role),
            Self::Former | Self::Byline(_) => None,
        }
    }

    pub fn is_member(&self) -> bool {
        matches!(self, Self::Member(..))
    }
}
