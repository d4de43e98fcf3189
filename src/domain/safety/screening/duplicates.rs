//! Detection of duplicate posts.

use super::NewText;
use crate::db::schema::{pending_posts, posts};
use crate::db::{Conn, Moment, PostId, ThreadId};
use crate::domain::core::members::Member;
use crate::domain::safety::screening::PendingState;
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// Number of the member's latest posts to compare with.
const LATEST: i64 = 20;

/// From this length in characters a text counts as a duplicate in any thread; a shorter one only in the same thread.
const LONG: usize = 60;

/// Rejects a text that the member has posted or has in the approval queue, and links to it. A short text counts as a
/// duplicate only within a day in the same thread.
pub(super) fn refuse(conn: &mut Conn, member: &Member, text: NewText<'_>) -> Result<()> {
    let said = normalized(&text.body.markdown);
    let is_long = said.chars().count() >= LONG;
    let day_ago = Moment::now().before(TimeDelta::days(1));
    let latest: Vec<(PostId, ThreadId, String, Moment)> = posts::table
        .filter(posts::author_id.eq(member.id))
        .order(posts::id.desc())
        .limit(LATEST)
        .select((posts::id, posts::thread_id, posts::markdown, posts::written_at))
        .load(conn)?;
    let here = |thread: ThreadId| text.thread.is_some_and(|known| known.id == thread);
    let again = latest.iter().find(|(_, thread, markdown, at)| {
        (is_long || (here(*thread) && *at > day_ago)) && normalized(markdown) == said
    });
    if let Some((id, ..)) = again {
        let problems = Problems::one("body", "You’ve already posted this text.");
        return Err(Error::Refused(problems.with_link(format!("/posts/{id}"))));
    }
    let waiting = pending_posts::table
        .filter(pending_posts::member_id.eq(member.id))
        .filter(pending_posts::state.eq(PendingState::Waiting));
    let waiting: Vec<(Option<ThreadId>, String)> = waiting
        .order(pending_posts::id.desc())
        .limit(LATEST)
        .select((pending_posts::thread_id, pending_posts::markdown))
        .load(conn)?;
    let same_place = |thread: &Option<ThreadId>| is_long || *thread == text.thread.map(|known| known.id);
    if waiting.iter().any(|(thread, markdown)| same_place(thread) && normalized(markdown) == said) {
        let problems = Problems::one("body", "You’ve already posted this text. It’s awaiting approval.");
        return Err(Error::Refused(problems.with_link("/held/mine".to_owned())));
    }
    Ok(())
}

/// Normalises a text for comparison: without case and extra white space.
fn normalized(markdown: &str) -> String {
    markdown.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
