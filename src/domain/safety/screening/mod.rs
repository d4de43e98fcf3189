//! Screening of texts before they are stored. Limits for new members, and how many first posts need approval, are
//! settings of the club; rules about words and links are in `domain/safety/post_rules/`.

mod checks;
mod duplicates;
mod new_member_limits;

pub(in crate::domain) use checks::{
    NewText, TargetThread, check_edit, check_text, require_editable, require_trusted, screen,
};
pub(in crate::domain) use new_member_limits::RestoreLimits;
pub use new_member_limits::{NewMemberLimitsForm, update};

use crate::db::schema::{self, members, posts};
use crate::db::{Conn, MemberId, Moment, word_column};
use crate::domain::core::members::{Member, Role};
pub use crate::domain::core::new_member_limits::NewMemberLimits;
use crate::error::Result;
use chrono::TimeDelta;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

/// Why a text needs approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum PendingCause {
    /// It is one of the author's first posts.
    First,
    /// The thread requires approval.
    Thread,
    /// A post rule holds it.
    Rule,
}

word_column!(PendingCause { First = "first", Thread = "thread", Rule = "rule" });

/// The state of a text in the approval queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum PendingState {
    /// Not decided yet.
    Waiting,
    /// It has been published.
    Approved,
    Declined,
}

word_column!(PendingState { Waiting = "waiting", Approved = "approved", Declined = "declined" });

pub fn get(conn: &mut Conn) -> Result<NewMemberLimits> {
    Ok(schema::new_member_limits::table.select(NewMemberLimits::as_select()).first(conn)?)
}

impl NewMemberLimits {
    /// Whether the limits apply to a member: they joined too recently or have too few visible posts. Staff are never
    /// new.
    fn is_new(&self, conn: &mut Conn, member: &Member) -> Result<bool> {
        if member.role != Role::Member || (self.new_days == 0 && self.new_posts == 0) {
            return Ok(false);
        }
        let joined: Moment = members::table.find(member.id).select(members::joined_at).first(conn)?;
        let since = Moment::now().before(TimeDelta::days(i64::from(self.new_days)));
        Ok(joined > since || !has_visible_posts(conn, member.id, self.new_posts)?)
    }

    /// Whether a member's next post is one of the first, which need approval.
    fn needs_first_approval(&self, conn: &mut Conn, member: &Member) -> Result<bool> {
        Ok(self.approve_first > 0
            && member.role == Role::Member
            && !has_visible_posts(conn, member.id, self.approve_first)?)
    }
}

/// Whether a member has at least this many visible posts.
fn has_visible_posts(conn: &mut Conn, member: MemberId, least: i32) -> Result<bool> {
    let own = posts::table.filter(posts::author_id.eq(member)).filter(posts::hidden_reason.is_null());
    let standing: Vec<i32> = own.limit(i64::from(least)).select(posts::number).load(conn)?;
    Ok(standing.len() >= usize::try_from(least).unwrap_or_default())
}
