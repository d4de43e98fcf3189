//! Trying a rule on what stands already, before it is kept.

use super::{Pattern, Said};
use crate::db::schema::posts;
use crate::db::{Conn, PostId};
use crate::error::Result;
use diesel::prelude::*;

/// How many of the latest posts are looked at.
pub const LATEST: usize = 1000;

/// How many are read at once.
const AT_ONCE: i64 = 100;

/// How many of those that are caught are named.
const NAMED: usize = 50;

/// What a rule would have caught.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// How many posts were looked at.
    pub of: usize,
    /// How many it would have caught.
    pub count: usize,
    /// The latest of them.
    pub posts: Vec<PostId>,
}

/// Looks at the latest posts.
pub fn try_on_latest(conn: &mut Conn, pattern: &Pattern) -> Result<Trial> {
    let mut trial = Trial::default();
    let mut before = PostId(i64::MAX);
    while trial.of < LATEST {
        let rows: Vec<(PostId, String)> = posts::table
            .filter(posts::id.lt(before))
            .order(posts::id.desc())
            .limit(AT_ONCE)
            .select((posts::id, posts::html))
            .load(conn)?;
        let Some((last, _)) = rows.last() else { break };
        before = *last;
        trial.of += rows.len();
        for (id, html) in rows {
            if Said::encoded(&html).caught_by(pattern).is_some() {
                trial.count += 1;
                if trial.posts.len() < NAMED {
                    trial.posts.push(id);
                }
            }
        }
    }
    Ok(trial)
}
