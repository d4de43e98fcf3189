//! What can be reported, as the database, the log and addresses name it.

use crate::db::{MeetingId, MemberId, NoticeId, PassageId, PostId, ProposalId, QuestionId, ThreadId};
use serde::{Deserialize, Serialize};

/// What can be reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// A post.
    #[serde(rename = "post")]
    Post(PostId),
    /// A thread's title.
    #[serde(rename = "title")]
    Title(ThreadId),
    /// A synopsis, quote or blurb.
    #[serde(rename = "passage")]
    Passage(PassageId),
    /// A content notice.
    #[serde(rename = "notice")]
    Notice(NoticeId),
    /// What a meeting's page says about it.
    #[serde(rename = "note")]
    Note(MeetingId),
    /// What a member says of themselves.
    #[serde(rename = "profile")]
    Profile(MemberId),
    /// A question on a meeting's agenda, in a host's words.
    #[serde(rename = "question")]
    Question(QuestionId),
    /// A book that a member proposes in a poll, and what they say for it.
    #[serde(rename = "proposal")]
    Proposal(ProposalId),
}

impl Subject {
    /// As the database and the log name it.
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

    /// The words by which the log names it and what it stands on.
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
