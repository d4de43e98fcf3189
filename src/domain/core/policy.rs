//! The authorization policy: who may do what, in one table. Each route names an act (`routes.rs`), which is checked
//! before its handler runs. Domain functions check again, and pages ask what to offer.

use crate::db::MemberId;
use crate::domain::core::members::{Member, Role};
use crate::error::{Error, Result};

/// An action that the policy decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// What anybody may always do: join, sign in and out, read the house rules.
    Public,
    /// Read the club. A setting says whether visitors may.
    Read,
    /// Manage one's own data: bookmarks, watches, RSVPs, ballots, sessions, settings, the export of one's data.
    ManageOwnData,
    /// Write what others read: posts and threads, ratings, reports, the profile.
    TakePart,
    /// Edit or withdraw one's own texts. Handlers check the author with [`require_author`].
    EditOwn,
    /// Read the moderation log; only moderators see names in it.
    ReadLog,
    /// Moderate: hide and restore, lock and move, decide on reports, approve posts and members.
    Moderate,
    /// Add and edit books.
    ManageBooks,
    ManageMeetings,
    /// Remove agenda items and restore them.
    ManageAgendas,
    /// Change settings and roles, import, look after the server.
    Administer,
}

/// Whom the policy is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Not signed in.
    Visitor {
        /// Whether the club lets visitors read.
        can_read: bool,
    },
    Member(Role),
    /// A silenced member, whatever their role.
    Silenced,
}

impl From<&Member> for Actor {
    fn from(member: &Member) -> Self {
        if member.is_silenced() { Self::Silenced } else { Self::Member(member.role) }
    }
}

/// The policy table. Hosts and moderators each may do what the other may not.
pub fn allows(actor: Actor, act: Act) -> bool {
    use Role::{Admin, Host, Moderator};
    match (act, actor) {
        (Act::Public, _) => true,
        (Act::Read, Actor::Visitor { can_read }) => can_read,
        (_, Actor::Visitor { .. }) => false,
        (Act::Read | Act::ManageOwnData | Act::ReadLog, _) => true,
        (_, Actor::Silenced) => false,
        (Act::TakePart | Act::EditOwn, Actor::Member(_)) => true,
        (Act::Moderate, Actor::Member(role)) => matches!(role, Moderator | Admin),
        (Act::ManageBooks | Act::ManageMeetings, Actor::Member(role)) => matches!(role, Host | Admin),
        (Act::ManageAgendas, Actor::Member(role)) => matches!(role, Host | Moderator | Admin),
        (Act::Administer, Actor::Member(role)) => matches!(role, Admin),
    }
}

pub fn may(member: &Member, act: Act) -> bool {
    allows(member.into(), act)
}

/// [`Error::SignInRequired`] for visitors, [`Error::Forbidden`] with a sentence for members who may not.
pub fn require(viewer: Option<&Member>, act: Act) -> Result<()> {
    let Some(member) = viewer else { return Err(Error::SignInRequired) };
    match Actor::from(member) {
        actor if allows(actor, act) => Ok(()),
        Actor::Silenced => Err(Error::Forbidden(SILENCED_MESSAGE)),
        _ => Err(Error::Forbidden(forbidden_message(act))),
    }
}

/// Whether a member may moderate what somebody with this role wrote; imported texts have no role. Only admins moderate
/// admins' texts.
pub fn may_moderate(actor: &Member, other: Option<Role>) -> bool {
    may(actor, Act::Moderate) && (other != Some(Role::Admin) || actor.role == Role::Admin)
}

/// [`Error::Forbidden`] unless [`may_moderate`].
pub fn require_moderation(actor: &Member, other: Option<Role>) -> Result<()> {
    require(Some(actor), Act::Moderate)?;
    match may_moderate(actor, other) {
        true => Ok(()),
        false => Err(Error::Forbidden("An admin wrote this. Only admins can do this.")),
    }
}

/// [`Error::Forbidden`] unless the member wrote the text and may edit texts.
pub fn require_author(member: &Member, author: Option<MemberId>) -> Result<()> {
    require(Some(member), Act::EditOwn)?;
    match author == Some(member.id) {
        true => Ok(()),
        false => Err(Error::Forbidden("Only the author can do this.")),
    }
}

/// Whether a member may warn or limit another one, or lift that. Nobody can do it to themselves, to an admin or, as a
/// moderator, to a moderator.
pub fn may_sanction(actor: &Member, other: &Member) -> bool {
    may(actor, Act::Moderate) && sanction_refusal(actor, other).is_none()
}

/// [`Error::Forbidden`] unless [`may_sanction`].
pub fn require_may_sanction(actor: &Member, other: &Member) -> Result<()> {
    require(Some(actor), Act::Moderate)?;
    sanction_refusal(actor, other).map_or(Ok(()), |sentence| Err(Error::Forbidden(sentence)))
}

fn sanction_refusal(actor: &Member, other: &Member) -> Option<&'static str> {
    match (actor.role, other.role) {
        _ if actor.id == other.id => Some("You can’t do this to yourself. Ask another moderator."),
        (_, Role::Admin) => Some("Admins can’t be warned or limited. Change their role first."),
        (Role::Moderator, Role::Moderator) => Some("Moderators can’t do this to each other. Ask an admin."),
        _ => None,
    }
}

const SILENCED_MESSAGE: &str = "You can read but not post. Your notifications say why and until when.";

fn forbidden_message(act: Act) -> &'static str {
    match act {
        Act::Public | Act::Read | Act::ManageOwnData | Act::TakePart | Act::EditOwn | Act::ReadLog => {
            "Only members can do this."
        }
        Act::Moderate => "Only moderators can do this.",
        Act::ManageBooks | Act::ManageMeetings => "Only hosts can do this.",
        Act::ManageAgendas => "Only hosts and moderators can do this.",
        Act::Administer => "Only admins can do this.",
    }
}

/// Whether a viewer sees a text with this reason for being hidden: it isn't hidden, or they moderate.
pub(in crate::domain) fn is_visible(hidden: Option<&str>, viewer: Option<&Member>) -> bool {
    hidden.is_none() || viewer.is_some_and(|viewer| may(viewer, Act::Moderate))
}
