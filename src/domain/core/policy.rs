//! Who may do what: one table, in one place. Every route names the act that it is (`routes.rs`), and its handler is not
//! entered by who may not; domain functions ask again before they act; pages ask what to offer.

use crate::db::MemberId;
use crate::domain::core::members::{Member, Role};
use crate::error::{Error, Result};

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Come to the door: join, sign in and out, see what stands outside.
    Enter,
    /// Read what is in the club. Whether visitors may is the club's to say.
    Read,
    /// Keep what is one's own: a bookmark, watches, answers to meetings and polls, ballots, one's sessions and settings, one's words.
    Keep,
    /// Write where others read it: posts and threads, ratings, reports, what one says of oneself.
    TakePart,
    /// Change or take back what one wrote oneself; what somebody else wrote is theirs.
    Own,
    /// Read the moderation log, without the moderators' names.
    ReadLog,
    /// Keep order: hide and restore, lock and move, decide on reports, look after members.
    Moderate,
    /// Add books, change their facts and contents.
    KeepBooks,
    /// Add, change and cancel meetings.
    KeepMeetings,
    /// Take what is not to be talked about off an agenda, or put it back.
    KeepAgendas,
    /// Change the club's settings and members' roles, import, look after the machine.
    Administer,
}

/// Somebody, as far as the table tells people apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Not signed in; and whether the club lets visitors read.
    Visitor {
        /// Whether it does.
        reads: bool,
    },
    /// A member with a role.
    Member(Role),
    /// A member who reads and does not write for now, whatever their role.
    Silenced,
}

impl From<&Member> for Who {
    fn from(member: &Member) -> Self {
        if member.is_silenced() { Self::Silenced } else { Self::Member(member.role) }
    }
}

/// The table. Each row says who may: a moderator may do what a host may not, and the other way round.
pub fn allows(who: Who, act: Act) -> bool {
    use Role::{Admin, Host, Moderator};
    match (act, who) {
        (Act::Enter, _) => true,
        (Act::Read, Who::Visitor { reads }) => reads,
        (_, Who::Visitor { .. }) => false,
        (Act::Read | Act::Keep | Act::ReadLog, _) => true,
        (_, Who::Silenced) => false,
        (Act::TakePart | Act::Own, Who::Member(_)) => true,
        (Act::Moderate, Who::Member(role)) => matches!(role, Moderator | Admin),
        (Act::KeepBooks | Act::KeepMeetings, Who::Member(role)) => matches!(role, Host | Admin),
        (Act::KeepAgendas, Who::Member(role)) => matches!(role, Host | Moderator | Admin),
        (Act::Administer, Who::Member(role)) => matches!(role, Admin),
    }
}

/// Whether a member may.
pub fn may(member: &Member, act: Act) -> bool {
    allows(member.into(), act)
}

/// Refuses a member, or somebody who is none, with what to tell them.
pub fn require(viewer: Option<&Member>, act: Act) -> Result<()> {
    let Some(member) = viewer else { return Err(Error::SignInRequired) };
    match Who::from(member) {
        who if allows(who, act) => Ok(()),
        Who::Silenced => Err(Error::Forbidden(SILENCED)),
        _ => Err(Error::Forbidden(who_may(act))),
    }
}

/// Whether somebody may act on what a member of this role wrote or is; an imported writer has none. Nobody acts past
/// their role: what an admin wrote is moderated by admins.
pub fn may_moderate(actor: &Member, other: Option<Role>) -> bool {
    may(actor, Act::Moderate) && (other != Some(Role::Admin) || actor.role == Role::Admin)
}

/// Refuses where [`may_moderate`] says no.
pub fn require_moderation(actor: &Member, other: Option<Role>) -> Result<()> {
    require(Some(actor), Act::Moderate)?;
    match may_moderate(actor, other) {
        true => Ok(()),
        false => Err(Error::Forbidden("An admin wrote this. Only admins can do this.")),
    }
}

/// Refuses whoever did not write a text.
pub fn require_writer(member: &Member, writer: Option<MemberId>) -> Result<()> {
    require(Some(member), Act::Own)?;
    match writer == Some(member.id) {
        true => Ok(()),
        false => Err(Error::Forbidden("Only the author can do this.")),
    }
}

/// Whether somebody may act on another member: warn them, limit them, lift that. Nobody acts on themselves, on their own
/// kind or past it; what an admin did wrong, they answer for once another has made them something else.
pub fn is_over(actor: &Member, other: &Member) -> bool {
    may(actor, Act::Moderate) && why_not_over(actor, other).is_none()
}

/// Refuses where [`is_over`] says no.
pub fn require_over(actor: &Member, other: &Member) -> Result<()> {
    require(Some(actor), Act::Moderate)?;
    why_not_over(actor, other).map_or(Ok(()), |sentence| Err(Error::Forbidden(sentence)))
}

fn why_not_over(actor: &Member, other: &Member) -> Option<&'static str> {
    match (actor.role, other.role) {
        _ if actor.id == other.id => Some("You can’t do this to yourself. Ask another moderator."),
        (_, Role::Admin) => Some("Admins can’t be warned or limited. Change their role first."),
        (Role::Moderator, Role::Moderator) => Some("Moderators can’t do this to each other. Ask an admin."),
        _ => None,
    }
}

/// What somebody is told who is silenced.
const SILENCED: &str = "You can read but not post. Your notifications say why and until when.";

fn who_may(act: Act) -> &'static str {
    match act {
        Act::Enter | Act::Read | Act::Keep | Act::TakePart | Act::Own | Act::ReadLog => "Only members can do this.",
        Act::Moderate => "Only moderators can do this.",
        Act::KeepBooks | Act::KeepMeetings => "Only hosts can do this.",
        Act::KeepAgendas => "Only hosts and moderators can do this.",
        Act::Administer => "Only admins can do this.",
    }
}

/// Whether this viewer sees a text that is hidden for this reason, or for none.
pub(in crate::domain) fn shows(hidden: Option<&str>, viewer: Option<&Member>) -> bool {
    hidden.is_none() || viewer.is_some_and(|viewer| may(viewer, Act::Moderate))
}
