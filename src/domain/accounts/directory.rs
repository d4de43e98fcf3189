//! The list of members, for those who look after them.

use crate::db::schema::{members, sanctions};
use crate::db::{Conn, MemberId, Moment, word_column};
use crate::domain::accounts::sanctions::Kind;
use crate::domain::core::members::{Member, Role, State};
use crate::error::Result;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

/// Whom the list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Everybody who is in the club.
    Everybody,
    /// Hosts.
    Hosts,
    /// Moderators.
    Moderators,
    /// Admins.
    Admins,
    /// Who waits to be let in.
    Waiting,
    /// Who was declined.
    Declined,
    /// Who is silenced now.
    Silenced,
    /// Who is suspended now.
    Suspended,
    /// Whose account a moderator has closed.
    Closed,
}

word_column!(Show {
    Everybody = "everybody",
    Hosts = "hosts",
    Moderators = "moderators",
    Admins = "admins",
    Waiting = "waiting",
    Declined = "declined",
    Silenced = "silenced",
    Suspended = "suspended",
    Closed = "closed",
});

impl Show {
    /// All of them, in the order of a form.
    pub const ALL: [Self; 9] = [
        Self::Everybody,
        Self::Waiting,
        Self::Silenced,
        Self::Suspended,
        Self::Closed,
        Self::Hosts,
        Self::Moderators,
        Self::Admins,
        Self::Declined,
    ];

    /// What the list calls it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Everybody => "All",
            Self::Hosts => "Hosts",
            Self::Moderators => "Moderators",
            Self::Admins => "Admins",
            Self::Waiting => "Join requests",
            Self::Declined => "Declined",
            Self::Silenced => "Silenced",
            Self::Suspended => "Suspended",
            Self::Closed => "Closed accounts",
        }
    }
}

/// Somebody in the list.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = members)]
pub struct Listed {
    /// Who they are.
    #[diesel(embed)]
    pub member: Member,
    /// How many posts they wrote.
    pub posts_count: i32,
    /// Since when they are here, or wait to be.
    pub joined_at: Moment,
    /// Until when they are suspended, or without end where their account is closed.
    pub suspended_until: Option<Moment>,
    /// Whether a moderator has closed their account.
    #[diesel(select_expression = closed(Kind::Closure), select_expression_type = closed)]
    pub closed: bool,
    /// What they answered when they asked to be let in.
    pub answer: String,
    /// Why they were declined.
    pub declined_reason: Option<String>,
}

/// Whether a closure stands against a member.
#[diesel::dsl::auto_type]
fn closed(closure: Kind) -> _ {
    let theirs = sanctions::table.filter(sanctions::member_id.eq(members::id)).filter(sanctions::kind.eq(closure));
    exists(theirs.filter(sanctions::lifted_at.is_null()))
}

impl Listed {
    /// Whether they are suspended now, and their account is not closed.
    pub fn is_suspended(&self) -> bool {
        !self.closed && self.suspended_until.is_some_and(|until| until > Moment::now())
    }
}

/// How many a page of the list holds.
pub const PAGE: usize = 50;

/// One page of the list.
pub struct Page {
    /// Who stands on it.
    pub members: Vec<Listed>,
    /// Whether there are more.
    pub more: bool,
}

impl Page {
    fn of(mut members: Vec<Listed>) -> Self {
        let more = members.len() > PAGE;
        members.truncate(PAGE);
        Self { members, more }
    }
}

/// Those who are to be shown, the newest first, from before the given one.
pub fn list_shown(conn: &mut Conn, show: Show, before: Option<MemberId>) -> Result<Page> {
    let now = Moment::now();
    let all = members::table.order(members::id.desc()).limit(PAGE as i64 + 1).into_boxed();
    let mut query = match show {
        Show::Everybody => all.filter(members::state.eq(State::Active)),
        Show::Hosts => all.filter(members::role.eq(Role::Host)),
        Show::Moderators => all.filter(members::role.eq(Role::Moderator)),
        Show::Admins => all.filter(members::role.eq(Role::Admin)),
        Show::Waiting => all.filter(members::state.eq(State::Waiting)),
        Show::Declined => all.filter(members::state.eq(State::Declined)),
        Show::Silenced => all.filter(members::silenced_until.gt(now)),
        // A closed account is barred too, and without end.
        Show::Suspended => all.filter(members::suspended_until.gt(now)).filter(not(closed(Kind::Closure))),
        Show::Closed => all.filter(members::suspended_until.gt(now)).filter(closed(Kind::Closure)),
    };
    if let Some(before) = before {
        query = query.filter(members::id.lt(before));
    }
    Ok(Page::of(query.select(Listed::as_select()).load(conn)?))
}

/// Those whose names begin like this, by name, from after the given one.
pub fn list_by_name(conn: &mut Conn, beginning: &str, after: Option<&str>) -> Result<Page> {
    let key = beginning.trim().to_ascii_lowercase();
    let is_name = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let after = after.unwrap_or_default().to_ascii_lowercase();
    if !is_name(&key) || !is_name(&after) {
        return Ok(Page::of(Vec::new()));
    }
    let query = members::table
        .filter(members::handle_key.ge(key.clone()))
        .filter(members::handle_key.lt(format!("{key}~")))
        .filter(members::handle_key.gt(after))
        .filter(members::state.ne(State::Former))
        .order(members::handle_key)
        .limit(PAGE as i64 + 1);
    Ok(Page::of(query.select(Listed::as_select()).load(conn)?))
}
