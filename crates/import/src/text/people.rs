//! Finds a page's author and date in signatures, author boxes and posting notes.

use super::super::dates;
use super::super::facts::{Facts, set_if_none};
use super::super::labels;
use super::super::lines::Para;
use super::super::names::is_name;
use super::super::words::{after_prefix, count, normalize};

/// Parses a signature: "By Jane Doe", "by Jane Doe on 3 May 2014", "– Jane". Returns whether the line is one.
pub(super) fn take_signature(facts: &mut Facts, line: &str, authors: &[String]) -> bool {
    if line.len() > 160 || count(line) > 12 {
        return false;
    }
    let dashed = line.strip_prefix(['–', '—', '~']).filter(|name| count(name) <= 3);
    // "12 June 2018 by Jane Doe"
    let dated = dates::find(line).filter(|found| found.start == 0);
    let line = dated.as_ref().map_or(line, |found| line[found.end..].trim_start_matches([' ', ',', '|', '•', '·']));
    let by = after_prefix(line, "by ").or(after_prefix(line, "words by "));
    let Some(rest) = by.or(dashed) else { return false };
    let date = dates::find(rest);
    let end = date.as_ref().map_or(rest.len(), |date| date.start);
    let name = rest[..end].trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '.');
    let name = name.strip_suffix(" on").unwrap_or(name).trim();
    if !is_name(name) || is_author(name, authors) {
        return is_author(name, authors);
    }
    facts.date = facts.date.or(date.or(dated).and_then(|date| date.value.day()));
    set_if_none(&mut facts.byline, Some(name.to_owned()))
}

fn is_author(name: &str, authors: &[String]) -> bool {
    authors.iter().any(|author| normalize(author) == normalize(name))
}

/// The name in an author box. `Some(None)` if the box has no name.
pub(super) fn author_box(para: &Para) -> Option<Option<String>> {
    let starts = [
        "about the author",
        "about the reviewer",
        "about the writer",
        "meet the author",
        "meet the reviewer",
        "the author",
        "about me",
    ];
    for (at, line) in para.lines.iter().take(4).enumerate() {
        let rest = starts.iter().find_map(|start| after_prefix(line, start));
        let Some(rest) = rest.filter(|_| line.len() < 120 && count(line) <= 8) else { continue };
        let glued = rest.starts_with(|sign: char| sign.is_uppercase());
        let own = rest.trim_start_matches([':', ' ', '–', '-', '|']);
        let before = at.checked_sub(1).and_then(|at| para.lines.get(at));
        let after = para.lines.get(at + 1).filter(|line| count(line) <= 4);
        let names = [Some(own), before.map(String::as_str), after.map(String::as_str)];
        let name = names.into_iter().flatten().find(|name| is_name(name));
        let alone = own.is_empty() || glued || name.is_some();
        if alone {
            return Some(name.map(str::to_owned));
        }
    }
    None
}

/// Parses "This entry was posted on DATE by NAME in GENRE, ...".
pub(super) fn take_posting(facts: &mut Facts, text: &str) -> bool {
    if text.len() > 1000 {
        return false;
    }
    let words = normalize(text);
    if !words.starts_with("this entry was posted") && !words.starts_with("posted on") {
        return false;
    }
    if let Some(found) = dates::find(text) {
        facts.date = facts.date.or(found.value.day());
    }
    let named = text.match_indices("by ").find_map(|(at, by)| {
        let name = text[at + by.len()..].split([',', '.', '|']).next()?;
        let name = name.split(" in ").next()?.split(" and ").next()?.trim();
        is_name(name).then(|| name.to_owned())
    });
    set_if_none(&mut facts.byline, named);
    let filed = text.split_once(" in ").map(|(_, filed)| filed);
    let filed = filed.map(|filed| filed.split(" and tagged").next().unwrap_or(filed));
    let genres = filed.into_iter().flat_map(|filed| filed.split([',', '.']));
    let genres: Vec<String> = genres.filter_map(labels::genres).flatten().collect();
    if facts.book.genres.is_empty() {
        facts.book.genres = genres;
    }
    true
}
