//! A page as paragraphs of lines: what all readers of running text start from.

/// How the page marks a paragraph, where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// No mark: plain text, or an HTML paragraph.
    Plain,
    /// A marked heading of a level.
    Heading(u8),
    /// A marked quotation.
    Quote,
    /// A marked list item.
    Item,
}

/// Lines that stand together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Para {
    pub shape: Shape,
    /// Trimmed, none empty, at least one.
    pub lines: Vec<String>,
    /// Whether the page itself hides it as a spoiler.
    pub sealed: bool,
}

impl Para {
    /// An unmarked paragraph.
    pub fn plain(lines: Vec<String>) -> Self {
        Para { shape: Shape::Plain, lines, sealed: false }
    }

    /// The paragraph as one text with line breaks.
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// The only line of a paragraph of one line.
    pub fn single(&self) -> Option<&str> {
        match self.lines.as_slice() {
            [line] => Some(line),
            _ => None,
        }
    }
}

/// Parts a plain text at its empty lines.
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

/// A line without odd blanks: one space between words, none at the ends.
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

/// Joins lines that a program broke at a fixed width.
fn unwrapped(lines: Vec<String>) -> Vec<String> {
    let Some((_, broken)) = lines.split_last() else {
        return lines;
    };
    let width = |line: &String| line.chars().count();
    let prose = |line: &String| (55..=100).contains(&width(line));
    if broken.len() >= 2 && broken.iter().all(prose) {
        return vec![lines.join(" ")];
    }
    lines
}
