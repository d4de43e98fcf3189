//! What events happen to, and what of it can be reported.

use crate::db::{
    AgendaItemId, BookId, BookPollId, ContentWarningId, DatePollId, ExcerptId, InvitationId, MeetingId, MemberId,
    PendingPostId, PostId, PostRuleId, SuggestionId, ThreadId, word_column,
};
use crate::error::{Error, Result};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Deserialize, Serialize};

/// The id of what there is one of.
const ONLY: i64 = 1;

/// Defines subjects and their kinds. Each is stored as a word and an id; the words never change.
macro_rules! subjects {
    ($($name:ident($id:ident) = $word:literal,)*; $($single:ident = $single_word:literal,)*) => {
        /// What an event happened to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum LogSubject {
            $($name($id),)*
            $($single,)*
        }

        /// The kinds of them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum SubjectKind {
            $($name,)*
            $($single,)*
        }

        word_column!(SubjectKind { $($name = $word,)* $($single = $single_word),* });

        impl SubjectKind {
            pub(in crate::domain) fn with(self, id: i64) -> LogSubject {
                match self {
                    $(Self::$name => LogSubject::$name($id(id)),)*
                    $(Self::$single => LogSubject::$single,)*
                }
            }
        }

        impl LogSubject {
            /// Its kind and id, as the database has them.
            pub fn columns(self) -> (SubjectKind, i64) {
                match self {
                    $(Self::$name($id(id)) => (SubjectKind::$name, id),)*
                    $(Self::$single => (SubjectKind::$single, ONLY),)*
                }
            }
        }
    };
}

subjects! {
    Post(PostId) = "post",
    Title(ThreadId) = "title",
    Excerpt(ExcerptId) = "excerpt",
    ContentWarning(ContentWarningId) = "content_warning",
    MeetingDescription(MeetingId) = "meeting_description",
    Profile(MemberId) = "profile",
    AgendaItem(AgendaItemId) = "agenda_item",
    Suggestion(SuggestionId) = "suggestion",
    Thread(ThreadId) = "thread",
    PendingPost(PendingPostId) = "pending_post",
    Meeting(MeetingId) = "meeting",
    Book(BookId) = "book",
    BookVote(BookPollId) = "book_vote",
    DatePoll(DatePollId) = "date_poll",
    Member(MemberId) = "member",
    InviteLink(InvitationId) = "invite_link",
    PostRule(PostRuleId) = "post_rule",
    ;
    NewMemberLimits = "new_member_limits",
    PresetReasons = "preset_reasons",
    ClubSettings = "club_settings",
    EmailSettings = "email_settings",
    Backups = "backups",
    FirstSteps = "first_steps",
}

impl From<Subject> for LogSubject {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Post(id) => Self::Post(id),
            Subject::Title(id) => Self::Title(id),
            Subject::Excerpt(id) => Self::Excerpt(id),
            Subject::ContentWarning(id) => Self::ContentWarning(id),
            Subject::MeetingDescription(id) => Self::MeetingDescription(id),
            Subject::Profile(id) => Self::Profile(id),
            Subject::AgendaItem(id) => Self::AgendaItem(id),
            Subject::Suggestion(id) => Self::Suggestion(id),
        }
    }
}

/// A text that can be reported or hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    #[serde(rename = "post")]
    Post(PostId),
    #[serde(rename = "title")]
    Title(ThreadId),
    /// A synopsis, quote or blurb.
    #[serde(rename = "excerpt")]
    Excerpt(ExcerptId),
    #[serde(rename = "content_warning")]
    ContentWarning(ContentWarningId),
    /// A meeting's description.
    #[serde(rename = "meeting_description")]
    MeetingDescription(MeetingId),
    /// The text of a member's profile.
    #[serde(rename = "profile")]
    Profile(MemberId),
    /// A host's agenda item.
    #[serde(rename = "agenda_item")]
    AgendaItem(AgendaItemId),
    /// A book suggested in a vote, with the pitch for it.
    #[serde(rename = "suggestion")]
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
        let words = ["post", "title", "excerpt", "content_warning", "meeting_description", "profile", "agenda_item"];
        for word in words.into_iter().chain(["suggestion"]) {
            assert_eq!(Subject::new(word, 7).unwrap().columns(), (word, 7));
        }
        assert!(matches!(Subject::new("poem", 7), Err(Error::Internal(_))));
    }
}
