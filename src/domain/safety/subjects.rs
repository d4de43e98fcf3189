//! What can be reported, as the database and addresses name it.

use crate::db::{AgendaItemId, ContentWarningId, ExcerptId, MeetingId, MemberId, PostId, SuggestionId, ThreadId};
use crate::domain::safety::log::LogSubject;
use crate::error::{Error, Result};
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
    /// As the database names it.
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

    /// What entries of the log about it are about: the text, or what it belongs to.
    pub(in crate::domain) fn in_log(self) -> impl Iterator<Item = LogSubject> {
        let owner = match self {
            Self::Title(thread) => Some(LogSubject::Thread(thread)),
            Self::MeetingDescription(meeting) => Some(LogSubject::Meeting(meeting)),
            Self::Profile(member) => Some(LogSubject::Member(member)),
            _ => None,
        };
        std::iter::once(self.into()).chain(owner)
    }

    /// Reads what [`Subject::columns`] gives.
    pub(in crate::domain) fn new(word: &str, id: i64) -> Result<Self> {
        Ok(match word {
            "post" => Self::Post(PostId(id)),
            "title" => Self::Title(ThreadId(id)),
            "passage" => Self::Excerpt(ExcerptId(id)),
            "notice" => Self::ContentWarning(ContentWarningId(id)),
            "note" => Self::MeetingDescription(MeetingId(id)),
            "profile" => Self::Profile(MemberId(id)),
            "question" => Self::AgendaItem(AgendaItemId(id)),
            "proposal" => Self::Suggestion(SuggestionId(id)),
            _ => return Err(Error::Internal(format!("nothing that can be reported is called {word}").into())),
        })
    }
}
