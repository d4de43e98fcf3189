//! Recognises fact lines: labels, lists of genres, lines with only a rating.

use super::model::PartialDate;
use super::words::{count, normalize};

/// Splits "Label: value" with a label of a few words.
pub(super) fn labelled(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.split_once(':')?;
    let value = value.trim();
    let label = label.trim_matches(['*', ' ', '•', '-', '–', '_']);
    let fits = (1..=4).contains(&count(label)) && label.len() <= 40 && !value.is_empty();
    fits.then_some((label, value))
}

/// The genres of a line that is only a list of genres.
pub(super) fn genres(line: &str) -> Option<Vec<String>> {
    const KINDS: &[&str] = &[
        "fiction",
        "nonfiction",
        "fantasy",
        "romance",
        "mystery",
        "thriller",
        "horror",
        "memoir",
        "biography",
        "history",
        "historical",
        "poetry",
        "classics",
        "classic",
        "crime",
        "young",
        "adult",
        "ya",
        "dystopian",
        "dystopia",
        "literary",
        "contemporary",
        "graphic",
        "humour",
        "humor",
        "essays",
        "adventure",
        "children",
        "childrens",
        "paranormal",
        "suspense",
        "western",
        "satire",
        "gothic",
        "short",
        "travel",
        "science",
        "sci",
        "lgbt",
        "saga",
    ];
    let genre = |part: &str| {
        let words = normalize(part);
        count(part) <= 4 && words.split(' ').any(|word| KINDS.contains(&word))
    };
    let parts: Vec<&str> = split_list(line).collect();
    let read = !parts.is_empty() && line.len() <= 160 && parts.iter().all(|part| genre(part));
    read.then(|| parts.into_iter().map(str::to_owned).collect())
}

pub(super) fn split_list(line: &str) -> impl Iterator<Item = &str> {
    line.split([',', ';', '|', '/', '•', '·'])
        .map(|part| part.trim().trim_end_matches('.'))
        .filter(|part| !part.is_empty())
}

/// Whether a line is a short, capitalised label before a short value.
pub(super) fn fact_shaped(label: &str, value: &str) -> bool {
    let capital = label.starts_with(char::is_uppercase);
    capital && count(label) <= 3 && count(value) <= 8 && !value.ends_with(['.', '!', '?', '”'])
}

pub(super) fn only_rating(words: &str) -> bool {
    const OTHER: &[&str] = &[
        "out", "of", "stars", "star", "rating", "rated", "my", "overall", "i", "rate", "this", "score", "final",
        "verdict", "and", "half",
    ];
    let number = |word: &str| word.chars().all(char::is_numeric);
    let spelt = |word: &str| ["one", "two", "three", "four", "five", "a"].contains(&word);
    words.split(' ').all(|word| number(word) || spelt(word) || OTHER.contains(&word))
}

pub(super) fn lone_number(value: &str) -> Option<u32> {
    value.split_whitespace().next()?.parse().ok().filter(|pages| (1..20_000).contains(pages))
}

pub(super) fn text(value: &str) -> Option<String> {
    Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
}

/// Whether a partial date has more than a year.
pub(super) fn exact(date: PartialDate) -> bool {
    !matches!(date, PartialDate::Year(_))
}
