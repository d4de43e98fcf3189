//! What can be reported, as the database and addresses name it.

use crate::db::{AgendaItemId, ContentWarningId, ExcerptId, MeetingId, MemberId, PostId, SuggestionId, ThreadId};
use crate::domain::safety::log::{LogSubject, SubjectKind};
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
        let (kind, id) = LogSubject::from(self).columns();
        (kind.as_str(), id)
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
        Ok(match SubjectKind::from_word(word).map(|kind| kind.with(id)) {
            Some(LogSubject::Post(id)) => Self::Post(id),
            Some(LogSubject::Title(id)) => Self::Title(id),
            Some(LogSubject::Excerpt(id)) => Self::Excerpt(id),
            Some(LogSubject::ContentWarning(id)) => Self::ContentWarning(id),
            Some(LogSubject::MeetingDescription(id)) => Self::MeetingDescription(id),
            Some(LogSubject::Profile(id)) => Self::Profile(id),
            Some(LogSubject::AgendaItem(id)) => Self::AgendaItem(id),
            Some(LogSubject::Suggestion(id)) => Self::Suggestion(id),
            _ => return Err(Error::Internal(format!("nothing that can be reported is called {word}").into())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_read_as_they_were_stored_and_an_unknown_word_is_an_error() {
        for word in ["post", "title", "passage", "notice", "note", "profile", "question", "proposal"] {
            assert_eq!(Subject::new(word, 7).unwrap().columns(), (word, 7));
        }
        assert!(matches!(Subject::new("poem", 7), Err(Error::Internal(_))));
    }
}
