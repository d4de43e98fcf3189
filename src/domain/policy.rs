//! Who may do what: one table, in one place. Pages ask it what to offer, domain functions ask it before they act.

use crate::domain::members::{Member, Role};
use crate::error::{Error, Result};

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Write posts and threads, rate, keep a bookmark, answer an invitation to a meeting.
    TakePart,
    /// Hide and restore posts, read hidden ones, lock and pin threads.
    Moderate,
    /// Read the moderation log, without the moderators' names.
    ReadLog,
    /// Add books, change their facts and contents.
    KeepBooks,
    /// Add, change and cancel meetings.
    KeepMeetings,
    /// Change the club's settings and members' roles.
    Administer,
}

/// The table. Each row says who may: a moderator may do what a host may not, and the other way round.
pub fn may(role: Role, act: Act) -> bool {
    use Role::{Admin, Host, Moderator};
    match act {
        Act::TakePart | Act::ReadLog => true,
        Act::Moderate => matches!(role, Moderator | Admin),
        Act::KeepBooks | Act::KeepMeetings => matches!(role, Host | Admin),
        Act::Administer => matches!(role, Admin),
    }
}

/// The member, if there is one and they may; otherwise what to tell them.
pub fn require(viewer: Option<&Member>, act: Act) -> Result<&Member> {
    let member = viewer.ok_or(Error::SignInRequired)?;
    if may(member.role, act) { Ok(member) } else { Err(Error::Forbidden(who_may(act))) }
}

/// Whether somebody may hide a post or lock a thread whose writer has this role; an imported writer has none. Nobody acts
/// past their role: what an admin wrote is moderated by admins.
pub fn may_moderate(role: Role, writer: Option<Role>) -> bool {
    may(role, Act::Moderate) && (writer != Some(Role::Admin) || role == Role::Admin)
}

/// Refuses where [`may_moderate`] says no.
pub fn require_moderation(actor: &Member, writer: Option<Role>) -> Result<()> {
    require(Some(actor), Act::Moderate)?;
    match may_moderate(actor.role, writer) {
        true => Ok(()),
        false => Err(Error::Forbidden("An admin wrote this: admins of the club may do this.")),
    }
}

fn who_may(act: Act) -> &'static str {
    match act {
        Act::TakePart | Act::ReadLog => "Members of the club may do this.",
        Act::Moderate => "Moderators of the club may do this.",
        Act::KeepBooks | Act::KeepMeetings => "Hosts of the club may do this.",
        Act::Administer => "Admins of the club may do this.",
    }
}
