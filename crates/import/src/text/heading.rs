//! Finds the book's title and author in the first lines of a page.

use super::super::labels::labelled;
use super::super::lines::Para;
use super::super::names::{self, Heading};
use super::super::words::{count, has, normalize};
use super::Hints;

/// The book's heading, and the paragraph that has it.
pub(super) struct Found {
    pub heading: Heading,
    /// The line that it was parsed from.
    pub line: String,
    /// The paragraph's index. `None` if the heading isn't in the text.
    pub at: Option<usize>,
}

/// The paragraphs that are searched for a heading.
const FIRST: usize = 40;

/// The most likely heading of the page.
pub(super) fn find(paras: &[Para], hints: &Hints) -> Option<Found> {
    let whole = sample(paras);
    let mut best: Option<(u32, Found)> = None;
    let outside = hints.headings.iter().map(|line| (line.as_str(), None));
    let inside = paras.iter().take(FIRST).enumerate().flat_map(lines);
    let spoken = |line: &str| line.ends_with(['.', '!', '…']) && count(line) > 8;
    for (line, at) in outside.chain(inside) {
        let candidate = names::heading(line).filter(|_| !spoken(line));
        let Some(heading) = candidate.map(|heading| oriented(heading, &whole)) else { continue };
        let early = at.is_none_or(|at| at < 4);
        let score = score(&heading, early, at.is_none(), &whole);
        if score >= 3 && best.as_ref().is_none_or(|(most, _)| score > *most) {
            best = Some((score, Found { heading, line: line.to_owned(), at }));
        }
    }
    best.map(|(_, found)| found).or_else(|| stacked(paras))
}

fn lines((at, para): (usize, &Para)) -> impl Iterator<Item = (&str, Option<usize>)> {
    let lines = para.lines.iter().take(4).map(String::as_str);
    lines.filter(|line| line.len() <= 250 && count(line) <= 25).map(move |line| (line, Some(at)))
}

/// Decides which of two names joined by a dash is the author: the one with a possessive in the text.
fn oriented(heading: Heading, whole: &str) -> Heading {
    let owns = |name: &str| {
        let last = normalize(name.rsplit(' ').next().unwrap_or(name));
        whole.matches(&format!(" {last}s ")).take(50).count()
    };
    match heading.authors.as_slice() {
        [author]
            if !heading.by
                && names::is_name(&heading.title)
                && heading.title.contains(' ')
                && owns(&heading.title) > owns(author) =>
        {
            Heading { title: author.clone(), authors: vec![heading.title], ..heading }
        }
        _ => heading,
    }
}

fn score(heading: &Heading, early: bool, outside: bool, whole: &str) -> u32 {
    let last = |name: &String| normalize(name.rsplit(' ').next().unwrap_or(name));
    let times = |phrase: &str| whole.matches(phrase).take(3).count();
    let told = heading.authors.first().is_some_and(|name| times(&last(name)) > 1);
    let title = times(&normalize(&heading.title)) > 1;
    let author = heading.authors.first().is_some_and(|name| name.contains(' '));
    u32::from(heading.review) * 2
        + u32::from(heading.by) * 2
        + u32::from(early)
        + u32::from(outside)
        + u32::from(told)
        + u32::from(title)
        + u32::from(author && heading.by)
}

/// Parses "Title" with "by Author" on the next line, or "Title:" and "Author:" lines.
fn stacked(paras: &[Para]) -> Option<Found> {
    let lines: Vec<(&str, Option<usize>)> = paras.iter().take(FIRST).enumerate().flat_map(lines).collect();
    let pair = lines.windows(2).find_map(|pair| {
        let (title, by) = (pair[0].0, pair[1].0);
        let author = by.strip_prefix("by ").or(by.strip_prefix("By "))?;
        let short = count(title) <= 15 && labelled(title).is_none();
        let joined = format!("{title} by {author}");
        let heading = names::heading(&joined).filter(|_| short)?;
        Some(Found { heading, line: joined, at: pair[1].1 })
    });
    pair.or_else(|| {
        let titled = |(line, _): &&(&str, Option<usize>)| {
            labelled(line)
                .is_some_and(|(label, _)| matches!(normalize(label).as_str(), "title" | "book title" | "book"))
        };
        let (line, at) = lines.iter().find(titled)?;
        let title = labelled(line)?.1.to_owned();
        let heading = Heading { title, authors: Vec::new(), review: false, by: false };
        Some(Found { heading, line: (*line).to_owned(), at: at.and_then(|at| at.checked_sub(1)) })
    })
}

/// The normalised beginning of the page.
fn sample(paras: &[Para]) -> String {
    let mut whole = String::new();
    for para in paras {
        let text = para.text();
        let end = (0..=text.len().min(60_000)).rev().find(|end| text.is_char_boundary(*end));
        whole.push_str(&normalize(&text[..end.unwrap_or_default()]));
        whole.push(' ');
        if whole.len() > 60_000 {
            break;
        }
    }
    whole
}

/// Whether the page is about a book at all.
pub(super) fn talks_of_books(paras: &[Para], more: &str) -> bool {
    const WORDS: &[&str] = &[
        "book",
        "novel",
        "author",
        "story",
        "characters",
        "chapter",
        "read",
        "reading",
        "plot",
        "fiction",
        "isbn",
        "publisher",
        "review",
        "prose",
        "narrator",
        "pages",
        "reader",
        "memoir",
        "poems",
        "writer",
        "writing",
        "essays",
    ];
    let whole = format!("{} {}", sample(paras), normalize(more));
    WORDS.iter().filter(|word| has(&whole, word)).count() >= 2
}
