//! Which posts a post quotes, so that what a moderator hides, and what a reader does not want to read, is gone from quotes
//! of it too.

use crate::db::schema::{posts, quotes};
use crate::db::{Conn, MemberId, PostId, ThreadId};
use crate::domain::members::Member;
use crate::domain::policy::{Act, may};
use crate::domain::seal::Quoted;
use crate::domain::threads;
use crate::error::Result;
use crate::text::{self, HIDDEN};
use diesel::prelude::*;

/// What stands, in a text that is quoted, for words of somebody whom its reader has blocked.
const BLOCKED: &str = "A quote of somebody else";

/// The posts that texts quote, for whoever reads them.
#[derive(Clone, Debug, Default)]
pub struct Quotes(Vec<Quoted>);

impl Quotes {
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
        let columns = (posts::id, posts::author_id, posts::hidden_reason.is_not_null(), posts::withdrawn);
        let rows: Vec<(PostId, Option<MemberId>, bool, bool)> =
            posts::table.filter(posts::id.eq_any(quoted)).select(columns).load(conn)?;
        let quoted = rows.into_iter().map(|(post, author, hidden, withdrawn)| {
            let is_hidden = hidden && (withdrawn || !moderates);
            Quoted { post, author, is_hidden }
        });
        Ok(Self(quoted.collect()))
    }

    /// The same, as these posts quote them, for whoever is no moderator.
    pub fn by(conn: &mut Conn, ids: Vec<PostId>) -> Result<Self> {
        let quoted = quotes::table.filter(quotes::post_id.eq_any(ids)).select(quotes::quoted_id);
        let hidden = posts::table.filter(posts::id.eq_any(quoted)).filter(posts::hidden_reason.is_not_null());
        let hidden: Vec<(PostId, Option<MemberId>)> = hidden.select((posts::id, posts::author_id)).load(conn)?;
        Ok(Self(hidden.into_iter().map(|(post, author)| Quoted { post, author, is_hidden: true }).collect()))
    }

    /// The posts.
    pub fn posts(&self) -> &[Quoted] {
        &self.0
    }

    /// Markdown without the words of quotes that nobody who reads it sees, and of these members; as it stands, where
    /// there is none.
    pub fn source(&self, markdown: &str, blocked: &[MemberId]) -> String {
        let instead = |quoted: &Quoted| {
            let is_blocked = quoted.author.is_some_and(|author| blocked.contains(&author));
            if quoted.is_hidden { Some(HIDDEN) } else { is_blocked.then_some(BLOCKED) }
        };
        if self.0.iter().all(|quoted| instead(quoted).is_none()) {
            return markdown.to_owned();
        }
        let hides = |id| self.0.iter().find(|quoted| quoted.post == PostId(id)).and_then(instead);
        text::fold_source(markdown, &|_, _| true, &hides)
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
