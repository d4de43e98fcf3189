//! The form for a book vote and its validation.

use crate::db::Moment;
use crate::domain::core::words::Title;
use crate::domain::core::zones::Zone;
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;

/// The form fields, as text.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct BookPollForm {
    pub title: String,
    /// How many books a member may suggest.
    pub proposals_each: String,
    /// When suggestions close, in the club's time zone: `2026-10-20T18:00`.
    pub proposals_until: String,
    /// When voting closes.
    pub ballots_until: String,
}

impl BookPollForm {
    /// The default form: one week for suggestions, then one week for voting.
    pub fn usual(zone: &Zone) -> Self {
        let in_days = |days| {
            let at = zone.wall(Moment::from(Moment::now().utc() + TimeDelta::days(days)));
            at.format("%Y-%m-%dT20:00").to_string()
        };
        Self {
            title: "What shall we read next?".to_owned(),
            proposals_each: "2".to_owned(),
            proposals_until: in_days(7),
            ballots_until: in_days(14),
        }
    }
}

/// A validated book vote form.
#[derive(Clone, Debug)]
pub struct NewBookPoll {
    pub(super) title: Title,
    pub(super) proposals_each: i32,
    pub(super) proposals_until: Moment,
    pub(super) ballots_until: Moment,
}

impl NewBookPoll {
    /// Parses the form, with times in this zone.
    pub fn parse(form: &BookPollForm, zone: &Zone) -> Result<Self> {
        let mut problems = Problems::default();
        let title = problems.take("title", Title::parse(&form.title));
        let each = form.proposals_each.trim().parse().ok().filter(|each| (1..=10).contains(each));
        let each = problems.take("proposals_each", each.ok_or("Please enter a number from 1 to 10."));
        let to_come = |text: &str| match zone.wall_moment(text)? {
            at if at <= Moment::now() => Err("This time has already passed."),
            at => Ok(at),
        };
        let proposals_until = problems.take("proposals_until", to_come(&form.proposals_until));
        let ballots_until = problems.take("ballots_until", to_come(&form.ballots_until));
        if proposals_until.zip(ballots_until).is_some_and(|(proposals, ballots)| ballots <= proposals) {
            problems.add("ballots_until", "Please end voting after suggestions close.");
        }
        match (title, each, proposals_until, ballots_until) {
            (Some(title), Some(proposals_each), Some(proposals_until), Some(ballots_until)) if problems.is_empty() => {
                Ok(Self { title, proposals_each, proposals_until, ballots_until })
            }
            _ => Err(Error::Refused(problems)),
        }
    }
}
