//! Refuses spoiler markup that would hide nothing: unpaired bars and broken fences.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{Node, NodeBlockDirective, NodeCodeBlock, NodeValue};

use super::spoilers::block_reach;
use super::{Place, Refusal};

/// Placeholder for anything but plain text: escaped characters, code, the edges of spoilers.
const OTHER: char = '\u{FFFC}';

/// Checks the whole tree. `source` is for the line and excerpt of an error.
pub(super) fn check(root: Node<'_>, source: &str) -> Result<(), Refusal> {
    let lines: Vec<&str> = source.lines().collect();
    let mut block_line = 1;
    for node in root.descendants() {
        let data = node.data();
        if data.value.block() {
            block_line = data.sourcepos.start.line;
        }
        let place = || Place::new(block_line, lines.get(block_line - 1).unwrap_or(&""));
        match &data.value {
            NodeValue::BlockDirective(block) => {
                let last = lines.get(data.sourcepos.end.line - 1).unwrap_or(&"");
                check_block(block, last, place)?;
            }
            NodeValue::CodeBlock(code) if hides_nothing(code) => {
                return Err(Refusal::InCode(place()));
            }
            NodeValue::Link(link) if has_bars(&link.url) => {
                return Err(Refusal::InAddress(place()));
            }
            value if value.contains_inlines() => check_visible(&visible(node), block_line)?,
            _ => {}
        }
    }
    Ok(())
}

fn check_block(block: &NodeBlockDirective, last_line: &str, place: impl Fn() -> Place) -> Result<(), Refusal> {
    if block_reach(&block.info).is_none() {
        return Err(Refusal::BadBlock(place()));
    }
    let fence = last_line.trim_start_matches([' ', '\t', '>']).trim_end();
    let closed = fence.len() >= block.fence_length && fence.bytes().all(|b| b == b':');
    if !closed {
        return Err(Refusal::Unclosed(place()));
    }
    Ok(())
}

/// Whether a code block has spoiler markup that may not be meant as code: beside a fence, or in code that is only
/// indented or whose fence never closes.
fn hides_nothing(code: &NodeCodeBlock) -> bool {
    let has_signs = |text: &str| text.contains("||") || text.contains(":::");
    let meant_as_code = code.fenced && code.closed;
    has_signs(&code.info) || !meant_as_code && has_signs(&code.literal)
}

fn has_bars(url: &str) -> bool {
    url.to_ascii_lowercase().replace("%7c", "|").contains("||")
}

fn check_visible(text: &str, first_line: usize) -> Result<(), Refusal> {
    let found = |sign: &str| {
        let at = text.find(sign)?;
        let line = first_line + text[..at].matches('\n').count();
        let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let near = text[start..at].char_indices().rev().take(15).last();
        let from = near.map_or(at, |(offset, _)| start + offset);
        Some(Place::new(line, &text[from..].replace(OTHER, "")))
    };
    if let Some(place) = found("||") {
        return Err(Refusal::Unpaired(place));
    }
    match found(":::") {
        Some(place) => Err(Refusal::BadBlock(place)),
        None => Ok(()),
    }
}

/// The text of a paragraph, heading or cell, as one string.
fn visible(block: Node<'_>) -> String {
    let mut text = String::new();
    for edge in block.traverse() {
        let node = match edge {
            NodeEdge::Start(node) | NodeEdge::End(node) => node,
        };
        let entering = matches!(edge, NodeEdge::Start(_));
        match &node.data().value {
            NodeValue::Text(_) if is_escaped(node) => {}
            NodeValue::Text(words) if entering => text.push_str(words),
            NodeValue::SoftBreak | NodeValue::LineBreak if entering => text.push('\n'),
            NodeValue::SpoileredText | NodeValue::Escaped | NodeValue::Code(_) => text.push(OTHER),
            _ => {}
        }
    }
    text
}

fn is_escaped(node: Node<'_>) -> bool {
    node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::Escaped))
}

#[cfg(test)]
mod tests {
    use crate::{Refusal, render};

    #[track_caller]
    fn refusal(markdown: &str) -> Refusal {
        render(markdown).expect_err(markdown)
    }

