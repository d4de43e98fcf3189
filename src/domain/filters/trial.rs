//! Trying a rule on what stands already, before it is kept. Whoever tries it is a reader like any other: what folds for them
//! is not looked at, so that a match cannot betray it.

use super::{Pattern, Said};
use crate::db::schema::posts;
use crate::db::{BookId, Conn, PostId};
use crate::domain::bookmarks;
use crate::domain::members::Member;
use crate::domain::posts::{self as the_posts, Post};
use crate::domain::seal::{Reader, Sight};
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
    /// How many were not, since they fold for whoever tries it.
    pub folded: usize,
    /// How many it would have caught.
    pub count: usize,
    /// The latest of them.
    pub posts: Vec<PostId>,
}

/// Looks at the latest posts, as far as this member sees them.
pub fn try_on_latest(conn: &mut Conn, member: &Member, pattern: &Pattern) -> Result<Trial> {
    let mut trial = Trial::default();
    let mut before = PostId(i64::MAX);
    while trial.of + trial.folded < LATEST {
        let earlier = posts::table.filter(posts::id.lt(before)).order(posts::id.desc()).limit(AT_ONCE);
        let ids: Vec<PostId> = earlier.select(posts::id).load(conn)?;
        let Some(last) = ids.last() else { break };
        before = *last;
        let mut found = the_posts::several(conn, Some(member), &ids)?;
        found.sort_by_key(|(_, post)| std::cmp::Reverse(post.id));
        let mut books: Vec<BookId> = found.iter().flat_map(|(_, post)| post.books()).collect();
        books.sort_unstable();
        books.dedup();
        let reader = bookmarks::reader(conn, Some(member), &books, &[])?;
        for (_, post) in &found {
            trial.look_at(post, &reader, pattern);
        }
    }
    Ok(trial)
}

impl Trial {
    fn look_at(&mut self, post: &Post, reader: &Reader, pattern: &Pattern) {
        let Some(Sight::Open(prose)) = post.body.as_ref().map(|body| body.sight(reader)) else {
            self.folded += 1;
            return;
        };
        self.of += 1;
        if Said::html(prose.seen_by(reader)).caught_by(pattern).is_some() {
            self.count += 1;
            if self.posts.len() < NAMED {
                self.posts.push(post.id);
            }
        }
    }
}
