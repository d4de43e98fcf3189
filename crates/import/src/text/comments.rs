//! Parses comments below a review in plain text: "1. Name / date", "Name says:", "Name, date".

use super::super::boilerplate;
use super::super::dates;
use super::super::lines::{Para, Shape};
use super::super::model::Comment;
use super::super::words::{before_suffix, count, normalize};
use super::blocks;
use chrono::NaiveDate;

/// The first lines of a comment: author, date, and the number of lines that these take.
struct Opening {
    byline: String,
    date: Option<NaiveDate>,
    used: usize,
    /// Whether only a comment starts like this.
    certain: bool,
}

/// The number of comments in a heading such as "14 comments on ...". `Some(None)` for such a heading without a number.
pub(super) fn header(line: &str) -> Option<Option<usize>> {
    if line.len() > 250 {
        return None;
    }
    let words = normalize(line);
    let mut parts = words.split(' ');
    let first = parts.next()?;
    let second = parts.next().unwrap_or_default();
    let third = parts.next().unwrap_or_default();
    let noun = |word: &str| {
        let nouns = ["comment", "comments", "response", "responses", "replies", "reply", "thoughts"];
        nouns.contains(&word) || word == "thought"
    };
    let number = if first == "one" { Some(1) } else { first.parse::<usize>().ok() };
    let told = third.is_empty() || matches!(third, "on" | "to" | "so" | "for");
    if count(line) > 30 {
        return None;
    }
    if number.is_some() && noun(second) && told {
        return Some(number);
    }
    let alone = ["comments", "responses", "readers comments", "reader comments", "discussion"];
    if alone.contains(&words.as_str()) {
        return Some(None);
    }
    let counted = first == "comments" && third.is_empty();
    counted.then(|| second.parse().ok()).flatten().map(Some)
}

/// Whether a paragraph can only be the start of a comment.
pub(super) fn begins(para: &Para) -> bool {
    opening(para, 1).is_some_and(|opening| opening.certain)
}

/// Parses the comments of a part of the page, in order.
pub(super) fn read(paras: &[Para]) -> Vec<Comment> {
    let mut all: Vec<(Comment, Vec<Para>)> = Vec::new();
    // If comments are dated, "as Ann says:" is only part of a sentence.
    let dated = paras.iter().filter_map(|para| opening(para, 1)).any(|found| found.date.is_some());
    for para in paras {
        let opening = opening(para, all.len() + 1);
        if let Some(opening) = opening.filter(|found| found.date.is_some() || !dated) {
            let comment = Comment { byline: opening.byline, date: opening.date, ..Comment::default() };
            all.push((comment, Vec::new()));
            let rest = para.lines[opening.used..].to_vec();
            push(&mut all, Para { lines: rest, ..para.clone() });
        } else {
            push(&mut all, para.clone());
        }
    }
    let built = all.into_iter().map(|(comment, body)| Comment { body: blocks::plain(&body), ..comment });
    built.filter(|comment| !comment.body.is_empty()).collect()
}

fn push(all: &mut [(Comment, Vec<Para>)], mut para: Para) {
    para.lines.retain(|line| !is_button(line));
    let kind = para.single().filter(|line| count(line) <= 8).and_then(boilerplate::kind);
    if matches!(kind, Some("navigation" | "sharing links" | "related posts")) {
        return;
    }
    if let Some((_, body)) = all.last_mut().filter(|_| !para.lines.is_empty()) {
        body.push(para);
    }
}

/// Whether a line is a button or link, such as "Reply".
pub(crate) fn is_button(line: &str) -> bool {
    if line.len() > 100 {
        return false;
    }
    let words = normalize(line);
    let known = [
        "reply",
        "like",
        "loading",
        "edit",
        "permalink",
        "report",
        "share",
        "reply to this comment",
        "log in to reply",
        "delete",
    ];
    let liked = words.starts_with("liked by") && count(line) <= 8;
    liked || words.starts_with("reply to ") && count(line) <= 5 || known.contains(&words.as_str())
}

fn opening(para: &Para, number: usize) -> Option<Opening> {
    let line = para.lines.first().filter(|_| para.shape != Shape::Quote)?;
    if line.len() > 120 {
        return None;
    }
    let next = para.lines.get(1).and_then(|line| dates::whole(line));
    let (rest, numbered) = match unnumbered(line, number) {
        Some(rest) => (rest, true),
        None => (line.as_str(), false),
    };
    let made = |byline: &str, date: Option<NaiveDate>, used, certain| {
        let byline = byline.trim_end_matches(':').trim().to_owned();
        Some(Opening { byline, date, used, certain })
    };
    if let Some(said) = said(rest) {
        let (name, date) = signed(said).unwrap_or((said, None));
        let used = if date.is_none() && next.is_some() { 2 } else { 1 };
        return is_byline(name).then(|| {
            let date = date.or(next);
            made(name, date, used, date.is_some())
        })?;
    }
    if is_byline(rest) && next.is_some() {
        return made(rest, next, 2, numbered);
    }
    let (name, date) = signed(rest)?;
    (is_byline(name) && date.is_some()).then(|| made(name, date, 1, numbered))?
}

/// The rest of a line that starts with this number.
fn unnumbered(line: &str, number: usize) -> Option<&str> {
    let rest = line.strip_prefix(&number.to_string())?;
    rest.strip_prefix(['.', ')']).map(str::trim_start)
}

/// The text before "says:" at the end of a line.
fn said(line: &str) -> Option<&str> {
    let verbs = [
        " says:",
        " said:",
        " wrote:",
        " says",
        " said...",
        " said…",
        " commented:",
        " replied:",
        " writes:",
        " said",
        " permalink",
    ];
    verbs.iter().find_map(|verb| before_suffix(line, verb)).map(str::trim)
}

/// Splits "Name on DATE at TIME", "Name (DATE)" or "Name | DATE" into the name and the day.
fn signed(line: &str) -> Option<(&str, Option<NaiveDate>)> {
    let found = dates::find(line)?;
    dates::whole(&line[found.start..])?;
    let name = line[..found.start].trim_end_matches([' ', '(', ',', '|', '–', '—', '-', '·', '•', '/']);
    let name = name.strip_suffix(" on").or(name.strip_suffix(" at")).unwrap_or(name);
    Some((name.trim_end_matches([',', ' ']), found.value.day()))
}

fn is_byline(name: &str) -> bool {
    (1..=6).contains(&count(name))
        && name.chars().count() <= 60
        && !name.ends_with(['!', '?', ',', ';'])
        && dates::whole(name).is_none()
        && name.chars().any(char::is_alphanumeric)
}
