//! What a text is reported for, and what became of that.

use crate::db::word_column;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

/// What is reported of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum ReportKind {
    /// It gives away a chapter that it is not folded for.
    Spoils,
    /// It hurts somebody.
    Unkind,
    /// It advertises.
    Spam,
    /// It belongs elsewhere.
    OffTopic,
    /// It is somebody else's to publish.
    Copyright,
    /// What the reporter says.
    Other,
}

word_column!(ReportKind {
    Spoils = "spoils",
    Unkind = "unkind",
    Spam = "spam",
    OffTopic = "off-topic",
    Copyright = "copyright",
    Other = "other",
});

impl ReportKind {
    /// All of them, as a form lists them.
    pub const ALL: [Self; 6] = [Self::Spoils, Self::Unkind, Self::Spam, Self::OffTopic, Self::Copyright, Self::Other];
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum ReportState {
    /// Nobody in charge has looked yet.
    Open,
    /// It was right.
    Upheld,
    /// It was not.
    Dismissed,
}

word_column!(ReportState { Open = "open", Upheld = "upheld", Dismissed = "dismissed" });
