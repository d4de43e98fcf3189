//! Recognises spoiler warnings, and seals the parts that they are about.

use super::model::{Block, BlockKind};
use super::words::{count, has, has_any, normalize, sentences, unquoted};

/// Phrases of a warning, normalised. "X does not spoil" has none of them.
const WARNS: &[&str] = &[
    "spoilers follow",
    "spoilers may follow",
    "spoilers will follow",
    "spoilers ahead",
    "spoilers below",
    "spoiler below",
    "spoiler ahead",
    "spoilers abound",
    "here be spoilers",
    "there be spoilers",
    "spoiler alert",
    "spoilers alert",
    "spoiler warning",
    "spoilers warning",
    "spoiler warnings",
    "warning spoilers",
    "warning spoiler",
    "beware spoilers",
    "beware of spoilers",
    "contains spoilers",
    "contain spoilers",
    "contains some spoilers",
    "contains mild spoilers",
    "contains minor spoilers",
    "contains major spoilers",
    "contain some spoilers",
    "may contain spoilers",
    "there will be spoilers",
    "there are spoilers",
    "full of spoilers",
    "includes spoilers",
    "include spoilers",
    "might spoil",
    "may spoil",
    "will spoil",
    "going to spoil",
    "have to spoil",
    "spoilers from here",
    "spoilers in this",
    "some spoilers",
    "spoilers included",
    "spoiler territory",
    "with spoilers",
    "spoilers in the",
    "spoilers to come",
    "spoilery",
];

const DENIES: &[&str] = &[
    "no spoilers",
    "spoiler free",
    "spoilers free",
    "free of spoilers",
    "without spoilers",
    "not contain spoilers",
    "doesnt contain spoilers",
    "contains no spoilers",
    "wont spoil",
    "will not spoil",
    "not going to spoil",
    "zero spoilers",
    "avoid spoilers",
    "not spoil",
    "no major spoilers",
    "without any spoilers",
    "isnt going to spoil",
    "wont be any spoilers",
];

/// Whether a paragraph warns that spoilers follow.
pub(super) fn is_caution(text: &str) -> bool {
    if !text.contains("poil") && !text.contains("POIL") {
        return false;
    }
    let words = normalize(text);
    if !words.contains("spoil") {
        return false;
    }
    let several = has(&words, "spoilers") && has_any(&words, &["warning", "i do get into", "skip"]);
    let warns = several || has_any(&words, WARNS) || words == "spoilers" || words == "spoiler";
    let denies = has_any(&words, DENIES);
    warns && (!denies || has_any(&words, &["spoilers ahead", "spoilers follow", "spoiler alert"]))
}

/// Whether a heading says that its section has spoilers.
fn names_spoilers(heading: &str) -> bool {
    let words = normalize(heading);
    let named = has_any(&words, &["spoilers", "spoiler", "spoilery"]);
    named && !has_any(&words, DENIES) && !ends_spoilers(heading)
}

fn ends_spoilers(text: &str) -> bool {
    let short = text.len() < 120 && count(text) <= 12;
    let words = if short { normalize(text) } else { String::new() };
    has_any(
        &words,
        &[
            "end of spoilers",
            "end spoilers",
            "end of spoiler",
            "spoilers over",
            "spoilers end",
            "end of the spoilers",
            "spoiler section over",
            "end of spoiler section",
            "end spoiler",
        ],
    )
}

/// How many warnings of one page are read closely. Any further one seals all that follows.
const MOST: usize = 20;

/// Seals the blocks that the warnings are about, and returns the first warning.
///
/// A warning that names sections by their headings seals those, each up to the next heading of the same level. Any
/// other warning seals everything after it.
pub(super) fn seal(blocks: &mut Vec<Block>) -> Option<String> {
    let mut warns = None;
    let mut cautions = 0;
    let mut all = false;
    let mut named: Vec<String> = Vec::new();
    let mut section: Option<u8> = None;
    let mut at = 0;
    while at < blocks.len() {
        let heading = match blocks[at].kind {
            BlockKind::Heading(level) => Some(level),
            _ => None,
        };
        if let (Some(level), Some(open)) = (heading, section)
            && level <= open
        {
            section = None;
        }
        let text = blocks[at].text.clone();
        let over = all && ends_spoilers(&text);
        all &= !over;
        if !over {
            blocks[at].sealed |= all || section.is_some();
        }
        if let Some(level) = heading.filter(|_| text.len() < 400) {
            if section.is_none() && (named.contains(&normalize(&text)) || names_spoilers(&text)) {
                section = Some(level);
                warns.get_or_insert(text);
            }
        } else if !blocks[at].sealed && !over && is_caution(&text) {
            cautions += 1;
            let few = cautions <= MOST;
            let sections = if few { sections(&text, &blocks[at + 1..]) } else { Vec::new() };
            if sections.is_empty() {
                if few {
                    part_caution(blocks, at);
                }
                all = true;
            }
            warns.get_or_insert(text);
            named.extend(sections);
        }
        at += 1;
    }
    warns
}

/// The normalised headings below a warning that it names. Empty if it means everything.
fn sections(caution: &str, rest: &[Block]) -> Vec<String> {
    let words = normalize(caution);
    if !has_any(&words, &["section", "sections", "skip", "part", "parts", "heading"]) {
        return Vec::new();
    }
    let quoted: Vec<String> = unquoted(caution).1.into_iter().map(normalize).collect();
    let named = |heading: &String| quoted.contains(heading) || (count(heading) >= 3 && has(&words, heading));
    let headings = rest.iter().filter(|block| matches!(block.kind, BlockKind::Heading(_)));
    let headings: Vec<String> = headings.map(|block| normalize(&block.text)).collect();
    let found: Vec<String> = headings.into_iter().filter(named).collect();
    // A named section that isn't found may be anywhere.
    let lost = quoted.iter().any(|name| count(name) >= 3 && !found.contains(name));
    if lost { Vec::new() } else { found }
}

/// Splits a warning from the spoilers that follow in the same paragraph.
fn part_caution(blocks: &mut Vec<Block>, at: usize) {
    const ABOUT: &[&str] = &[
        "spoil",
        "skip",
        "warn",
        "read",
        "reveal",
        "giv",
        "plot",
        "proceed",
        "continu",
        "review",
        "scroll",
        "stop",
        "leave",
        "look away",
        "turn back",
        "come back",
        "avoid",
        "unspoil",
        "caution",
        "risk",
    ];
    let text = blocks[at].text.clone();
    let pieces = sentences(&text);
    let spoils = |piece: &&&str| normalize(piece).contains("spoil");
    let Some(last) = pieces.iter().rposition(|piece| spoils(&piece)) else { return };
    let about = |piece: &&str| {
        let words = normalize(piece);
        ABOUT.iter().any(|stem| words.contains(stem))
    };
    let own = pieces[last + 1..].iter().take_while(|piece| about(piece)).count();
    let mut length: usize = pieces[..=last + own].iter().map(|piece| piece.len()).sum();
    // "Spoiler alert: the butler did it." spoils in the same sentence.
    if last + own == 0
        && let Some(colon) = text.find(':')
        && !about(&&text[colon..])
        && is_caution(&text[..colon])
    {
        length = colon + 1;
    }
    let (Some(open), Some(rest)) = (text.get(..length), text.get(length..)) else { return };
    let (open, rest) = (open.trim(), rest.trim());
    if rest.is_empty() || open.is_empty() {
        return;
    }
    let kind = blocks[at].kind;
    blocks[at].text = open.to_owned();
    blocks.insert(at + 1, Block { kind, text: rest.to_owned(), sealed: true });
}
