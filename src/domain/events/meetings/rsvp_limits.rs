//! Capacity, guests and RSVP deadline of a meeting.

use super::form::MeetingForm;
use crate::db::Moment;
use crate::db::schema::meetings;
use crate::domain::core::zones::Zone;
use crate::error::Problems;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = meetings)]
pub struct RsvpLimits {
    /// The maximum number of people, including guests; `None` for no limit.
    #[diesel(column_name = capacity)]
    pub places: Option<i32>,
    /// How many guests each member may bring.
    #[diesel(column_name = guests_allowed)]
    pub guests: i32,
    /// The RSVP deadline; `None` until the meeting ends.
    #[diesel(column_name = rsvp_until)]
    pub closes_at: Option<Moment>,
}

impl RsvpLimits {
    /// Reads the fields `places`, `guests` and `closes` (a local time in the meeting's zone). Each may be empty. The
    /// deadline can't be after the start.
    pub(super) fn parse(form: &MeetingForm, zone: Option<&Zone>, starts_at: Option<Moment>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let places = problems.check(
            "places",
            number(&form.places, 1..=100_000, "Please enter a capacity of 1 or more, or leave it empty for no limit."),
        );
        let guests =
            problems.check("guests", number(&form.guests, 0..=20, "Please enter a number of guests from 0 to 20."));
        let closes_at = problems.check("closes", closes(&form.closes, zone, starts_at));
        match (places, guests, closes_at) {
            (Some(places), Some(guests), Some(closes_at)) => {
                Ok(Self { places, guests: guests.unwrap_or(0), closes_at })
            }
            _ => Err(problems),
        }
    }

    /// How many places are left; `None` for no limit.
    pub fn places_left(&self, taken: i32) -> Option<i32> {
        self.places.map(|places| (places - taken).max(0))
    }

    /// Whether the RSVP deadline has passed.
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
    // A problem with the zone is shown at the zone.
    let Some(zone) = zone.filter(|_| !text.trim().is_empty()) else { return Ok(None) };
    let at = zone.parse_wall_time(text)?;
    match starts_at.is_none_or(|starts_at| at <= starts_at) {
        true => Ok(Some(at)),
        false => Err("Please choose an RSVP deadline before the meeting starts."),
    }
}
