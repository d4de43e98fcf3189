//! Quotes of posts. A quote is recognised by its link to the post, as the Quote button writes it. It has at least the
//! post's present reach, disappears while the post is hidden, and shows the author's present name. Words copied without
//! a link belong to whoever copied them.

use crate::db::schema::{members, posts, quotes};
use crate::db::{BookId, Conn, MemberId, PostId, dialect};
use crate::domain::core::gate::{Position, Quoted, Reach, Reader, spoiler_reach};
use crate::domain::core::members::{FORMER_MEMBER, Member, MemberState};
use crate::domain::core::policy::{Act, may};
use crate::domain::core::text_fields::Body;
use crate::error::Result;
use crate::text::{self, HIDDEN, QuoteReplacement};
use diesel::prelude::*;

/// Replaces a quote in a Markdown source if the reader has blocked the quoted author.
const BLOCKED: &str = "A quote of somebody else";

/// Replaces a quote in a Markdown source if the reader hasn't read far enough.
const AHEAD: &str = "A quote with spoilers";

/// The posts quoted by some texts, for one viewer.
#[derive(Clone, Debug, Default)]
pub struct Quotes(Vec<Quoted>);

/// Post, author and the author's state; hidden, withdrawn; the two reaches; edited, and the book whose chapters its
/// spoilers name.
type Row = (
    (PostId, Option<MemberId>, Option<MemberState>),
    (bool, bool),
    (Option<BookId>, Option<Position>),
    (Option<BookId>, Option<Position>),
    (bool, Option<BookId>),
);

impl Quotes {
    /// Reads the posts quoted by these encoded texts: one query, or two if a quoted post was edited. Moderators see
    /// hidden posts, but not those that their authors have withdrawn.
    pub fn in_texts<'a>(
        conn: &mut Conn,
        viewer: Option<&Member>,
        texts: impl Iterator<Item = &'a str>,
    ) -> Result<Self> {
        let mut quoted: Vec<PostId> = texts.flat_map(text::quoted_posts).map(PostId).collect();
        if quoted.is_empty() {
            return Ok(Self::default());
        }
        let moderates = viewer.is_some_and(|viewer| may(viewer, Act::Moderate));
        quoted.sort_unstable();
        quoted.dedup();
        let columns = (
            (posts::id, posts::author_id, members::state.nullable()),
            (posts::hidden_reason.is_not_null(), posts::withdrawn),
            (posts::reach_book_id, posts::reach),
            (posts::also_book_id, posts::also_reach),
            (posts::edited_at.is_not_null(), posts::spoilers_book_id),
        );
        let rows = posts::table.left_join(members::table).filter(posts::id.eq_any(quoted)).select(columns);
        let rows: Vec<Row> = rows.load(conn)?;
        let edited = current_spoilers(conn, &rows)?;
        let quoted = rows.into_iter().map(|((post, author, state), (hidden, withdrawn), own, also, _)| {
            let is_hidden = hidden && (withdrawn || !moderates);
            let within = edited.iter().filter(|(id, _)| *id == post).map(|(_, reach)| *reach);
            let reach = within.fold(Reach::from_columns(own, also), Reach::farther);
            let name = (state == Some(MemberState::Former)).then_some(FORMER_MEMBER);
            Quoted { post, author, name, reach, is_hidden }
        });
        Ok(Self(quoted.collect()))
    }

    pub fn posts(&self) -> &[Quoted] {
        &self.0
    }

    /// A Markdown source with the quotes that this reader can't see replaced. Without a reader, as its own author sees
    /// it.
    pub fn source(&self, markdown: &str, reader: Option<&Reader>) -> String {
        let shown: Vec<(i64, QuoteReplacement)> =
            self.0.iter().filter_map(|quoted| Some((quoted.post.0, replacement(quoted, reader)?))).collect();
        if shown.is_empty() {
            return markdown.to_owned();
        }
        text::fold_source(markdown, &|_, _| true, &|id| shown.iter().find(|(post, _)| *post == id).map(|(_, it)| *it))
    }
}

