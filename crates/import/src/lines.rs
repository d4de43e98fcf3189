//! A page as paragraphs of lines, the input of all parsers.

/// How a paragraph is marked up on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Plain text, or an HTML paragraph.
    Plain,
    /// A heading of this level.
    Heading(u8),
    Quote,
    Item,
}

/// A paragraph.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Para {
    pub shape: Shape,
    /// Trimmed and not empty, at least one.
    pub lines: Vec<String>,
    /// Whether the page hides it as a spoiler.
    pub sealed: bool,
}

impl Para {
    /// A paragraph without markup.
    pub fn plain(lines: Vec<String>) -> Self {
        Para { shape: Shape::Plain, lines, sealed: false }
    }

    /// The lines as one text with line breaks.
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// The line of a paragraph that has one line.
    pub fn single(&self) -> Option<&str> {
        match self.lines.as_slice() {
            [line] => Some(line),
            _ => None,
        }
    }
}

/// Splits a plain text at empty lines.
pub(super) fn paras(text: &str) -> Vec<Para> {
    let mut all = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for line in text.lines().flat_map(|line| line.split(['\r', '\u{c}', '\u{2028}', '\u{85}'])) {
        let line = clean(line);
        if line.is_empty() {
            close(&mut all, &mut open);
        } else {
            open.push(line);
        }
    }
    close(&mut all, &mut open);
    all
}

/// A line with white space normalised: one space between words, none at the ends.
pub(super) fn clean(line: &str) -> String {
    let hidden = |sign: &char| !matches!(sign, '\u{200b}' | '\u{feff}' | '\u{ad}' | '\u{2060}');
    let line: String = line.chars().filter(hidden).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn close(all: &mut Vec<Para>, open: &mut Vec<String>) {
    if !open.is_empty() {
        all.push(Para::plain(unwrapped(std::mem::take(open))));
    }
}

/// Joins lines that were wrapped at a fixed width.
fn unwrapped(lines: Vec<String>) -> Vec<String> {
    let Some((_, broken)) = lines.split_last() else { return lines };
    let width = |line: &String| line.chars().count();
    let prose = |line: &String| (55..=100).contains(&width(line));
    if broken.len() >= 2 && broken.iter().all(prose) {
        return vec![lines.join(" ")];
    }
    lines
}
