//! Undoing: what was done is undone by doing its contrary, which is an action like any other, so that it too is asked
//! for, logged, told and undone. How is kept when something is done, beside the log and not in it.

use crate::db::schema::undos;
use crate::db::{ActionId, Conn, InvitationId, MemberId, PostId, SanctionId, ThreadId};
use crate::domain::club::Changes;
use crate::domain::members::{self, Member, Role, State};
use crate::domain::policy::{self, Act};
use crate::domain::words::Reason;
use crate::domain::{applications, club, invitations, posts, reasons, sanctions, threads};
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// What undoes an action. Where what it did was changed since, it is refused and changes nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Undo {
    /// Hides a post, showing these words in its place, or restores it.
    Hide(PostId, Option<String>),
    /// Locks a thread, showing these words on it, or unlocks it.
    Lock(ThreadId, Option<String>),
    /// Pins a thread, or unpins it.
    Pin(ThreadId, bool),
    /// Gives settings of the club the values that they had.
    Club(Changes),
    /// Puts the second of two sentences that forms offer back in the place of the first; no sentence is none.
    Reason(Option<String>, Option<String>),
    /// Gives a member whose role is the first the second.
    Role(MemberId, Role, Role),
    /// Lifts a member's sanction.
    Lift(MemberId, SanctionId),
    /// Has a sanction count again that was lifted.
    Impose(MemberId, SanctionId),
    /// Puts somebody who asked to join back to where they stood: who is the first, to the second, where they were
    /// declined with these words.
    Standing(MemberId, State, State, Option<String>),
    /// Revokes an invitation, or has it work again.
    Invitation(InvitationId, bool),
}

impl Undo {
    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        match self {
            Self::Hide(post, words) => posts::set_hidden(conn, actor, post, words.as_deref(), reason),
            Self::Lock(thread, words) => threads::set_locked(conn, actor, thread, words.as_deref(), reason),
            Self::Pin(thread, pinned) => threads::set_pinned(conn, actor, thread, pinned, reason),
            Self::Club(changes) => club::undo(conn, actor, &changes, reason),
            Self::Reason(from, to) => reasons::replace(conn, actor, from.as_deref(), to.as_deref(), Some(reason)),
            Self::Role(member, from, to) => members::set_role_back(conn, actor, member, (from, to), reason),
            Self::Lift(member, id) => sanctions::lift(conn, actor, member, id, reason),
            Self::Impose(member, id) => sanctions::restore(conn, actor, member, id, reason),
            Self::Standing(member, from, to, words) => {
                applications::set_back(conn, actor, member, (from, to), words.as_deref(), reason)
            }
            Self::Invitation(id, works) => invitations::set_works(conn, actor, id, works, reason),
        }
    }
}

/// Keeps how an action is undone.
pub(super) fn keep(conn: &mut Conn, action: ActionId, undo: &Undo) -> Result<()> {
    let data = serde_json::to_string(undo).map_err(Error::internal)?;
    diesel::insert_into(undos::table).values((undos::action_id.eq(action), undos::data.eq(data))).execute(conn)?;
    Ok(())
}

/// Undoes an action, once. Whoever may do its contrary may undo it.
pub fn undo(conn: &mut Conn, actor: &Member, action: ActionId, reason: Reason) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    if !super::open_to_undo(conn, &[action])?.contains(&action) {
        super::get(conn, actor, action)?;
        return Err(Error::Conflict("This was undone already, or there is nothing in it to undo."));
    }
    let data: String = undos::table.find(action).select(undos::data).first(conn)?;
    let undo: Undo = serde_json::from_str(&data).map_err(Error::internal)?;
    undo.run(conn, actor, &reason.undoing(action))
}
