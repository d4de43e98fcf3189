//! What becomes of quotes when a post is hidden, shown again, or taken away by its writer.

use super::texts::{self, Which};
use super::{AT_ONCE, keep_again, known, note, print, said};
use crate::db::schema::{
    hidden_prints, meetings, notices, posts, questions, quote_prints, quotes, revisions, unprinted,
};
use crate::db::{Conn, MemberId, Moment, PostId, ThreadId, dialect};
use crate::domain::forum::threads;
use crate::error::Result;
use crate::text;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// How many texts that have a print of a post are looked at, for each few hundred prints.
const MOST: i64 = 5000;

/// How many texts are read at once.
const CHUNK: usize = 100;

/// Marks the quotes of a post that is about to be hidden, however they are attributed, in all that was written since, and
/// sees to it that they are marked in whatever will be: so they are gone with it, and back with it.
pub(in crate::domain) fn hide(conn: &mut Conn, post: PostId, written_at: Moment) -> Result<()> {
    let said = said(conn, &[post])?;
    mark(conn, (post, written_at), &said)?;
    let prints = said.iter().flat_map(|(_, words)| text::prints(words)).collect();
    dialect::keep_hidden_prints(conn, post, &prints)?;
    // What is being written in this very moment sees nothing of it, nor is it seen: `catch_up` looks once more.
    let row = (unprinted::subject.eq(HIDDEN), unprinted::subject_id.eq(post.0));
    dialect::inserted(conn, |conn| diesel::insert_into(unprinted::table).values(row).execute(conn))?;
    Ok(())
}

/// A post is shown again: what will be written may quote it.
pub(in crate::domain) fn show(conn: &mut Conn, post: PostId) -> Result<()> {
    diesel::delete(hidden_prints::table.filter(hidden_prints::post_id.eq(post))).execute(conn)?;
    Ok(())
}

fn mark(conn: &mut Conn, (post, written_at): (PostId, Moment), said: &[(i64, String)]) -> Result<()> {
    let prints: Vec<i64> = said.iter().flat_map(|(_, words)| text::prints(words)).collect();
    let mut found: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for some in prints.chunks(AT_ONCE) {
        let with = quote_prints::table.filter(quote_prints::print.eq_any(some));
        let with = with.select((quote_prints::subject, quote_prints::subject_id)).distinct().limit(MOST);
        for (kind, id) in with.load::<(String, i64)>(conn)? {
            found.entry(kind).or_default().push(id);
        }
    }
    for (kind, mut ids) in found {
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| kind != "post" || *id != post.0);
        for some in ids.chunks(CHUNK) {
            let texts = texts::since(conn, &kind, some, written_at)?;
            let known = known(conn, texts.iter().map(|(_, (_, encoded))| encoded.as_str()))?;
            for (kind, (id, encoded)) in texts {
                let Some(marked) = text::mark_quotes(&encoded, said, &known) else { continue };
                if texts::rewrite(conn, (kind, id), (&encoded, &marked))? && kind == "post" {
                    note(conn, PostId(id), &marked)?;
                }
            }
        }
    }
    Ok(())
}

/// Notes that something changed that the pages show on which this post stands or is quoted.
pub(in crate::domain) fn touch(conn: &mut Conn, id: PostId) -> Result<()> {
    let quoting = quotes::table.filter(quotes::quoted_id.eq(id)).select(quotes::post_id);
    let there = posts::table.filter(posts::id.eq(id).or(posts::id.eq_any(quoting)));
    // In one order, so that of two who do it at once neither waits for the other in turn.
    let threads: Vec<ThreadId> = there.select(posts::thread_id).distinct().order(posts::thread_id).load(conn)?;
    threads.into_iter().try_for_each(|thread| threads::touch(conn, thread))
}

/// How many posts of a member are looked for in quotes when they take their words away: the latest.
const OF_MEMBER: i64 = 5000;

/// Marks the quotes of a member's posts, which are about to be taken away, and forgets the prints of all that they wrote.
pub(in crate::domain) fn take_away(conn: &mut Conn, member: MemberId) -> Result<()> {
    let own = || posts::table.filter(posts::author_id.eq(member));
    let latest = own().order(posts::id.desc()).limit(OF_MEMBER).select((posts::id, posts::written_at));
    let latest: Vec<(PostId, Moment)> = latest.load(conn)?;
    for some in latest.chunks(CHUNK) {
        let ids: Vec<PostId> = some.iter().map(|(id, _)| *id).collect();
        let said = said(conn, &ids)?;
        for post in some {
            let words: Vec<(i64, String)> = said.iter().filter(|(id, _)| *id == post.0.0).cloned().collect();
            mark(conn, *post, &words)?;
        }
    }
    let hidden = hidden_prints::table.filter(hidden_prints::post_id.eq_any(own().select(posts::id)));
    diesel::delete(hidden).execute(conn)?;
    let of = |kind| quote_prints::table.filter(quote_prints::subject.eq(kind));
    diesel::delete(of("post").filter(quote_prints::subject_id.eq_any(own().select(posts::id)))).execute(conn)?;
    let theirs = notices::table.filter(notices::writer_id.eq(member)).select(notices::id);
    diesel::delete(of("notice").filter(quote_prints::subject_id.eq_any(theirs))).execute(conn)?;
    let theirs = questions::table.filter(questions::writer_id.eq(member)).select(questions::id);
    diesel::delete(of("question").filter(quote_prints::subject_id.eq_any(theirs))).execute(conn)?;
    let theirs = meetings::table.filter(meetings::writer_id.eq(member)).select(meetings::id);
    diesel::delete(of("note").filter(quote_prints::subject_id.eq_any(theirs))).execute(conn)?;
    Ok(())
}

/// The word for a hidden post among the texts that are still to be looked at.
const HIDDEN: &str = "hidden";

/// Looks at some of the texts that were there before prints were kept, and after these at posts that were hidden since it
/// last looked: how many.
pub fn catch_up(conn: &mut Conn) -> Result<usize> {
    let some = unprinted::table.order((unprinted::subject.eq(HIDDEN), unprinted::subject_id)).limit(CHUNK as i64);
    let some: Vec<(String, i64)> = some.select((unprinted::subject, unprinted::subject_id)).load(conn)?;
    for (kind, id) in &some {
        match texts::kind(kind) {
            Some(kind) => print_again(conn, (kind, *id))?,
            None => {
                let hidden = posts::table.filter(posts::id.eq(*id)).filter(posts::hidden_reason.is_not_null());
                let hidden = hidden.filter(posts::withdrawn.eq(false)).select(posts::written_at);
                if let Some(written_at) = hidden.first(conn).optional()? {
                    hide(conn, PostId(*id), written_at)?;
                    touch(conn, PostId(*id))?;
                }
            }
        }
        diesel::delete(unprinted::table.find((kind, id))).execute(conn)?;
    }
    Ok(some.len())
}

fn print_again(conn: &mut Conn, which: Which) -> Result<()> {
    if which.0 == "post" {
        let earlier = revisions::table.filter(revisions::post_id.eq(which.1)).select(revisions::html);
        for encoded in earlier.load::<String>(conn)? {
            print(conn, which, &encoded)?;
        }
    }
    match texts::one(conn, which)? {
        Some(encoded) if which.0 == "post" => keep_again(conn, PostId(which.1), &encoded),
        Some(encoded) => super::keep(conn, which, &encoded),
        None => Ok(()),
    }
}
