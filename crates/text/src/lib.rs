//! Text that members write: Markdown to safe HTML, cut into what is open and what is a spoiler.
//!
//! It happens once, when a text is written. Nothing here knows readers, books or pages: the caller
//! walks the [`Piece`]s and decides for each spoiler whether its reader gets it.
//!
//! Spoilers are written `||like this||` (the whole book) or `||12: like this||` (through chapter
//! 12), and for several paragraphs between a line `:::spoiler` or `:::spoiler 12` and a line `:::`.
//! What cannot be told for certain is refused ([`Refusal`]), never published open.
//!
//! ```text
//! render: clean -> tree (parse, plain, pairs, checks, spoilers) -> render (cut, sanitise, split)
//! ```

mod checks;
mod clean;
mod escape;
mod excerpt;
mod frame;
mod invisible;
mod pairs;
mod plain;
mod quote;
mod quoted;
mod refusal;
mod render;
mod said;
mod sanitise;
mod spoilers;
mod tree;

#[cfg(test)]
mod tests;

pub use clean::clean;
pub use escape::escape;
pub use excerpt::{excerpt, line};
pub use invisible::{is_blank, is_silent, visible};
pub use quote::{fold_source, give_back, quote};
pub use quoted::{HIDDEN, Instead, quoted, renamed};
pub use refusal::{Place, Refusal};
pub use render::render;
pub use said::{links, said};

/// The longest text that is read at all, in characters.
pub const MAX_CHARS: usize = 50_000;

/// A text made HTML, in order. All pieces together, spoilers shown, are well-formed HTML; an open
/// piece alone need not be (`<p>He is ` and `.</p>` around a spoiler).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Open and hidden parts, as they follow one another.
    pub pieces: Vec<Piece>,
}

/// One part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Open to everybody; holds nothing that stood in a spoiler.
    Html(String),
    /// Here begins a quote of the post with this id: what follows may be left out up to where it ends.
    Quote(i64),
    /// Here ends the quote that began last.
    EndQuote,
    /// Only for readers who have come that far.
    Spoiler {
        /// The last chapter it tells about; `None` is the whole book.
        through: Option<u16>,
        /// Whether it stands among paragraphs (true) or within one (false).
        block: bool,
        /// What is hidden: well-formed by itself.
        html: String,
    },
}
