//! Words however they are written.

use crate::text::{is_blank, is_silent};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// The words of a text: runs of letters and digits, with whatever of them shows nothing by itself.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !joins(c)).filter(|word| word.chars().any(char::is_alphanumeric))
}

/// Whether a character is part of a word.
pub(super) fn joins(c: char) -> bool {
    !is_blank(c) && (c.is_alphanumeric() || is_combining_mark(c) || is_silent(c))
}

/// A word as it is compared: without regard to case, width, accents and characters that do not show. Upper case first,
/// since “ß” and “ς” are written otherwise there.
pub(super) fn fold(word: &str) -> String {
    let bare = word.nfkd().filter(|c| !is_silent(*c) && !is_accent(*c));
    bare.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Marks over, under and through letters, by their combining class (Unicode, 4.3); not those that are vowels, or that
/// tell letters apart.
fn is_accent(c: char) -> bool {
    matches!(canonical_combining_class(c), 1 | 10..=36 | 200..)
}