    #[track_caller]
    fn unpaired(markdown: &str, line: usize, excerpt: &str) {
        match refusal(markdown) {
            Refusal::Unpaired(place) => {
                assert_eq!((place.line, place.excerpt.as_str()), (line, excerpt));
            }
            other => panic!("{markdown:?}: {other:?}"),
        }
    }

    #[test]
    fn bars_without_a_partner() {
        unpaired("fine\n\nwell\nhe ||dies", 4, "he ||dies");
        unpaired("||one\n\ntwo||", 1, "||one");
        unpaired("# a ||b", 1, "a ||b");
        unpaired("- a\n- b ||c", 2, "b ||c");
        unpaired("x\n\n| a | b |\n|---|---|\n| c || d |", 5, "c || d");
        unpaired("<div>\n||a\n</div>", 2, "||a");
        unpaired("[a ||b](/c) d||", 1, "a ||b d||");
        unpaired("![a ||b](https://c.example/)", 1, "a ||b");
        unpaired("&#124;&#124; a", 1, "|| a");
        unpaired("||a `code|| b`", 1, "||a");
    }

    #[test]
    fn escaped_bars_are_plain() {
        assert!(render("a \\|\\| b").is_ok());
        assert!(render("a \\|| b").is_ok());
        assert!(render("`a || b`\n\n```\n||\n:::\n```").is_ok());
        assert!(render("\\:::spoiler").is_ok());
    }

    #[test]
    fn bars_in_addresses() {
        assert!(matches!(refusal("[a](/b||c||)"), Refusal::InAddress(_)));
        assert!(matches!(refusal("[a](/b%7c|c)"), Refusal::InAddress(_)));
        assert!(matches!(refusal("![a](https://b.example/||c||)"), Refusal::InAddress(_)));
    }

    #[test]
    fn code_by_accident() {
        assert!(matches!(refusal("a\n\n    ||b||"), Refusal::InCode(_)));
        assert!(matches!(refusal("```\n||b||"), Refusal::InCode(_)));
        assert!(matches!(refusal("    :::spoiler\n    b\n    :::"), Refusal::InCode(_)));
        assert!(matches!(refusal("~~~~gone~~||b||\nc\n~~~~"), Refusal::InCode(_)));
        assert!(render("    plain code").is_ok());
    }

    #[test]
    fn blocks_that_are_not_closed() {
        for text in [
            ":::spoiler\na",
            "> :::spoiler\n> a\n\nb",
            "- :::spoiler\n  a\n\nb",
            ":::spoiler",
            "::::spoiler\na\n:::",
            ":::spoiler\n:::spoiler 3\na\n:::\nb\n:::",
        ] {
            assert!(matches!(refusal(text), Refusal::Unclosed(_)), "{text:?}: {:?}", refusal(text));
        }
    }

    #[test]
    fn blocks_that_are_none() {
        for text in [
            ":::spoiler x\na\n:::",
            ":::spoiler 0\na\n:::",
            ":::spoiler 32767\na\n:::",
            ":::spolier\na\n:::",
            ":::\na\n:::",
            ":::spoiler 12: a\nb\n:::",
            "text\n    :::spoiler\nb\n",
            "a :::spoiler b ::: c",
            "<pre>\n:::spoiler\na\n:::\n</pre>",
            "- :::spoiler\n  a\n:::",
        ] {
            assert!(matches!(refusal(text), Refusal::BadBlock(_)), "{text:?}: {:?}", refusal(text));
        }
    }

    #[test]
    fn blocks_that_are_closed() {
        for text in [
            ":::spoiler\na\n:::",
            "::: Spoiler 32766  \na\n:::::\n\nb",
            "> :::spoiler 3\n> a\n> :::\n\nb",
            "- a\n  :::spoiler\n  b\n  :::\n- c",
            ":::spoiler\n- a\n  - b\n:::\nc",
            ":::spoiler\n> a\n:::",
            ":::spoiler\n```\n||x||\n```\n:::",
            "::::spoiler\n:::spoiler 3\na\n:::\nb\n::::\nc",
            ":::spoiler\n:::",
        ] {
            assert_eq!(render(text).err(), None, "{text:?}");
        }
    }
}
