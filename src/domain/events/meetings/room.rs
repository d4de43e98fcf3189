//! How many a meeting has room for, and until when members say whether they come.

use super::form::MeetingForm;
use crate::db::Moment;
use crate::domain::core::zones::Zone;
use crate::error::Problems;

/// How many a meeting has room for, and until when answers are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// How many people; none for as many as come.
    pub places: Option<i32>,
    /// How many guests each member may bring.
    pub guests: i32,
    /// Until when members may say that they come; none until it is over.
    pub closes_at: Option<Moment>,
}

impl Room {
    /// Reads the fields `places`, `guests` and `closes`, a wall time in the meeting's zone; each may be empty. Whoever
    /// closes the answers does so before the meeting begins.
    pub(super) fn parse(form: &MeetingForm, zone: Option<&Zone>, starts_at: Option<Moment>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let places = problems.take(
            "places",
            number(&form.places, 1..=100_000, "Please enter a capacity of 1 or more, or leave it empty for no limit."),
        );
        let guests =
            problems.take("guests", number(&form.guests, 0..=20, "Please enter a number of guests from 0 to 20."));
        let closes_at = problems.take("closes", closes(&form.closes, zone, starts_at));
        match (places, guests, closes_at) {
            (Some(places), Some(guests), Some(closes_at)) => {
                Ok(Self { places, guests: guests.unwrap_or(0), closes_at })
            }
            _ => Err(problems),
        }
    }

    /// How many places are left, where that is limited.
    pub fn left(&self, taken: i32) -> Option<i32> {
        self.places.map(|places| (places - taken).max(0))
    }

    /// Whether it is too late to say that one comes.
    pub fn is_closed(&self) -> bool {
        self.closes_at.is_some_and(|at| at < Moment::now())
    }
}

fn number(
    text: &str,
    range: std::ops::RangeInclusive<i32>,
    sentence: &'static str,
) -> Result<Option<i32>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().ok().filter(|number| range.contains(number)).map(Some).ok_or(sentence),
    }
}

fn closes(text: &str, zone: Option<&Zone>, starts_at: Option<Moment>) -> Result<Option<Moment>, &'static str> {
    // What is wrong with the zone is said beside the zone.
    let Some(zone) = zone.filter(|_| !text.trim().is_empty()) else { return Ok(None) };
    let at = zone.wall_moment(text)?;
    match starts_at.is_none_or(|starts_at| at <= starts_at) {
        true => Ok(Some(at)),
        false => Err("Please choose an RSVP deadline before the meeting starts."),
    }
}
