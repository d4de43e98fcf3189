//! The list of members that moderators see, with filters and search.

use crate::db::schema::{members, sanctions};
use crate::db::{Conn, MemberId, Moment, word_column};
use crate::domain::accounts::sanctions::SanctionKind;
use crate::domain::core::members::{Member, MemberState, Role};
use crate::domain::core::pagination::Page;
use crate::error::Result;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

/// A filter of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberFilter {
    Everybody,
    Hosts,
    Moderators,
    Admins,
    /// Applications that wait for a moderator.
    Waiting,
    Declined,
    Silenced,
    /// Suspended now, with an account that isn't closed.
    Suspended,
    /// Accounts that a moderator has closed.
    Closed,
}

word_column!(MemberFilter {
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

impl MemberFilter {
    /// The filters in the order of the form.
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

    pub fn label(self) -> &'static str {
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

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = members)]
pub struct ListedMember {
    #[diesel(embed)]
    pub member: Member,
    pub posts_count: i32,
    /// When they joined or, for an application, when they asked to join.
    pub joined_at: Moment,
    /// When a suspension ends: in the year 9999 if it is permanent or the account is closed.
    pub suspended_until: Option<Moment>,
    /// Whether a moderator has closed their account.
    #[diesel(select_expression = closed(SanctionKind::Closure), select_expression_type = closed)]
    pub closed: bool,
    /// Their answer to the club's question for people who ask to join; may be empty.
    pub application_answer: String,
    pub declined_reason: Option<String>,
}

/// SQL: whether the member's account is closed.
#[diesel::dsl::auto_type]
fn closed(closure: SanctionKind) -> _ {
    let theirs = sanctions::table.filter(sanctions::member_id.eq(members::id)).filter(sanctions::kind.eq(closure));
    exists(theirs.filter(sanctions::lifted_at.is_null()))
}

impl ListedMember {
    /// Whether they are suspended now. False for a closed account.
    pub fn is_suspended(&self) -> bool {
        !self.closed && self.suspended_until.is_some_and(|until| until > Moment::now())
    }
}

/// Members per page.
const PAGE: i64 = 50;

/// The members that a filter matches, newest first, from before the given one.
pub fn list(conn: &mut Conn, show: MemberFilter, before: Option<MemberId>) -> Result<Page<ListedMember, String>> {
    let now = Moment::now();
    let before = before.unwrap_or(MemberId(i64::MAX));
    let all = members::table.filter(members::id.lt(before)).order(members::id.desc()).limit(PAGE + 1).into_boxed();
    let query = match show {
        MemberFilter::Everybody => all.filter(members::state.eq(MemberState::Active)),
        MemberFilter::Hosts => all.filter(members::role.eq(Role::Host)),
        MemberFilter::Moderators => all.filter(members::role.eq(Role::Moderator)),
        MemberFilter::Admins => all.filter(members::role.eq(Role::Admin)),
        MemberFilter::Waiting => all.filter(members::state.eq(MemberState::Waiting)),
        MemberFilter::Declined => all.filter(members::state.eq(MemberState::Declined)),
        MemberFilter::Silenced => all.filter(members::silenced_until.gt(now)),
        // A closed account has `suspended_until` too, in the year 9999.
        MemberFilter::Suspended => {
            all.filter(members::suspended_until.gt(now)).filter(not(closed(SanctionKind::Closure)))
        }
        MemberFilter::Closed => all.filter(members::suspended_until.gt(now)).filter(closed(SanctionKind::Closure)),
    };
    let found = query.select(ListedMember::as_select()).load(conn)?;
    Ok(Page::new(found, PAGE, |last| last.member.id.to_string()))
}

/// The members whose handle starts with `beginning`, by handle, from after the given one.
pub fn search(conn: &mut Conn, beginning: &str, after: Option<&str>) -> Result<Page<ListedMember, String>> {
    let key = beginning.trim().to_ascii_lowercase();
    let is_name = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let after = after.unwrap_or_default().to_ascii_lowercase();
    if !is_name(&key) || !is_name(&after) {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let query = members::table
        .filter(members::handle_key.ge(key.clone()))
        .filter(members::handle_key.lt(format!("{key}~")))
        .filter(members::handle_key.gt(after))
        .filter(members::state.ne(MemberState::Former))
        .order(members::handle_key)
        .limit(PAGE + 1);
    let found = query.select(ListedMember::as_select()).load(conn)?;
    Ok(Page::new(found, PAGE, |last: &ListedMember| last.member.handle.clone()))
}
