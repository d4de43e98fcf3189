//! Parses title and authors of a heading: "X by Y", "Review: X - Y", "X, Y: Book Review".

use super::words::{after_prefix, before_suffix};

/// A title and its authors, parsed from one line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heading {
    pub title: String,
    pub authors: Vec<String>,
    /// Whether the line says that it is the heading of a review.
    pub review: bool,
    /// Whether title and author are joined by "by".
    pub by: bool,
}

const BEFORE: &[&str] = &[
    "spoiler-free book review",
    "spoiler-free review",
    "spoiler free review",
    "audiobook review",
    "book cover for",
    "book cover of",
    "cover image of",
    "cover of",
    "arc review",
    "mini review",
    "mini-review",
    "quick review",
    "novel review",
    "a book review",
    "the book review",
    "book review",
    "book reviews",
    "my review of",
    "a review of",
    "review of",
    "my review",
    "review",
    "reviewed",
    "book club",
];

const AFTER: &[&str] = &[
    "spoiler-free book review",
    "spoiler-free review",
    "spoiler free review",
    "(book review)",
    "[book review]",
    "{book review}",
    "(review)",
    "[review]",
    "a book review",
    "arc review",
    "mini review",
    "audiobook review",
    "book review",
    "my review",
    "a review",
    "reviewed",
    "review",
];

const ORNAMENTS: [char; 26] = [
    ':', '-', '–', '—', '|', '★', '☆', '⭐', '*', '•', '·', '~', '#', '»', '«', '“', '”', '"', '‘', '{', '}', '[', ']',
    ',', '✩', '📚',
];

/// Words that don't occur in a person's name.
const NOT_NAMES: &[&str] = &[
    "the", "a", "an", "of", "in", "on", "me", "my", "your", "our", "to", "let", "never", "not", "for", "with", "from",
    "and", "is", "are", "was", "at", "book", "books", "review", "reviews", "blog", "home", "chapter", "part", "series",
    "novel", "us", "you", "we", "how", "why", "what", "this", "that", "posted", "comments",
];

const PARTICLES: &[&str] =
    &["de", "da", "di", "del", "della", "van", "von", "der", "den", "le", "la", "du", "ten", "bin", "al", "y"];

/// Parses a heading. `None` if it isn't a title with its author.
pub(super) fn heading(line: &str) -> Option<Heading> {
    if line.len() > 200 {
        return None;
    }
    let (rest, review) = undecorated(line);
    by(rest, review).or_else(|| separated(rest, review))
}

/// The line without ornaments and without "review" at its ends, and whether it had that word.
pub(super) fn undecorated(line: &str) -> (&str, bool) {
    let mut rest = trimmed(line);
    let mut review = false;
    while let Some(shorter) = shortened(rest) {
        review |= !rest.to_lowercase().starts_with("cover");
        rest = shorter;
    }
    (rest, review)
}

fn trimmed(line: &str) -> &str {
    line.trim_matches(|sign: char| sign.is_whitespace() || ORNAMENTS.contains(&sign))
}

fn shortened(rest: &str) -> Option<&str> {
    let parted = |tail: &&str| tail.starts_with(|sign: char| !sign.is_alphanumeric());
    let spaced = |prefix: &str, tail: &str| {
        // "Review of X" continues after a space, "Review: X" after punctuation.
        prefix.ends_with(" of") || prefix.ends_with(" for") || !trimmed_is_word(tail)
    };
    let front =
        BEFORE.iter().find_map(|prefix| after_prefix(rest, prefix).filter(parted).filter(|tail| spaced(prefix, tail)));
    let shorter = front.or_else(|| {
        let apart = |head: &&str| head.ends_with(|sign: char| !sign.is_alphanumeric());
        AFTER.iter().find_map(|suffix| before_suffix(rest, suffix).filter(apart))
    });
    shorter.map(trimmed).filter(|shorter| !shorter.is_empty())
}

/// Whether the rest continues with a word after one space.
fn trimmed_is_word(tail: &str) -> bool {
    tail.strip_prefix(' ').is_some_and(|tail| tail.starts_with(char::is_alphanumeric))
}

