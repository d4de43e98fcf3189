//! Markdown to a checked syntax tree: parsed within bounds, made plain, its spoilers known.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use comrak::arena_tree::NodeEdge;
use comrak::nodes::Node;
use comrak::{Arena, Options, try_parse_document};

use super::spoilers::{self, Spoiler};
use super::{MAX_CHARS, Place, Refusal, checks, clean, pairs, plain};

/// Nodes inside one another; a list takes two a level, a paragraph and its text two more.
const MAX_DEPTH: usize = 64;
/// Nodes of one text: two for each character of the longest would be 100,000.
const MAX_NODES: usize = 60_000;
/// Lines with `:::`, of which a block spoiler has two.
const MAX_FENCES: usize = 400;
/// Bare addresses without a space between them.
const MAX_ADDRESSES: usize = 100;
/// How often the parser may report in, every 256 steps. Long ordinary texts take a few hundred.
const MAX_REPORTS: usize = 4_000;

/// Stands between `]` and `:`, so that no `[name]: address` defines anything. A definition inside
/// a spoiler would otherwise put its address into links outside. No text holds it (see `clean`).
pub(super) const GUARD: char = '\u{FDD0}';

/// A text as nodes, with its outermost spoilers in their order.
pub(super) struct Tree<'a> {
    pub arena: &'a Arena<'a>,
    pub root: Node<'a>,
    pub spoilers: Vec<Spoiler<'a>>,
    /// How long the source is, in bytes.
    pub source_len: usize,
}

/// Reads `markdown` and hands its tree to `work`. A panic on the way is a refusal.
pub(super) fn with_tree<T>(
    markdown: &str,
    work: impl for<'a> FnOnce(Tree<'a>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    check_length(markdown)?;
    let source = clean(markdown).replace("]:", &format!("]{GUARD}:"));
    let read = || {
        let arena = Arena::new();
        work(grow(&arena, &source)?)
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(Refusal::Failed))
}

fn check_length(markdown: &str) -> Result<(), Refusal> {
    if markdown.len() > 4 * MAX_CHARS || markdown.chars().nth(MAX_CHARS).is_some() {
        return Err(Refusal::TooLong { most: MAX_CHARS });
    }
    Ok(())
}

fn grow<'a>(arena: &'a Arena<'a>, source: &str) -> Result<Tree<'a>, Refusal> {
    check_crowding(source)?;
    let root = parse(arena, source)?;
    check_depth(root, source)?;
    plain::simplify(arena, root);
    pairs::pair_leftovers(arena, root);
    checks::check(root, source)?;
    let spoilers = spoilers::gather(arena, root);
    if spoilers.len() > spoilers::MOST {
        return Err(Refusal::TooComplex);
    }
    Ok(Tree { arena, root, spoilers, source_len: source.len() })
}

/// What costs the parser its number squared outside its reports: fences inside one another, and
/// bare addresses, each of which it follows to the next space.
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

/// The Markdown that members write. What is not named here is off.
pub(super) fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.spoiler = true;
    options.extension.block_directive = true;
    // So that `\|\|` can be told from `||`.
    options.parse.escaped_char_spans = true;
    options.render.escape = true;
    // What is quoted must not turn fenced code into indented code, where `||` is refused.
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
    fn a_panic_is_a_refusal() {
        let result: Result<(), _> = with_tree("text", |_| panic!("for the test"));
        assert_eq!(result, Err(Refusal::Failed));
    }
}
