//! Characters that show nothing by themselves.

/// Characters that show nothing and part no word (Unicode's Default_Ignorable_Code_Point), and rings around letters.
pub fn is_silent(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}')
        || matches!(c, '\u{20d0}'..='\u{20ff}' | '\u{488}' | '\u{489}')
}
