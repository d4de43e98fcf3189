//! Renders members' Markdown to safe HTML, split into open parts and spoilers.
//!
//! This happens once, when a text is saved. The crate knows no readers, books or pages: the caller walks the [`Piece`]s
//! and decides for each spoiler whether its reader gets it.
//!
//! Spoilers are written `||like this||` (the whole book) or `||12: like this||` (up to chapter 12), and for several
//! paragraphs between a line `:::spoiler` or `:::spoiler 12` and a line `:::`. Ambiguous text is refused ([`Refusal`]),
//! never published open.
//!
//! ```text
//! render: clean -> tree (parse, plain, pairs, checks, spoilers) -> render (cut, sanitise, split)
//! ```

mod checks;
mod clean;
mod encoding;
mod escape;
mod excerpt;
mod invisible;
mod pairs;
mod plain;
mod quote;
mod quoted;
mod refusal;
mod render;
mod sanitise;
mod spoilers;
mod tree;

#[cfg(test)]
mod tests;

pub use clean::clean;
pub use escape::escape;
pub use excerpt::{excerpt, line, links, words};
pub use invisible::{is_ignorable, looks_like_space, visible};
pub use quote::{fold_source, quote, restore_quotes};
pub use quoted::{HIDDEN, QuoteReplacement, quoted_posts, set_quoted_name};
pub use refusal::{Place, Refusal};
pub use render::render;

/// The longest text that is accepted, in characters.
pub const MAX_CHARS: usize = 50_000;

/// A rendered text. All pieces together, including spoilers, are well-formed HTML; an open piece alone need not be
/// (`<p>He is ` and `.</p>` around a spoiler).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Open parts and spoilers, in the order of the text.
    pub pieces: Vec<Piece>,
}

/// One part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Open to everybody. Contains nothing of a spoiler.
    Html(String),
    /// The start of a quote of the post with this id. The caller may leave out everything up to its end.
    Quote(i64),
    /// The end of the quote that started last.
    EndQuote,
    /// Only for readers who have read that far.
    Spoiler {
        /// The last chapter that it spoils; `None` is the whole book.
        through: Option<u16>,
        /// Whether it is a block (true) or within a paragraph (false).
        block: bool,
        /// The spoiler's HTML, well-formed by itself.
        html: String,
    },
}
