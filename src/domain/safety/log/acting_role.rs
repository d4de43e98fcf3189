//! As what somebody acted. Members are told this and no names.

use super::entries::{AGREED, REPORTED};
use crate::db::word_column;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

/// As what somebody acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Office {
    /// As any member may.
    Member,
    /// As the writer of what it was done to.
    Writer,
    /// As a host.
    Host,
    /// As a moderator.
    Moderator,
    /// As an admin.
    Admin,
    /// Nobody: it came to pass by itself, as somebody had set it up.
    Club,
    /// As whoever runs the program: no member.
    CommandLine,
}

word_column!(Office {
    Member = "member",
    Writer = "writer",
    Host = "host",
    Moderator = "moderator",
    Admin = "admin",
    Club = "club",
    CommandLine = "command line",
});

impl Office {
    /// Whose it is to do this to that, unless the line says otherwise.
    pub(super) fn of(kind: &str, subject: &str) -> Self {
        match (kind, subject) {
            (REPORTED, _) => Self::Member,
            (AGREED, _) => Self::Writer,
            (_, "book" | "meeting" | "date poll" | "book poll") => Self::Host,
            (_, "club" | "steps" | "mail" | "choice" | "backup" | "guards") => Self::Admin,
            _ => Self::Moderator,
        }
    }

    /// "A moderator".
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Member => "A member",
            Self::Writer => "Its writer",
            Self::Host => "A host",
            Self::Moderator => "A moderator",
            Self::Admin => "An admin",
            Self::Club => "The club",
            Self::CommandLine => "The command line",
        }
    }
}
