//! Entries of the log in words, for pages and for the CSV file.

use super::changes::{ChangeLine, changes};
use super::subjects::{Names, Owner, Sentence};
use crate::db::Moment;
use crate::domain::core::gate::Reader;
use crate::domain::moderation::log_targets::LogTargets;
use crate::domain::safety::log::facts::Decision;
use crate::domain::safety::log::{ActingRole, Event, EventKind, LogEntry, LogSubject};
use crate::web::frame::Frame;

/// Puts entries into words for one reader.
pub(in crate::pages) struct Words<'a> {
    pub names: Names<'a>,
    /// Until when something lasts: "until 4 May 2026, 08:00".
    pub until: &'a dyn Fn(Moment) -> String,
}

/// An entry as a page shows it.
pub struct Line {
    pub entry: LogEntry,
    pub sentence: Sentence,
    pub changes: Vec<ChangeLine>,
}

/// Entries as a page shows them.
pub(in crate::pages) fn lines(
    entries: Vec<LogEntry>,
    targets: &LogTargets,
    reader: &Reader,
    frame: &Frame,
) -> Vec<Line> {
    let words = Words { names: Names { targets, reader }, until: &|at| frame.until(at) };
    let line = |entry: LogEntry| Line {
        sentence: words.sentence(&entry).because(&entry.reason),
        changes: changes(&entry.event, words.until),
        entry,
    };
    entries.into_iter().map(line).collect()
}

/// What undoing an entry is called: "Undo “hid Anna’s post”".
pub(super) fn undo_heading(entry: &LogEntry, frame: &Frame) -> String {
    let (targets, reader) = (LogTargets::default(), Reader::visitor());
    let words = Words { names: Names { targets: &targets, reader: &reader }, until: &|at| frame.until(at) };
    let owner = entry.member.as_deref().map_or(Owner::Nobody, Owner::Member);
    let subject = words.names.phrase(entry.subject, owner).words;
    format!("Undo “{}”", words.deed(entry, &subject))
}

/// What a kind of event is called where entries are filtered: "Post hidden".
pub(super) fn label(kind: EventKind) -> String {
    let mut words = kind.as_str().replace('_', " ");
    words[..1].make_ascii_uppercase();
    words
}

/// "A moderator": what members read instead of a name.
pub(in crate::pages) fn role(role: ActingRole) -> &'static str {
    match role {
        ActingRole::Member => "A member",
        ActingRole::Author => "The author",
        ActingRole::Host => "A host",
        ActingRole::Moderator => "A moderator",
        ActingRole::Admin => "An admin",
        ActingRole::Club => "The club",
        ActingRole::CommandLine => "The command line",
    }
}

