//! The plain text of rendered texts: one line of the open parts, for lists, notifications and previews; all words and
//! links, for post rules.

use super::{Piece, Rendered};

/// The open text as one line of at most `chars` characters, cut between words with "…". The result is plain text:
/// escape it before use in HTML.
pub fn excerpt(rendered: &Rendered, chars: usize) -> String {
    let mut plain = String::new();
    // A quote is another post's text, which may be hidden.
    let mut quotes = 0_usize;
    for piece in &rendered.pieces {
        match piece {
            Piece::Quote(_) => quotes += 1,
            Piece::EndQuote => quotes = quotes.saturating_sub(1),
            Piece::Html(html) if quotes == 0 => push_text(&mut plain, html),
            Piece::Html(_) | Piece::Spoiler { .. } => {}
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    cut(&words.join(" "), chars)
}

/// Sanitised HTML as one line of plain text without quotes, of at most `chars` characters, cut between words with "…".
pub fn line(html: &str, chars: usize) -> String {
    let (mut plain, mut rest) = (String::new(), html);
    while let Some((own, quoted)) = rest.split_once("<blockquote") {
        push_text(&mut plain, own);
        plain.push(' ');
        rest = after_quote(quoted);
    }
    push_text(&mut plain, rest);
    let words: Vec<&str> = plain.split_whitespace().collect();
    cut(&words.join(" "), chars)
}

/// The plain text with all spoilers open, so that neither markup nor a spoiler splits a word. For checking post rules
/// only, never to be shown.
pub fn words(rendered: &Rendered) -> String {
    let mut plain = String::new();
    for html in rendered.pieces.iter().map(html_of) {
        push_text(&mut plain, html);
    }
    plain
}

/// The addresses of the text's links, in order and with those in spoilers. For checking post rules only.
pub fn links(rendered: &Rendered) -> Vec<String> {
    let addresses = rendered.pieces.iter().map(html_of).flat_map(|html| html.split(" href=\"").skip(1));
    addresses.filter_map(|rest| rest.split_once('"')).map(|(address, _)| unescape(address)).collect()
}

fn html_of(piece: &Piece) -> &str {
    match piece {
        Piece::Html(html) | Piece::Spoiler { html, .. } => html,
        Piece::Quote(_) | Piece::EndQuote => "",
    }
}

/// What follows the end of a quote, given what follows its start. Skips quotes within it. Empty if it never ends.
fn after_quote(html: &str) -> &str {
    let (mut depth, mut rest) = (1_usize, html);
    while depth > 0 {
        let Some(end) = rest.find("</blockquote>") else { return "" };
        depth = depth + rest[..end].matches("<blockquote").count() - 1;
        rest = &rest[end + "</blockquote>".len()..];
    }
    rest
}

/// Appends the text of sanitised HTML, in which `<` and `>` occur in tags only.
fn push_text(plain: &mut String, html: &str) {
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        plain.push_str(&unescape(text));
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        if breaks_words(tag) {
            plain.push(' ');
        }
        rest = after;
    }
    plain.push_str(&unescape(rest));
}

/// Whether a tag separates words, as all but inline tags do.
fn breaks_words(tag: &str) -> bool {
    let name = tag.trim_start_matches('/').split(' ').next();
    !matches!(name, Some("a" | "em" | "strong" | "del" | "code"))
}

/// Decodes the entities that occur in sanitised HTML.
fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", " ").replace("&amp;", "&")
}

fn cut(line: &str, chars: usize) -> String {
    if line.chars().nth(chars).is_none() {
        return line.to_string();
    }
    let room = chars.saturating_sub(1);
    let end = line.char_indices().nth(room).map_or(line.len(), |(at, _)| at);
    let at_word = line[end..].starts_with(' ');
    let kept = match line[..end].rfind(' ') {
        Some(space) if !at_word => &line[..space],
        _ => &line[..end],
    };
    let kept = kept.trim_end_matches([' ', ',', ';']);
    if chars == 0 { String::new() } else { format!("{kept}…") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render;

    fn of(markdown: &str, chars: usize) -> String {
        excerpt(&render(markdown).unwrap(), chars)
    }

    #[test]
    fn one_plain_line() {
        assert_eq!(of("# A *b*c\n\nd & `<e>`\n- f\n- g", 99), "A bc d & <e> f g");
        assert_eq!(of("|a|b|\n|-|-|\n|c|d|", 99), "a b c d");
        assert_eq!(of("&amp;lt; \"x\"", 99), "&lt; \"x\"");
    }

    #[test]
    fn spoilers_are_left_out() {
        assert_eq!(of("a ||b|| c\n\n:::spoiler\nd\n:::\ne", 99), "a c e");
        assert_eq!(of("||b||", 99), "");
    }

    #[test]
    fn a_line_leaves_out_what_is_quoted() {
        let html = "<p>a</p><blockquote><p>b</p><blockquote>c</blockquote><p>d</p></blockquote><p>e &amp; f</p>";
        assert_eq!(line(html, 99), "a e & f");
        assert_eq!(line("<blockquote>b", 99), "");
        assert_eq!(line("<p>one two three</p>", 12), "one two…");
    }

    #[test]
    fn cut_at_a_word() {
        assert_eq!(of("one two three", 13), "one two three");
        assert_eq!(of("one two three", 12), "one two…");
        assert_eq!(of("one two three", 8), "one two…");
        assert_eq!(of("one two three", 7), "one…");
        assert_eq!(of("ünbelievable", 5), "ünbe…");
        assert_eq!(of("abc", 0), "");
    }

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
