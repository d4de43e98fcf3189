//! When a quote is one of a post: by lines and paragraphs, or so many words in a row.

use crate::excerpt::{breaks_words, unescape};
use crate::invisible::is_silent;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The shortest passage that is taken for a quote, in characters: a line or a paragraph, or so many words in a row.
pub(super) const PASSAGE: usize = 20;
const WORDS: usize = 6;

/// A post that is shorter than a passage, though not than this, is quoted where all of it stands in a line of a quote that
/// says little more, [`BESIDE`] it: elsewhere so few words say nothing.
pub(super) const WHOLE: usize = 8;
const BESIDE: usize = 12;

/// The longest line that can quote a short post.
pub(super) const LINE: usize = PASSAGE - 1 + BESIDE;

/// Paragraphs and lines, each in lower case, letters and digits alone, without accents and whatever else can be written in
/// two ways that look alike (Unicode's NFKD).
pub(super) fn segments(html: &str) -> Vec<String> {
    let mut segments = vec![String::new()];
    let mut push = |text: &str, ends: bool| {
        if let Some(segment) = segments.last_mut() {
            segment.push_str(&unescape(text));
        }
        if ends {
            segments.push(String::new());
        }
    };
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        push(text, breaks_words(tag));
        rest = after;
    }
    push(rest, true);
    let plain = segments.iter().map(|segment| {
        let shown = segment.nfkd().filter(|c| !is_silent(*c) && !is_combining_mark(*c));
        let plain: String = shown.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        plain.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
    });
    plain.filter(|segment| !segment.is_empty()).collect()
}

/// Whether a text has at least so many characters.
pub(super) fn is_long(text: &str, least: usize) -> bool {
    text.chars().nth(least - 1).is_some()
}

/// Whether a quote, given by its [`segments`], has a passage of a post, or all of it.
pub(super) fn is_of(quoted: &[String], words: &str) -> bool {
    let whole = quoted.join(" ");
    if !is_long(words, PASSAGE) {
        let most = words.chars().count() + BESIDE;
        let has_all = |line: &String| !is_long(line, most + 1) && format!(" {line} ").contains(&format!(" {words} "));
        return is_long(words, WHOLE) && quoted.iter().chain([&whole]).any(has_all);
    }
    let is_part = |passage: &String| is_long(passage, PASSAGE) && words.contains(passage.as_str());
    whole.contains(words)
        || quoted.iter().chain([&whole]).any(is_part)
        || shares_words(&whole, words)
        || shares_run(&whole, words)
}

/// Whether nothing worth a quote stands in one that is not of this post.
pub(super) fn is_wholly_of(quoted: &[String], words: &str) -> bool {
    quoted.iter().all(|line| !is_long(line, PASSAGE) || words.contains(line.as_str()))
}

/// Whether two texts share a passage within a word: scripts that part no words write a sentence as one.
fn shares_run(one: &str, other: &str) -> bool {
    let known: HashSet<&str> = runs(other).collect();
    !known.is_empty() && runs(one).any(|run| known.contains(run))
}

fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| is_long(word, PASSAGE)).flat_map(|word| {
        let starts = word.char_indices().map(|(at, _)| at);
        let ends = word.char_indices().map(|(at, _)| at).chain([word.len()]).skip(PASSAGE);
        starts.zip(ends).map(|(from, to)| &word[from..to])
    })
}

/// Whether two texts share so many words in a row.
fn shares_words(one: &str, other: &str) -> bool {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split(' ').collect(), other.split(' ').collect());
    let is_long = |words: &&[&str]| words.iter().map(|word| word.chars().count() + 1).sum::<usize>() > PASSAGE;
    let known: HashSet<&[&str]> = other.windows(WORDS).filter(is_long).collect();
    one.windows(WORDS).any(|words| known.contains(words))
}
