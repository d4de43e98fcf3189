//! Escapes plain text as Markdown.

/// Characters that are Markdown syntax anywhere.
const ANYWHERE: &str = "\\`*_[]<>&#|~@=";
/// Characters that are Markdown syntax at the start of a line.
const AT_START: &str = "+-:.)";

/// Markdown that renders as exactly `plain`. Line breaks stay, empty lines separate paragraphs, and spaces at the start
/// of a line become non-breaking.
pub fn escape(plain: &str) -> String {
    let plain = super::clean(plain);
    let mut markdown = String::with_capacity(plain.len() + plain.len() / 8);
    let mut lines = plain.lines().map(str::trim_end).peekable();
    while let Some(line) = lines.next() {
        escape_line(&mut markdown, line);
        let goes_on = lines.peek().is_some_and(|next| !next.is_empty());
        if goes_on && !line.is_empty() {
            markdown.push('\\');
        }
        if lines.peek().is_some() {
            markdown.push('\n');
        }
    }
    markdown
}

fn escape_line(markdown: &mut String, line: &str) {
    let words = line.trim_start();
    for space in line[..line.len() - words.len()].chars() {
        markdown.push_str(if space == '\t' { "&nbsp;&nbsp;&nbsp;&nbsp;" } else { "&nbsp;" });
    }
    let mut before = ' ';
    let mut at_start = true;
    let mut chars = words.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let joins = c == ':' && "/:".contains(next) || c == '.' && before == 'w';
        if ANYWHERE.contains(c) || joins || at_start && AT_START.contains(c) {
            markdown.push('\\');
        }
        markdown.push(c);
        at_start = at_start && (c.is_ascii_digit() || AT_START.contains(c));
        before = c.to_ascii_lowercase();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Piece, render};

    #[track_caller]
    fn is(plain: &str, html: &str) {
        let rendered = render(&escape(plain)).unwrap();
        assert_eq!(rendered.pieces, [Piece::Html(html.to_string())], "{}", escape(plain));
    }

    #[test]
    fn signs_mean_nothing() {
        is("||a|| # *b* _c_ `d` ~~e~~", "<p>||a|| # *b* _c_ `d` ~~e~~</p>\n");
        is("<b>&amp;</b> \\", "<p>&lt;b&gt;&amp;amp;&lt;/b&gt; \\</p>\n");
        is("[a](/b) ![c](d)", "<p>[a](/b) ![c](d)</p>\n");
        is(
            "https://a.example/_b_ www.c.example d@e.example",
            "<p>https://a.example/_b_ www.c.example d@e.example</p>\n",
        );
    }

    #[test]
    fn line_starts_mean_nothing() {
        for line in ["1. a", "12) a", "- a", "+ a", "# a", ":::spoiler", "---", "===", "> a", "| a | b |", ":-:"] {
            let shown = line.replace('>', "&gt;");
            is(&format!("x\n{line}\ny"), &format!("<p>x<br>\n{shown}<br>\ny</p>\n"));
            is(line, &format!("<p>{shown}</p>\n"));
        }
    }

    #[test]
    fn lines_and_paragraphs_stay() {
        is("a\nb\n\n\nc", "<p>a<br>\nb</p>\n<p>c</p>\n");
        is("    a\n\tb", "<p>&nbsp;&nbsp;&nbsp;&nbsp;a<br>\n&nbsp;&nbsp;&nbsp;&nbsp;b</p>\n");
        is("a \\\nb\\", "<p>a \\<br>\nb\\</p>\n");
    }
}
