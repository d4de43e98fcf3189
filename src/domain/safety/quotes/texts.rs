//! The texts that may quote a post, by the words for their kinds as reports have them.

use crate::db::functions::moment_or;
use crate::db::schema::{held, meetings, notices, passages, posts, questions, revisions};
use crate::db::{Conn, HeldId, MeetingId, Moment, NoticeId, PassageId, PostId, QuestionId};
use crate::error::Result;
use diesel::prelude::*;

/// Which text: the word for its kind, and its id.
pub(in crate::domain) type Which = (&'static str, i64);

/// What is kept of a text, under its id.
type Kept = (i64, String);

/// The word for what a post said before it was edited. It is found by its post.
const REVISION: &str = "revision";

/// The kinds, with the table of each.
macro_rules! kinds {
    ($($word:literal => $table:ident, $id:ident;)*) => {
        const KINDS: [&str; 6] = [$($word),*];

        /// What is kept of the texts of a kind.
        fn of_kind(conn: &mut Conn, kind: &str, ids: &[i64]) -> Result<Vec<Kept>> {
            match kind {
                $($word => {
                    let ids: Vec<$id> = ids.iter().copied().map($id).collect();
                    let texts = $table::table.filter($table::id.eq_any(ids));
                    let texts: Vec<($id, String)> = texts.select(($table::id, $table::html)).load(conn)?;
                    Ok(texts.into_iter().map(|(id, html)| (id.0, html)).collect())
                })*
                _ => Ok(Vec::new()),
            }
        }

        /// Keeps the second in place of the first of a text; `false` where its writer has changed it meanwhile, which
        /// stands.
        pub(super) fn rewrite(conn: &mut Conn, (kind, id): (&str, i64), (was, html): (&str, &str)) -> Result<bool> {
            let rewritten = match kind {
                $($word => {
                    let text = $table::table.filter($table::id.eq($id(id))).filter($table::html.eq(was));
                    diesel::update(text).set($table::html.eq(html)).execute(conn)?
                })*
                _ => {
                    let text = revisions::table.find(id).filter(revisions::html.eq(was));
                    diesel::update(text).set(revisions::html.eq(html)).execute(conn)?
                }
            };
            Ok(rewritten > 0)
        }
    };
}

kinds! {
    "post" => posts, PostId;
    "question" => questions, QuestionId;
    "note" => meetings, MeetingId;
    "notice" => notices, NoticeId;
    "passage" => passages, PassageId;
    "held" => held, HeldId;
}

/// The word for a kind, where there is one.
pub(super) fn kind(word: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|known| *known == word)
}

/// What is kept of a text.
pub(super) fn one(conn: &mut Conn, (kind, id): Which) -> Result<Option<String>> {
    Ok(of_kind(conn, kind, &[id])?.pop().map(|(_, html)| html))
}

/// What is kept of texts of a kind, as far as it can quote what was written then; of posts, what they said before they were
/// edited too. Each with the word for its kind.
pub(super) fn since(conn: &mut Conn, word: &str, ids: &[i64], then: Moment) -> Result<Vec<(&'static str, Kept)>> {
    let Some(kind) = kind(word) else { return Ok(Vec::new()) };
    if kind != "post" {
        return Ok(of_kind(conn, kind, ids)?.into_iter().map(|kept| (kind, kept)).collect());
    }
    let ids: Vec<PostId> = ids.iter().copied().map(PostId).collect();
    let later = moment_or(posts::edited_at, posts::written_at).ge(then);
    let now = posts::table.filter(posts::id.eq_any(&ids)).filter(later).select((posts::id, posts::html));
    let now: Vec<(PostId, String)> = now.load(conn)?;
    let before = revisions::table.filter(revisions::post_id.eq_any(&ids)).filter(revisions::written_at.ge(then));
    let before: Vec<Kept> = before.select((revisions::id, revisions::html)).load(conn)?;
    let now = now.into_iter().map(|(id, html)| (kind, (id.0, html)));
    Ok(now.chain(before.into_iter().map(|kept| (REVISION, kept))).collect())
}
