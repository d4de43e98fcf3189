//! Why a text is not taken, in words for its writer.

use std::fmt;

use thiserror::Error;

/// How much of the text a [`Place`] shows, in characters.
const SHOWN: usize = 40;

/// Why a text cannot be taken as it stands. Each displays as one plain sentence for its writer.
///
/// A [`Place`] quotes the text, spoilers too: show it to the writer, keep it out of logs.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// A `||` without its partner, or whose partner stands in another paragraph.
    #[error(
        "{0}: a || has no partner in its paragraph, so nothing would be hidden. Write ||like this||, use :::spoiler for several paragraphs, or \\|\\| for two plain bars."
    )]
    Unpaired(Place),
    /// A `||` in the address of a link, where it would hide nothing.
    #[error("{0}: a || in the address of a link can’t hide anything. Please remove it.")]
    InAddress(Place),
    /// Spoiler signs in what counts as code only by its indentation or a fence left open, or beside
    /// a fence.
    #[error(
        "{0}: spoilers don’t work in code, and this is code: it is indented by four spaces, or its ``` is never closed."
    )]
    InCode(Place),
    /// A `:::spoiler` that ends with its list item, quote or text instead of a `:::`.
    #[error("{0}: this spoiler is not closed. Put ::: on a line of its own after it.")]
    Unclosed(Place),
    /// A `:::` that opens nothing, or with something else than `spoiler` and a chapter after it.
    #[error("{0}: start a spoiler with :::spoiler or :::spoiler 12 on a line of its own, and end it with :::.")]
    BadBlock(Place),
    /// More than [`MAX_CHARS`](super::MAX_CHARS) characters.
    #[error("This text is longer than {most} characters. Please shorten it.")]
    TooLong {
        /// The most that is taken, in characters.
        most: usize,
    },
    /// Lists, quotes or emphasis inside one another beyond what anybody reads.
    #[error("{0}: too many lists, quotes or marks inside one another. Please make it simpler.")]
    TooDeep(Place),
    /// Too many marks or cells for its length.
    #[error("This text has too many marks or table cells. Please make it simpler.")]
    TooComplex,
    /// Our fault: the parser failed.
    #[error("This text could not be processed. Please try shorter parts.")]
    Failed,
}

/// Where in a text something is amiss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1.
    pub line: usize,
    /// A few words from there.
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
