//! Helpers to compare texts by their words.

/// Normalises a text: words in lower case with single spaces between them. Apostrophes are removed, all other
/// punctuation separates words.
pub(super) fn normalize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars().flat_map(char::to_lowercase) {
        if sign.is_alphanumeric() {
            out.push(sign);
        } else if !matches!(sign, '\'' | '’' | '‘' | '\u{ad}') && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.trim().to_owned()
}

/// Whether the normalised `text` contains the normalised `phrase` as whole words.
pub(super) fn has(text: &str, phrase: &str) -> bool {
    !phrase.is_empty()
        && text.match_indices(phrase).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + phrase.len()..].chars().next();
            before.is_none_or(|sign| sign == ' ') && after.is_none_or(|sign| sign == ' ')
        })
}

/// Whether the normalised `text` contains one of the normalised phrases.
pub(super) fn has_any(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| has(text, phrase))
}

/// The number of words separated by white space.
pub(super) fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// `text` without `prefix`, ignoring case. `None` if it has another beginning.
pub(super) fn after_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    (head.to_lowercase() == prefix.to_lowercase()).then(|| &text[prefix.len()..])
}

/// `text` without `suffix`, ignoring case. `None` if it has another ending.
pub(super) fn before_suffix<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(suffix.len())?;
    let tail = text.get(at..)?;
    (tail.to_lowercase() == suffix.to_lowercase()).then(|| &text[..at])
}

/// Splits a text after each sentence, without losing any of it.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut start = 0;
    let mut closing = false;
    for (at, sign) in text.char_indices() {
        let blank = sign.is_whitespace();
        if blank && closing {
            all.push(&text[start..at]);
            start = at;
            closing = false;
        } else if matches!(sign, '.' | '!' | '?' | '…') {
            closing = true;
        } else if !matches!(sign, '”' | '"' | '’' | '\'' | ')' | '*') {
            closing = false;
        }
    }
    all.push(&text[start..]);
    all.retain(|piece| !piece.trim().is_empty());
    all
}

/// The text with each double-quoted span replaced by `"`, and the spans.
pub(super) fn unquoted(text: &str) -> (String, Vec<&str>) {
    let mut outside = String::new();
    let mut spans = Vec::new();
    for (at, piece) in text.split(['“', '”', '"', '„', '«', '»']).enumerate() {
        if at % 2 == 1 {
            spans.push(piece);
            outside.push('"');
        } else {
            outside.push_str(piece);
        }
    }
    (outside, spans)
}
