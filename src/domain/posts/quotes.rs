//! Which posts a post quotes, so that what a moderator hides is gone from quotes of it too.

use crate::db::schema::{posts, quotes};
use crate::db::{Conn, PostId, ThreadId};
use crate::domain::members::Member;
use crate::domain::policy::{Act, may};
use crate::domain::threads;
use crate::error::Result;
use crate::text;
use diesel::prelude::*;

/// Posts whose quotes a reader does not see, because they are hidden.
#[derive(Clone, Debug, Default)]
pub struct Withheld(Vec<PostId>);

impl Withheld {
    /// Reads it for these texts, as the database keeps them: in one query, where they quote anything. Moderators see
    /// what is hidden, and not what its writer has taken away.
    pub fn among<'a>(conn: &mut Conn, viewer: Option<&Member>, texts: impl Iterator<Item = &'a str>) -> Result<Self> {
        let mut quoted: Vec<PostId> = texts.flat_map(text::quoted).map(PostId).collect();
        if quoted.is_empty() {
            return Ok(Self::default());
        }
        let moderates = viewer.is_some_and(|viewer| may(viewer, Act::Moderate));
        quoted.sort_unstable();
        quoted.dedup();
        let hidden = posts::table.filter(posts::id.eq_any(quoted)).filter(posts::hidden_reason.is_not_null());
        let hidden = hidden.filter(posts::withdrawn.eq(true).or(posts::withdrawn.eq(moderates)));
        Ok(Self(hidden.select(posts::id).load(conn)?))
    }

    /// The same, as these posts quote them, for whoever is no moderator.
    pub fn by(conn: &mut Conn, ids: Vec<PostId>) -> Result<Self> {
        let quoted = quotes::table.filter(quotes::post_id.eq_any(ids)).select(quotes::quoted_id);
        let hidden = posts::table.filter(posts::id.eq_any(quoted)).filter(posts::hidden_reason.is_not_null());
        Ok(Self(hidden.select(posts::id).load(conn)?))
    }

    /// The posts.
    pub fn posts(&self) -> &[PostId] {
        &self.0
    }

    /// Markdown without the words of such quotes; as it stands, where there is none.
    pub fn source(&self, markdown: &str) -> String {
        match self.0.iter().any(|id| markdown.contains(&format!("/posts/{id}"))) {
            false => markdown.to_owned(),
            true => text::fold_source(markdown, &|_, _| true, &|id| self.0.contains(&PostId(id))),
        }
    }
}

/// Keeps which posts a post quotes.
pub(super) fn keep(conn: &mut Conn, id: PostId, encoded: &str) -> Result<()> {
    for quoted in text::quoted(encoded) {
        let row = (quotes::post_id.eq(id), quotes::quoted_id.eq(quoted));
        diesel::insert_into(quotes::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// The same of a post that was changed.
pub(super) fn keep_again(conn: &mut Conn, id: PostId, encoded: &str) -> Result<()> {
    diesel::delete(quotes::table.filter(quotes::post_id.eq(id))).execute(conn)?;
    keep(conn, id, encoded)
}

/// Notes that something changed that the pages show on which this post stands or is quoted.
pub(super) fn touch(conn: &mut Conn, id: PostId) -> Result<()> {
    let quoting = quotes::table.filter(quotes::quoted_id.eq(id)).select(quotes::post_id);
    let there = posts::table.filter(posts::id.eq(id).or(posts::id.eq_any(quoting)));
    // In one order, so that of two who do it at once neither waits for the other in turn.
    let threads: Vec<ThreadId> = there.select(posts::thread_id).distinct().order(posts::thread_id).load(conn)?;
    threads.into_iter().try_for_each(|thread| threads::touch(conn, thread))
}
