//! Hiding a post from everybody except moderators, and restoring it.

use super::{Post, get};
use crate::db::schema::posts;
use crate::db::{Conn, MemberId, PostId};
use crate::domain::core::club;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::forum::threads;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most posts of a member that can be hidden with one form: their latest ones.
pub const MAX_HIDDEN_AT_ONCE: i64 = 50;

/// Hides several posts of a member, all or none. Each gets its own log entry and can be restored by itself.
pub fn hide_all(conn: &mut Conn, actor: &Member, author: MemberId, ids: &[PostId], reason: &Reason) -> Result<()> {
    let refused = |sentence: &str| Err(Error::Refused(Problems::one("post", sentence)));
    let ids: BTreeSet<PostId> = ids.iter().copied().collect();
    if ids.is_empty() {
        return refused("Please choose the posts to hide.");
    }
    let own = posts::table.filter(posts::author_id.eq(author)).filter(posts::id.eq_any(&ids)).count();
    if usize::try_from(own.get_result::<i64>(conn)?) != Ok(ids.len()) {
        return refused("Please choose posts from the list.");
    }
    ids.into_iter().try_for_each(|id| set_hidden(conn, actor, id, Some(&reason.text), reason))
}

/// Hides a post and shows `words` in its place, or restores it if `words` is `None`. Logs it and notifies the author
/// and the members who reported the post.
pub(in crate::domain) fn set_hidden(
    conn: &mut Conn,
    actor: &Member,
    id: PostId,
    words: Option<&str>,
    reason: &Reason,
) -> Result<()> {
    let post = set_hidden_unlogged(conn, actor, id, words)?;
    report_cases::notify_hidden(conn, actor, Subject::Post(id), words.is_some())?;
    let event = if words.is_some() { Event::PostHidden } else { Event::PostRestored };
    let entry = NewLogEntry::new(event, LogSubject::Post(id)).because(reason).concerning(post.author_id);
    log::record(conn, actor.id, entry.undone_by(&HidePost { post: id, reason: post.hidden })?)
}

/// Reversal: sets the post's hidden reason back to `reason`; `None` restores the post.
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

/// Like [`set_hidden`], for acts that write a log entry of their own. Returns the post as it was before.
pub(in crate::domain) fn set_hidden_unlogged(
    conn: &mut Conn,
    actor: &Member,
    id: PostId,
    words: Option<&str>,
) -> Result<Post> {
    policy::require(Some(actor), Act::Moderate)?;
    let (_, post) = get(conn, Some(actor), id)?;
    // Any moderator may restore a post, whatever its author's role: an admin can't restore their own post, so somebody
    // else must be able to.
    if words.is_some() {
        policy::require_moderation(actor, post.author.role())?;
    }
    if words.is_none() && post.author_id == Some(actor.id) {
        return Err(Error::Forbidden("You can’t restore your own post. Ask another moderator."));
    }
    if post.withdrawn {
        return Err(Error::Conflict("The author deleted this post, so it can’t be restored."));
    }
    // Any page may quote this post, including pages that are being rendered right now.
    club::touch(conn)?;
    // This locks the thread's row, so that of two moderators who hide a thread's last two posts the second sees both
    // hidden.
    threads::touch(conn, post.thread)?;
    let other = posts::table.filter(posts::id.eq(id)).filter(posts::hidden_reason.is_null().eq(words.is_some()));
    if diesel::update(other).set(posts::hidden_reason.eq(words)).execute(conn)? == 0 {
        return Err(log::overtaken(conn, actor, LogSubject::Post(id))?);
    }
    threads::update_visibility(conn, post.thread)?;
    Ok(post)
}
