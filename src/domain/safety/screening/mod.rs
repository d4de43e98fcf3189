//! Guards: what is looked at before a text is taken. What is asked of new members, and of whose first posts a moderator
//! looks first, is a setting of the club; the rules about words and links are in `domain/safety/post_rules/`.

mod asking;
mod echoes;
mod new_member_limits;
pub mod waiting;

pub(in crate::domain) use asking::{InThread, Text, judge, require, require_changeable, require_known, require_little};
pub(in crate::domain) use new_member_limits::RestoreLimits;
pub use new_member_limits::{GuardsForm, update};

use crate::db::schema::{guards, members, posts};
use crate::db::{Conn, MemberId, Moment};
use crate::domain::core::members::{Member, Role};
use crate::error::Result;
use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// What the club asks of new members. A limit that is none is `None`; 0 allows nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable)]
#[diesel(table_name = guards)]
pub struct Guards {
    /// For so many days a member is new.
    pub new_days: i32,
    /// And until so many posts of theirs stand.
    pub new_posts: i32,
    /// How many links they may put into a post.
    pub links: Option<i32>,
    /// How many members they may mention in a post.
    pub mentions: Option<i32>,
    /// How many threads they may start in an hour.
    pub hourly_threads: Option<i32>,
    /// How many posts they may write in an hour.
    pub hourly_posts: Option<i32>,
    /// How many first posts of each member wait for a moderator.
    pub approve_first: i32,
}

/// What the club asks.
pub fn get(conn: &mut Conn) -> Result<Guards> {
    Ok(guards::table.select(Guards::as_select()).first(conn)?)
}

impl Guards {
    /// Whether a member is new: not yet here for so long, or not yet with so many posts that stand.
    fn is_new(&self, conn: &mut Conn, member: &Member) -> Result<bool> {
        if member.role != Role::Member || (self.new_days == 0 && self.new_posts == 0) {
            return Ok(false);
        }
        let joined: Moment = members::table.find(member.id).select(members::joined_at).first(conn)?;
        let since = Moment::now().before(TimeDelta::days(i64::from(self.new_days)));
        Ok(joined > since || !has_standing(conn, member.id, self.new_posts)?)
    }

    /// Whether a member's next post is one of the first, at which a moderator looks first.
    fn waits_first(&self, conn: &mut Conn, member: &Member) -> Result<bool> {
        Ok(self.approve_first > 0 && member.role == Role::Member && !has_standing(conn, member.id, self.approve_first)?)
    }
}

/// Whether so many posts of a member stand.
fn has_standing(conn: &mut Conn, member: MemberId, least: i32) -> Result<bool> {
    let own = posts::table.filter(posts::author_id.eq(member)).filter(posts::hidden_reason.is_null());
    let standing: Vec<i32> = own.limit(i64::from(least)).select(posts::number).load(conn)?;
    Ok(standing.len() >= usize::try_from(least).unwrap_or_default())
}
