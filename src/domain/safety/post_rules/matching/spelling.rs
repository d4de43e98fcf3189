//! Splitting and normalising words.

use crate::text::{is_ignorable, looks_like_space};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// The words of a text: runs of letters and digits, including invisible characters between them.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !joins(c)).filter(|word| word.chars().any(char::is_alphanumeric))
}

/// Whether a character is part of a word.
pub(super) fn joins(c: char) -> bool {
    !looks_like_space(c) && (c.is_alphanumeric() || is_combining_mark(c) || is_ignorable(c))
}

/// Normalises a word for comparison: without case, width, accents and invisible characters. Upper case first, because
/// “ß” and “ς” change there.
pub(super) fn fold(word: &str) -> String {
    let bare = word.nfkd().filter(|c| !is_ignorable(*c) && !is_accent(*c));
    bare.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Whether a mark is over, under or through a letter, by combining class (Unicode, 4.3). Vowel signs and marks that
/// make another letter aren't accents.
fn is_accent(c: char) -> bool {
    matches!(canonical_combining_class(c), 1 | 10..=36 | 200..)
}
