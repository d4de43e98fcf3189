//! Creating accounts: inserting a member or an applicant.

use crate::db::dialect::try_insert;
use crate::db::schema::members;
use crate::db::{Conn, InvitationId, Moment};
use crate::domain::core::members::{Member, MemberState, Role, closed_key, get_by_handle};
use crate::domain::core::names::{EmailAddress, Handle};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// What a new account consists of.
#[derive(Clone, Debug)]
pub struct NewMember {
    pub handle: Handle,
    pub email: EmailAddress,
    /// argon2id, as a PHC string.
    pub password_hash: String,
}

/// How an account comes about.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) enum NewMemberKind<'a> {
    /// A member with this role.
    WithRole(Role),
    /// A member who used this invite link.
    Invited(InvitationId),
    /// An applicant, with their answer to the club's question.
    Applicant(&'a str),
}

/// Creates a member. Refused if the handle is taken. The address is not checked: it is unconfirmed, and an error would
/// reveal that another account has it.
pub fn create(conn: &mut Conn, new: &NewMember, role: Role) -> Result<Member> {
    insert(conn, new, NewMemberKind::WithRole(role))
}

/// Inserts a member or an applicant.
pub(in crate::domain) fn insert(conn: &mut Conn, new: &NewMember, how: NewMemberKind<'_>) -> Result<Member> {
    require_free_handle(conn, &new.handle)?;
    let (role, state, invitation, answer) = match how {
        NewMemberKind::WithRole(role) => (role, MemberState::Active, None, ""),
        NewMemberKind::Invited(invitation) => (Role::Member, MemberState::Active, Some(invitation), ""),
        NewMemberKind::Applicant(answer) => (Role::Member, MemberState::Waiting, None, answer),
    };
    let row = (
        (members::handle.eq(new.handle.as_str()), members::handle_key.eq(new.handle.key())),
        (members::email.eq(new.email.as_str()), members::email_key.eq(new.email.key())),
        (members::password_hash.eq(&new.password_hash), members::role.eq(role), members::state.eq(state)),
        (members::about.eq(""), members::posts_count.eq(0), members::joined_at.eq(Moment::now())),
        (members::invitation_id.eq(invitation), members::application_answer.eq(answer)),
    );
    if try_insert(conn, |conn| diesel::insert_into(members::table).values(row).execute(conn))? {
        get_by_handle(conn, new.handle.as_str())
    } else {
        Err(handle_taken())
    }
}

fn handle_taken() -> Error {
    Error::Refused(Problems::one("handle", "This name is taken. Please choose another."))
}

/// Refuses a handle that somebody has, or that the holder of a closed account had.
pub(in crate::domain) fn require_free_handle(conn: &mut Conn, handle: &Handle) -> Result<()> {
    let key = handle.key();
    let closed = closed_key(&key);
    let same = members::table.filter(members::handle_key.eq_any([key, closed]));
    if diesel::select(diesel::dsl::exists(same)).get_result(conn)? { Err(handle_taken()) } else { Ok(()) }
}