fn replacement(quoted: &Quoted, reader: Option<&Reader>) -> Option<QuoteReplacement> {
    let sealed = quoted.sealed();
    match reader {
        _ if quoted.is_hidden => Some(QuoteReplacement::Words(HIDDEN)),
        Some(reader) if sealed.is_blocked(reader) => Some(QuoteReplacement::Words(BLOCKED)),
        Some(reader) if sealed.is_folded(reader) => Some(QuoteReplacement::Words(AHEAD)),
        _ => quoted.name.map(QuoteReplacement::Name),
    }
}

/// The reach of the spoilers in edited posts: words may have been quoted before they were marked as a spoiler.
fn current_spoilers(conn: &mut Conn, rows: &[Row]) -> Result<Vec<(PostId, Reach)>> {
    let edited = rows.iter().filter(|(.., (edited, _))| *edited);
    let edited: Vec<PostId> = edited.map(|((id, ..), ..)| *id).collect();
    if edited.is_empty() {
        return Ok(Vec::new());
    }
    let texts = posts::table.filter(posts::id.eq_any(edited)).select((posts::id, posts::html, posts::spoilers_book_id));
    let texts: Vec<(PostId, String, Option<BookId>)> = texts.load(conn)?;
    Ok(texts.into_iter().map(|(id, html, book)| (id, spoiler_reach(&html, book))).collect())
}

/// Puts the quotes of hidden posts back into an edited text. Its author was shown the text without them; they reappear
/// when the posts are restored.
pub(in crate::domain) fn restore_hidden(
    conn: &mut Conn,
    author: &Member,
    (markdown, html): (&str, &str),
    body: Body,
) -> Result<Body> {
    let quotes = Quotes::in_texts(conn, Some(author), [html].into_iter())?;
    let hidden: Vec<i64> = quotes.0.iter().filter(|quoted| quoted.is_hidden).map(|quoted| quoted.post.0).collect();
    if hidden.is_empty() {
        return Ok(body);
    }
    let hides = |id| hidden.contains(&id).then_some(QuoteReplacement::Words(HIDDEN));
    let given = text::restore_quotes(&body.markdown, markdown, &hides);
    Ok(given.and_then(|given| Body::parse(&given).ok()).unwrap_or(body))
}

/// The Markdown of the viewer's own text, given with its HTML, with the quotes that they can't see replaced.
pub(in crate::domain) fn source(conn: &mut Conn, viewer: &Member, (markdown, html): (&str, &str)) -> Result<String> {
    Ok(Quotes::in_texts(conn, Some(viewer), [html].into_iter())?.source(markdown, None))
}

/// Like [`source`], for several texts by id and an author who isn't a moderator.
pub(in crate::domain) fn sources<Id>(conn: &mut Conn, texts: Vec<(Id, String, String)>) -> Result<Vec<(Id, String)>> {
    let quotes = Quotes::in_texts(conn, None, texts.iter().map(|(.., html)| html.as_str()))?;
    Ok(texts.into_iter().map(|(id, markdown, _)| (id, quotes.source(&markdown, None))).collect())
}

/// Stores which posts a new post quotes.
pub(in crate::domain) fn save(conn: &mut Conn, id: PostId, html: &str) -> Result<()> {
    for quoted in text::quoted_posts(html) {
        let row = (quotes::post_id.eq(id), quotes::quoted_id.eq(quoted));
        dialect::try_insert(conn, |conn| diesel::insert_into(quotes::table).values(row).execute(conn))?;
    }
    Ok(())
}

/// Stores which posts an edited post quotes.
pub(in crate::domain) fn replace(conn: &mut Conn, id: PostId, html: &str) -> Result<()> {
    diesel::delete(quotes::table.filter(quotes::post_id.eq(id))).execute(conn)?;
    save(conn, id, html)
}
