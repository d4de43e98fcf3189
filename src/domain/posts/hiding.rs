//! Hiding a post from everybody but moderators, and showing it again.

use super::get;
use crate::db::schema::posts;
use crate::db::{Conn, PostId};
use crate::domain::actions::undos::Undo;
use crate::domain::actions::{self, Entry};
use crate::domain::members::Member;
use crate::domain::policy::{self, Act};
use crate::domain::threads;
use crate::domain::words::Reason;
use crate::error::{Error, Result};
use diesel::prelude::*;

/// Hides a post from everybody but moderators, with the reason that readers see in its place.
pub fn hide(conn: &mut Conn, actor: &Member, id: PostId, reason: &Reason) -> Result<()> {
    set_hidden(conn, actor, id, Some(&reason.words), reason)
}

/// Shows a hidden post again.
pub fn restore(conn: &mut Conn, actor: &Member, id: PostId, reason: &Reason) -> Result<()> {
    set_hidden(conn, actor, id, None, reason)
}

/// Hides a post behind these words, or shows it again.
pub(in crate::domain) fn set_hidden(
    conn: &mut Conn,
    actor: &Member,
    id: PostId,
    words: Option<&str>,
    reason: &Reason,
) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    let (thread, post) = get(conn, Some(actor), id)?;
    // Restoring is open to all who moderate: what an admin hid of their own, nobody else could show again.
    if words.is_some() {
        policy::require_moderation(actor, post.author.role())?;
    }
    if words.is_none() && post.author_id == Some(actor.id) {
        return Err(Error::Forbidden("What was hidden of one’s own, another moderator restores."));
    }
    if post.withdrawn {
        return Err(Error::Conflict("Its writer has taken it away: there is nothing left to show."));
    }
    let the_post = posts::table.filter(posts::id.eq(id));
    let set = posts::hidden_reason.eq(words);
    let changed = match words {
        Some(_) => diesel::update(the_post.filter(posts::hidden_reason.is_null())).set(set).execute(conn)?,
        None => diesel::update(the_post.filter(posts::hidden_reason.is_not_null())).set(set).execute(conn)?,
    };
    if changed == 0 {
        return Err(Error::Conflict("Another moderator was faster: nothing was changed."));
    }
    threads::touch(conn, thread.id)?;
    let entry = Entry::hide(id, words.is_some(), reason).concerning(post.author_id);
    actions::record(conn, actor.id, &entry.undone_by(Undo::Hide(id, post.hidden)))
}
