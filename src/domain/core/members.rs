//! Members' basic data. Joining is in `domain/accounts/registration.rs`.

use crate::db::schema::members;
use crate::db::{Conn, MemberId, Moment, Prepared, dialect, word_column};
use crate::domain::core::tokens::hash;
use crate::error::Result;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

/// A member's role. `domain/core/policy.rs` says what each may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Role {
    Member,
    /// Manages books, reading plans and meetings.
    Host,
    /// Moderates discussions and members.
    Moderator,
    /// Does all of these, and manages settings and roles.
    Admin,
}

word_column!(Role { Member = "member", Host = "host", Moderator = "moderator", Admin = "admin" });

/// Where an account is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum MemberState {
    Active,
    /// Their application is waiting for a moderator.
    Waiting,
    /// Their application was declined.
    Declined,
    /// They closed their account.
    Former,
}

/// Shown in place of the name of a closed account.
pub(in crate::domain) const FORMER_MEMBER: &str = "former member";

/// The stored key of a closed account's name, made from its former key. A hash, so that the name can't be taken by
/// somebody else, to whom old links would lead, and isn't in the database.
pub(in crate::domain) fn closed_key(handle_key: &str) -> String {
    format!("{FORMER_MEMBER} {}", hash(handle_key))
}

word_column!(MemberState { Active = "active", Waiting = "waiting", Declined = "declined", Former = "former" });

/// What most of the program needs of a member.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = members)]
pub struct Member {
    pub id: MemberId,
    /// Username, in the member's own capitalisation.
    pub handle: String,
    pub role: Role,
    /// IANA name of their own time zone; `None` for the club's.
    pub zone: Option<String>,
    /// Whether texts past their bookmarks are folded for them.
    pub hides_spoilers: bool,
    pub state: MemberState,
    /// Until then they can read but not write.
    pub silenced_until: Option<Moment>,
    /// Number of unread notifications.
    pub unread_count: i32,
    /// Number of their texts in the approval queue.
    pub pending_count: i32,
    /// Number of members they have blocked.
    pub blocks_count: i32,
}

impl Member {
    pub fn is_silenced(&self) -> bool {
        self.silenced_until.is_some_and(|until| until > Moment::now())
    }
}

pub fn has_admin(conn: &mut Conn) -> Result<bool> {
    let admins = members::table.filter(members::role.eq(Role::Admin)).filter(members::state.eq(MemberState::Active));
    Ok(diesel::select(diesel::dsl::exists(admins)).get_result(conn)?)
}

/// Finds a member by handle, ignoring case. [`NotFound`](crate::error::Error::NotFound) if there is none.
pub fn get_by_handle(conn: &mut Conn, handle: &str) -> Result<Member> {
    let key = handle.to_ascii_lowercase();
    Ok(members::table.filter(members::handle_key.eq(key)).select(Member::as_select()).first(conn)?)
}

/// The admin with the lowest id.
pub(in crate::domain) fn get_first_admin(conn: &mut Conn) -> Result<Member> {
    let admins = members::table.filter(members::role.eq(Role::Admin)).filter(members::state.eq(MemberState::Active));
    Ok(admins.order(members::id).select(Member::as_select()).first(conn)?)
}

/// Locks a member's row until the end of the transaction and returns it as it is now.
pub(in crate::domain) fn lock(conn: &mut Conn, member: MemberId) -> Result<Member> {
    dialect::lock(conn, members::table.find(member), members::role)?;
    Ok(members::table.find(member).select(Member::as_select()).first(conn)?)
}

/// Whether a member is suspended now. True for an account that was closed as a sanction, too.
pub(in crate::domain) fn is_suspended(conn: &mut Conn, member: MemberId) -> Result<bool> {
    let until: Option<Moment> = members::table.find(member).select(members::suspended_until).first(conn)?;
    Ok(until.is_some_and(|until| until > Moment::now()))
}

/// The next 500 accounts after this one, in the order of joining, with their email addresses.
pub fn list(conn: &mut Conn, after: MemberId) -> Result<Vec<(Member, String)>> {
    let next = members::table.filter(members::id.gt(after)).order(members::id);
    Ok(next.limit(500).select((Member::as_select(), members::email)).load(conn)?)
}

pub(in crate::domain) fn has_posted(conn: &mut Conn, member: MemberId) -> Result<bool> {
    let count: i32 = members::table.find(member).select(members::posts_count).first(conn)?;
    Ok(count > 0)
}

/// A member's email address.
pub fn email(conn: &mut Conn, member: MemberId) -> Result<String> {
    Ok(members::table.find(member).select(members::email).first(conn)?)
}

/// Handles of the given members.
pub(in crate::domain) fn handles(conn: &mut Conn, ids: &[MemberId]) -> Result<Vec<(MemberId, String)>> {
    Ok(members::table.filter(members::id.eq_any(ids)).select((members::id, members::handle)).load(conn)?)
}

/// Adds `by`, which may be negative, to a member's count of posts.
pub(in crate::domain) fn adjust_posts_count(conn: &mut Conn, member: MemberId, by: i32) -> Result<()> {
    let count = members::posts_count.eq(members::posts_count + by);
    Prepared(diesel::update(members::table.find(member)).set(count)).execute(conn)?;
    Ok(())
}
