//! Short texts about meetings for pages.

use super::ShowPage;
use crate::db::Moment;
use crate::domain::core::gate::Position;
use crate::domain::events::meetings::Meeting;
use crate::domain::events::meetings::moves::OriginalStart;
use crate::domain::events::rsvps::Answer;
use crate::domain::events::series::Sibling;
use crate::domain::events::video_links::VideoLink;
use crate::domain::library::books::Book;
use crate::web::times;

impl Meeting {
    /// “21 October 2026”.
    pub fn date(&self) -> String {
        times::date(self.day)
    }

    /// How far to read: “up to chapter 13”, “the whole book”.
    pub fn reading(&self) -> Option<String> {
        self.through.map(covered)
    }
}

impl Sibling {
    /// “21 October 2026”.
    pub fn date(&self) -> String {
        times::date(self.day)
    }
}

impl ShowPage {
    /// Whether it's neither over nor cancelled.
    pub(super) fn is_upcoming(&self) -> bool {
        self.meeting.cancelled.is_none() && !self.meeting.is_past()
    }

    /// Whether the viewer can edit it.
    pub(super) fn can_edit(&self) -> bool {
        self.frame.can_manage_meetings() && self.meeting.cancelled.is_none()
    }

    /// The status in schema.org's words.
    pub(super) fn event_status(&self) -> &'static str {
        match (&self.meeting.cancelled, &self.related.moved_from) {
            (Some(_), _) => "EventCancelled",
            (None, Some(_)) => "EventRescheduled",
            (None, None) => "EventScheduled",
        }
    }

    /// The original start, if it has moved and is upcoming.
    pub(super) fn moved_from(&self) -> Option<&OriginalStart> {
        self.related.moved_from.as_ref().filter(|_| self.is_upcoming())
    }

    /// The video link, unless the meeting was cancelled.
    pub(super) fn video_call(&self) -> Option<&VideoLink> {
        self.call.as_ref().filter(|_| self.meeting.cancelled.is_none())
    }

    /// How far to read, and where the viewer is: “up to chapter 13; you’re at chapter 12”.
    pub(super) fn reading(&self) -> Option<String> {
        let reading = self.meeting.reading()?;
        Some(match self.position().filter(|_| !self.meeting.is_past()) {
            None => reading,
            Some(Position::NONE) => format!("{reading}; you haven’t started"),
            Some(Position::WHOLE) => format!("{reading}; you’ve finished the book"),
            Some(at) => format!("{reading}; you’re at {at}"),
        })
    }

    /// The numbers of RSVPs: “1 going (capacity 2), 0 maybe, 0 can’t, 1 on the waiting list”.
    pub(super) fn rsvps(&self) -> Option<String> {
        let Meeting { yes_count, maybe_count, no_count, waiting_count, .. } = self.meeting;
        if self.meeting.cancelled.is_some() || !self.shows_rsvps() {
            return None;
        }
        if self.meeting.is_past() {
            return Some(format!("{yes_count} said yes"));
        }
        let capacity =
            self.meeting.rsvp_limits.places.map(|places| format!(" (capacity {places})")).unwrap_or_default();
        let waiting = if waiting_count > 0 { format!(", {waiting_count} on the waiting list") } else { String::new() };
        Some(format!("{yes_count} going{capacity}, {maybe_count} maybe, {no_count} can’t{waiting}"))
    }

    /// The RSVP deadline, if there is one and the meeting is upcoming.
    pub(super) fn closes_at(&self) -> Option<Moment> {
        self.meeting.rsvp_limits.closes_at.filter(|_| self.is_upcoming() && self.shows_rsvps())
    }

    /// How many attendees haven't read far enough, for hosts: “2 of 3 attendees behind”.
    pub(super) fn progress(&self) -> Option<String> {
        let (behind, all) = self.behind.filter(|_| self.meeting.cancelled.is_none() && self.shows_rsvps())?;
        Some(match behind {
            0 => format!("all {all} caught up"),
            behind => format!("{behind} of {all} attendee{} behind", if all == 1 { "" } else { "s" }),
        })
    }

    /// The viewer's own progress towards the meeting's chapter.
    pub(super) fn own_progress(&self) -> Option<String> {
        let (at, through) = self.position().zip(self.meeting.through)?;
        Some(match at {
            at if at >= through => "You’ve read everything for this meeting.".to_owned(),
            Position::NONE => format!("You haven’t started the book. This meeting covers {}.", covered(through)),
            at => format!("You’re at {at}. This meeting covers {}.", covered(through)),
        })
    }

    /// How far attending will unlock the book, if the club wants that and the meeting is upcoming.
    pub(super) fn unlocks(&self) -> Option<Position> {
        let unlocks = self.frame.club.attendance_unlocks && self.frame.is_member() && self.related.turnout.is_none();
        self.meeting.through.filter(|_| unlocks && self.is_upcoming())
    }

    /// Whether the viewer is on the waiting list.
    pub(super) fn is_waiting(&self) -> bool {
        self.answer.is_some_and(|given| given.waitlisted)
    }

    /// How many guests the viewer brings, if they're coming and guests are allowed.
    pub(super) fn guests(&self) -> Option<i32> {
        let coming = self.answer.filter(|given| given.answer == Answer::Yes && self.meeting.rsvp_limits.guests > 0);
        coming.map(|given| given.guests)
    }

    /// Whether the viewer can report the description.
    pub(super) fn can_report(&self) -> bool {
        self.frame.can_post() && !self.is_own_description()
    }

    /// The path of the form for a new reading plan for this meeting, with as many evenings a week as the current plan.
    pub(super) fn new_plan(&self, book: &Book) -> String {
        let path = format!("/books/{}/plan/edit?meeting={}", book.id, self.meeting.id);
        match &self.related.plan_progress {
            Some(plan_progress) => format!("{path}&evenings={}", plan_progress.plan.evenings),
            None => path,
        }
    }

    /// A position in the book: “not started”, “chapter 4”.
    pub(super) fn position_label(&self, at: &Position) -> String {
        if at.is_none() { "not started".to_owned() } else { at.to_string() }
    }
}

/// How far a meeting goes: “up to chapter 13”, “the whole book”.
fn covered(through: Position) -> String {
    if through.is_whole() { through.to_string() } else { format!("up to {through}") }
}
