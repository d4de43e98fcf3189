//! What is written down of each kind of action.

use super::Office;
use super::reversal::{Reversal, StoredReversal};
use crate::db::{ActionId, BookId, ContentWarningId, MeetingId, MemberId, PostId, ThreadId};
use crate::domain::core::gate::Position;
use crate::domain::core::members::Role;
use crate::domain::core::text_fields::Reason;
use crate::domain::safety::report_cases::ReportState;
use crate::error::Result;

/// What somebody did, before it is written down.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) kind: &'static str,
    pub(super) subject: &'static str,
    pub(super) subject_id: i64,
    pub(super) reason: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) member: Option<MemberId>,
    /// Whether the member is told.
    pub(super) tells: bool,
    /// What they are told beside the reason.
    pub(super) detail: String,
    pub(super) undoes: Option<ActionId>,
    pub(super) reversal: Option<StoredReversal>,
    pub(super) office: Office,
}

impl Entry {
    /// Somebody did this to that: "hid", ("post", 12). What it was before and became is for everybody to read.
    pub(in crate::domain) fn new(
        kind: &'static str,
        (subject, subject_id): (&'static str, i64),
        (before, after): (&str, &str),
    ) -> Self {
        let (before, after) = (before.to_owned(), after.to_owned());
        let (reason, office) = (String::new(), Office::of(kind, subject));
        let (member, tells, detail, undoes, reversal) = (None, true, String::new(), None, None);
        Self { kind, subject, subject_id, reason, before, after, member, tells, detail, undoes, reversal, office }
    }

    /// Done in this office, where what was done to what does not say so.
    pub(in crate::domain) fn by(self, office: Office) -> Self {
        Self { office, ..self }
    }

    /// For this reason, and, where the reason says so, to undo an earlier action.
    pub(in crate::domain) fn because(self, reason: &Reason) -> Self {
        Self { reason: reason.text.clone(), undoes: reason.undoes, ..self }
    }

    /// It concerns this member, who is told of it.
    pub(in crate::domain) fn concerning(self, member: Option<MemberId>) -> Self {
        Self { member, ..self }
    }

    /// It concerns this member, who is not told.
    pub(in crate::domain) fn about(self, member: MemberId) -> Self {
        Self { member: Some(member), tells: false, ..self }
    }

    /// Whom it concerns is told this, too: facts that give nothing away.
    pub(in crate::domain) fn telling(self, detail: &str) -> Self {
        Self { detail: detail.to_owned(), ..self }
    }

    /// This undoes it.
    pub(in crate::domain) fn undone_by(self, reversal: &impl Reversal) -> Result<Self> {
        Ok(Self { reversal: Some(StoredReversal::of(reversal)?), ..self })
    }

    /// A text was hidden, or restored.
    pub(in crate::domain) fn hide(text: (&'static str, i64), hidden: bool, reason: &Reason) -> Self {
        let (kind, change) = if hidden { ("hid", ("shown", "hidden")) } else { ("restored", ("hidden", "shown")) };
        Self::new(kind, text, change).because(reason)
    }

    /// Somebody's post was said to go as far as this.
    pub(in crate::domain) fn reach(post: PostId, before: Position, after: Position, reason: &Reason) -> Self {
        Self::new(SET_REACH, ("post", post.0), (&scope(before), &scope(after))).because(reason)
    }

    /// A thread was locked or unlocked.
    pub fn lock(thread: ThreadId, locked: bool, reason: &Reason) -> Self {
        let (kind, change) = if locked { ("locked", ("open", "locked")) } else { ("unlocked", ("locked", "open")) };
        Self::new(kind, ("thread", thread.0), change).because(reason)
    }

    /// A thread was pinned or unpinned.
    pub fn pin(thread: ThreadId, before: &str, after: &str, reason: &Reason) -> Self {
        let kind = if after.is_empty() { "unpinned" } else { "pinned" };
        Self::new(kind, ("thread", thread.0), (before, after)).because(reason)
    }

    /// The posts of a thread wait for a moderator from now on, or no longer.
    pub fn approval(thread: ThreadId, on: bool, reason: &Reason) -> Self {
        let (open, asked) = ("posts stand at once", "posts wait for a moderator");
        let (kind, change) =
            if on { ("asked to see posts first in", (open, asked)) } else { ("opened", (asked, open)) };
        Self::new(kind, ("thread", thread.0), change).because(reason)
    }

    /// A book was put on the shelf.
    pub fn add_book(book: BookId, title: &str) -> Self {
        Self::new("added", ("book", book.0), ("", title))
    }

    /// The club reads another book.
    pub fn read_now(book: BookId, title: &str) -> Self {
        Self::new("chose to read", ("book", book.0), ("", title))
    }

    /// A book's facts or contents were changed.
    pub fn book(book: BookId, before: &str, after: &str) -> Self {
        Self::new("changed", ("book", book.0), (before, after))
    }

    /// What a host decided on a content notice, or took back: "confirmed", "declined", "reopened". The log does not repeat its
    /// label, which may be declined later.
    pub(in crate::domain) fn warning(warning: ContentWarningId, kind: &'static str) -> Self {
        Self::new(kind, ("notice", warning.0), ("", "")).by(Office::Host)
    }

    /// A text was folded because a member reported that it goes farther than it said. Who did is told to nobody.
    pub(in crate::domain) fn fold((subject, id): (&'static str, i64), before: Position, after: Position) -> Self {
        Self::new(REPORTED, (subject, id), (&scope(before), &scope(after)))
    }

    /// Somebody decided on the reports of a text, or took that back: what became of the reports, and how far the text went
    /// and goes. `hides` says whether the text was hidden with it, or shown again.
    pub(in crate::domain) fn settle(
        subject: (&'static str, i64),
        state: ReportState,
        (before, after): (Position, Position),
        hides: Option<bool>,
    ) -> Self {
        let kind = match (state, hides) {
            (ReportState::Upheld, Some(true)) => UPHELD_AND_HID,
            (ReportState::Upheld, _) => UPHELD,
            (ReportState::Dismissed, _) => DISMISSED,
            (ReportState::Open, Some(false)) => REOPENED_AND_RESTORED,
            (ReportState::Open, _) => REOPENED,
        };
        let words = |position: Position, hidden| match hidden {
            None => scope(position),
            Some(hidden) => {
                let shown = if hidden { "hidden" } else { "shown" };
                if before == after { shown.to_owned() } else { format!("{shown}, {}", scope(position)) }
            }
        };
        Self::new(kind, subject, (&words(before, hides.map(|hides| !hides)), &words(after, hides)))
    }

    /// The writer of a text agreed with a report on it.
    pub(in crate::domain) fn agree((subject, id): (&'static str, i64), before: Position, after: Position) -> Self {
        Self::new(AGREED, (subject, id), (&scope(before), &scope(after)))
    }

    /// A synopsis, quote or blurb of a book was said to go as far as this.
    pub(in crate::domain) fn excerpt(book: BookId, kind: &str, before: Position, after: Position) -> Self {
        let words = |position| format!("{kind}: {}", scope(position));
        Self::new(PASSAGE, ("book", book.0), (&words(before), &words(after)))
    }

    /// A member got another role.
    pub(in crate::domain) fn role(member: MemberId, before: Role, after: Role) -> Self {
        let change = (before.as_str(), after.as_str());
        Self::new("changed the role of", ("member", member.0), change).by(Office::Admin).telling(after.as_str())
    }

    /// A moderator wrote a note on a member: the log says that they did, and not what.
    pub(in crate::domain) fn note(member: MemberId) -> Self {
        Self::new(NOTED, ("member", member.0), ("", "")).about(member)
    }

    /// A meeting was set up.
    pub fn set_up(meeting: MeetingId, words: &str) -> Self {
        Self::new("set up", ("meeting", meeting.0), ("", words))
    }

    /// A meeting was changed.
    pub fn meeting(meeting: MeetingId, change: (&str, &str)) -> Self {
        Self::new("changed", ("meeting", meeting.0), change)
    }

    /// A meeting was cancelled, and so many others of its series with it.
    pub fn cancel(meeting: MeetingId, others: usize, reason: &Reason) -> Self {
        let more = if others > 0 { format!(", and {others} more of the series") } else { String::new() };
        let after = format!("cancelled{more}");
        Self::new("cancelled", ("meeting", meeting.0), ("planned", &after)).because(reason)
    }
}

/// What the log calls it when reports are found right,
pub const UPHELD: &str = "upheld a report on";
/// and the text is hidden for them,
pub const UPHELD_AND_HID: &str = "upheld a report on and hid";
/// when they are not,
pub const DISMISSED: &str = "dismissed a report on";
/// when such a decision is taken back,
pub const REOPENED: &str = "reopened the reports on";
/// and the text, hidden by it, shown again.
pub const REOPENED_AND_RESTORED: &str = "reopened the reports on and restored";

/// What the log calls a fold after a report.
pub const REPORTED: &str = "reported and so folded";

/// What the log calls it when a moderator says how far a post goes.
pub const SET_REACH: &str = "set the reach of";

/// What the log calls it when a host says how far a passage of a book goes.
pub(in crate::domain) const PASSAGE: &str = "set how far a text goes of";

/// What the log calls it when a thread gets another title.
pub const RETITLED: &str = "changed the title of";

/// What the log calls a note between moderators. Whom it is on does not find it.
pub(super) const NOTED: &str = "wrote a note on";

/// What the log calls it when the writer of a text agrees with a report.
pub(super) const AGREED: &str = "agreed with a report on";

/// How far a text goes, in words.
fn scope(position: Position) -> String {
    if position.is_none() { "open".to_owned() } else { format!("folded through {position}") }
}
