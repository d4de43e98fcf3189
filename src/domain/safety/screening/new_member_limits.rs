//! Changing the limits for new members.

use super::{NewMemberLimits, get};
use crate::db::Conn;
use crate::db::schema::new_member_limits;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::safety::log::facts::Change;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Form fields, as typed. An empty limit means no limit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewMemberLimitsForm {
    pub new_days: String,
    pub new_posts: String,
    pub links: String,
    pub mentions: String,
    pub hourly_threads: String,
    pub hourly_posts: String,
    pub approve_first: String,
}

impl From<&NewMemberLimits> for NewMemberLimitsForm {
    fn from(new_member_limits: &NewMemberLimits) -> Self {
        let limit = |limit: Option<i32>| limit.map(|limit| limit.to_string()).unwrap_or_default();
        Self {
            new_days: new_member_limits.new_days.to_string(),
            new_posts: new_member_limits.new_posts.to_string(),
            links: limit(new_member_limits.max_links),
            mentions: limit(new_member_limits.max_mentions),
            hourly_threads: limit(new_member_limits.threads_per_hour),
            hourly_posts: limit(new_member_limits.posts_per_hour),
            approve_first: new_member_limits.approve_first.to_string(),
        }
    }
}

impl NewMemberLimits {
    /// Checks the form.
    pub fn parse(form: &NewMemberLimitsForm) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let new_days = problems.check("new_days", number(&form.new_days, 365));
        let new_posts = problems.check("new_posts", number(&form.new_posts, 100));
        let approve_first = problems.check("approve_first", number(&form.approve_first, 100));
        let mut limit = |field, text: &str| match text.trim() {
            "" => None,
            text => problems.check(field, number(text, 1000)),
        };
        let (max_links, max_mentions) = (limit("links", &form.links), limit("mentions", &form.mentions));
        let threads_per_hour = limit("hourly_threads", &form.hourly_threads);
        let posts_per_hour = limit("hourly_posts", &form.hourly_posts);
        match (new_days, new_posts, approve_first) {
            (Some(new_days), Some(new_posts), Some(approve_first)) if problems.is_empty() => Ok(Self {
                new_days,
                new_posts,
                max_links,
                max_mentions,
                threads_per_hour,
                posts_per_hour,
                approve_first,
            }),
            _ => Err(problems),
        }
    }
}

fn number(text: &str, most: i32) -> Result<i32, String> {
    let number = if text.trim().is_empty() { Some(0) } else { text.trim().parse().ok() };
    number
        .filter(|number| (0..=most).contains(number))
        .ok_or_else(|| format!("Please enter a number from 0 to {most}."))
}

/// Changes the limits. For admins.
pub fn update(conn: &mut Conn, actor: &Member, new_member_limits: &NewMemberLimits) -> Result<()> {
    let before = get(conn)?;
    if before == *new_member_limits {
        return Ok(());
    }
    change(conn, actor, &before, new_member_limits, None)
}

/// Restores the previous limits.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RestoreLimits {
    from: NewMemberLimits,
    to: NewMemberLimits,
}

impl Reversal for RestoreLimits {
    const NAME: &'static str = "new_member_limits.restore";

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        change(conn, actor, &self.from, &self.to, Some(reason))
    }
}

fn change(
    conn: &mut Conn,
    actor: &Member,
    from: &NewMemberLimits,
    to: &NewMemberLimits,
    reason: Option<&Reason>,
) -> Result<()> {
    policy::require(Some(actor), Act::Administer)?;
    let version: i64 = new_member_limits::table.select(new_member_limits::version).first(conn)?;
    let is_seen = get(conn)? == *from;
    let values = (to, new_member_limits::version.eq(version + 1));
    let seen = new_member_limits::table.filter(new_member_limits::version.eq(version));
    if !is_seen || diesel::update(seen).set(values).execute(conn)? == 0 {
        return Err(Error::Conflict("Someone else changed this in the meantime. Nothing was changed."));
    }
    let event = Event::NewMemberLimitsChanged(Box::new(Change::new(from.clone(), to.clone())));
    let entry = NewLogEntry::new(event, LogSubject::NewMemberLimits).because(reason);
    log::record(conn, actor.id, entry.undone_by(&RestoreLimits { from: to.clone(), to: from.clone() })?)
}
