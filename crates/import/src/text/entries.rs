//! Parses the lines that structure a catalogue's page: sections, who rated, for which age, and announced meetings.

use super::super::dates;
use super::super::model::Announcement;
use super::super::names;
use super::super::rating::Rating;
use super::super::words::{count, has_any, normalize};

/// Whether a line is a format such as "(Book - 2005)".
pub(super) fn is_format(line: &str) -> bool {
    let inner = line.trim().strip_prefix('(').and_then(|line| line.strip_suffix(')'));
    inner.is_some_and(|inner| count(inner) <= 6 && dates::year_in(inner).is_some())
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Section {
    Head,
    Staff,
    Critics,
    Comments,
    Ages,
    Quotations,
    Other,
}

pub(super) fn section(line: &str) -> Option<Section> {
    if line.len() > 80 || count(line) > 6 {
        return None;
    }
    let words = normalize(line);
    Some(match words.as_str() {
        "from library staff" | "staff picks" | "library staff" | "from the library" => Section::Staff,
        "from the critics" | "critics" | "reviews from critics" => Section::Critics,
        "add a comment" | "comments" | "comment" | "opinion" | "from the community" => Section::Comments,
        "add age suitability" | "age suitability" | "age" => Section::Ages,
        "add a quote" | "quotes" | "quotations" | "add a quotation" => Section::Quotations,
        "community activity" | "add a summary" | "summary" | "add a notice" | "notices" | "add notices" | "videos"
        | "add a video" | "powered by" | "find it" | "view all comments" | "more about this" | "explore" => {
            Section::Other
        }
        _ => return None,
    })
}

/// Parses "• name rated this: 3 stars out of 5.", or only a name.
pub(super) fn rater(line: &str) -> (String, Option<Rating>) {
    let line = line.trim_start_matches(['•', '-', '*', ' ', '·']);
    let (name, rest) = match line.split_once(" rated this") {
        Some((name, rest)) => (name, rest),
        None => (line, ""),
    };
    (name.trim().to_owned(), Rating::find(rest))
}

/// Splits a blurb into its text and the name after its dash.
pub(super) fn signed(text: &str) -> (&str, Option<String>) {
    let cut = text.rsplit_once([' ', '\n']).and_then(|_| {
        let at = ["\n—", "\n–", "\n-", " —", " – "].iter().filter_map(|dash| text.rfind(dash)).max()?;
        let name = text[at..].trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '.');
        (names::is_name(name) && text[..at].trim_end().ends_with(['.', '!', '?', '”', '"']))
            .then(|| (text[..at].trim_end(), Some(name.to_owned())))
    });
    cut.unwrap_or((text, None))
}

/// The meeting that a sentence announces.
pub(super) fn announcement(sentence: &str) -> Option<Announcement> {
    let words = normalize(sentence);
    let calls = has_any(&words, &["join", "discuss", "discussion", "meet", "meeting", "book club"]);
    let date = Some(sentence).filter(|_| calls).and_then(dates::find)?.value.day()?;
    Some(Announcement { date, sentence: sentence.trim().to_owned() })
}

/// The age in "suitable for 12 years and over".
pub(super) fn suitable(text: &str) -> Option<u32> {
    let words = normalize(text);
    let (_, rest) = words.split_once("suitable for ")?;
    let mut rest = rest.split(' ').skip_while(|word| !word.starts_with(|c: char| c.is_ascii_digit()));
    rest.next()?.parse().ok().filter(|years| *years <= 120)
}
