//! The same text posted twice by one member.

use super::Text;
use crate::db::schema::{held, posts};
use crate::db::{Conn, Moment, PostId, ThreadId};
use crate::domain::core::members::Member;
use crate::domain::safety::screening::waiting::State;
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// With how many of a member's latest posts a text is compared.
const LATEST: i64 = 20;

/// From so many characters on, a text says the same in any thread.
const LONG: usize = 60;

/// Refuses what the member posted a moment ago, or a longer text anywhere else, and says where it stands.
pub(super) fn refuse(conn: &mut Conn, member: &Member, text: Text<'_>) -> Result<()> {
    let said = spelled(&text.body.markdown);
    let is_long = said.chars().count() >= LONG;
    let day_ago = Moment::now().before(TimeDelta::days(1));
    let latest: Vec<(PostId, ThreadId, String, Moment)> = posts::table
        .filter(posts::author_id.eq(member.id))
        .order(posts::id.desc())
        .limit(LATEST)
        .select((posts::id, posts::thread_id, posts::markdown, posts::written_at))
        .load(conn)?;
    let here = |thread: ThreadId| text.thread.is_some_and(|known| known.id == thread);
    let again = latest
        .iter()
        .find(|(_, thread, markdown, at)| (is_long || (here(*thread) && *at > day_ago)) && spelled(markdown) == said);
    if let Some((id, ..)) = again {
        let problems = Problems::one("body", "You’ve already posted this text.");
        return Err(Error::Refused(problems.leading_to(format!("/posts/{id}"))));
    }
    let waiting = held::table.filter(held::member_id.eq(member.id)).filter(held::state.eq(State::Waiting));
    let waiting: Vec<(Option<ThreadId>, String)> =
        waiting.order(held::id.desc()).limit(LATEST).select((held::thread_id, held::markdown)).load(conn)?;
    let same_place = |thread: &Option<ThreadId>| is_long || *thread == text.thread.map(|known| known.id);
    if waiting.iter().any(|(thread, markdown)| same_place(thread) && spelled(markdown) == said) {
        let problems = Problems::one("body", "You’ve already posted this text. It’s awaiting approval.");
        return Err(Error::Refused(problems.leading_to("/held/mine".to_owned())));
    }
    Ok(())
}

/// A text as it is compared: without regard to white space and case.
fn spelled(markdown: &str) -> String {
    markdown.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
