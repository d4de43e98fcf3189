//! Members' roles. The club always has an admin.

use crate::db::schema::members;
use crate::db::{Conn, MemberId, Moment};
use crate::domain::accounts::invitations;
use crate::domain::core::club as the_club;
use crate::domain::core::members::{Member, MemberState, Role, lock};
use crate::domain::core::policy::{self, Act, may};
use crate::domain::core::text_fields::Reason;
use crate::domain::safety::log::facts::Change;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Changes a member's role and returns the previous one. Refused for the last admin. An admin must not be silenced or
/// suspended, because nobody could lift that.
pub fn set_role(conn: &mut Conn, member: MemberId, role: Role) -> Result<Role> {
    // Posts show their authors' roles, so cached pages become stale. The update comes first because it locks the club's
    // row: of two admins who remove each other's role at once, the second waits here and then sees the first one's
    // change.
    the_club::touch(conn)?;
    let before = lock(conn, member)?;
    if role == Role::Admin && before.role != Role::Admin {
        require_unrestricted(conn, &before)?;
    }
    if role != Role::Admin && is_last_admin(conn, &before)? {
        return Err(refused("This is the club’s last admin. Make someone else an admin first."));
    }
    diesel::update(members::table.find(member)).set(members::role.eq(role)).execute(conn)?;
    Ok(before.role)
}

/// Whether this is the club's only admin. Call [`the_club::touch`] first: it locks the club's row, so that of the last
/// two admins one stays.
pub(in crate::domain) fn is_last_admin(conn: &mut Conn, member: &Member) -> Result<bool> {
    let others = members::table
        .filter(members::role.eq(Role::Admin))
        .filter(members::state.eq(MemberState::Active))
        .filter(members::id.ne(member.id));
    Ok(member.role == Role::Admin && !diesel::select(diesel::dsl::exists(others)).get_result::<bool>(conn)?)
}

/// Refuses somebody who isn't an active member, or is silenced or suspended.
fn require_unrestricted(conn: &mut Conn, member: &Member) -> Result<()> {
    let suspended: Option<Moment> = members::table.find(member.id).select(members::suspended_until).first(conn)?;
    if member.state != MemberState::Active {
        return Err(refused("They’re not in the club."));
    }
    if member.is_silenced() || suspended.is_some_and(|until| until > Moment::now()) {
        return Err(refused("They’re silenced or suspended. Lift that first."));
    }
    Ok(())
}

fn refused(sentence: &str) -> Error {
    Error::Refused(Problems::one("role", sentence))
}

/// An admin changes a member's role and notifies them. Somebody who can't moderate any more loses their invite links,
/// unless `keeps_invitations`.
pub fn change_role(
    conn: &mut Conn,
    actor: &Member,
    member: MemberId,
    role: Role,
    reason: &Reason,
    keeps_invitations: bool,
) -> Result<()> {
    policy::require(Some(actor), Act::Administer)?;
    let before = set_role(conn, member, role)?;
    if before == role {
        return Err(refused("They already have this role."));
    }
    if actor.id != member {
        // The actor is read again now that the club's row is locked: another admin may have taken their role meanwhile.
        let actor: Member = members::table.find(actor.id).select(Member::as_select()).first(conn)?;
        policy::require(Some(&actor), Act::Administer)?;
    }
    let entry = NewLogEntry::new(Event::RoleChanged(Change::new(before, role)), LogSubject::Member(member));
    let entry = entry.because(reason).concerning(Some(member));
    log::record(conn, actor.id, entry.undone_by(&RestoreRole { member, from: role, to: before })?)?;
    if !keeps_invitations && !may(&lock(conn, member)?, Act::Moderate) {
        invitations::revoke_all_of(conn, actor, member, reason)?;
    }
    Ok(())
}

/// Gives a member their previous role back. `Conflict` if it has changed since.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RestoreRole {
    pub(super) member: MemberId,
    pub(super) from: Role,
    pub(super) to: Role,
}

impl Reversal for RestoreRole {
    const NAME: &'static str = "member.role";

    fn topic(&self) -> String {
        format!("role {}", self.member)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        the_club::touch(conn)?;
        if lock(conn, self.member)?.role != self.from {
            return Err(Error::Conflict("Their role was changed in the meantime. Nothing was changed."));
        }
        change_role(conn, actor, self.member, self.to, reason, false)
    }
}
