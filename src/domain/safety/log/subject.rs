//! What events happen to.

use crate::db::{
    AgendaItemId, BookId, BookPollId, ContentWarningId, DatePollId, ExcerptId, InvitationId, MeetingId, MemberId,
    PendingPostId, PostId, PostRuleId, SuggestionId, ThreadId, word_column,
};
use crate::domain::safety::subjects::Subject;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

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
    Excerpt(ExcerptId) = "passage",
    ContentWarning(ContentWarningId) = "notice",
    MeetingDescription(MeetingId) = "note",
    Profile(MemberId) = "profile",
    AgendaItem(AgendaItemId) = "question",
    Suggestion(SuggestionId) = "proposal",
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
