//! Rendered texts whose spoilers and quotes are sealed one by one.

use super::{Key, Position, Reach, Reader, Sealed, Sight};
use crate::db::{BookId, MemberId, PostId};
use crate::text::{HIDDEN, Piece, Rendered, line, set_quoted_name};
use std::fmt;

/// HTML from `crates/text`, safe to send unescaped.
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

/// The combined reach of all spoilers in a rendered text. `book` is as for [`Prose::sealed`].
pub fn spoiler_reach(encoded: &str, book: Option<BookId>) -> Reach {
    let pieces = Rendered::decode(encoded).pieces;
    let spoilers = pieces.iter().filter_map(|piece| match piece {
        Piece::Spoiler { through, .. } => Some(named(*through, book)),
        _ => None,
    });
    spoilers.fold(Reach::Safe, Reach::farther)
}

fn named(through: Option<u16>, book: Option<BookId>) -> Reach {
    book.map_or(Reach::Unknown, |book| Reach::Through(book, Position::from_chapter(through)))
}

/// A rendered text: open parts, spoilers and quotes, in order.
#[derive(Clone, Debug)]
pub struct Prose {
    parts: Vec<Part>,
}

/// A quoted post as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Quoted {
    pub post: PostId,
    /// `None` for imported posts.
    pub author: Option<MemberId>,
    /// The author's present name, if it differs from the one in the quote.
    pub name: Option<&'static str>,
    /// The post's present reach, which the quote inherits.
    pub reach: Reach,
    /// Whether the post is hidden from the reader of the quote.
    pub is_hidden: bool,
}

impl Quoted {
    /// Opens for readers who may see the quote.
    pub fn sealed(&self) -> Sealed<()> {
        Sealed::new((), self.reach, Key::Quote(self.post), self.author)
    }
}

/// The beginning of a quote.
#[derive(Clone, Debug)]
pub struct Quote {
    sealed: Sealed<()>,
    within: Key,
    author: Option<MemberId>,
}

impl Quote {
    /// Key for unfolding it.
    pub fn key(&self) -> Key {
        self.sealed.key()
    }

    /// Reach of the quoted post.
    pub fn reach(&self) -> Reach {
        self.sealed.reach()
    }

    /// Key of the text that contains the quote.
    pub fn within(&self) -> Key {
        self.within
    }

    /// Whether the reader has blocked the quoted post's author.
    pub fn is_blocked(&self, reader: &Reader) -> bool {
        self.sealed.is_blocked(reader)
    }

    /// Whether the quoted post's reach is past what the reader sees without unfolding.
    pub fn is_ahead(&self, reader: &Reader) -> bool {
        self.sealed.is_ahead(reader)
    }

    /// Whether it is folded for the reader. The author of the quoting text has read what they quoted, so for them it is
    /// folded only if they blocked the quoted author.
    fn is_folded(&self, reader: &Reader) -> bool {
        let own = self.author.is_some() && self.author == reader.member;
        if own { self.is_blocked(reader) } else { self.sealed.is_folded(reader) }
    }
}

#[derive(Clone, Debug)]
pub enum Part {
    /// Text that is open if the whole text is.
    Open(Html),
    /// A spoiler within a line.
    Inline(Sealed<Html>),
    /// A spoiler of whole paragraphs.
    Block(Sealed<Html>),
    /// Replaces a quote of a hidden post.
    Hidden(&'static str),
    /// The beginning of a quote. [`Prose::parts`] yields it only in place of a quote that is folded for the reader.
    Quote(Quote),
    /// The end of the innermost quote. [`Prose::parts`] never yields it.
    EndQuote,
}

/// Accessors for templates.
impl Part {
    pub fn html(&self) -> Option<&Html> {
        if let Self::Open(html) = self { Some(html) } else { None }
    }

    pub fn hidden(&self) -> Option<&'static str> {
        if let Self::Hidden(words) = self { Some(words) } else { None }
    }

    /// A quote that is folded for the reader.
    pub fn quote(&self) -> Option<&Quote> {
        if let Self::Quote(quote) = self { Some(quote) } else { None }
    }

    /// A spoiler within a line.
    pub fn inline(&self) -> Option<&Sealed<Html>> {
        if let Self::Inline(spoiler) = self { Some(spoiler) } else { None }
    }

    /// A spoiler of whole paragraphs.
    pub fn block(&self) -> Option<&Sealed<Html>> {
        if let Self::Block(spoiler) = self { Some(spoiler) } else { None }
    }
}

