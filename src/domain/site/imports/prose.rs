//! Converts the blocks of a page to Markdown that renders as exactly their text, split into as many posts as it needs.

use super::refused;
use crate::domain::core::text_fields::Body;
use crate::error::Result;
use crate::import::{Block, BlockKind};
use crate::text;

/// The longest block that isn't split, in characters. Escaped and rendered it is within all limits of a post.
const LONGEST: usize = 8_000;

/// Whether the blocks have no text.
pub(super) fn is_blank(blocks: &[Block]) -> bool {
    blocks.iter().all(|block| text::clean(&block.text).trim().is_empty())
}

/// Converts blocks to one text or, if that is too long, several, split between blocks. If `sealed` is true, sealed
/// blocks become `:::spoiler` blocks.
pub(super) fn bodies(blocks: &[Block], sealed: bool) -> Result<Vec<Body>> {
    let blocks: Vec<Block> = blocks.iter().flat_map(split_block).collect();
    let mut bodies = Vec::new();
    split_into_bodies(&blocks, sealed, &mut bodies)?;
    Ok(bodies)
}

/// Converts plain paragraphs.
pub(super) fn bodies_of_text(text: &str) -> Result<Vec<Body>> {
    let block = Block { kind: BlockKind::Paragraph, text: text.to_owned(), sealed: false };
    bodies(&[block], false)
}

fn split_into_bodies(blocks: &[Block], sealed: bool, bodies: &mut Vec<Body>) -> Result<()> {
    if is_blank(blocks) {
        return Ok(());
    }
    match Body::parse(&markdown(blocks, sealed)) {
        Ok(body) => bodies.push(body),
        Err(_) if blocks.len() > 1 => {
            let (first, second) = blocks.split_at(midpoint(blocks));
            split_into_bodies(first, sealed, bodies)?;
            split_into_bodies(second, sealed, bodies)?;
        }
        Err(sentence) => return Err(refused(sentence)),
    }
    Ok(())
}

/// The index at which to split blocks into two halves of about the same length, each with at least one block.
fn midpoint(blocks: &[Block]) -> usize {
    let half = blocks.iter().map(|block| block.text.len()).sum::<usize>() / 2;
    let mut before = 0;
    let reached = blocks.iter().position(|block| {
        before += block.text.len();
        before > half
    });
    reached.unwrap_or(1).clamp(1, blocks.len() - 1)
}

/// Splits a block into blocks of at most [`LONGEST`] characters, at white space if there is any.
fn split_block(block: &Block) -> Vec<Block> {
    let mut parts = Vec::new();
    let mut rest = block.text.as_str();
    while let Some((end, _)) = rest.char_indices().nth(LONGEST) {
        let at = rest[..end].rfind(char::is_whitespace).filter(|at| *at > 0).unwrap_or(end);
        parts.push(Block { text: rest[..at].to_owned(), ..block.clone() });
        rest = &rest[at..];
    }
    parts.push(Block { text: rest.to_owned(), ..block.clone() });
    parts
}

fn markdown(blocks: &[Block], sealed: bool) -> String {
    let blocks: Vec<&Block> = blocks.iter().filter(|block| !block.text.trim().is_empty()).collect();
    let runs = blocks.chunk_by(|one, next| !sealed || one.sealed == next.sealed);
    let runs: Vec<String> = runs
        .map(|run| {
            let hides = sealed && run.first().is_some_and(|block| block.sealed);
            let text = open_markdown(run);
            if hides { format!(":::spoiler\n{text}\n:::") } else { text }
        })
        .collect();
    runs.join("\n\n")
}

/// Markdown of blocks, ignoring whether they are sealed. List items are on consecutive lines, all else is separated by
/// empty lines.
fn open_markdown(blocks: &[&Block]) -> String {
    let mut markdown = String::new();
    let mut list = None;
    for block in blocks {
        let (in_list, text) = match block.kind {
            BlockKind::ListItem => list_item(block.text.trim(), &mut list),
            _ => {
                list = None;
                (false, block_markdown(block))
            }
        };
        if !markdown.is_empty() {
            markdown.push_str(if in_list { "\n" } else { "\n\n" });
        }
        markdown.push_str(&text);
    }
    markdown
}

fn block_markdown(block: &Block) -> String {
    let text = block.text.trim();
    match block.kind {
        BlockKind::Heading(level) => {
            // `render` moves headings down by two levels.
            let mark = "#".repeat(usize::from(level.clamp(2, 5)) - 1);
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("{mark} {}", text::escape(&line))
        }
        BlockKind::Quote => prefix_lines("> ", ">", &text::escape(text)),
        BlockKind::Paragraph | BlockKind::ListItem => text::escape(text),
    }
}

/// The previous item of a list: its number, if it has one, and the character after it.
type PreviousItem = (Option<usize>, char);

