//! Undoing: what was done is undone by doing its contrary, which is an action like any other, so that it too is asked
//! for, logged, told and undone. How is kept when something is done, beside the log and not in it.

use crate::db::schema::undos;
use crate::db::{ActionId, Conn, FilterId, HeldId, PostId, ThreadId};
use crate::domain::club::Changes;
use crate::domain::members::Member;
use crate::domain::policy::{self, Act};
use crate::domain::reports::{self, Reversal, Subject};
use crate::domain::words::Reason;
use crate::domain::{club, filters, guards, held, hiding, posts, reasons, threads};
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
    /// Has each new post of a thread wait for a moderator, or no longer.
    Approval(ThreadId, bool),
    /// Has a declined text wait again.
    Wait(HeldId),
    /// Declines a text that waits.
    Decline(HeldId),
    /// Has a rule for posts that says one thing say another; without words it is not in force.
    Filter { id: FilterId, from: Option<filters::Rule>, to: Option<filters::Rule> },
    /// Sets what is asked of new members back, from one to another.
    Guards { from: guards::Guards, to: guards::Guards },
    /// Hides a text that is no post, showing these words in its place, or restores it.
    HideText(Subject, Option<String>),
    /// Takes a decision on reports back, or takes it again.
    Decide(Reversal),
}

impl Undo {
    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        match self {
            Self::Hide(post, words) => posts::set_hidden(conn, actor, post, words.as_deref(), reason),
            Self::Lock(thread, words) => threads::set_locked(conn, actor, thread, words.as_deref(), reason),
            Self::HideText(subject, words) => hiding::set_hidden(conn, actor, subject, words.as_deref(), reason),
            Self::Decide(reversal) => reports::reverse(conn, actor, &reversal, reason),
            Self::Pin(thread, pinned) => threads::set_pinned(conn, actor, thread, pinned, reason),
            Self::Club(changes) => club::undo(conn, actor, &changes, reason),
            Self::Reason(from, to) => reasons::replace(conn, actor, from.as_deref(), to.as_deref(), Some(reason)),
            Self::Approval(thread, on) => threads::set_approval(conn, actor, thread, on, reason),
            Self::Wait(text) => held::wait_again(conn, actor, text, reason),
            Self::Decline(text) => held::decline(conn, actor, text, reason),
            Self::Filter { id, from, to } => filters::set(conn, actor, id, from.as_ref(), to.as_ref(), reason),
            Self::Guards { from, to } => guards::set(conn, actor, &from, &to, reason),
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
