//! What the log and notifications tell of a meeting: what anybody may know, and nothing of its description.

use super::Meeting;
use crate::domain::safety::log::facts::{MeetingFacts, TimeAndPlace};

impl Meeting {
    /// What anybody may know of it.
    pub(in crate::domain) fn log_facts(&self) -> MeetingFacts {
        MeetingFacts {
            title: self.title.clone(),
            held: self.held(),
            book: self.book.as_ref().map(|book| book.title.clone()),
            through: self.through,
            capacity: self.rsvp_limits.places,
            guests_allowed: self.rsvp_limits.guests,
            rsvp_until: self.rsvp_limits.closes_at,
        }
    }

    /// When and where it is.
    pub(in crate::domain) fn held(&self) -> TimeAndPlace {
        TimeAndPlace {
            day: self.day,
            time: self.time,
            end_time: self.end_time(),
            zone: self.zone.clone(),
            place: self.place.clone(),
        }
    }
}