impl Prose {
    /// The parts that a reader sees, in order, without what is inside of folded quotes.
    pub fn parts<'a>(&'a self, reader: &'a Reader) -> impl Iterator<Item = &'a Part> {
        // Nesting depth below the outermost folded quote; 0 outside of one.
        let mut depth = 0_usize;
        self.parts.iter().filter(move |part| match part {
            Part::Quote(quote) => {
                let begins = depth == 0 && quote.is_folded(reader);
                depth += usize::from(begins || depth > 0);
                begins
            }
            Part::EndQuote => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
    }

    /// The HTML that a reader sees of an open text, without folded spoilers and quotes.
    pub fn visible_html(&self, reader: &Reader) -> String {
        let parts = self.parts(reader).map(|part| match part {
            Part::Open(html) => html.0.as_str(),
            Part::Hidden(words) => words,
            Part::Quote(_) | Part::EndQuote => "",
            Part::Inline(sealed) | Part::Block(sealed) => match sealed.sight(reader) {
                Sight::Open(html) => html.0.as_str(),
                Sight::Folded(_) => "",
            },
        });
        parts.collect()
    }

    /// The beginning of what a reader sees of an open text: one line of plain text of at most `chars` characters. Empty
    /// if the reader sees nothing.
    pub fn preview(&self, reader: &Reader, chars: usize) -> String {
        line(&self.visible_html(reader), chars)
    }

    /// Decodes and seals a rendered text. `book` is the book whose chapters its spoilers name.
    pub fn sealed(
        encoded: &str,
        reach: Reach,
        key: Key,
        author: Option<MemberId>,
        book: Option<BookId>,
    ) -> Sealed<Self> {
        Self::sealed_with_quotes(encoded, reach, key, author, book, &[])
    }

    /// Like [`Prose::sealed`], for a text that quotes these posts.
    pub fn sealed_with_quotes(
        encoded: &str,
        reach: Reach,
        key: Key,
        author: Option<MemberId>,
        book: Option<BookId>,
        quoted: &[Quoted],
    ) -> Sealed<Self> {
        let (mut number, mut parts) = (0, Vec::new());
        // Nesting depth of quotes, and the depth at which a hidden one began.
        let (mut depth, mut hidden_at): (usize, Option<usize>) = (0, None);
        // Quotes whose link text must still be replaced by the author's present name.
        let mut unnamed: Vec<(i64, &str)> = Vec::new();
        let name = |mut html: String, unnamed: &mut Vec<(i64, &str)>| {
            unnamed.retain(|(id, name)| set_quoted_name(&html, *id, name).map(|renamed| html = renamed).is_none());
            Html(html)
        };
        for piece in Rendered::decode(encoded).pieces {
            let is_shown = hidden_at.is_none();
            match piece {
                Piece::Html(html) if is_shown => parts.push(Part::Open(name(html, &mut unnamed))),
                Piece::Html(_) => {}
                Piece::Spoiler { through, block, html } => {
                    // Spoilers in hidden quotes count too, so that keys stay the same when a post is hidden or
                    // restored.
                    number += 1;
                    let html = name(html, &mut unnamed);
                    let sealed = Sealed::new(html, named(through, book), key.spoiler(number), author);
                    let part = if block { Part::Block(sealed) } else { Part::Inline(sealed) };
                    parts.extend(is_shown.then_some(part));
                }
                Piece::Quote(id) => {
                    let known = quoted.iter().find(|known| known.post == PostId(id));
                    if is_shown && known.is_some_and(|known| known.is_hidden) {
                        parts.push(Part::Hidden(HIDDEN));
                        hidden_at = Some(depth);
                    } else if is_shown {
                        unnamed.extend(known.and_then(|known| known.name).map(|name| (id, name)));
                        let quoted = known.map_or((Reach::Safe, None), |known| (known.reach, known.author));
                        // A quote whose reach is covered by the text's own needs no fold.
                        let farther = if reach.farther(quoted.0) == reach { Reach::Safe } else { quoted.0 };
                        let sealed = Sealed::new((), farther, Key::Quote(PostId(id)), quoted.1);
                        parts.push(Part::Quote(Quote { sealed, within: key, author }));
                    }
                    depth += 1;
                }
                Piece::EndQuote => {
                    unnamed.clear();
                    depth = depth.saturating_sub(1);
                    parts.extend(is_shown.then_some(Part::EndQuote));
                    hidden_at = hidden_at.filter(|at| *at != depth);
                }
            }
        }
        Sealed::new(Self { parts }, reach, key, author)
    }
}

impl Sealed<Prose> {
    /// The books in the reach of its quotes. Safe to show.
    pub fn quoted_books(&self) -> impl Iterator<Item = BookId> {
        let quotes = self.inside.parts.iter().filter_map(|part| match part {
            Part::Quote(quote) => Some(quote.reach()),
            _ => None,
        });
        quotes.flat_map(|reach| reach.books().collect::<Vec<_>>()).map(|(book, _)| book)
    }
}
