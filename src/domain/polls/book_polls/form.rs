//! The form for a book vote and its validation.

use crate::db::Moment;
use crate::domain::core::text_fields::Title;
use crate::domain::core::zones::Zone;
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;

/// The form fields, as text.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct BookPollForm {
    pub title: String,
    /// How many books a member may suggest.
    pub suggestions_per_member: String,
    /// When suggestions close, in the club's time zone: `2026-10-20T18:00`.
    pub suggestions_until: String,
    /// When voting closes.
    pub ballots_until: String,
}

impl BookPollForm {
    /// The default form: one week for suggestions, then one week for voting.
    pub fn with_defaults(zone: &Zone) -> Self {
        let in_days = |days| {
            let at = zone.wall(Moment::from(Moment::now().utc() + TimeDelta::days(days)));
            at.format("%Y-%m-%dT20:00").to_string()
        };
        Self {
            title: "What shall we read next?".to_owned(),
            suggestions_per_member: "2".to_owned(),
            suggestions_until: in_days(7),
            ballots_until: in_days(14),
        }
    }
}

/// A validated book vote form.
#[derive(Clone, Debug)]
pub struct NewBookPoll {
    pub(super) title: Title,
    pub(super) suggestions_per_member: i32,
    pub(super) suggestions_until: Moment,
    pub(super) ballots_until: Moment,
}

impl NewBookPoll {
    /// Parses the form, with times in this zone.
    pub fn parse(form: &BookPollForm, zone: &Zone) -> Result<Self> {
        let mut problems = Problems::default();
        let title = problems.check("title", Title::parse(&form.title));
        let each = form.suggestions_per_member.trim().parse().ok().filter(|each| (1..=10).contains(each));
        let each = problems.check("suggestions_per_member", each.ok_or("Please enter a number from 1 to 10."));
        let to_come = |text: &str| match zone.parse_wall_time(text)? {
            at if at <= Moment::now() => Err("This time has already passed."),
            at => Ok(at),
        };
        let suggestions_until = problems.check("suggestions_until", to_come(&form.suggestions_until));
        let ballots_until = problems.check("ballots_until", to_come(&form.ballots_until));
        if suggestions_until.zip(ballots_until).is_some_and(|(suggestions, ballots)| ballots <= suggestions) {
            problems.add("ballots_until", "Please end voting after suggestions close.");
        }
        match (title, each, suggestions_until, ballots_until) {
            (Some(title), Some(suggestions_per_member), Some(suggestions_until), Some(ballots_until))
                if problems.is_empty() =>
            {
                Ok(Self { title, suggestions_per_member, suggestions_until, ballots_until })
            }
            _ => Err(Error::Refused(problems)),
        }
    }
}
