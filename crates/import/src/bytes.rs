//! Decodes a saved file: UTF-8, UTF-16 with a byte order mark, or Windows-1252. Anything else is refused as binary.

use super::Unreadable;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// The largest file that is accepted, in bytes.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Decodes a file. Refuses files that are too large, binary or blank.
pub(super) fn text(bytes: &[u8]) -> Result<String, Unreadable> {
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::TooLong);
    }
    let text = decoded(bytes).ok_or(Unreadable::Binary)?;
    if text.contains('\0') || text.chars().filter(|sign| odd(*sign)).count() > text.len() / 200 {
        return Err(Unreadable::Binary);
    }
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    Ok(text)
}

fn decoded(bytes: &[u8]) -> Option<String> {
    let undefined = |byte: &u8| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    let (encoding, rest) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, &bytes[length..]),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, bytes),
        None if bytes.iter().any(undefined) => return None,
        None => (WINDOWS_1252, bytes),
    };
    encoding.decode_without_bom_handling_and_without_replacement(rest).map(Cow::into_owned)
}

/// Whether a character is a control character that text files don't contain.
fn odd(sign: char) -> bool {
    sign.is_control() && !matches!(sign, '\n' | '\r' | '\t' | '\u{c}' | '\u{85}')
}
