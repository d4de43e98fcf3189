//! All words and links of a rendered text, including spoilers. For checking post rules only, never to be shown.

use super::excerpt::{push_text, unescape};
use super::{Piece, Rendered};

/// The plain text with all spoilers open, so that neither markup nor a spoiler splits a word.
pub fn words(rendered: &Rendered) -> String {
    let mut plain = String::new();
    for html in rendered.pieces.iter().map(html) {
        push_text(&mut plain, html);
    }
    plain
}

/// The addresses of the text's links, in order.
pub fn links(rendered: &Rendered) -> Vec<String> {
    let addresses = rendered.pieces.iter().map(html).flat_map(|html| html.split(" href=\"").skip(1));
    addresses.filter_map(|rest| rest.split_once('"')).map(|(address, _)| unescape(address)).collect()
}

fn html(piece: &Piece) -> &str {
    match piece {
        Piece::Html(html) | Piece::Spoiler { html, .. } => html,
        Piece::Quote(_) | Piece::EndQuote => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render;

    #[test]
    fn all_words_are_said_and_none_is_parted() {
        let rendered = render("Ca*si*no, ca||si||no\n\n:::spoiler\n`Casi`no\n:::").unwrap();
        assert_eq!(words(&rendered).split_whitespace().collect::<Vec<_>>(), ["Casino,", "casino", "Casino"]);
    }

    #[test]
    fn links_are_found_wherever_they_stand() {
        let rendered = render("[a](https://a.example/?x=1&y=2) ||[b](http://www.b.example)|| [c](/books/1)").unwrap();
        assert_eq!(links(&rendered), ["https://a.example/?x=1&y=2", "http://www.b.example", "/books/1"]);
    }
}
