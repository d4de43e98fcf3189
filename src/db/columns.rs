//! Column types for both databases: moments, typed ids, and enums stored as words.

use chrono::{DateTime, Datelike, NaiveDateTime, SubsecRound, TimeDelta, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A point in time in UTC, in whole microseconds, which both databases can store.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow, Serialize, Deserialize,
)]
#[diesel(sql_type = sql_types::Timestamp)]
#[serde(transparent)]
pub struct Moment(NaiveDateTime);

impl Moment {
    pub fn now() -> Self {
        Self::from(Utc::now())
    }

    /// As a chrono type.
    pub fn utc(self) -> DateTime<Utc> {
        self.0.and_utc()
    }

    /// Microseconds since 1970. The reverse is [`Moment::from_micros`].
    pub fn micros(self) -> i64 {
        self.utc().timestamp_micros()
    }

    /// The reverse of [`Moment::micros`]. `None` outside of the years 1 to 9999, which both databases can store.
    pub fn from_micros(micros: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(micros).filter(|time| (1..=9999).contains(&time.year())).map(Self::from)
    }

    /// This much earlier, or the earliest possible moment.
    pub fn before(self, span: TimeDelta) -> Self {
        Self(self.0.checked_sub_signed(span).unwrap_or(NaiveDateTime::MIN))
    }

    /// This much later, or the latest possible moment.
    pub fn after(self, span: TimeDelta) -> Self {
        Self(self.0.checked_add_signed(span).unwrap_or(NaiveDateTime::MAX))
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.naive_utc().trunc_subsecs(6))
    }
}

impl<DB> FromSql<sql_types::Timestamp, DB> for Moment
where
    DB: Backend,
    NaiveDateTime: FromSql<sql_types::Timestamp, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        NaiveDateTime::from_sql(bytes).map(Self)
    }
}

impl<DB> ToSql<sql_types::Timestamp, DB> for Moment
where
    DB: Backend,
    NaiveDateTime: ToSql<sql_types::Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

/// Defines a newtype per table, so that a book's id can't be passed as a thread's.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, AsExpression, FromSqlRow)]
        #[diesel(sql_type = sql_types::BigInt)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl<DB> FromSql<sql_types::BigInt, DB> for $name
        where
            DB: Backend,
            i64: FromSql<sql_types::BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                i64::from_sql(bytes).map(Self)
            }
        }

        impl<DB> ToSql<sql_types::BigInt, DB> for $name
        where
            DB: Backend,
            i64: ToSql<sql_types::BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }
    )*};
}

ids! {
    MemberId;
    /// A signed-in browser.
    SessionId;
    BookId;
    EditionId;
    /// A synopsis, quote or blurb.
    ExcerptId;
    ContentWarningId;
    /// One member's report.
    ReportId;
    /// All reports of one text.
    ReportCaseId;
    /// The origin of imported texts.
    SourceId;
    ThreadId;
    /// A post. Its id stays the same when it is moved to another thread.
    PostId;
    MeetingId;
    /// Recurring meetings.
    SeriesId;
    LogEntryId;
    NotificationId;
    /// A reason that forms suggest.
    PresetReasonId;
    /// A saved page waiting to be imported.
    UploadId;
    /// A rule that blocks words or links.
    PostRuleId;
    /// A text in the approval queue.
    PendingPostId;
    /// An invite link.
    InvitationId;
    /// A warning, silence, suspension or closure.
    SanctionId;
    StaffNoteId;
    DatePollId;
    /// A time offered by a date poll.
    DatePollSlotId;
    AgendaItemId;
    BookPollId;
    /// A book suggested in a book vote.
    SuggestionId;
    QueuedEmailId;
}

/// Stores an enum in a text column, as JSON and in forms, each variant as the given word. A stored word must never
/// change.
macro_rules! word_column {
    ($name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $name {
            /// The word in the database, in JSON and in forms.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
            /// The reverse of `as_str`.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let word = String::from_sql(bytes)?;
                Self::from_word(&word).ok_or_else(|| format!("no {} is called {word}", stringify!($name)).into())
            }
        }
        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.as_str().to_sql(out)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <String as serde::Deserialize>::deserialize(deserializer)?;
                let unknown = || serde::de::Error::custom(format!("no {} is called {word}", stringify!($name)));
                Self::from_word(&word).ok_or_else(unknown)
            }
        }
    };
}
pub(crate) use word_column;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_long_spans_end_at_the_earliest_or_latest_moment() {
        let now = Moment::now();
        assert_eq!(now.before(TimeDelta::MAX), Moment(NaiveDateTime::MIN));
        assert_eq!(now.after(TimeDelta::MAX), Moment(NaiveDateTime::MAX));
        assert!(now.after(TimeDelta::days(1)) > now);
    }
}
