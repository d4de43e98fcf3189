//! Cleans the input of every text field, before anything else.

/// Makes `input` safe to store. Line ends become `\n`. Control characters (except `\n` and `\t`) and bidirectional
/// embeddings, overrides and isolates are removed. Runs of zero-width characters become one, and are removed if no
/// letter is beside them. White space at the end is removed.
///
/// Idempotent: cleaning twice is the same as cleaning once.
pub fn clean(input: &str) -> String {
    let lines = input.replace("\r\n", "\n").replace('\r', "\n");
    let mut text = collapse_zero_width(&without_controls(&lines));
    text.truncate(text.trim_end().len());
    text
}

/// Removes the characters that no stored text may contain.
pub(super) fn without_controls(text: &str) -> String {
    text.chars().filter(|&c| !is_unwanted(c)).collect()
}

/// Control characters, bidirectional formatting that can reorder other text, the byte order mark, and the noncharacters
/// U+FDD0..U+FDEF, one of which is the `GUARD` of `tree.rs`.
fn is_unwanted(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        '\u{FEFF}' | '\u{FDD0}'..='\u{FDEF}' => true,
        _ => c.is_control(),
    }
}

/// Zero-width joiners and spaces. They have a purpose between letters and in emoji only.
fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}')
}

fn collapse_zero_width(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !is_zero_width(c) {
            kept.push(c);
            continue;
        }
        while chars.next_if(|&next| is_zero_width(next)).is_some() {}
        let lone_before = kept.chars().next_back().is_none_or(char::is_whitespace);
        let lone_after = chars.peek().is_none_or(|next| next.is_whitespace());
        if !(lone_before && lone_after) {
            kept.push(c);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn line_ends_and_controls() {
        assert_eq!(clean("a\r\nb\rc\n\td\0e\u{7}\u{85}\u{7f}  \n\n"), "a\nb\nc\n\tde");
    }

    #[test]
    fn nothing_turns_the_text_around() {
        assert_eq!(clean("abc\u{202e}def\u{2066}g\u{2069}"), "abcdefg");
        assert_eq!(clean("עברית \u{200f}x"), "עברית \u{200f}x");
    }

    #[test]
    fn zero_width_characters_stay_where_they_join() {
        assert_eq!(clean("👩\u{200d}🚀 می\u{200c}خواهم"), "👩\u{200d}🚀 می\u{200c}خواهم");
        assert_eq!(clean("a\u{200b}\u{200b}\u{2060}b"), "a\u{200b}b");
        assert_eq!(clean("\u{200b}"), "");
        assert_eq!(clean("a \u{200b}\u{200d} b \u{200b}"), "a  b");
    }

    proptest! {
        #[test]
        fn twice_is_once(input in "[a \n\r\t\u{0}\u{85}\u{200b}\u{200d}\u{202e}\u{feff}é😀]{0,40}") {
            let once = clean(&input);
            prop_assert_eq!(clean(&once), once);
        }
    }
}
