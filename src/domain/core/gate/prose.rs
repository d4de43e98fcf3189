//! Rendered texts with spoilers in them, each sealed for itself.

use super::{Key, Position, Reach, Reader, Sealed, Sight};
use crate::db::{BookId, MemberId, PostId};
use crate::text::{HIDDEN, Piece, Rendered, line, renamed};
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
    parts: Vec<Part>,
}

/// A post that a text quotes, as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Quoted {
    /// The post.
    pub post: PostId,
    /// The member who wrote it.
    pub author: Option<MemberId>,
    /// What its author is called now, where that is another name than the quote may have.
    pub name: Option<&'static str>,
    /// How far it goes.
    pub reach: Reach,
    /// Whether it is hidden from whoever reads the quote.
    pub is_hidden: bool,
}

impl Quoted {
    /// What a reader must be allowed to see to be shown its quotes.
    pub fn sealed(&self) -> Sealed<()> {
        Sealed::new((), self.reach, Key::Quote(self.post), self.author)
    }
}

/// Where a quote of a post begins.
#[derive(Clone, Debug)]
pub struct Quote {
    sealed: Sealed<()>,
    within: Key,
    writer: Option<MemberId>,
}

impl Quote {
    /// What it is called in a request to show it.
    pub fn key(&self) -> Key {
        self.sealed.key()
    }

    /// How far the quoted post goes.
    pub fn reach(&self) -> Reach {
        self.sealed.reach()
    }

    /// What the text is called that it stands in.
    pub fn within(&self) -> Key {
        self.within
    }

    /// Whether the reader has blocked whoever wrote the quoted post.
    pub fn is_blocked(&self, reader: &Reader) -> bool {
        self.sealed.is_blocked(reader)
    }

    /// Whether the quoted post goes farther than the reader may see.
    pub fn is_ahead(&self, reader: &Reader) -> bool {
        self.sealed.is_ahead(reader)
    }

    /// Whether it is left out for the reader. The writer of the text has read what they quoted.
    fn is_folded(&self, reader: &Reader) -> bool {
        let own = self.writer.is_some() && self.writer == reader.member;
        if own { self.is_blocked(reader) } else { self.sealed.is_folded(reader) }
    }
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
    /// Here begins a quote of a post. A reader meets this only in place of one that folds for them, or is by somebody whom
    /// they have blocked.
    Quote(Quote),
    /// Here ends the quote that began last. No reader meets this.
    EndQuote,
}

/// What a template asks a part, one after the other.
impl Part {
    /// Open text.
    pub fn html(&self) -> Option<&Html> {
        if let Self::Open(html) = self { Some(html) } else { None }
    }

    /// The words in place of a hidden quote.
    pub fn hidden(&self) -> Option<&'static str> {
        if let Self::Hidden(words) = self { Some(words) } else { None }
    }

    /// A quote from somebody whom the reader has blocked.
    pub fn quote(&self) -> Option<&Quote> {
        if let Self::Quote(quote) = self { Some(quote) } else { None }
    }

    /// A spoiler in a line of text.
    pub fn inline(&self) -> Option<&Sealed<Html>> {
        if let Self::Inline(spoiler) = self { Some(spoiler) } else { None }
    }

    /// A spoiler of one or more paragraphs.
    pub fn block(&self) -> Option<&Sealed<Html>> {
        if let Self::Block(spoiler) = self { Some(spoiler) } else { None }
    }
}

impl Prose {
    /// The parts in order, for a reader, without the quotes that fold for them.
    pub fn parts<'a>(&'a self, reader: &'a Reader) -> impl Iterator<Item = &'a Part> {
        // In how many quotes one stands, counted from one that is left out.
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

    /// The HTML of what this reader sees of it, of an open text: nothing of the spoilers that fold for them.
    pub fn seen_by(&self, reader: &Reader) -> String {
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
        Self::quoting(encoded, reach, key, author, book, &[])
    }

    /// The same, of a text that quotes these posts.
    pub fn quoting(
        encoded: &str,
        reach: Reach,
        key: Key,
        author: Option<MemberId>,
        book: Option<BookId>,
        quoted: &[Quoted],
    ) -> Sealed<Self> {
        let (mut number, mut parts) = (0, Vec::new());
        // How many quotes one stands within, and at how many a hidden one began.
        let (mut depth, mut hidden_at): (usize, Option<usize>) = (0, None);
        // Quotes whose links have yet to get another name.
        let mut unnamed: Vec<(i64, &str)> = Vec::new();
        let name = |mut html: String, unnamed: &mut Vec<(i64, &str)>| {
            unnamed.retain(|(id, name)| renamed(&html, *id, name).map(|renamed| html = renamed).is_none());
            Html(html)
        };
        for piece in Rendered::decode(encoded).pieces {
            let is_shown = hidden_at.is_none();
            match piece {
                Piece::Html(html) if is_shown => parts.push(Part::Open(name(html, &mut unnamed))),
                Piece::Html(_) => {}
                Piece::Spoiler { through, block, html } => {
                    // Counted wherever it stands: it is called the same whether or not another is hidden.
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
                        // A quote that goes no further than the text around it needs no fold of its own.
                        let farther = if reach.farther(quoted.0) == reach { Reach::Safe } else { quoted.0 };
                        let sealed = Sealed::new((), farther, Key::Quote(PostId(id)), quoted.1);
                        parts.push(Part::Quote(Quote { sealed, within: key, writer: author }));
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
    /// The books that its quotes go into: safe to show.
    pub fn quoted_books(&self) -> impl Iterator<Item = BookId> {
        let quotes = self.inside.parts.iter().filter_map(|part| match part {
            Part::Quote(quote) => Some(quote.reach()),
            _ => None,
        });
        quotes.flat_map(|reach| reach.books().collect::<Vec<_>>()).map(|(book, _)| book)
    }
}
