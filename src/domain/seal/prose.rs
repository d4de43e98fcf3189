//! Rendered texts with spoilers in them, each sealed for itself.

use super::{Key, Position, Reach, Reader, Sealed, Sight};
use crate::db::{BookId, MemberId, PostId};
use crate::text::{HIDDEN, Piece, Rendered, line};
use std::fmt;

/// HTML that `text/` made and that is safe to send as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Html(String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

impl askama::FastWritable for Html {
    fn write_into(&self, page: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        Ok(page.write_str(&self.0)?)
    }
}

/// How far the farthest spoiler in a rendered text goes. `book` is as for [`Prose::sealed`].
pub fn spoiled(encoded: &str, book: Option<BookId>) -> Reach {
    let pieces = Rendered::decode(encoded).pieces;
    let spoilers = pieces.iter().filter_map(|piece| match piece {
        Piece::Spoiler { through, .. } => Some(named(*through, book)),
        _ => None,
    });
    spoilers.fold(Reach::Safe, Reach::farther)
}

fn named(through: Option<u16>, book: Option<BookId>) -> Reach {
    book.map_or(Reach::Unknown, |book| Reach::Through(book, Position::named(through)))
}

/// The text of a post, a passage or a meeting: open parts and spoilers, in order.
#[derive(Clone, Debug)]
pub struct Prose {
    /// The parts in order.
    pub parts: Vec<Part>,
}

/// One part of a text.
#[derive(Clone, Debug)]
pub enum Part {
    /// As open as the text around it.
    Open(Html),
    /// A spoiler in a line of text.
    Inline(Sealed<Html>),
    /// A spoiler of one or more paragraphs.
    Block(Sealed<Html>),
    /// In place of a quote of a post that is hidden.
    Hidden(&'static str),
}

impl Prose {
    /// The HTML of what this reader sees of it, of an open text: nothing of the spoilers that fold for them.
    pub fn seen_by(&self, reader: &Reader) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Open(html) => html.0.as_str(),
            Part::Hidden(words) => words,
            Part::Inline(sealed) | Part::Block(sealed) => match sealed.sight(reader) {
                Sight::Open(html) => html.0.as_str(),
                Sight::Folded(_) => "",
            },
        });
        parts.collect()
    }

    /// The beginning of what this reader sees of it, of an open text, in one line of plain text of at most so many
    /// characters, without what it quotes: empty where nothing is left.
    pub fn excerpt(&self, reader: &Reader, chars: usize) -> String {
        line(&self.seen_by(reader), chars)
    }

    /// Takes a rendered text as the database keeps it. `book` is the one whose chapters its spoilers name.
    pub fn sealed(
        encoded: &str,
        reach: Reach,
        key: Key,
        author: Option<MemberId>,
        book: Option<BookId>,
    ) -> Sealed<Self> {
        Self::without(encoded, reach, key, author, book, &[])
    }

    /// The same, without quotes of these posts.
    pub fn without(
        encoded: &str,
        reach: Reach,
        key: Key,
        author: Option<MemberId>,
        book: Option<BookId>,
        hidden: &[PostId],
    ) -> Sealed<Self> {
        let (mut number, mut parts) = (0, Vec::new());
        // How many quotes one stands within, and at how many a hidden one began.
        let (mut depth, mut hidden_at): (usize, Option<usize>) = (0, None);
        for piece in Rendered::decode(encoded).pieces {
            let is_shown = hidden_at.is_none();
            match piece {
                Piece::Html(html) if is_shown => parts.push(Part::Open(Html(html))),
                Piece::Html(_) => {}
                Piece::Spoiler { through, block, html } => {
                    // Counted wherever it stands: it is called the same whether or not another is hidden.
                    number += 1;
                    let sealed = Sealed::new(Html(html), named(through, book), key.spoiler(number), author);
                    let part = if block { Part::Block(sealed) } else { Part::Inline(sealed) };
                    parts.extend(is_shown.then_some(part));
                }
                Piece::Quote(id) => {
                    if is_shown && hidden.contains(&PostId(id)) {
                        parts.push(Part::Hidden(HIDDEN));
                        hidden_at = Some(depth);
                    }
                    depth += 1;
                }
                Piece::EndQuote => {
                    depth = depth.saturating_sub(1);
                    hidden_at = hidden_at.filter(|at| *at != depth);
                }
            }
        }
        Sealed::new(Self { parts }, reach, key, author)
    }
}
