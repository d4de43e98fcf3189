//! Members' roles: who gives them, and that the club always has an admin.

use crate::db::schema::members;
use crate::db::{Conn, MemberId, Moment};
use crate::domain::core::club as the_club;
use crate::domain::core::members::{Member, Role, State, hold};
use crate::domain::core::policy::{self, Act};
use crate::domain::core::words::Reason;
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Gives a member another role; never the last admin away. Gives the role that they had.
pub fn set_role(conn: &mut Conn, member: MemberId, role: Role) -> Result<Role> {
    // Posts show their writers' roles. Done first, so that of two admins who take each other's office at once one waits
    // here, and then sees what the other did.
    the_club::touch(conn)?;
    let before = hold(conn, member)?;
    if role == Role::Admin && before.role != Role::Admin {
        require_clear(conn, &before)?;
    }
    if role != Role::Admin && is_last_admin(conn, &before)? {
        return Err(refused("This is the club’s last admin. Make someone else an admin first."));
    }
    diesel::update(members::table.find(member)).set(members::role.eq(role)).execute(conn)?;
    Ok(before.role)
}

/// Whether the club would have no admin without this member. Asked after [`the_club::touch`], so that of the last two one
/// stays.
pub(in crate::domain) fn is_last_admin(conn: &mut Conn, member: &Member) -> Result<bool> {
    let others = members::table
        .filter(members::role.eq(Role::Admin))
        .filter(members::state.eq(State::Active))
        .filter(members::id.ne(member.id));
    Ok(member.role == Role::Admin && !diesel::select(diesel::dsl::exists(others)).get_result::<bool>(conn)?)
}

/// Nobody limits an admin, and so nobody who is limited becomes one.
fn require_clear(conn: &mut Conn, member: &Member) -> Result<()> {
    let suspended: Option<Moment> = members::table.find(member.id).select(members::suspended_until).first(conn)?;
    if member.state != State::Active {
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

/// An admin gives a member another role.
pub fn appoint(conn: &mut Conn, actor: &Member, member: MemberId, role: Role, reason: &Reason) -> Result<()> {
    policy::require(Some(actor), Act::Administer)?;
    let before = set_role(conn, member, role)?;
    if before == role {
        return Err(refused("They already have this role."));
    }
    if actor.id != member {
        // Asked again now that it is their turn: whoever was an admin a moment ago may be none any more.
        let actor: Member = members::table.find(actor.id).select(Member::as_select()).first(conn)?;
        policy::require(Some(&actor), Act::Administer)?;
    }
    let entry = Entry::role(member, before, role).because(reason).concerning(Some(member));
    log::record(conn, actor.id, &entry.undone_by(&RestoreRole { member, from: role, to: before })?)
}

/// Gives a member the role back that they had, where nobody has given them another since.
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
        if hold(conn, self.member)?.role != self.from {
            return Err(Error::Conflict("Their role was changed in the meantime. Nothing was changed."));
        }
        appoint(conn, actor, self.member, self.to, reason)
    }
}
