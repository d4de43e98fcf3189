//! Parses Markdown to a checked tree, within limits on time and size, with its spoilers found.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{Node, NodeValue};
use comrak::{Arena, Options, try_parse_document};

use super::spoilers::{self, Spoiler};
use super::{MAX_CHARS, Place, Refusal, checks, clean, pairs, plain};

/// The deepest nesting of nodes. A list has two nodes for each level, and a paragraph with its text two more.
const MAX_DEPTH: usize = 64;
/// The most nodes in one text. The longest text could have 100,000: two for each character.
const MAX_NODES: usize = 60_000;
/// The most lines with `:::`. A block spoiler has two.
const MAX_FENCES: usize = 400;
/// The most bare addresses without a space between them.
const MAX_ADDRESSES: usize = 100;
/// The most links in one text: each has many times the bytes of its address.
const MAX_LINKS: usize = 300;
/// The most progress reports of the parser, one every 256 steps. Long ordinary texts take a few hundred.
const MAX_REPORTS: usize = 4_000;

/// Inserted between `]` and `:`, so that `[name]: address` isn't a link definition. One inside a spoiler would put its
/// address into links outside. No text contains this character (see `clean`).
pub(super) const GUARD: char = '\u{FDD0}';

/// A parsed text, with its outermost spoilers in order.
pub(super) struct Tree<'a> {
    pub arena: &'a Arena<'a>,
    pub root: Node<'a>,
    pub spoilers: Vec<Spoiler<'a>>,
    /// The source's length in bytes.
    pub source_len: usize,
}

/// Parses `markdown` and passes its tree to `work`. A panic becomes a refusal.
pub(super) fn with_tree<T>(
    markdown: &str,
    work: impl for<'a> FnOnce(Tree<'a>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    check_length(markdown)?;
    let source = clean(markdown).replace("]:", &format!("]{GUARD}:"));
    let read = || {
        let arena = Arena::new();
        work(build(&arena, &source)?)
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(Refusal::Failed))
}

fn check_length(markdown: &str) -> Result<(), Refusal> {
    if markdown.len() > 4 * MAX_CHARS || markdown.chars().nth(MAX_CHARS).is_some() {
        return Err(Refusal::TooLong { most: MAX_CHARS });
    }
    Ok(())
}

fn build<'a>(arena: &'a Arena<'a>, source: &str) -> Result<Tree<'a>, Refusal> {
    check_crowding(source)?;
    let root = parse(arena, source)?;
    check_depth(root, source)?;
    plain::simplify(arena, root);
    pairs::pair_leftovers(arena, root);
    checks::check(root, source)?;
    let spoilers = spoilers::find_all(arena, root);
    if spoilers.len() > spoilers::MAX_SPOILERS {
        return Err(Refusal::TooComplex);
    }
    let links = root.descendants().filter(|node| matches!(node.data().value, NodeValue::Link(_))).count();
    if links > MAX_LINKS {
        return Err(Refusal::TooManyLinks { found: links, most: MAX_LINKS });
    }
    Ok(Tree { arena, root, spoilers, source_len: source.len() })
}

/// Limits input on which the parser takes quadratic time without reporting: nested fences, and bare addresses, each of
/// which it scans to the next space.
fn check_crowding(source: &str) -> Result<(), Refusal> {
    let fences = source.lines().filter(|line| line.contains(":::")).count();
    let addresses = |run: &str| run.matches("://").count() + run.matches("www.").count();
    let crowded = |run: &str| addresses(run) > MAX_ADDRESSES;
    if fences > MAX_FENCES || source.split_ascii_whitespace().any(crowded) {
        return Err(Refusal::TooComplex);
    }
    Ok(())
}

fn parse<'a>(arena: &'a Arena<'a>, source: &str) -> Result<Node<'a>, Refusal> {
    let reports = Cell::new(0);
    let enough = || {
        reports.set(reports.get() + 1);
        reports.get() > MAX_REPORTS || arena.len() > MAX_NODES
    };
    let root = try_parse_document(arena, source, &options(), &enough).map_err(|_| Refusal::TooComplex)?;
    if arena.len() > MAX_NODES {
        return Err(Refusal::TooComplex);
    }
    Ok(root)
}

/// The supported Markdown. Extensions that aren't listed are off.
pub(super) fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.spoiler = true;
    options.extension.block_directive = true;
    // Distinguishes `\|\|` from `||`.
    options.parse.escaped_char_spans = true;
    options.render.escape = true;
    // A quoted text must not turn fenced code into indented code, where `||` is refused.
    options.render.prefer_fenced = true;
    options
}

fn check_depth(root: Node<'_>, source: &str) -> Result<(), Refusal> {
    let mut depth = 0;
    for edge in root.traverse() {
        match edge {
            NodeEdge::Start(_) => depth += 1,
            NodeEdge::End(_) => depth -= 1,
        }
        if depth > MAX_DEPTH
            && let NodeEdge::Start(node) = edge
        {
            let line = node.data().sourcepos.start.line;
            let there = source.lines().nth(line - 1).unwrap_or_default();
            return Err(Refusal::TooDeep(Place::new(line, there)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(markdown: &str) -> Option<Refusal> {
        with_tree(markdown, |_| Ok(())).err()
    }

    #[test]
    fn long_texts_are_not_read() {
        let most = MAX_CHARS;
        assert_eq!(refusal(&"é".repeat(MAX_CHARS)), None);
        assert_eq!(refusal(&"é".repeat(MAX_CHARS + 1)), Some(Refusal::TooLong { most }));
        assert_eq!(refusal(&"a".repeat(10_000_000)), Some(Refusal::TooLong { most }));
    }

    #[test]
    fn deep_texts_are_refused() {
        assert!(matches!(refusal(&"> ".repeat(20_000)), Some(Refusal::TooDeep(_))));
        let marks = format!("{}{}", "*a **a ".repeat(3_000), " a** a*".repeat(3_000));
        assert!(matches!(refusal(&marks), Some(Refusal::TooDeep(_))));
        assert_eq!(refusal(&format!("{} quoted", "> ".repeat(30))), None);
    }

    #[test]
    fn crowded_texts_are_refused() {
        assert_eq!(refusal(&":::spoiler\n".repeat(4_000)), Some(Refusal::TooComplex));
        assert_eq!(refusal(&"ftp://a<".repeat(6_000)), Some(Refusal::TooComplex));
        let table = format!("{}\n{}\n", "|a".repeat(500), "|-".repeat(500));
        assert_eq!(refusal(&format!("{table}{}", "a\n".repeat(5_000))), Some(Refusal::TooComplex));
    }

    #[test]
    fn a_text_has_a_limited_number_of_links() {
        let most = MAX_LINKS;
        assert_eq!(refusal(&"www.a.b ".repeat(most)), None);
        let found = 6_250;
        assert_eq!(refusal(&"www.a.b ".repeat(found)), Some(Refusal::TooManyLinks { found, most }));
        assert!(Refusal::TooManyLinks { found, most }.to_string().contains("no more than 300"));
    }

    #[test]
    fn a_panic_is_a_refusal() {
        let result: Result<(), _> = with_tree("text", |_| panic!("for the test"));
        assert_eq!(result, Err(Refusal::Failed));
    }
}
