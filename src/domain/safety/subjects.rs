//! The texts that can be reported or hidden, under the words that the database, the log and paths use.

use crate::db::{AgendaItemId, ContentWarningId, ExcerptId, MeetingId, MemberId, PostId, SuggestionId, ThreadId};
use serde::{Deserialize, Serialize};

/// A text that can be reported or hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    #[serde(rename = "post")]
    Post(PostId),
    #[serde(rename = "title")]
    Title(ThreadId),
    /// A synopsis, quote or blurb.
    #[serde(rename = "passage")]
    Excerpt(ExcerptId),
    #[serde(rename = "notice")]
    ContentWarning(ContentWarningId),
    /// A meeting's description.
    #[serde(rename = "note")]
    MeetingDescription(MeetingId),
    /// The text of a member's profile.
    #[serde(rename = "profile")]
    Profile(MemberId),
    /// A host's agenda item.
    #[serde(rename = "question")]
    AgendaItem(AgendaItemId),
    /// A book suggested in a vote, with the pitch for it.
    #[serde(rename = "proposal")]
    Suggestion(SuggestionId),
}

impl Subject {
    /// The stored word and the id.
    pub(in crate::domain) fn columns(self) -> (&'static str, i64) {
        match self {
            Self::Post(id) => ("post", id.0),
            Self::Title(id) => ("title", id.0),
            Self::Excerpt(id) => ("passage", id.0),
            Self::ContentWarning(id) => ("notice", id.0),
            Self::MeetingDescription(id) => ("note", id.0),
            Self::Profile(id) => ("profile", id.0),
            Self::AgendaItem(id) => ("question", id.0),
            Self::Suggestion(id) => ("proposal", id.0),
        }
    }

    /// The log's words for it and for what contains it.
    pub(in crate::domain) fn in_log(self) -> &'static [&'static str] {
        match self {
            Self::Post(_) => &["post"],
            Self::Title(_) => &["title", "thread"],
            Self::Excerpt(_) => &["passage"],
            Self::ContentWarning(_) => &["notice"],
            Self::MeetingDescription(_) => &["note", "meeting"],
            Self::Profile(_) => &["profile", "member"],
            Self::AgendaItem(_) => &["question"],
            Self::Suggestion(_) => &["proposal"],
        }
    }

    pub(in crate::domain) fn new(word: &str, id: i64) -> Self {
        match word {
            "title" => Self::Title(ThreadId(id)),
            "passage" => Self::Excerpt(ExcerptId(id)),
            "notice" => Self::ContentWarning(ContentWarningId(id)),
            "note" => Self::MeetingDescription(MeetingId(id)),
            "profile" => Self::Profile(MemberId(id)),
            "question" => Self::AgendaItem(AgendaItemId(id)),
            "proposal" => Self::Suggestion(SuggestionId(id)),
            _ => Self::Post(PostId(id)),
        }
    }
}
