//! Why a text is refused, in words for its author.

use std::fmt;

use thiserror::Error;

/// The longest excerpt in a [`Place`], in characters.
const SHOWN: usize = 40;

/// Why a text is refused. Each displays as one plain sentence for its author.
///
/// A [`Place`] quotes the text, including spoilers: show it to the author only, and keep it out of logs.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// A `||` without a partner in its paragraph.
    #[error(
        "{0}: a || has no partner in its paragraph, so nothing would be hidden. Write ||like this||, use :::spoiler for several paragraphs, or \\|\\| for two plain bars."
    )]
    Unpaired(Place),
    /// A `||` in the address of a link, where it hides nothing.
    #[error("{0}: a || in the address of a link can’t hide anything. Please remove it.")]
    InAddress(Place),
    /// Spoiler markup beside a code fence, or in code that is only indented or whose fence never closes.
    #[error(
        "{0}: spoilers don’t work in code, and this is code: it is indented by four spaces, or its ``` is never closed."
    )]
    InCode(Place),
    /// A `:::spoiler` without a closing `:::` in its list item, quote or text.
    #[error("{0}: this spoiler is not closed. Put ::: on a line of its own after it.")]
    Unclosed(Place),
    /// A `:::` that opens nothing, or that is followed by something else than `spoiler` and a chapter.
    #[error("{0}: start a spoiler with :::spoiler or :::spoiler 12 on a line of its own, and end it with :::.")]
    BadBlock(Place),
    /// More than [`MAX_CHARS`](super::MAX_CHARS) characters.
    #[error("This text is longer than {most} characters. Please shorten it.")]
    TooLong {
        /// The limit, in characters.
        most: usize,
    },
    /// Lists, quotes or emphasis nested too deeply.
    #[error("{0}: too many lists, quotes or marks inside one another. Please make it simpler.")]
    TooDeep(Place),
    /// More links than a text may have.
    #[error("This text has {found} links, but can have no more than {most}. Please leave some out.")]
    TooManyLinks {
        /// How many it has.
        found: usize,
        /// How many it may have.
        most: usize,
    },
    /// Too many nodes, spoilers, quotes or table cells.
    #[error("This text has too many marks or table cells. Please make it simpler.")]
    TooComplex,
    /// A bug of ours: the parser failed.
    #[error("This text could not be processed. Please try shorter parts.")]
    Failed,
}

/// A place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The first words at that place.
    pub excerpt: String,
}

impl Place {
    /// A place with the beginning of `text` as its excerpt.
    pub(super) fn new(line: usize, text: &str) -> Place {
        let text = text.trim().lines().next().unwrap_or_default();
        let mut excerpt: String = text.chars().take(SHOWN).collect();
        if text.chars().nth(SHOWN).is_some() {
            excerpt.push('…');
        }
        Place { line, excerpt }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}, “{}”", self.line, self.excerpt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_sentence_with_line_and_place() {
        let refusal = Refusal::Unclosed(Place::new(3, ":::spoiler 12\nmore"));
        assert_eq!(
            refusal.to_string(),
            "Line 3, “:::spoiler 12”: this spoiler is not closed. Put ::: on a line of its own after it."
        );
    }

    #[test]
    fn long_places_are_cut() {
        let place = Place::new(1, &"ü".repeat(100));
        assert_eq!(place.excerpt.chars().count(), SHOWN + 1);
    }
}
