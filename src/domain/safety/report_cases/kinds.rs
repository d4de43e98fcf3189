//! Kinds and states of reports.

use crate::db::word_column;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

/// Why a text is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum ReportKind {
    /// An unmarked spoiler.
    Spoils,
    Unkind,
    Spam,
    OffTopic,
    Copyright,
    /// See the reporter's note.
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
    /// In the order of the form.
    pub const ALL: [Self; 6] = [Self::Spoils, Self::Unkind, Self::Spam, Self::OffTopic, Self::Copyright, Self::Other];
}

/// The state of a report or a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum ReportState {
    /// Not decided yet.
    Open,
    /// A moderator agreed.
    Upheld,
    /// A moderator disagreed.
    Dismissed,
}

word_column!(ReportState { Open = "open", Upheld = "upheld", Dismissed = "dismissed" });
