//! What happens in a club, as the log stores it.

use super::facts::{
    Attendees, Change, ClubSetting, Decision, EmailSettingsChange, ImportPart, MeetingChange, NewMeeting, PlanFacts,
    PollTime, RuleFacts,
};
use crate::db::{Moment, ThreadId, word_column};
use crate::domain::core::gate::Position;
use crate::domain::core::members::Role;
use crate::domain::core::new_member_limits::NewMemberLimits;
use crate::error::{Error, Result};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Deserialize, Serialize};

/// Defines events and their kinds. Each is stored as the word of its kind and its facts as JSON; words and the facts' names
/// never change.
macro_rules! events {
    ($(#[$doc:meta])* enum $event:ident, $kind:ident {
        $($name:ident $(($facts:ty))? $({ $($field:ident: $type:ty),* $(,)? })? = $word:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum $event {
            $(#[serde(rename = $word)] $name $(($facts))? $({ $($field: $type),* })?,)*
        }

        /// The kinds of them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $kind {
            $($name,)*
        }

        word_column!($kind { $($name = $word),* });

        impl $kind {
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }

        impl $event {
            pub fn kind(&self) -> $kind {
                match self { $(Self::$name { .. } => $kind::$name,)* }
            }

            /// Its facts, as the database has them.
            pub(in crate::domain) fn data(&self) -> Result<String> {
                let facts = match serde_json::to_value(self).map_err(Error::internal)? {
                    serde_json::Value::Object(event) => event.into_iter().next().map(|(_, facts)| facts),
                    _ => None,
                };
                Ok(facts.unwrap_or_default().to_string())
            }

            pub(in crate::domain) fn read(kind: $kind, data: &str) -> Result<Self> {
                serde_json::from_str(&format!("{{\"{}\":{data}}}", kind.as_str())).map_err(Error::internal)
            }
        }
    };
}
pub(in crate::domain::safety) use events;

events! {
    /// What somebody did, or what happened by itself.
    enum Event, EventKind {
        PostHidden = "post_hidden",
        PostRestored = "post_restored",
        TextHidden = "text_hidden",
        TextRestored = "text_restored",
        SpoilerLevelSet(Change<Position>) = "spoiler_level_set",

        SpoilerReported(Change<Position>) = "spoiler_reported",
        ReportUpheld(Decision) = "report_upheld",
        ReportDismissed(Decision) = "report_dismissed",
        ReportReopened(Decision) = "report_reopened",
        ReportAccepted(Change<Position>) = "report_accepted",

        PostApproved = "post_approved",
        PostDeclined = "post_declined",
        PostReturned = "post_returned_to_queue",

        ThreadLocked = "thread_locked",
        ThreadUnlocked = "thread_unlocked",
        ThreadPinned { until: Option<Moment> } = "thread_pinned",
        ThreadUnpinned = "thread_unpinned",
        ApprovalRequired = "approval_required",
        ApprovalLifted = "approval_lifted",
        // The log repeats no title of a thread: it may be a spoiler.
        ThreadRenamed = "thread_renamed",
        ThreadMoved(Change<Option<String>>) = "thread_moved",
        ThreadSplit { into: ThreadId, posts: usize } = "thread_split",
        ThreadMerged { into: ThreadId, posts: usize } = "thread_merged",
        ThreadRejoined { into: ThreadId, posts: usize } = "thread_rejoined",
        ThreadsSeparated { from: ThreadId, posts: usize } = "threads_separated",

        ApplicationApproved = "application_approved",
        ApplicationDeclined = "application_declined",
        ApplicationReopened = "application_reopened",
        RoleChanged(Change<Role>) = "role_changed",
        MemberWarned = "member_warned",
        MemberSilenced { until: Option<Moment> } = "member_silenced",
        MemberSuspended { until: Option<Moment> } = "member_suspended",
        AccountClosed = "account_closed",
        WarningWithdrawn = "warning_withdrawn",
        SilenceLifted = "silence_lifted",
        SuspensionLifted = "suspension_lifted",
        AccountReopened = "account_reopened",
        AccountDeleted { with_posts: bool } = "account_deleted",
        StaffNoteAdded = "staff_note_added",
        PasswordReset = "password_reset",
        MemberAdded { role: Role } = "member_added",
        InviteLinkCreated { uses: i32 } = "invite_link_created",
        InviteLinkRevoked = "invite_link_revoked",
        InviteLinkRestored = "invite_link_restored",

        PostRuleAdded(RuleFacts) = "post_rule_added",
        PostRuleChanged(Change<RuleFacts>) = "post_rule_changed",
        PostRuleRemoved(RuleFacts) = "post_rule_removed",
        NewMemberLimitsChanged(Box<Change<NewMemberLimits>>) = "new_member_limits_changed",
        PresetReasonAdded { reason: String } = "preset_reason_added",
        PresetReasonChanged(Change<String>) = "preset_reason_changed",
        PresetReasonRemoved { reason: String } = "preset_reason_removed",
        ClubSettingsChanged { settings: Vec<ClubSetting> } = "club_settings_changed",
        EmailSettingsChanged(EmailSettingsChange) = "email_settings_changed",

        ContentWarningConfirmed = "content_warning_confirmed",
        ContentWarningDeclined = "content_warning_declined",
        ContentWarningReopened = "content_warning_reopened",
        ExcerptLevelSet(Change<Position>) = "excerpt_spoiler_level_set",
        SuggestionRemoved = "book_suggestion_removed",
        SuggestionRestored = "book_suggestion_restored",
        AgendaItemRemoved = "agenda_item_removed",
        AgendaItemRestored = "agenda_item_restored",

        BookAdded { title: String } = "book_added",
        BookChanged(Change<String>) = "book_changed",
        CurrentBookChosen { title: String } = "current_book_chosen",
        PageImported { book: String } = "page_imported",
        ImportRemoved { kept: Vec<ImportPart> } = "import_removed",
        ReadingPlanCreated(PlanFacts) = "reading_plan_created",
        ReadingPlanChanged(Change<PlanFacts>) = "reading_plan_changed",
        ReadingPlanRemoved = "reading_plan_removed",
        ReadingPlanRestored = "reading_plan_restored",

        MeetingCreated(Box<NewMeeting>) = "meeting_created",
        SeriesExtended(Box<NewMeeting>) = "series_extended",
        MeetingChanged(Box<MeetingChange>) = "meeting_changed",
        MeetingCancelled { others: usize } = "meeting_cancelled",
        MeetingThreadStarted = "meeting_thread_started",
        MinutesPosted = "minutes_posted",
        AttendanceRecorded { before: Option<Attendees>, after: Attendees } = "attendance_recorded",
        AgendaItemAdded = "agenda_item_added",
        AgendaItemReworded = "agenda_item_reworded",
        AgendaReordered = "agenda_reordered",

        DatePollOpened { times: Vec<PollTime> } = "date_poll_opened",
        DatePollTimesAdded { times: Vec<PollTime> } = "date_poll_times_added",
        DatePollTimeRemoved(PollTime) = "date_poll_time_removed",
        DatePollTimeRestored(PollTime) = "date_poll_time_restored",
        DatePollCancelled = "date_poll_cancelled",
        BookVoteOpened = "book_vote_opened",
        BookVoteCounted { winner: Option<String> } = "book_vote_counted",
        BookVoteCancelled = "book_vote_cancelled",

        BackupMade = "backup_made",
        FirstStepsDismissed = "first_steps_dismissed",
    }
}

impl Event {
    /// The thread that posts were moved to or from, besides the one that it happened to.
    pub(in crate::domain::safety) fn other_thread(&self) -> Option<ThreadId> {
        match self {
            Self::ThreadSplit { into: other, .. }
            | Self::ThreadMerged { into: other, .. }
            | Self::ThreadRejoined { into: other, .. }
            | Self::ThreadsSeparated { from: other, .. } => Some(*other),
            _ => None,
        }
    }
}

impl EventKind {
    /// The kinds that aren't moderation: the log shows them when asked for everything.
    pub(in crate::domain::safety) const ROUTINE: &[Self] = &[
        Self::MemberAdded,
        Self::BookAdded,
        Self::BookChanged,
        Self::CurrentBookChosen,
        Self::PageImported,
        Self::ImportRemoved,
        Self::ReadingPlanCreated,
        Self::ReadingPlanChanged,
        Self::ReadingPlanRemoved,
        Self::ReadingPlanRestored,
        Self::MeetingCreated,
        Self::SeriesExtended,
        Self::MeetingChanged,
        Self::MeetingCancelled,
        Self::MeetingThreadStarted,
        Self::MinutesPosted,
        Self::AttendanceRecorded,
        Self::AgendaItemAdded,
        Self::AgendaItemReworded,
        Self::AgendaReordered,
        Self::DatePollOpened,
        Self::DatePollTimesAdded,
        Self::DatePollTimeRemoved,
        Self::DatePollTimeRestored,
        Self::DatePollCancelled,
        Self::BookVoteOpened,
        Self::BookVoteCounted,
        Self::BookVoteCancelled,
        Self::BackupMade,
        Self::FirstStepsDismissed,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeMap;

    /// What the database of a club may hold: the facts of an event under each kind. Lines are added, never changed.
    const STORED: &str = include_str!("../../../../tests/club/fixtures/events.json");

    #[test]
    fn stored_events_can_still_be_read() {
        let mut stored: BTreeMap<String, Value> = serde_json::from_str(STORED).unwrap();
        for kind in EventKind::ALL {
            let word = kind.as_str();
            let data = stored.remove(word);
            let data = data.unwrap_or_else(|| panic!("add a stored form of {word} to tests/club/fixtures/events.json"));
            let event = Event::read(*kind, &data.to_string()).expect(word);
            assert_eq!(event.kind(), *kind);
            let again: Value = serde_json::from_str(&event.data().unwrap()).unwrap();
            assert_eq!(again, data, "{word}: a fact has another name than in the database");
        }
        assert!(stored.is_empty(), "no event is called {:?}", stored.keys());
    }
}
