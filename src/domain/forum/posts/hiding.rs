//! Hiding a post from everybody but moderators, and showing it again.

use super::{Post, get};
use crate::db::schema::posts;
use crate::db::{Conn, MemberId, PostId};
use crate::domain::core::club;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::words::Reason;
use crate::domain::forum::threads;
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Hides a post from everybody but moderators, with the reason that readers see in its place.
pub fn hide(conn: &mut Conn, actor: &Member, id: PostId, reason: &Reason) -> Result<()> {
    set_hidden(conn, actor, id, Some(&reason.words), reason)
}

/// How many of a member's posts can be hidden at once: their latest.
pub const MOST_AT_ONCE: i64 = 50;

/// Hides several posts of a member, all or none. Each has its own line in the log, and is restored for itself.
pub fn hide_all(conn: &mut Conn, actor: &Member, writer: MemberId, ids: &[PostId], reason: &Reason) -> Result<()> {
    let refused = |sentence: &str| Err(Error::Refused(Problems::one("post", sentence)));
    let ids: BTreeSet<PostId> = ids.iter().copied().collect();
    if ids.is_empty() {
        return refused("Please choose the posts to hide.");
    }
    let own = posts::table.filter(posts::author_id.eq(writer)).filter(posts::id.eq_any(&ids)).count();
    if usize::try_from(own.get_result::<i64>(conn)?) != Ok(ids.len()) {
        return refused("Please choose posts from the list.");
    }
    ids.into_iter().try_for_each(|id| hide(conn, actor, id, reason))
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
    let post = conceal(conn, actor, id, words)?;
    report_cases::tell_hidden(conn, actor, Subject::Post(id), words.is_some())?;
    let entry = Entry::hide(("post", id.0), words.is_some(), reason).concerning(post.author_id);
    log::record(conn, actor.id, &entry.undone_by(&HidePost { post: id, reason: post.hidden })?)
}

/// Hides a post for this reason, or restores it.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct HidePost {
    post: PostId,
    reason: Option<String>,
}

impl Reversal for HidePost {
    const NAME: &'static str = "post.hide";

    fn topic(&self) -> String {
        format!("hide post {}", self.post)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        set_hidden(conn, actor, self.post, self.reason.as_deref(), reason)
    }
}

/// The same as part of an act that writes its own line in the log. Gives the post as it was.
pub(in crate::domain) fn conceal(conn: &mut Conn, actor: &Member, id: PostId, words: Option<&str>) -> Result<Post> {
    policy::require(Some(actor), Act::Moderate)?;
    let (_, post) = get(conn, Some(actor), id)?;
    // Restoring is open to all who moderate: what an admin hid of their own, nobody else could show again.
    if words.is_some() {
        policy::require_moderation(actor, post.author.role())?;
    }
    if words.is_none() && post.author_id == Some(actor.id) {
        return Err(Error::Forbidden("You can’t restore your own post. Ask another moderator."));
    }
    if post.withdrawn {
        return Err(Error::Conflict("The author deleted this post, so it can’t be restored."));
    }
    // Any page may quote it, also one that is being written at this moment.
    club::touch(conn)?;
    // First, so that of two who hide the last posts of a thread the second sees what the first did.
    threads::touch(conn, post.thread)?;
    let the_post = posts::table.filter(posts::id.eq(id));
    let set = posts::hidden_reason.eq(words);
    let changed = match words {
        Some(_) => diesel::update(the_post.filter(posts::hidden_reason.is_null())).set(set).execute(conn)?,
        None => diesel::update(the_post.filter(posts::hidden_reason.is_not_null())).set(set).execute(conn)?,
    };
    if changed == 0 {
        return Err(log::overtaken(conn, actor, ("post", id.0))?);
    }
    threads::settle_shown(conn, post.thread)?;
    Ok(post)
}
