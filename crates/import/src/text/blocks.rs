//! Converts paragraphs to blocks: headings, lists, quotes.

use super::super::lines::{Para, Shape};
use super::super::model::{Block, BlockKind};
use super::super::passages;
use super::super::words::count;

/// The blocks of a comment.
pub(crate) fn plain(paras: &[Para]) -> Vec<Block> {
    paras.iter().flat_map(|para| pieces(para, None)).collect()
}

/// The blocks of a review. `names` are the title and the authors.
pub(super) fn review(paras: &[Para], names: &[&str]) -> Vec<Block> {
    let headings = headings(paras);
    let texts: Vec<String> = paras.iter().map(Para::text).collect();
    let voices: Vec<Option<&str>> =
        texts.iter().zip(&headings).map(|(text, heading)| heading.is_none().then_some(text.as_str())).collect();
    let marked = paras.iter().any(|para| para.shape == Shape::Quote);
    let passages = passages::find(&voices, names);
    let mut all = Vec::new();
    for (at, para) in paras.iter().enumerate() {
        let plain = para.shape == Shape::Plain;
        let whole = passages::in_marks(&texts[at]);
        let kind = match headings[at] {
            Some(level) => Some(BlockKind::Heading(level)),
            None if plain && passages[at] && (whole || !marked) => Some(BlockKind::Quote),
            None => None,
        };
        all.extend(pieces(para, kind));
    }
    all
}

fn pieces(para: &Para, kind: Option<BlockKind>) -> Vec<Block> {
    let block = |kind, text: String| Block { kind, text, sealed: para.sealed };
    match (kind, para.shape) {
        (Some(kind), _) => vec![block(kind, para.text())],
        (None, Shape::Heading(level)) => vec![block(BlockKind::Heading(level.clamp(2, 6)), para.text())],
        (None, Shape::Quote) => vec![block(BlockKind::Quote, para.text())],
        (None, Shape::Item) => vec![block(BlockKind::ListItem, para.text())],
        (None, Shape::Plain) if passages::in_marks(&para.text()) => {
            vec![block(BlockKind::Quote, para.text())]
        }
        (None, Shape::Plain) => {
            let lines = list(&para.lines);
            lines.into_iter().map(|(kind, text)| block(kind, text)).collect()
        }
    }
}

/// Splits lines into list items, if they are marked or clearly a list.
fn list(lines: &[String]) -> Vec<(BlockKind, String)> {
    let short = |line: &String| count(line) <= 8 && !line.ends_with(['.', '!', '?', ',', ';', '…']);
    if lines.len() >= 3 && lines.iter().all(short) {
        let item = |line: &String| (BlockKind::ListItem, bare(line).to_owned());
        return lines.iter().map(item).collect();
    }
    let mut all: Vec<(BlockKind, String)> = Vec::new();
    for line in lines {
        match all.last_mut() {
            _ if is_item(line) => all.push((BlockKind::ListItem, bare(line).to_owned())),
            Some((_, text)) => {
                text.push('\n');
                text.push_str(line);
            }
            None => all.push((BlockKind::Paragraph, line.clone())),
        }
    }
    all
}

fn is_item(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = (1..=2).contains(&digits)
        && line[digits..].starts_with([')', '.'])
        && line[digits + 1..].trim_start().starts_with(char::is_alphabetic);
    numbered || bare(line).len() < line.len()
}

/// A line without its bullet. Numbers stay.
fn bare(line: &str) -> &str {
    let bullets = ["• ", "· ", "- ", "* ", "– ", "▪ ", "◦ ", "‣ ", "•"];
    bullets.iter().find_map(|bullet| line.strip_prefix(bullet)).map_or(line, str::trim_start)
}

/// For each paragraph the level, if it is a heading.
fn headings(paras: &[Para]) -> Vec<Option<u8>> {
    let marked = paras.iter().any(|para| matches!(para.shape, Shape::Heading(_)));
    let mut main_seen = false;
    let level = |at: usize| {
        let para = &paras[at];
        if let Shape::Heading(level) = para.shape {
            return Some(level.clamp(2, 6));
        }
        if marked || !shaped(para) || !leads(paras, at) {
            return None;
        }
        let numbered = para.single().is_some_and(is_numbered);
        main_seen |= !numbered;
        Some(if numbered && main_seen { 3 } else { 2 })
    };
    (0..paras.len()).map(level).collect()
}

/// Whether text follows, directly or after one more heading.
fn leads(paras: &[Para], at: usize) -> bool {
    let long = |at: usize| paras.get(at).is_some_and(|para| count(&para.text()) >= 12);
    long(at + 1) || (paras.get(at + 1).is_some_and(shaped) && long(at + 2))
}

/// Whether a paragraph looks like a heading: one short line that isn't a sentence.
fn shaped(para: &Para) -> bool {
    let Some(line) = para.single().filter(|_| para.shape == Shape::Plain) else { return false };
    let words = count(line);
    if !(1..=12).contains(&words) || line.chars().count() > 90 || passages::in_marks(line) {
        return false;
    }
    let capital = line.chars().find(|sign| sign.is_alphabetic()).is_some_and(char::is_uppercase);
    let signs = line.trim_end_matches(|sign: char| !sign.is_alphanumeric() && sign.is_ascii());
    let end = line[signs.len()..].chars().next();
    let ended = match end {
        None | Some('?') => !line.ends_with(['…', '”', '’', '‘', ',']),
        Some('!') => words <= 6 && title_case(line),
        Some(':') => words <= 4,
        _ => false,
    };
    capital && ended && !line.starts_with(['—', '–', '-', '(', '“', '"', '@', '…'])
}

fn title_case(line: &str) -> bool {
    let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    line.split_whitespace().filter(|word| word.chars().count() > 3).all(capital)
}

/// Whether a line is numbered: "#1: ...", "2. ...", perhaps after an emoji.
fn is_numbered(line: &str) -> bool {
    let rest = line.trim_start_matches(|sign: char| !sign.is_alphanumeric());
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest[digits..].chars().next();
    (1..=2).contains(&digits) && after.is_some_and(|sign| matches!(sign, '.' | ')' | ':' | ' '))
}