fn by(rest: &str, review: bool) -> Option<Heading> {
    let lower = rest.to_ascii_lowercase();
    let title_ends = |at: usize, len: usize| {
        let authors = authors(cut(&rest[at + len..]));
        let title = title(&rest[..at])?;
        (!authors.is_empty()).then_some(Heading { title, authors, review, by: true })
    };
    lower.rmatch_indices(" by ").find_map(|(at, joint)| title_ends(at, joint.len()))
}

/// Parses "X - Y", "Y: X" and, with the word "review", also "X, Y".
fn separated(rest: &str, review: bool) -> Option<Heading> {
    let joints = [" – ", " — ", " - ", " | ", ": ", ", "];
    let read = |joint: &&str| {
        if *joint == ", " && !review {
            return None;
        }
        let (left, right) = if *joint == ", " { rest.rsplit_once(*joint)? } else { rest.split_once(*joint)? };
        let made = |one: &str, other: &str| {
            let several = |part: &str| authors(part).iter().all(|name| name.contains(' '));
            let authors = Some(cut(other)).filter(|part| several(part)).map(authors)?;
            let title = title(one)?;
            (!authors.is_empty()).then_some(Heading { title, authors, review, by: false })
        };
        made(left, right).or_else(|| made(right, left))
    };
    joints.iter().find_map(read)
}

/// Cuts off what follows the author in a heading.
fn cut(part: &str) -> &str {
    const ENDS: &[&str] =
        &[" | ", " – ", " — ", " - ", " (", ": ", " « ", " » ", " · ", " ★", " ⭐", ";", " [", " • ", " ☆", ". "];
    // The full stop after an initial isn't the end of a name.
    let initial = |at: usize| {
        let before = part[..at].rsplit([' ', '.']).next().unwrap_or_default();
        part[at..].starts_with('.') && before.chars().count() <= 2
    };
    let ends = ENDS.iter().flat_map(|end| part.match_indices(end).map(|(at, _)| at));
    let at = ends.filter(|at| !initial(*at)).min().unwrap_or(part.len());
    part[..at].trim()
}

fn title(part: &str) -> Option<String> {
    let mut title = trimmed(part);
    if let Some((head, note)) = title.rsplit_once(" (").or(title.rsplit_once(" ["))
        && (note.contains('#') || note.to_lowercase().contains("book "))
    {
        title = trimmed(head);
    }
    let title = after_prefix(title, "book review ").unwrap_or(title);
    let fits = title.chars().count() <= 120 && title.chars().any(char::is_alphanumeric);
    fits.then(|| title.trim_end_matches(['’', '\'']).to_owned())
}

/// The people named in "Y", "Y and Z" or "Y, Z & W". Empty if any part isn't a name.
pub(super) fn authors(part: &str) -> Vec<String> {
    let part = part.replace(" & ", ", ").replace(" and ", ", ").replace(" with ", ", ");
    let names: Vec<&str> = part.split(", ").map(trimmed).filter(|name| !name.is_empty()).collect();
    if names.len() > 6 || !names.iter().all(|name| is_name(name)) {
        return Vec::new();
    }
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Whether a text looks like a person's name.
pub(super) fn is_name(text: &str) -> bool {
    let text = text.trim().trim_end_matches([',', ';']);
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..=5).contains(&words.len())
        && text.chars().count() <= 60
        && words.iter().enumerate().all(|(at, word)| name_word(word, at == 0))
}

fn name_word(word: &str, first: bool) -> bool {
    let lower = word.to_lowercase();
    let bare = lower.trim_matches(|sign: char| !sign.is_alphanumeric());
    let particle = !first && PARTICLES.contains(&bare);
    let signs = |sign: char| sign.is_alphabetic() || matches!(sign, '.' | '-' | '\'' | '’');
    let capital = word.chars().next().is_some_and(|sign| !sign.is_lowercase());
    let initial = word.ends_with('.') && bare.chars().count() <= 2;
    word.chars().all(signs)
        && word.chars().any(char::is_alphabetic)
        && (particle || (capital && (initial || !NOT_NAMES.contains(&bare))))
}

/// Turns "Last, First" into "First Last". Leaves other names as they are.
pub(super) fn first_last(name: &str) -> String {
    let name = name.trim().trim_end_matches('.');
    let parts: Vec<&str> = name.split(',').map(str::trim).collect();
    match parts.as_slice() {
        // Catalogues may add years of birth and death.
        [last, first, ..] if is_name(last) && is_name(first) => format!("{first} {last}"),
        _ => name.to_owned(),
    }
}
