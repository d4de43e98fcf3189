//! Members: who they are. How one becomes one is in `domain/accounts/registration.rs`.

use crate::db::schema::members;
use crate::db::{Conn, MemberId, Moment, Prepared, word_column};
use crate::error::Result;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

/// What a member may do is decided by their role, in `domain/core/policy.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Role {
    /// Reads and writes.
    Member,
    /// Keeps meetings, reading plans and books.
    Host,
    /// Keeps the discussions in order.
    Moderator,
    /// Does all of these, and keeps the club's settings and roles.
    Admin,
}

word_column!(Role { Member = "member", Host = "host", Moderator = "moderator", Admin = "admin" });

/// Whether somebody is a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum State {
    /// They are.
    Active,
    /// They wait to be let in.
    Waiting,
    /// They were not let in.
    Declined,
    /// They were, and closed their account.
    Former,
}

/// What members who have closed their account are called.
pub(in crate::domain) const FORMER: &str = "former member";

word_column!(State { Active = "active", Waiting = "waiting", Declined = "declined", Former = "former" });

/// A member, as the rest of the program knows them.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = members)]
pub struct Member {
    /// Their id.
    pub id: MemberId,
    /// The name they go by.
    pub handle: String,
    /// What they may do.
    pub role: Role,
    /// Their own time zone, where it differs from the club's.
    pub zone: Option<String>,
    /// Whether what goes past their bookmarks folds for them.
    pub minds_spoilers: bool,
    /// Whether they are a member still.
    pub state: State,
    /// Until when they read and do not write.
    pub silenced_until: Option<Moment>,
    /// How much they have not yet seen of what they are told.
    pub unseen: i32,
    /// How many of their texts wait for a moderator.
    pub waiting: i32,
    /// How many members they have blocked.
    pub blocks: i32,
}

impl Member {
    /// Whether they read and do not write for now.
    pub fn is_silenced(&self) -> bool {
        self.silenced_until.is_some_and(|until| until > Moment::now())
    }
}

/// Whether the club has an admin.
pub fn has_admin(conn: &mut Conn) -> Result<bool> {
    let admins = members::table.filter(members::role.eq(Role::Admin)).filter(members::state.eq(State::Active));
    Ok(diesel::select(diesel::dsl::exists(admins)).get_result(conn)?)
}

/// The member who goes by this handle, however it is capitalised.
pub fn by_handle(conn: &mut Conn, handle: &str) -> Result<Member> {
    let key = handle.to_ascii_lowercase();
    Ok(members::table.filter(members::handle_key.eq(key)).select(Member::as_select()).first(conn)?)
}

/// The admin who has been here longest.
pub(in crate::domain) fn first_admin(conn: &mut Conn) -> Result<Member> {
    let admins = members::table.filter(members::role.eq(Role::Admin)).filter(members::state.eq(State::Active));
    Ok(admins.order(members::id).select(Member::as_select()).first(conn)?)
}

/// The member as they are now, with whom nobody else does anything until this transaction ends.
pub(in crate::domain) fn hold(conn: &mut Conn, member: MemberId) -> Result<Member> {
    diesel::update(members::table.find(member)).set(members::role.eq(members::role)).execute(conn)?;
    Ok(members::table.find(member).select(Member::as_select()).first(conn)?)
}

/// Everybody with their role, by handle: for the command line.
pub fn list(conn: &mut Conn) -> Result<Vec<(Member, String)>> {
    Ok(members::table.order(members::handle_key).select((Member::as_select(), members::email)).load(conn)?)
}

/// Whether a member has posted anything.
pub(in crate::domain) fn has_written(conn: &mut Conn, member: MemberId) -> Result<bool> {
    let count: i32 = members::table.find(member).select(members::posts_count).first(conn)?;
    Ok(count > 0)
}

/// Where mail reaches a member.
pub fn email(conn: &mut Conn, member: MemberId) -> Result<String> {
    Ok(members::table.find(member).select(members::email).first(conn)?)
}

/// Their names, for those of these who are members.
pub(in crate::domain) fn handles(conn: &mut Conn, ids: &[MemberId]) -> Result<Vec<(MemberId, String)>> {
    Ok(members::table.filter(members::id.eq_any(ids)).select((members::id, members::handle)).load(conn)?)
}

/// Counts one more post, or one less.
pub(in crate::domain) fn count_post(conn: &mut Conn, member: MemberId, by: i32) -> Result<()> {
    let count = members::posts_count.eq(members::posts_count + by);
    Prepared(diesel::update(members::table.find(member)).set(count)).execute(conn)?;
    Ok(())
}