/// A list item, and whether it continues the list before it. A number that doesn't follow starts a new list, which
/// Markdown recognises by another delimiter.
fn list_item(text: &str, list: &mut Option<PreviousItem>) -> (bool, String) {
    let (number, text) = split_number(text);
    let follows = match (number, *list) {
        (Some(number), Some((Some(last), _))) => number == last + 1,
        (number, Some((last, _))) => number == last,
        (_, None) => false,
    };
    let sign = match *list {
        Some((_, sign)) if follows => sign,
        Some((_, '.')) => ')',
        _ => '.',
    };
    *list = Some((number, sign));
    let mark = number.map_or("- ".to_owned(), |number| format!("{number}{sign} "));
    let lines = prefix_lines(&" ".repeat(mark.len()), "", &text::escape(text));
    (follows, format!("{mark}{}", lines.trim_start()))
}

/// Puts `mark` before every line, and `blank` on empty ones.
fn prefix_lines(mark: &str, blank: &str, text: &str) -> String {
    let lines: Vec<String> =
        text.lines().map(|line| if line.is_empty() { blank.to_owned() } else { format!("{mark}{line}") }).collect();
    lines.join("\n")
}

/// Splits the number from "3. And so on" or "3) And so on".
fn split_number(text: &str) -> (Option<usize>, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text[digits..].strip_prefix(['.', ')']).map_or("", str::trim_start);
    match text[..digits].parse() {
        Ok(number) if digits <= 3 && !rest.is_empty() => (Some(number), rest),
        _ => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Piece, Rendered};

    fn block(kind: BlockKind, text: &str, sealed: bool) -> Block {
        Block { kind, text: text.to_owned(), sealed }
    }

    #[track_caller]
    fn pieces(blocks: &[Block]) -> Vec<Piece> {
        let bodies = bodies(blocks, true).unwrap();
        assert_eq!(bodies.len(), 1);
        Rendered::decode(bodies[0].encoded()).pieces
    }

    #[test]
    fn pieces_keep_their_kinds() {
        let blocks = [
            block(BlockKind::Heading(2), "On *sheep*", false),
            block(BlockKind::Paragraph, "One\ntwo\n\nthree", false),
            block(BlockKind::Quote, "Said\n\nand done", false),
            block(BlockKind::ListItem, "a", false),
            block(BlockKind::ListItem, "b\nc", false),
            block(BlockKind::ListItem, "2)Next", false),
            block(BlockKind::ListItem, "3. Last", false),
            block(BlockKind::ListItem, "1. Anew", false),
            block(BlockKind::Heading(3), "Lower", false),
        ];
        let html = "<h3>On *sheep*</h3>\n<p>One<br>\ntwo</p>\n<p>three</p>\n\
            <blockquote>\n<p>Said</p>\n<p>and done</p>\n</blockquote>\n\
            <ul>\n<li>a</li>\n<li>b<br>\nc</li>\n</ul>\n<ol start=\"2\">\n<li>Next</li>\n<li>Last</li>\n</ol>\n<ol>\n<li>Anew</li>\n</ol>\n\
            <h4>Lower</h4>\n";
        assert_eq!(pieces(&blocks), [Piece::Html(html.to_owned())]);
    }

    #[test]
    fn sealed_runs_are_spoilers() {
        let blocks = [
            block(BlockKind::Paragraph, "open", false),
            block(BlockKind::Quote, ":::", true),
            block(BlockKind::ListItem, ":::", true),
            block(BlockKind::Paragraph, "||open||", false),
        ];
        let pieces = pieces(&blocks);
        let hidden = "<blockquote>\n<p>:::</p>\n</blockquote>\n<ul>\n<li>:::</li>\n</ul>";
        assert!(
            matches!(&pieces[1], Piece::Spoiler { through: None, block: true, html } if html == hidden),
            "{pieces:?}"
        );
        assert!(matches!(&pieces[2], Piece::Html(html) if html.contains("||open||")), "{pieces:?}");
        assert_eq!(pieces.len(), 3);
    }

    #[test]
    fn long_texts_take_several_posts_and_lose_nothing() {
        let blocks: Vec<Block> = (0..900)
            .map(|at| block(BlockKind::Paragraph, &format!("{at} {}", "*word_ ".repeat(20)), at % 2 == 0))
            .collect();
        let bodies = bodies(&blocks, true).unwrap();
        assert!(bodies.len() > 2);
        let all: String = bodies.iter().map(|body| body.markdown.as_str()).collect::<Vec<_>>().join("\n");
        assert!((0..900).all(|at| all.contains(&format!("{at} \\*word"))));
        let endless = [block(BlockKind::Paragraph, &"*".repeat(120_000), true)];
        assert!(super::bodies(&endless, true).unwrap().len() > 2);
    }
}
