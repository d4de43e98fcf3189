//! Prints: by which a text that quotes a post is found among all texts, without looking at these. A print stands for some
//! characters in a row. Of each [`WINDOW`] in a row the least is kept (winnowing: Schleimer, Wilkerson and Aiken, 2003), so
//! that two texts with a passage in common have a print in common.

use super::likeness::{LINE, PASSAGE, WHOLE, is_long, segments};
use super::tokens::{OPEN, quotes, tokens};
use super::{Rendered, says_whose};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// How many characters a print stands for.
const GRAM: usize = 16;

/// Of how many in a row one is kept.
const WINDOW: usize = PASSAGE - GRAM + 1;

/// The prints of a post, given with its [`own_words`](super::own_words).
pub fn prints(words: &str) -> BTreeSet<i64> {
    match is_long(words, PASSAGE) {
        true => winnowed(words),
        false => is_long(words, WHOLE).then(|| print(words)).into_iter().collect(),
    }
}

/// The prints of the quotes in a text. A quote of one of these posts, each given with its own words, that says so and has
/// nothing else in it, leaves none.
pub fn quote_prints(encoded: &str, known: &[(i64, String)]) -> BTreeSet<i64> {
    let mut prints = BTreeSet::new();
    if !encoded.contains(OPEN) {
        return prints;
    }
    let pieces = Rendered::decode(encoded).pieces;
    let tokens = tokens(&pieces);
    for (from, _, html) in quotes(&tokens) {
        let quoted = segments(&html);
        if !says_whose(&tokens, from, &quoted, known) {
            let whole = quoted.join(" ");
            prints.extend(winnowed(&whole));
            prints.extend(quoted.iter().chain([&whole]).flat_map(|line| short(line)));
        }
    }
    prints
}

fn winnowed(text: &str) -> BTreeSet<i64> {
    let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let ends: Vec<usize> = ends.collect();
    let grams: Vec<i64> = ends.windows(GRAM + 1).map(|span| print(&text[span[0]..span[GRAM]])).collect();
    grams.windows(WINDOW).filter_map(|some| some.iter().min().copied()).collect()
}

/// The prints of all that could be a short post in a line.
fn short(line: &str) -> Vec<i64> {
    if is_long(line, LINE + 1) {
        return Vec::new();
    }
    let words: Vec<&str> = line.split(' ').collect();
    let runs = (0..words.len()).flat_map(|from| (from..words.len()).map(move |to| (from, to)));
    let runs = runs.map(|(from, to)| words[from..=to].join(" "));
    runs.filter(|run| is_long(run, WHOLE) && !is_long(run, PASSAGE)).map(|run| print(&run)).collect()
}

/// The first bits of a digest, which is the same on every machine and in every version.
fn print(text: &str) -> i64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |print, byte| print << 8 | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{mark_quotes, own_words, render};

    fn encoded(markdown: &str) -> String {
        render(markdown).unwrap().encode()
    }

    const POST: &str = "They say that the osprey drowns in the weir. Nobody has seen it, and I for one do not care.";

    #[test]
    fn whatever_is_a_quote_has_a_print_in_common() {
        let words = own_words(&encoded(POST));
        let letters: Vec<char> = words.chars().collect();
        let mut passages: Vec<String> = letters.windows(PASSAGE).map(|some| some.iter().collect()).collect();
        passages.push(words.clone());
        for passage in &passages {
            let quote = encoded(&format!("Well.\n\n> Somebody wrote:\n> {passage}\n>\n> And more of their own."));
            assert!(!prints(&words).is_disjoint(&quote_prints(&quote, &[])), "{passage}");
        }
        let short = own_words(&encoded("Wrenspam!"));
        for line in ["wrenspam", "owl: wrenspam", "So, *wrenspam*, they say."] {
            let quote = encoded(&format!("> {line}"));
            assert!(mark_quotes(&quote, &[(7, short.clone())], &[]).is_some(), "{line}");
            assert!(!prints(&short).is_disjoint(&quote_prints(&quote, &[])), "{line}");
        }
    }

    #[test]
    fn a_quote_that_says_whose_it_is_leaves_none() {
        let known = [(7, own_words(&encoded(POST)))];
        let honest =
            encoded("> [kestrel](/posts/7) wrote:\n>\n> Nobody has seen it, and I for one do not care.\n\nI do.");
        assert!(quote_prints(&honest, &known).is_empty() && !quote_prints(&honest, &[]).is_empty());
        let other = honest.replace("I for one", "nobody ever will, I");
        assert!(!quote_prints(&other, &known).is_empty());
    }

    #[test]
    fn there_are_few() {
        let text: String = (0..2000).map(|n| format!("word{n} ")).collect();
        let letters = text.chars().count();
        assert!(winnowed(&text).len() < letters * 2 / 5, "{} of {letters}", winnowed(&text).len());
    }
}
