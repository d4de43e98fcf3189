//! Which posts a text quotes, so that what a moderator hides, and what a reader does not want to read, is gone from quotes
//! of it too: in posts, on agendas, in what is said about meetings and books. A quote that says whose it is is known when it
//! is written, any other when what it quotes is hidden, or was: each text that quotes is kept with its prints
//! ([`text::quote_prints`]), and so are the posts that are hidden, so that one is found by the other without looking at the
//! rest. What is done when a post is hidden is in `hiding`, which texts there are in `texts`.

mod hiding;
mod texts;

pub use hiding::catch_up;
pub(in crate::domain) use hiding::{hide, show, take_away, touch};

use crate::db::schema::{hidden_prints, posts, quotes, revisions};
use crate::db::{Conn, MemberId, PostId, dialect};
use crate::domain::core::gate::Quoted;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{Act, may};
use crate::domain::core::words::Body;
use crate::error::Result;
use crate::text;
use diesel::prelude::*;
use std::borrow::Cow;

/// What stands, in a text that is quoted, for words of somebody whom its reader has blocked.
const BLOCKED: &str = "A quote from another member";

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
        let hidden = self.numbers(encoded, |quoted| quoted.is_hidden);
        let unwanted = self.numbers(encoded, |quoted| quoted.author.is_some_and(|author| blocked.contains(&author)));
        if hidden.is_empty() && unwanted.is_empty() {
            return markdown.to_owned();
        }
        text::fold_source(markdown, &|_, _| true, &|number| match hidden.contains(&number) {
            true => Some(text::HIDDEN),
            false => unwanted.contains(&number).then_some(BLOCKED),
        })
    }

    /// The numbers of the quotes of these posts in a text.
    fn numbers(&self, encoded: &str, leaves: impl Fn(&Quoted) -> bool) -> Vec<usize> {
        let left: Vec<i64> = self.0.iter().filter(|quoted| leaves(quoted)).map(|quoted| quoted.post.0).collect();
        if left.is_empty() { Vec::new() } else { text::hidden_quotes(encoded, &left) }
    }
}

/// What a writer made of a text of theirs that they were shown without what is hidden of it. These quotes are put back
/// where they stood, to be marked anew: so they are shown again when what they quote is.
pub(in crate::domain) fn give_back(
    conn: &mut Conn,
    writer: &Member,
    (markdown, html): (&str, &str),
    body: Body,
) -> Result<Body> {
    let hidden = Quotes::among(conn, Some(writer), [html].into_iter())?.numbers(html, |quoted| quoted.is_hidden);
    if hidden.is_empty() {
        return Ok(body);
    }
    let given = text::give_back(&body.markdown, markdown, &|number| hidden.contains(&number).then_some(text::HIDDEN));
    Ok(given.and_then(|given| Body::parse(&given).ok()).unwrap_or(body))
}

/// Markdown, given with what it became, without the words of quotes that this viewer does not see.
pub(in crate::domain) fn source(conn: &mut Conn, viewer: &Member, (markdown, html): (&str, &str)) -> Result<String> {
    Ok(Quotes::among(conn, Some(viewer), [html].into_iter())?.source(markdown, html, &[]))
}

/// The same of several texts, each under its id, for whoever is no moderator: in one query, where they quote anything.
pub(in crate::domain) fn sources<Id>(conn: &mut Conn, texts: Vec<(Id, String, String)>) -> Result<Vec<(Id, String)>> {
    let quotes = Quotes::among(conn, None, texts.iter().map(|(.., html)| html.as_str()))?;
    Ok(texts.into_iter().map(|(id, markdown, html)| (id, quotes.source(&markdown, &html, &[]))).collect())
}

/// How many prints are looked up at once.
const AT_ONCE: usize = 500;

/// How many hidden posts a text is compared with at most.
const HIDDEN: i64 = 50;

/// Keeps what a text quotes that was just written. Its quotes of hidden posts are marked, however they are attributed.
pub(in crate::domain) fn keep(conn: &mut Conn, which: texts::Which, encoded: &str) -> Result<()> {
    if !encoded.contains("<blockquote>") {
        return Ok(());
    }
    let marked = marked(conn, which, encoded)?;
    if let Cow::Owned(html) = &marked {
        texts::rewrite(conn, which, (encoded, html))?;
    }
    if which.0 == "post" {
        note(conn, PostId(which.1), &marked)?;
    }
    print(conn, which, &marked)
}

/// The same of a post that was changed.
pub(in crate::domain) fn keep_again(conn: &mut Conn, id: PostId, encoded: &str) -> Result<()> {
    diesel::delete(quotes::table.filter(quotes::post_id.eq(id))).execute(conn)?;
    keep(conn, ("post", id.0), encoded)
}

/// Notes which posts a post quotes.
fn note(conn: &mut Conn, id: PostId, encoded: &str) -> Result<()> {
    for quoted in text::quoted(encoded) {
        let row = (quotes::post_id.eq(id), quotes::quoted_id.eq(quoted));
        dialect::inserted(conn, |conn| diesel::insert_into(quotes::table).values(row).execute(conn))?;
    }
    Ok(())
}

/// Keeps the prints of what a text quotes.
fn print(conn: &mut Conn, which: texts::Which, encoded: &str) -> Result<()> {
    let known = known(conn, [encoded].into_iter())?;
    dialect::keep_quote_prints(conn, which, &text::quote_prints(encoded, &known))
}

/// What the posts say that these texts say that they quote.
fn known<'a>(conn: &mut Conn, texts: impl Iterator<Item = &'a str>) -> Result<Vec<(i64, String)>> {
    let mut quoted: Vec<PostId> = texts.flat_map(text::quoted).map(PostId).collect();
    quoted.sort_unstable();
    quoted.dedup();
    if quoted.is_empty() { Ok(Vec::new()) } else { said(conn, &quoted) }
}

/// What posts say of their own, and said before they were edited, for comparing.
fn said(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(i64, String)>> {
    let now = posts::table.filter(posts::id.eq_any(ids)).select((posts::id, posts::html));
    let before = revisions::table.filter(revisions::post_id.eq_any(ids)).select((revisions::post_id, revisions::html));
    let mut versions: Vec<(PostId, String)> = now.load(conn)?;
    versions.extend(before.load::<(PostId, String)>(conn)?);
    let mut said: Vec<(i64, String)> = versions
        .iter()
        .map(|(id, html)| (id.0, text::own_words(html)))
        .filter(|(_, words)| !words.is_empty())
        .collect();
    said.sort_unstable();
    said.dedup();
    Ok(said)
}

/// A text with its quotes of hidden posts marked.
fn marked<'a>(conn: &mut Conn, which: texts::Which, encoded: &'a str) -> Result<Cow<'a, str>> {
    let prints: Vec<i64> = text::quote_prints(encoded, &[]).into_iter().collect();
    let mut hidden: Vec<PostId> = Vec::new();
    for some in prints.chunks(AT_ONCE) {
        let with = hidden_prints::table.filter(hidden_prints::print.eq_any(some)).select(hidden_prints::post_id);
        hidden.extend(with.distinct().limit(HIDDEN).load::<PostId>(conn)?);
    }
    hidden.retain(|post| which != ("post", post.0));
    if hidden.is_empty() {
        return Ok(Cow::Borrowed(encoded));
    }
    let (of, known) = (said(conn, &hidden)?, known(conn, [encoded].into_iter())?);
    Ok(text::mark_quotes(encoded, &of, &known).map_or(Cow::Borrowed(encoded), Cow::Owned))
}
