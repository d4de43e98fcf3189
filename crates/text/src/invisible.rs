//! Invisible characters, and which of them are kept in a line of text.

/// Whether a character is invisible and doesn't separate words (Unicode's Default_Ignorable_Code_Point), or is an
/// enclosing mark.
pub fn is_ignorable(c: char) -> bool {
    is_invisible(c) || matches!(c, '\u{20d0}'..='\u{20ff}' | '\u{488}' | '\u{489}')
}

/// Whether a character is a letter or symbol that looks like a space.
pub fn looks_like_space(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || matches!(c, '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}')
}

/// Removes invisible characters from a line. Joiners and selectors stay where a script or an emoji needs them.
/// Characters that look like a space become one.
pub fn visible(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            c if looks_like_space(c) => kept.push(' '),
            c if !is_invisible(c) => kept.push(c),
            c if stays(&kept, c, chars.as_str()) => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// Whether an invisible character has an effect between the text before and after it.
fn stays(before: &str, c: char, after: &str) -> bool {
    let shown = |c: &char| !is_invisible(*c);
    let Some(base) = before.chars().rev().find(shown) else { return false };
    let follows_base = before.ends_with(base);
    match c {
        '\u{200c}' | '\u{200d}' => {
            let is_first = !before.ends_with(['\u{200c}', '\u{200d}']);
            is_first && is_joined(base) && after.chars().find(shown).is_some_and(is_joined)
        }
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            follows_base && !base.is_ascii_alphabetic() && !base.is_whitespace()
        }
        '\u{180b}'..='\u{180f}' => follows_base && matches!(base, '\u{1800}'..='\u{18af}'),
        // Tag characters: the flags of England, Scotland and Wales.
        '\u{e0020}'..='\u{e007f}' => base == '\u{1f3f4}',
        _ => false,
    }
}

/// Whether a character is an emoji or of a script that uses joiners.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{f00}'..='\u{109f}' | '\u{1780}'..='\u{18af}')
        || matches!(c, '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{11000}'..='\u{11fff}')
        || matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_goes() {
        for hidden in ["\u{200b}", "\u{200d}", "\u{2060}", "\u{ad}", "\u{200e}", "\u{fe0f}", "\u{e0061}", "\u{fff9}"] {
            assert_eq!(visible(&format!("Sal{hidden}t")), "Salt", "{hidden:?}");
            assert_eq!(visible(hidden), "", "{hidden:?}");
        }
        assert_eq!(visible("a\u{3164}b\u{2800}"), "a b ");
    }

    #[test]
    fn what_a_script_or_an_emoji_needs_stays() {
        for needed in [
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "👩\u{200d}🚀",
            "❤\u{fe0f}",
            "👁\u{fe0f}\u{200d}🗨\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "葛\u{e0100}",
            "🏴\u{e0067}\u{e0062}\u{e007f}",
        ] {
            assert_eq!(visible(needed), needed);
        }
        assert_eq!(visible("👩\u{200d}\u{200d}🚀"), "👩\u{200d}🚀");
        assert_eq!(visible("👩\u{200d} x"), "👩 x");
    }
}
