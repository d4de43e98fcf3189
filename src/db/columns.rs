//! Column types that both databases share: moments and ids.

use chrono::{DateTime, Datelike, NaiveDateTime, SubsecRound, TimeDelta, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A point in time, UTC, in whole microseconds: the finest that both databases keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Timestamp)]
pub struct Moment(NaiveDateTime);

impl Moment {
    /// Now, by this machine's clock.
    pub fn now() -> Self {
        Self::from(Utc::now())
    }

    /// This moment in UTC, for arithmetic and for showing it in a zone.
    pub fn utc(self) -> DateTime<Utc> {
        self.0.and_utc()
    }

    /// Microseconds since 1970, for keys and cursors; [`Moment::from_micros`] reads it back.
    pub fn micros(self) -> i64 {
        self.utc().timestamp_micros()
    }

    /// The moment that many microseconds after 1970, when it lies in the years 1 to 9999, which both databases keep.
    pub fn from_micros(micros: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(micros).filter(|time| (1..=9999).contains(&time.year())).map(Self::from)
    }

    /// The moment this much earlier; the earliest there is, when it would lie before that.
    pub fn before(self, span: TimeDelta) -> Self {
        Self(self.0.checked_sub_signed(span).unwrap_or(NaiveDateTime::MIN))
    }

    /// The moment this much later.
    pub fn after(self, span: TimeDelta) -> Self {
        self.before(-span)
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

/// One kind of id a line, so that a book's is never taken for a thread's.
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
    /// A member.
    MemberId;
    /// A session of a member in one browser.
    SessionId;
    /// A book.
    BookId;
    /// One edition of a book.
    EditionId;
    /// A synopsis, quote or blurb of a book.
    PassageId;
    /// A content notice of a book.
    NoticeId;
    /// What a member flagged.
    ReportId;
    /// All that members flagged of one text.
    CaseId;
    /// Where imported texts come from.
    SourceId;
    /// A thread.
    ThreadId;
    /// A post; the same wherever the post is moved to.
    PostId;
    /// A meeting.
    MeetingId;
    /// Meetings that recur.
    SeriesId;
    /// One line of the moderation log.
    ActionId;
    /// What a member was told.
    NotificationId;
    /// A sentence that forms offer where they ask why.
    ReasonId;
    /// A saved page on its way in.
    UploadId;
    /// A rule about words or links.
    FilterId;
    /// A text that waits for a moderator.
    HeldId;
    /// A link by which people join.
    InvitationId;
    /// A limit put on a member, or a warning.
    SanctionId;
    /// What a moderator wrote of a member.
    NoteId;
    /// A poll for a date.
    DatePollId;
    /// One of the times that a date poll offers.
    SlotId;
    /// Something to be talked about at a meeting.
    QuestionId;
    /// A poll for a book.
    BookPollId;
    /// A book that a member proposes in a poll.
    ProposalId;
    /// A letter to be sent.
    LetterId;
}

/// Stores an enum as the word given by its `as_str` and reads it back with its `from_word`.
macro_rules! word_column {
    ($name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $name {
            /// The word that stands for it in the database and in forms.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
            /// Reads the word back.
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
