//! Pairs the bars that the parser left over: `|| with spaces inside ||`, and beside punctuation.
//!
//! The parser pairs bars like emphasis, by the characters beside them. What it leaves over is paired here among the
//! children of one node: first with second, third with fourth. Together this is a matching without crossings. If it is
//! complete, it hides at least what pairing all bars two by two would hide, because a place after an odd number of bars
//! is within some pair. If it isn't complete, bars stay visible and the text is refused.

use comrak::Arena;
use comrak::nodes::{Node, NodeValue};

use super::plain::{nodes, text};

/// Pairs the left-over bars of the whole tree.
pub(super) fn pair_leftovers<'a>(arena: &'a Arena<'a>, root: Node<'a>) {
    for parent in nodes(root) {
        let left_over: usize = parent.children().map(|child| bars_of(child).len()).sum();
        if left_over > 0 && left_over.is_multiple_of(2) {
            pair_children(arena, parent);
        }
    }
}

fn pair_children<'a>(arena: &'a Arena<'a>, parent: Node<'a>) {
    let children: Vec<_> = parent.children().collect();
    let bars: Vec<_> = children.into_iter().flat_map(|child| split_at_bars(arena, child)).collect();
    for pair in bars.chunks_exact(2) {
        hide_between(arena, pair[0], pair[1]);
    }
}

/// Splits a text node so that each `||` is a node of its own, and returns those.
fn split_at_bars<'a>(arena: &'a Arena<'a>, node: Node<'a>) -> Vec<Node<'a>> {
    let places = bars_of(node);
    let NodeValue::Text(words) = node.data().value.clone() else { return Vec::new() };
    if places.is_empty() {
        return Vec::new();
    }
    let mut bars = Vec::new();
    let mut from = 0;
    for at in places {
        let bar = text(arena, "||");
        node.insert_before(text(arena, &words[from..at]));
        node.insert_before(bar);
        bars.push(bar);
        from = at + 2;
    }
    node.data_mut().value = NodeValue::Text(words[from..].to_string().into());
    bars
}

fn hide_between<'a>(arena: &'a Arena<'a>, open: Node<'a>, close: Node<'a>) {
    let spoiler: Node<'a> = arena.alloc(NodeValue::SpoileredText.into());
    spoiler.data_mut().sourcepos = open.data().sourcepos;
    while let Some(next) = open.next_sibling().filter(|next| !next.same_node(close)) {
        spoiler.append(next);
    }
    open.insert_after(spoiler);
    open.detach();
    close.detach();
}

/// Byte positions in a text node of `||`, but not of three or more bars.
fn bars_of(node: Node<'_>) -> Vec<usize> {
    match &node.data().value {
        NodeValue::Text(words) => bars(words),
        _ => Vec::new(),
    }
}

fn bars(words: &str) -> Vec<usize> {
    let bytes = words.as_bytes();
    let is_bar = |at: usize| bytes.get(at) == Some(&b'|');
    let begins = |at: usize| is_bar(at) && (at == 0 || !is_bar(at - 1));
    (0..bytes.len()).filter(|&at| begins(at) && is_bar(at + 1) && !is_bar(at + 2)).collect()
}

#[cfg(test)]
mod tests {
    use super::bars;
    use crate::{Piece, render};

    fn hidden(markdown: &str) -> Vec<String> {
        let hidden = |piece| match piece {
            Piece::Spoiler { html, .. } => Some(html),
            _ => None,
        };
        render(markdown).unwrap().pieces.into_iter().filter_map(hidden).collect()
    }

    #[test]
    fn exactly_two_bars() {
        assert_eq!(bars("||a|b|||c||"), [0, 9]);
        assert!(bars("a||||b").is_empty());
    }

    #[test]
    fn spaces_and_punctuation_beside_bars() {
        assert_eq!(hidden("a || b || c ||d||"), [" b ", "d"]);
        assert_eq!(hidden("so||(he dies)||then"), ["(he dies)"]);
        assert_eq!(hidden("|| a *b* c ||"), [" a <em>b</em> c "]);
        assert_eq!(hidden("|| a ||b|| c ||"), [" a b c "]);
        assert_eq!(hidden("|| 7: two\nlines ||"), ["two<br>\nlines "]);
    }

    #[test]
    fn what_cannot_be_paired_is_refused() {
        for text in ["|| a", "a ||", "||a || b||", "*||a* b||", "a |||| b", "||a||||b||", "||a|"] {
            assert!(render(text).is_err(), "{text}");
        }
    }
}
