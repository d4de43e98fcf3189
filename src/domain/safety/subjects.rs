//! The texts that can be reported or hidden, under the words that the database, the log and paths use.

use crate::db::{MeetingId, MemberId, NoticeId, PassageId, PostId, ProposalId, QuestionId, ThreadId};
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
    Passage(PassageId),
    #[serde(rename = "notice")]
    Notice(NoticeId),
    /// A meeting's description.
    #[serde(rename = "note")]
    Note(MeetingId),
    /// The text of a member's profile.
    #[serde(rename = "profile")]
    Profile(MemberId),
    /// A host's agenda item.
    #[serde(rename = "question")]
    Question(QuestionId),
    /// A book suggested in a vote, with the pitch for it.
    #[serde(rename = "proposal")]
    Proposal(ProposalId),
}

impl Subject {
    /// The stored word and the id.
    pub(in crate::domain) fn columns(self) -> (&'static str, i64) {
        match self {
            Self::Post(id) => ("post", id.0),
            Self::Title(id) => ("title", id.0),
            Self::Passage(id) => ("passage", id.0),
            Self::Notice(id) => ("notice", id.0),
            Self::Note(id) => ("note", id.0),
            Self::Profile(id) => ("profile", id.0),
            Self::Question(id) => ("question", id.0),
            Self::Proposal(id) => ("proposal", id.0),
        }
    }

    /// The log's words for it and for what contains it.
    pub(in crate::domain) fn in_log(self) -> &'static [&'static str] {
        match self {
            Self::Post(_) => &["post"],
            Self::Title(_) => &["title", "thread"],
            Self::Passage(_) => &["passage"],
            Self::Notice(_) => &["notice"],
            Self::Note(_) => &["note", "meeting"],
            Self::Profile(_) => &["profile", "member"],
            Self::Question(_) => &["question"],
            Self::Proposal(_) => &["proposal"],
        }
    }

    pub(in crate::domain) fn new(word: &str, id: i64) -> Self {
        match word {
            "title" => Self::Title(ThreadId(id)),
            "passage" => Self::Passage(PassageId(id)),
            "notice" => Self::Notice(NoticeId(id)),
            "note" => Self::Note(MeetingId(id)),
            "profile" => Self::Profile(MemberId(id)),
            "question" => Self::Question(QuestionId(id)),
            "proposal" => Self::Proposal(ProposalId(id)),
            _ => Self::Post(PostId(id)),
        }
    }
}
