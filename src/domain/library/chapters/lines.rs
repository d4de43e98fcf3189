//! Parses one line of a table of contents: a chapter's number, its title, dots, and the page it starts on.

use super::ChapterEntry;

/// The longest title of a chapter or part, in characters. Longer ones are cut off.
const MAX_TITLE_LENGTH: usize = 150;

const BARS: &str = "to hide a title, put all of it between bars, ||like this||.";

/// The name of a part: a line that starts with `#`, or one like “Part One: Home ..... 3”.
pub(super) fn part_name(line: &str) -> Option<&str> {
    if line.starts_with('#') {
        return Some(line.trim_start_matches('#'));
    }
    let mut words = line.split(|c: char| c.is_whitespace() || SEPARATORS.contains(&c)).filter(|word| !word.is_empty());
    let is_part = ["part", "book", "volume"].contains(&words.next()?.to_lowercase().as_str());
    let is_numbered = numeral(words.next()?).is_some();
    (is_part && is_numbered).then(|| split_page(line, false).map_or(line, |(name, _)| name))
}

/// Parses a chapter whose title is not in bars. If `bare`, a last number after a single space is its page.
pub(super) fn parse_open(line: &str, position: i32, bare: bool) -> Result<ChapterEntry, String> {
    let (number, rest) = enumerated(line, position);
    let (title, page) = match rest.rsplit_once('|') {
        Some((title, page)) => (title, parse_page(page)?),
        None => match split_page(rest, bare) {
            Some((title, page)) if !title.is_empty() || number.is_some() => (title, page),
            _ => (rest, None),
        },
    };
    // A number that isn't the number of this chapter belongs to its title.
    let title = match number {
        Some(number) if number != position => format!("{}{title}", &line[..line.len() - rest.len()]),
        _ => title.to_owned(),
    };
    Ok(ChapterEntry { title: tidy(&title), page, ..ChapterEntry::default() })
}

/// Parses a chapter whose title is in bars.
pub(super) fn parse_sealed(line: &str, position: i32) -> Result<ChapterEntry, String> {
    let parts = line.split_once("||").and_then(|(head, rest)| Some((head, rest.split_once("||")?)));
    let Some((head, (inside, tail))) = parts else { return Err(BARS.to_owned()) };
    let (number, before) = enumerated(head, position);
    let tail = tail.trim_start_matches(|c| c == '|' || is_leader(c));
    let page = parse_page(tail).map_err(|_| BARS.to_owned())?;
    let inside_alone = match number {
        None => enumerated(inside, position),
        Some(_) => (None, inside),
    };
    let title = match (number, inside_alone) {
        (Some(number), _) if number != position => tidy(&format!("{head}{inside}")),
        (None, (Some(number), rest)) if number == position => tidy(rest).or_else(|| tidy(inside)),
        _ => tidy(inside),
    };
    let barred = inside.starts_with('|') || inside.trim_end().ends_with('|');
    if !before.trim().is_empty() || barred || title.is_none() {
        return Err(BARS.to_owned());
    }
    Ok(ChapterEntry { title, spoils: true, page, ..ChapterEntry::default() })
}

/// Joins the words with single spaces and cuts the text after [`MAX_TITLE_LENGTH`] characters. `None` if nothing is left.
pub(super) fn tidy(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = text.chars().take(MAX_TITLE_LENGTH).collect();
    Some(text.trim_end().to_owned()).filter(|text| !text.is_empty())
}

const SEPARATORS: [char; 6] = ['.', ':', ')', '-', '–', '—'];

/// Splits a line into the chapter's number, if it starts with one, and the rest.
fn enumerated(line: &str, position: i32) -> (Option<i32>, &str) {
    let none = (None, line);
    let (first, rest) = word(line);
    let called = ["chapter", "ch"].contains(&first.to_lowercase().as_str());
    let (digits, rest) = if called { word(rest.trim_start_matches(['.', ' ', '\t'])) } else { (first, rest) };
    let Some(number) = numeral(digits).filter(|_| called || !WORDS.contains(&digits.to_lowercase().as_str())) else {
        return none;
    };
    let after = rest.trim_start().trim_start_matches(SEPARATORS);
    let marked = after.len() < rest.trim_start().len() && (after.is_empty() || after.starts_with([' ', '\t']));
    let stands_alone = rest.trim_end().is_empty() || rest.starts_with('\t');
    // “1 The gate”, but not “12 angry men” or “I am born”.
    let counts = number == position && digits.starts_with(|c: char| c.is_ascii_digit()) && rest.starts_with(' ');
    if !(called || marked || stands_alone || counts) {
        return none;
    }
    (Some(number), after.trim_start())
}

/// The first word, and what follows it.
fn word(line: &str) -> (&str, &str) {
    line.split_at(line.find(|c: char| !c.is_alphanumeric()).unwrap_or(line.len()))
}

const WORDS: [&str; 20] = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// Parses “7”, “VII” or “seven”.
fn numeral(word: &str) -> Option<i32> {
    let lower = word.to_lowercase();
    let spelt = || (1..).zip(WORDS).find(|(_, known)| *known == lower).map(|(number, _)| number);
    lower.parse().ok().filter(|number| (0..=9999).contains(number)).or_else(|| roman(&lower)).or_else(spelt)
}

/// Parses a lowercase Roman numeral from i to lxxxix.
fn roman(word: &str) -> Option<i32> {
    const TENS: [&str; 9] = ["", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx"];
    const ONES: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    (1..90_usize).find(|n| word == format!("{}{}", TENS[n / 10], ONES[n % 10])).and_then(|n| i32::try_from(n).ok())
}

fn is_leader(c: char) -> bool {
    c.is_whitespace() || ['.', '…', '·', '_'].contains(&c)
}

/// Splits a line into its title and the page at its end, which follows dots or a gap or, if `bare`, a single space.
/// Roman page numbers of a preface count as no page.
pub(super) fn split_page(rest: &str, bare: bool) -> Option<(&str, Option<i32>)> {
    let before = rest.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
    let page = parse_page(&rest[before.len()..]).ok().filter(|_| before.len() < rest.len())?;
    let title = before.trim_end_matches(is_leader);
    let gap = &before[title.len()..];
    let dots = gap.chars().filter(|c| !c.is_whitespace()).count();
    let is_gap = dots >= 2 || gap.contains(['…', '\t']) || gap.chars().count() - dots >= 2;
    let is_bare = bare && page.is_some() && (gap == " " || before.is_empty());
    (is_gap || is_bare).then_some((title, page))
}

/// Parses a page number. `None` if there is none or it is a Roman numeral.
fn parse_page(text: &str) -> Result<Option<i32>, String> {
    let text = text.trim();
    if text.is_empty() || roman(text).is_some() {
        return Ok(None);
    }
    let page = text.parse().ok().filter(|page| (0..100_000).contains(page));
    page.map(Some).ok_or_else(|| format!("“{text}” is not a page number. Write only the title, or title | page."))
}
