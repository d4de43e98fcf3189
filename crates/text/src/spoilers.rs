//! Finds the spoilers of a tree and how far each reaches. Nested spoilers are merged into the outermost.

use comrak::Arena;
use comrak::nodes::{Node, NodeValue};

use super::plain::{nodes, text, unwrap};

/// An outermost spoiler. Its chapter is removed from its text, and inner spoilers are dissolved.
pub(super) struct Spoiler<'a> {
    pub node: Node<'a>,
    /// `None` is the whole book.
    pub through: Option<u16>,
    pub block: bool,
}

/// The most spoilers in one text. Each is a link to a reader who hasn't read that far.
pub(super) const MAX_SPOILERS: usize = 300;

/// All outermost spoilers, in the order of the text.
pub(super) fn find_all<'a>(arena: &'a Arena<'a>, root: Node<'a>) -> Vec<Spoiler<'a>> {
    hide_links(arena, root);
    let mut found = Vec::new();
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        if is_spoiler(node) {
            found.push(to_spoiler(node));
        } else {
            waiting.extend(node.reverse_children());
        }
    }
    found
}

/// The reach of a block, from `spoiler` or `spoiler 12` after `:::`. `None` if it is no spoiler.
pub(super) fn block_reach(info: &str) -> Option<Option<u16>> {
    let mut words = info.split_whitespace();
    let is_spoiler = words.next()?.eq_ignore_ascii_case("spoiler");
    let reach = match words.next() {
        Some(number) => Some(chapter(number)?),
        None => None,
    };
    (is_spoiler && words.next().is_none()).then_some(reach)
}

/// The farther of two reaches. `None` is the whole book, farther than any chapter.
fn farther(one: Option<u16>, other: Option<u16>) -> Option<u16> {
    Some(one?.max(other?))
}

/// Parses a chapter's number: 1 to 32,766, digits only.
pub(super) fn chapter(digits: &str) -> Option<u16> {
    let number = digits.parse().ok().filter(|number| (1..=32_766).contains(number));
    number.filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))
}

fn is_spoiler(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::SpoileredText | NodeValue::BlockDirective(_))
}

/// Makes a link with a spoiler in its text a spoiler as a whole, because its address may spoil as well.
fn hide_links<'a>(arena: &'a Arena<'a>, root: Node<'a>) {
    for link in nodes(root) {
        if !matches!(link.data().value, NodeValue::Link(_)) {
            continue;
        }
        let inner: Vec<_> = link.descendants().filter(|node| is_spoiler(node)).collect();
        if inner.is_empty() {
            continue;
        }
        let around: Node<'a> = arena.alloc(NodeValue::SpoileredText.into());
        link.insert_before(around);
        if let Some(chapter) = merge(inner) {
            around.append(text(arena, format!("{chapter}:")));
        }
        around.append(link);
    }
}

fn to_spoiler<'a>(node: Node<'a>) -> Spoiler<'a> {
    let own = take_reach(node);
    let inner: Vec<_> = node.descendants().skip(1).filter(|node| is_spoiler(node)).collect();
    let through = if inner.is_empty() { own } else { farther(own, merge(inner)) };
    let block = node.data().value.block();
    Spoiler { node, through, block }
}

/// Dissolves `spoilers` and returns the farthest reach of them.
fn merge<'a>(spoilers: Vec<Node<'a>>) -> Option<u16> {
    let reaches: Vec<_> = spoilers.iter().map(|node| take_reach(node)).collect();
    spoilers.into_iter().for_each(unwrap);
    reaches.into_iter().reduce(farther).flatten()
}

/// The reach that a spoiler names itself. Removes it from the text of an inline one.
fn take_reach(node: Node<'_>) -> Option<u16> {
    if let NodeValue::BlockDirective(block) = &node.data().value {
        return block_reach(&block.info).flatten();
    }
    let first = node.first_child()?;
    let mut data = first.data_mut();
    let NodeValue::Text(words) = &mut data.value else { return None };
    let (digits, rest) = words.trim_start().split_once(':')?;
    let reach = chapter(digits)?;
    *words = rest.trim_start().to_string().into();
    Some(reach)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Piece, render};

    fn spoilers(markdown: &str) -> Vec<(Option<u16>, String)> {
        let hidden = |piece| match piece {
            Piece::Spoiler { through, html, .. } => Some((through, html)),
            _ => None,
        };
        render(markdown).unwrap().pieces.into_iter().filter_map(hidden).collect()
    }

    #[test]
    fn reach_of_inline_spoilers() {
        let all = "||a|| ||12: b|| ||7:c|| ||0: d|| ||32767: e|| ||x: f|| ||+5: g|| ||5\\: h||";
        let found = spoilers(all);
        let expected = [
            (None, "a"),
            (Some(12), "b"),
            (Some(7), "c"),
            (None, "0: d"),
            (None, "32767: e"),
            (None, "x: f"),
            (None, "+5: g"),
            (None, "5: h"),
        ];
        assert_eq!(found, expected.map(|(reach, html)| (reach, html.to_string())));
    }

    #[test]
    fn reach_of_blocks() {
        assert_eq!(block_reach("spoiler"), Some(None));
        assert_eq!(block_reach(" Spoiler  12 "), Some(Some(12)));
        for bad in ["", "spoilers", "spoiler x", "spoiler 0", "spoiler +1", "spoiler 1 2", "12"] {
            assert_eq!(block_reach(bad), None, "{bad}");
        }
    }

    #[test]
    fn inner_spoilers_widen_the_outer_one() {
        let found = spoilers(":::spoiler 3\na ||9: b|| *||4:c||*\n:::");
        assert_eq!(found, [(Some(9), "<p>a b <em>c</em></p>".to_string())]);
        assert_eq!(spoilers("::::spoiler 3\na\n:::spoiler\nb\n:::\n::::")[0].0, None);
        assert_eq!(spoilers("||||5: a||||")[0].0, None);
    }

    #[test]
    fn a_spoiler_hides_its_link() {
        let found = spoilers("[see ||5: this||](https://example.org/this)");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, Some(5));
        assert!(found[0].1.starts_with("<a href="));
        assert_eq!(spoilers("![a ||b||](https://example.org/b.png)")[0].0, None);
    }

    #[test]
    fn a_bare_address_may_end_a_spoiler() {
        let found = spoilers("||2: see https://example.org/a|| b");
        assert_eq!(found[0].0, Some(2));
        assert!(found[0].1.ends_with(">https://example.org/a</a>"));
    }
}
