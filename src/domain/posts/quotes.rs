//! Which posts a post quotes, so that what a moderator hides, and what a reader does not want to read, is gone from quotes
//! of it too. A quote that says whose it is is known when it is written, any other when what it quotes is hidden.

use super::Post;
use crate::db::schema::{posts, quotes, revisions};
use crate::db::{Conn, MemberId, PostId, ThreadId};
use crate::domain::members::Member;
use crate::domain::policy::{Act, may};
use crate::domain::seal::Quoted;
use crate::domain::threads;
use crate::error::Result;
use crate::text;
use diesel::prelude::*;
use std::borrow::Cow;

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

    /// Markdown without the words of quotes that nobody who reads it sees, and of these members, given with what it became;
    /// as it stands, where there is none.
    pub fn source(&self, markdown: &str, encoded: &str, blocked: &[MemberId]) -> String {
        let numbers = |leaves: &dyn Fn(&Quoted) -> bool| {
            let left: Vec<i64> = self.0.iter().filter(|quoted| leaves(quoted)).map(|quoted| quoted.post.0).collect();
            if left.is_empty() { Vec::new() } else { text::hidden_quotes(encoded, &left) }
        };
        let hidden = numbers(&|quoted| quoted.is_hidden);
        let unwanted = numbers(&|quoted| quoted.author.is_some_and(|author| blocked.contains(&author)));
        if hidden.is_empty() && unwanted.is_empty() {
            return markdown.to_owned();
        }
        text::fold_source(markdown, &|_, _| true, &|number| match hidden.contains(&number) {
            true => Some(text::HIDDEN),
            false => unwanted.contains(&number).then_some(BLOCKED),
        })
    }
}

/// Keeps which posts a post quotes.
pub(in crate::domain) fn keep(conn: &mut Conn, id: PostId, encoded: &str) -> Result<()> {
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

/// How many posts of a thread are looked at, before and behind a post that is hidden, for quotes of it.
const NEAR: i32 = 5000;

/// How many hidden posts of a thread a new text is compared with: the latest.
const HIDDEN: i64 = 50;

/// How many texts are read at once.
const CHUNK: i64 = 100;

/// A text that comes into a thread, with its quotes of hidden posts there marked, however they are attributed.
pub(super) fn marked<'a>(conn: &mut Conn, thread: ThreadId, encoded: &'a str) -> Result<Cow<'a, str>> {
    if !encoded.contains("<blockquote>") {
        return Ok(Cow::Borrowed(encoded));
    }
    let hidden = posts::table
        .filter(posts::thread_id.eq(thread))
        .filter(posts::hidden_reason.is_not_null())
        .filter(posts::withdrawn.eq(false))
        .order(posts::number.desc())
        .limit(HIDDEN)
        .select((posts::id, posts::html));
    let hidden: Vec<(PostId, String)> = hidden.load(conn)?;
    let of: Vec<(i64, String)> = hidden.into_iter().map(|(PostId(id), html)| (id, text::own_words(&html))).collect();
    Ok(text::mark_quotes(encoded, &of).map_or(Cow::Borrowed(encoded), Cow::Owned))
}

/// Marks the quotes of a post that is about to be hidden, however they are attributed, in its thread and those beside it,
/// and in what posts there said before: so they are gone with it, and back with it.
pub(super) fn mark(conn: &mut Conn, post: &Post) -> Result<()> {
    let html: String = posts::table.filter(posts::id.eq(post.id)).select(posts::html).first(conn)?;
    let of = [(post.id.0, text::own_words(&html))];
    for thread in threads::links::beside(conn, post.thread, post.id)? {
        let near = if thread == post.thread { post.number } else { 0 };
        let mut after = near.saturating_sub(NEAR);
        loop {
            let later = posts::table
                .filter(posts::thread_id.eq(thread))
                .filter(posts::number.gt(after))
                .filter(posts::number.le(near.saturating_add(NEAR)))
                .filter(posts::html.like("%<blockquote>%"));
            let some = later.order(posts::number).limit(CHUNK).select((posts::number, posts::id, posts::html));
            let some: Vec<(i32, PostId, String)> = some.load(conn)?;
            let Some((last, ..)) = some.last() else { break };
            after = *last;
            for (_, id, encoded) in some.iter().filter(|(_, id, _)| *id != post.id) {
                mark_one(conn, *id, encoded, &of)?;
            }
        }
    }
    Ok(())
}

fn mark_one(conn: &mut Conn, id: PostId, encoded: &str, of: &[(i64, String)]) -> Result<()> {
    if let Some(marked) = text::mark_quotes(encoded, of) {
        diesel::update(posts::table.filter(posts::id.eq(id))).set(posts::html.eq(&marked)).execute(conn)?;
        keep_again(conn, id, &marked)?;
    }
    let earlier = revisions::table.filter(revisions::post_id.eq(id)).filter(revisions::html.like("%<blockquote>%"));
    let earlier: Vec<(i64, String)> = earlier.select((revisions::id, revisions::html)).load(conn)?;
    for (revision, encoded) in earlier {
        if let Some(marked) = text::mark_quotes(&encoded, of) {
            diesel::update(revisions::table.find(revision)).set(revisions::html.eq(marked)).execute(conn)?;
        }
    }
    Ok(())
}

/// Notes that something changed that the pages show on which this post stands or is quoted.
pub(super) fn touch(conn: &mut Conn, id: PostId) -> Result<()> {
    let quoting = quotes::table.filter(quotes::quoted_id.eq(id)).select(quotes::post_id);
    let there = posts::table.filter(posts::id.eq(id).or(posts::id.eq_any(quoting)));
    // In one order, so that of two who do it at once neither waits for the other in turn.
    let threads: Vec<ThreadId> = there.select(posts::thread_id).distinct().order(posts::thread_id).load(conn)?;
    threads.into_iter().try_for_each(|thread| threads::touch(conn, thread))
}
