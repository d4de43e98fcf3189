//! Rendered texts with spoilers in them, each sealed for itself.

use super::{Key, Position, Reach, Sealed};
use crate::db::{BookId, MemberId};
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
    let pieces = crate::text::Rendered::decode(encoded).pieces;
    let spoilers = pieces.iter().filter_map(|piece| match piece {
        crate::text::Piece::Spoiler { through, .. } => Some(named(*through, book)),
        crate::text::Piece::Html(_) => None,
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
}

impl Prose {
    /// Takes a rendered text as the database keeps it. `book` is the one whose chapters its spoilers name.
    pub fn sealed(
        encoded: &str,
        reach: Reach,
        key: Key,
        author: Option<MemberId>,
        book: Option<BookId>,
    ) -> Sealed<Self> {
        let mut number = 0;
        let pieces = crate::text::Rendered::decode(encoded).pieces;
        let parts = pieces.into_iter().map(|piece| match piece {
            crate::text::Piece::Html(html) => Part::Open(Html(html)),
            crate::text::Piece::Spoiler { through, block, html } => {
                number += 1;
                let sealed = Sealed::new(Html(html), named(through, book), key.spoiler(number), author);
                if block { Part::Block(sealed) } else { Part::Inline(sealed) }
            }
        });
        Sealed::new(Self { parts: parts.collect() }, reach, key, author)
    }
}