pub(in crate::pages) fn count(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

impl Words<'_> {
    /// Who did what: "A moderator hid a post in “Stones”".
    pub fn sentence(&self, entry: &LogEntry) -> Sentence {
        let phrase = self.names.phrase(entry.subject, Owner::Nobody);
        let whom = entry.member.as_deref().unwrap_or("A member");
        let text = match (&entry.event, entry.acting_role) {
            (Event::MemberAdded { .. }, _) => format!("{whom} was added from the command line"),
            (Event::PasswordReset, _) => format!("{whom}’s password was reset from the command line"),
            (Event::RoleChanged(_), ActingRole::CommandLine) => {
                format!("{whom}’s role was changed from the command line")
            }
            (Event::PageImported { .. }, ActingRole::CommandLine) => {
                format!("A page about {} was imported from the command line", phrase.words)
            }
            (Event::BookVoteCounted { .. }, _) => format!("The votes in {} were counted", phrase.words),
            _ => {
                let who = entry.actor.as_deref().unwrap_or_else(|| role(entry.acting_role));
                format!("{who} {}", self.deed(entry, &phrase.words))
            }
        };
        Sentence::new(text, phrase)
    }

    /// What somebody did: "hid a post in “Stones”".
    pub fn deed(&self, entry: &LogEntry, subject: &str) -> String {
        use Event::*;
        let it = subject;
        let whom = entry.member.as_deref().unwrap_or("a member");
        let lasting = |until: &Option<Moment>| until.map_or("permanently".to_owned(), self.until);
        let thread = |id| self.names.phrase(LogSubject::Thread(id), Owner::Nobody).words;
        let posts = |posts: &usize| count(*posts, "post", "posts");
        match &entry.event {
            PostHidden | TextHidden => format!("hid {it}"),
            PostRestored | TextRestored => format!("restored {it}"),
            SpoilerLevelSet(_) | ExcerptLevelSet(_) => format!("changed the spoiler level of {it}"),

            SpoilerReported(_) => format!("reported {it} as a spoiler"),
            ReportUpheld(Decision { hidden: Some(true), .. }) => format!("upheld the reports about {it} and hid it"),
            ReportUpheld(_) => format!("upheld the reports about {it}"),
            ReportDismissed(_) => format!("dismissed the reports about {it}"),
            ReportReopened(Decision { hidden: Some(false), .. }) => {
                format!("reopened the reports about {it} and restored it")
            }
            ReportReopened(_) => format!("reopened the reports about {it}"),
            ReportAccepted(_) => format!("agreed with the reports about {it}"),

            PostApproved => format!("approved {it}"),
            PostDeclined => format!("declined {it}"),
            PostReturned => format!("returned {it} to the approval queue"),

            ThreadLocked => format!("locked {it}"),
            ThreadUnlocked => format!("unlocked {it}"),
            ThreadPinned { until: Some(until) } => format!("pinned {it} {}", (self.until)(*until)),
            ThreadPinned { until: None } => format!("pinned {it}"),
            ThreadUnpinned => format!("unpinned {it}"),
            ApprovalRequired => format!("required approval for posts in {it}"),
            ApprovalLifted => format!("stopped requiring approval for posts in {it}"),
            ThreadRenamed => format!("renamed {it}"),
            ThreadMoved(books) => format!("moved {it} from {} to {}", about(&books.before), about(&books.after)),
            ThreadSplit { into, posts: moved } => format!("moved {} from {it} to {}", posts(moved), thread(*into)),
            ThreadMerged { into, posts: moved } => format!("merged {it} ({}) into {}", posts(moved), thread(*into)),
            ThreadRejoined { into, posts: moved } => {
                format!("moved {} from {it} back to {}", posts(moved), thread(*into))
            }
            ThreadsSeparated { from, posts: moved } => {
                format!("moved {} from {} back to {it}", posts(moved), thread(*from))
            }

            ApplicationApproved => format!("approved {whom}’s request to join"),
            ApplicationDeclined => format!("declined {whom}’s request to join"),
            ApplicationReopened => format!("reopened {whom}’s request to join"),
            RoleChanged(_) => format!("changed {whom}’s role"),
            MemberWarned => format!("warned {whom}"),
            MemberSilenced { until } => format!("silenced {whom} {}", lasting(until)),
            MemberSuspended { until } => format!("suspended {whom} {}", lasting(until)),
            AccountClosed => format!("closed {whom}’s account"),
            WarningWithdrawn => format!("withdrew {whom}’s warning"),
            SilenceLifted => format!("lifted {whom}’s silence"),
            SuspensionLifted => format!("lifted {whom}’s suspension"),
            AccountReopened => format!("reopened {whom}’s account"),
            AccountDeleted { with_posts: true } => "deleted their account and their posts".to_owned(),
            AccountDeleted { with_posts: false } => "deleted their account and left their posts".to_owned(),
            StaffNoteAdded => format!("added a staff note about {whom}"),
            PasswordReset => format!("reset {whom}’s password"),
            MemberAdded { .. } => format!("added {whom}"),
            InviteLinkCreated { uses } => format!("created an invite link for {uses} to join"),
            InviteLinkRevoked => "revoked an invite link".to_owned(),
            InviteLinkRestored => "restored an invite link".to_owned(),

            PostRuleAdded(_) => "added a post rule".to_owned(),
            PostRuleChanged(_) => "changed a post rule".to_owned(),
            PostRuleRemoved(_) => "removed a post rule".to_owned(),
            NewMemberLimitsChanged(_) => "changed the limits for new members".to_owned(),
            PresetReasonAdded { reason } => format!("added the preset reason “{reason}”"),
            PresetReasonChanged(reason) => {
                format!("changed the preset reason “{}” to “{}”", reason.before, reason.after)
            }
            PresetReasonRemoved { reason } => format!("removed the preset reason “{reason}”"),
            ClubSettingsChanged { .. } => "changed the club settings".to_owned(),
            EmailSettingsChanged(_) => "changed the email settings".to_owned(),

            ContentWarningConfirmed => format!("confirmed {it}"),
            ContentWarningDeclined => format!("declined {it}"),
            ContentWarningReopened => format!("reopened {it}"),
            SuggestionRemoved => format!("removed a suggestion from {it}"),
            SuggestionRestored => format!("restored a suggestion in {it}"),
            AgendaItemRemoved => format!("removed an item from the agenda of {it}"),
            AgendaItemRestored => format!("restored an item on the agenda of {it}"),

            BookAdded { .. } => format!("added {it}"),
            BookChanged(_) => format!("edited {it}"),
            CurrentBookChosen { .. } => format!("made {it} the current read"),
            PageImported { .. } => format!("imported a page about {it}"),
            ImportRemoved { .. } => format!("removed an import about {it}"),
            ReadingPlanCreated(_) => format!("created a reading plan for {it}"),
            ReadingPlanChanged(_) => format!("changed the reading plan for {it}"),
            ReadingPlanRemoved => format!("removed the reading plan for {it}"),
            ReadingPlanRestored => format!("restored the reading plan for {it}"),

            MeetingCreated(new) if new.count > 1 => {
                format!("created a series of {} meetings, starting with {it}", new.count)
            }
            MeetingCreated(_) => format!("created {it}"),
            SeriesExtended(new) => {
                let more = count(new.count, "more meeting", "more meetings");
                format!("added {more} to a series, starting with {it}")
            }
            MeetingChanged(change) => format!("changed {it}{}", of_series(change.others)),
            MeetingCancelled { others } => format!("cancelled {it}{}", of_series(*others)),
            MeetingThreadStarted => format!("started a thread for {it}"),
            MinutesPosted => format!("posted the minutes of {it}"),
            AttendanceRecorded { .. } => format!("recorded attendance for {it}"),
            AgendaItemAdded => format!("added an item to the agenda of {it}"),
            AgendaItemReworded => format!("edited an item on the agenda of {it}"),
            AgendaReordered => format!("reordered the agenda of {it}"),

            DatePollOpened { .. } | BookVoteOpened => format!("opened {it}"),
            DatePollTimesAdded { .. } => format!("added times to {it}"),
            DatePollTimeRemoved(_) => format!("removed a time from {it}"),
            DatePollTimeRestored(_) => format!("restored a time in {it}"),
            DatePollCancelled | BookVoteCancelled => format!("cancelled {it}"),
            BookVoteCounted { .. } => format!("counted the votes in {it}"),

            BackupMade => "made a backup".to_owned(),
            FirstStepsDismissed => "dismissed the first steps".to_owned(),
        }
    }
}

/// What a thread is about: a book, or the club.
pub(in crate::pages) fn about(book: &Option<String>) -> String {
    book.as_ref().map_or("the club".to_owned(), |title| format!("“{title}”"))
}

fn of_series(others: usize) -> String {
    match others {
        0 => String::new(),
        others => format!(" and {others} more in its series"),
    }
}
