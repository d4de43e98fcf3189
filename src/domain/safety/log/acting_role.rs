//! In which role somebody acted. Members read it in the log instead of a name.

use crate::db::word_column;
use crate::domain::safety::activity::Event;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

/// In which role somebody acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum ActingRole {
    Member,
    /// As the author of the text.
    Author,
    Host,
    Moderator,
    Admin,
    /// Nobody acted: it was due.
    Club,
    CommandLine,
}

word_column!(ActingRole {
    Member = "member",
    Author = "author",
    Host = "host",
    Moderator = "moderator",
    Admin = "admin",
    Club = "club",
    CommandLine = "command_line",
});

impl ActingRole {
    /// Whose event it is, unless the entry says otherwise.
    pub(super) fn of(event: &Event) -> Self {
        use Event::*;
        match event {
            SpoilerReported(_) | AccountDeleted { .. } => Self::Member,
            ReportAccepted(_) => Self::Author,
            BookVoteCounted { .. } => Self::Club,
            MemberAdded { .. } | PasswordReset => Self::CommandLine,
            RoleChanged(_)
            | NewMemberLimitsChanged(_)
            | PresetReasonAdded { .. }
            | PresetReasonChanged(_)
            | PresetReasonRemoved { .. }
            | ClubSettingsChanged { .. }
            | EmailSettingsChanged(_)
            | PageImported { .. }
            | ImportRemoved { .. }
            | BackupMade
            | FirstStepsDismissed => Self::Admin,
            ContentWarningConfirmed
            | ContentWarningDeclined
            | ContentWarningReopened
            | ExcerptLevelSet(_)
            | SuggestionRemoved
            | SuggestionRestored
            | AgendaItemRemoved
            | AgendaItemRestored
            | BookAdded { .. }
            | BookChanged(_)
            | CurrentBookChosen { .. }
            | ReadingPlanCreated(_)
            | ReadingPlanChanged(_)
            | ReadingPlanRemoved
            | ReadingPlanRestored
            | MeetingCreated(_)
            | SeriesExtended(_)
            | MeetingChanged(_)
            | MeetingCancelled { .. }
            | MeetingThreadStarted
            | MinutesPosted
            | AttendanceRecorded { .. }
            | AgendaItemAdded
            | AgendaItemReworded
            | AgendaReordered
            | DatePollOpened { .. }
            | DatePollTimesAdded { .. }
            | DatePollTimeRemoved(_)
            | DatePollTimeRestored(_)
            | DatePollCancelled
            | BookVoteOpened
            | BookVoteCancelled => Self::Host,
            _ => Self::Moderator,
        }
    }
}
