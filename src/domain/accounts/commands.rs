//! What the command line does to members. No member is the actor, but each change is in the moderation log.

use super::credentials::set_password;
use super::new_members::{NewMember, create};
use super::roles::{RestoreRole, set_role};
use crate::db::Conn;
use crate::domain::core::members::{Member, Role, get_by_handle};
use crate::domain::safety::log::facts::Change;
use crate::domain::safety::log::{self, ActingRole, Event, LogSubject, NewLogEntry};
use crate::error::Result;

pub fn add(conn: &mut Conn, new: &NewMember, role: Role) -> Result<Member> {
    let member = create(conn, new, role)?;
    let entry = NewLogEntry::new(Event::MemberAdded { role }, LogSubject::Member(member.id));
    log::record(conn, None, entry.about(member.id))?;
    Ok(member)
}

/// Changes a member's role and notifies them. Does nothing if they already have it.
pub fn change_role(conn: &mut Conn, handle: &str, role: Role) -> Result<()> {
    let member = get_by_handle(conn, handle)?.id;
    let before = set_role(conn, member, role)?;
    if before == role {
        return Ok(());
    }
    let entry = NewLogEntry::new(Event::RoleChanged(Change::new(before, role)), LogSubject::Member(member));
    let entry = entry.by(ActingRole::CommandLine).concerning(Some(member));
    log::record(conn, None, entry.undone_by(&RestoreRole { member, from: role, to: before })?)
}

/// Sets a member's password, signs them out everywhere and notifies them. `hash` is an argon2id PHC string.
pub fn reset_password(conn: &mut Conn, handle: &str, hash: &str) -> Result<()> {
    let member = get_by_handle(conn, handle)?.id;
    set_password(conn, member, hash, None)?;
    let entry = NewLogEntry::new(Event::PasswordReset, LogSubject::Member(member));
    log::record(conn, None, entry.concerning(Some(member)))
}
