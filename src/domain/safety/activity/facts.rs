//! The facts of events, in small types that are stored as JSON. A name here is a name in the database.

use crate::db::Moment;
use crate::db::word_column;
use crate::domain::core::accent_colors::AccentColor;
use crate::domain::core::gate::Position;
use crate::domain::core::registration::Registration;
use chrono::{NaiveDate, NaiveTime};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Deserialize, Serialize};

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change<T> {
    pub before: T,
    pub after: T,
}

impl<T: PartialEq> Change<T> {
    pub(in crate::domain) fn new(before: T, after: T) -> Self {
        Self { before, after }
    }

    /// `None` where both are equal.
    pub(in crate::domain) fn between(before: T, after: T) -> Option<Self> {
        (before != after).then_some(Self { before, after })
    }

    pub fn differs(&self) -> bool {
        self.before != self.after
    }
}

/// What became of a value that the log doesn't repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replacement {
    Added,
    Replaced,
    Removed,
}

impl Replacement {
    /// `None` where both are equal.
    pub(in crate::domain) fn of<T: PartialEq>(before: Option<&T>, after: Option<&T>) -> Option<Self> {
        match (before, after) {
            (before, after) if before == after => None,
            (None, _) => Some(Self::Added),
            (_, None) => Some(Self::Removed),
            _ => Some(Self::Replaced),
        }
    }
}

/// What a decision on reports changed of their text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub level: Change<Position>,
    /// Whether the text was hidden with the decision, or restored.
    pub hidden: Option<bool>,
}

/// When and where a meeting is, by the clock of its zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeAndPlace {
    pub day: NaiveDate,
    pub time: Option<NaiveTime>,
    pub end_time: Option<NaiveTime>,
    /// An IANA name.
    pub zone: String,
    /// May be empty.
    pub place: String,
}

/// What anybody may know of a meeting: nothing of its description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingFacts {
    pub title: String,
    pub held: TimeAndPlace,
    pub book: Option<String>,
    pub through: Option<Position>,
    pub capacity: Option<i32>,
    pub guests_allowed: i32,
    pub rsvp_until: Option<Moment>,
}

/// A new meeting, or the first of several new ones in a series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMeeting {
    pub meeting: MeetingFacts,
    pub video_link: bool,
    pub count: usize,
}

/// What changed of a meeting, and how many others of its series changed with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingChange {
    pub meeting: Change<MeetingFacts>,
    pub video_link: Option<Replacement>,
    pub description: bool,
    pub others: usize,
}

/// How many people attended a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendees {
    pub members: i32,
    pub guests: i32,
}

/// The chapters of a reading plan, and its last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFacts {
    pub first: i32,
    pub last: i32,
    pub ends_on: NaiveDate,
}

/// A time that a date poll offers, by the clock of the poll's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollTime {
    pub day: NaiveDate,
    pub time: NaiveTime,
}

/// What a post rule matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum PostRuleKind {
    /// A word or phrase.
    Word,
    /// A domain with its subdomains.
    Link,
}

word_column!(PostRuleKind { Word = "word", Link = "link" });

/// What happens to a text that matches a post rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum PostRuleAction {
    /// It is rejected.
    Refuse,
    /// It is held for approval.
    Hold,
}

word_column!(PostRuleAction { Refuse = "refuse", Hold = "hold" });

/// What a post rule does; not the words that it looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFacts {
    pub matches: PostRuleKind,
    pub action: PostRuleAction,
}

/// A club setting that was changed. Of long texts the log says only whether there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClubSetting {
    Name(Change<String>),
    Tagline(Change<String>),
    TimeZone(Change<String>),
    Welcome(Replacement),
    HouseRules(Replacement),
    VisitorsCanRead(Change<bool>),
    Registration(Change<Registration>),
    RegistrationQuestion(Change<String>),
    HidesRatings(Change<bool>),
    AttendanceUnlocks(Change<bool>),
    AccentColor(Change<AccentColor>),
    PostsPerHour(Change<Option<i32>>),
    ThreadsPerHour(Change<Option<i32>>),
}

/// Which email settings were changed. The log repeats no address and no password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailSettingsChange {
    pub server: Option<Replacement>,
    pub password: Option<Replacement>,
    pub sender: Option<Replacement>,
}

/// A part of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportPart {
    Discussion,
    Meeting,
    Excerpts,
    Book,
}

/// How long before a meeting a member is reminded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadTime {
    Hour,
    Day,
    Week,
}
