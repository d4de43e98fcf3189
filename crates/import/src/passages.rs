//! Recognises passages of the book that a review quotes as plain paragraphs.
//!
//! Saved pages often lose the markup of a quotation. A paragraph is taken as a passage if it is completely in quotation
//! marks, or if its voice differs: it says "I" or "we" without any word that talks *about* a book, between paragraphs
//! that do.

use super::words::{count, has_any, normalize, unquoted};

/// Words and phrases of people who talk about a book or to their readers, normalised.
const ABOUT: &[&str] = &[
    "book",
    "books",
    "novel",
    "novels",
    "novella",
    "story",
    "stories",
    "tale",
    "author",
    "authors",
    "writer",
    "writers",
    "writing",
    "written",
    "wrote",
    "prose",
    "plot",
    "plots",
    "character",
    "characters",
    "protagonist",
    "narrator",
    "narrators",
    "narrative",
    "narration",
    "theme",
    "themes",
    "chapter",
    "chapters",
    "genre",
    "ending",
    "series",
    "sequel",
    "trilogy",
    "read",
    "reads",
    "reading",
    "reader",
    "readers",
    "reread",
    "review",
    "reviews",
    "reviewer",
    "rating",
    "stars",
    "recommend",
    "recommended",
    "spoiler",
    "spoilers",
    "film",
    "movie",
    "adaptation",
    "edition",
    "copy",
    "publisher",
    "published",
    "goodreads",
    "blog",
    "post",
    "friends thanks",
    "thanks for",
    "thank you",
    "enjoyed",
    "loved this",
    "disappointed",
    "disappointing",
    "favourite",
    "favorite",
    "fiction",
    "sci fi",
    "science fiction",
    "dystopian",
    "dystopia",
    "page",
    "pages",
    "scene",
    "scenes",
    "metaphor",
    "premise",
    "pacing",
    "conversation",
    "topic",
    "discuss",
    "discussion",
    "we learn",
    "we meet",
    "we follow",
    "we see",
    "we discover",
    "we find out",
    "i think",
    "i found",
    "i felt that",
    "i must say",
    "i must admit",
    "i suppose",
    "i would say",
    "id say",
    "in my opinion",
    "for me",
    "i liked",
    "i loved",
    "i hated",
    "i finished",
    "i started",
    "i picked",
    "youll want",
    "lets talk",
    "lets unpack",
    "overall",
    "firstly",
    "secondly",
    "finally",
    "in conclusion",
    "club",
    "quote",
    "quotes",
    "passage",
    "passages",
    "library",
    "comment",
    "comments",
    "website",
];

/// The longest passage, in bytes.
const LONGEST: usize = 4000;

/// Whose voice a paragraph seems to be.
#[derive(Clone, Copy, PartialEq)]
enum Voice {
    /// It is in quotation marks.
    Marked,
    /// It says "I" or "we" and nothing about a book, with the number of its other signs of a passage.
    Inside(u32),
    /// It is short, or neither of the two.
    Neutral,
    /// It talks about the book.
    Outside,
}

/// For each paragraph whether it is a passage of the book. `names` are the title and the authors. A text that is `None`
/// is a heading.
pub(super) fn find(texts: &[Option<&str>], names: &[&str]) -> Vec<bool> {
    let names: Vec<String> = names.iter().flat_map(|name| marks(name)).collect();
    let told = texts
        .iter()
        .flatten()
        .any(|text| text.contains("arrat") || text.contains("erson") || text.contains("own story"))
        && texts
            .iter()
            .flatten()
            .filter(|text| text.len() <= 5 * LONGEST)
            .any(|text| tells_of_narrator(&normalize(text)));
    let voices: Vec<Voice> = texts.iter().map(|text| voice(*text, &names)).collect();
    (0..voices.len()).map(|at| is_passage(&voices, at, told)).collect()
}

/// The complete name and the surname, normalised.
fn marks(name: &str) -> Vec<String> {
    let whole = normalize(name);
    let last = whole.rsplit(' ').next().filter(|last| last.len() > 3).map(str::to_owned);
    [Some(whole), last].into_iter().flatten().filter(|mark| !mark.is_empty()).collect()
}

fn is_passage(voices: &[Voice], at: usize, told: bool) -> bool {
    let Voice::Inside(signs) = voices[at] else { return voices[at] == Voice::Marked };
    let inside =
        |at: Option<usize>| at.and_then(|at| voices.get(at)).is_some_and(|voice| matches!(voice, Voice::Inside(_)));
    let alone = !inside(at.checked_sub(1)) && !inside(at.checked_add(1));
    alone && signs + u32::from(told) >= 1
}

fn voice(text: Option<&str>, names: &[String]) -> Voice {
    let Some(text) = text else { return Voice::Neutral };
    if text.len() > LONGEST {
        return Voice::Outside;
    }
    if in_marks(text) {
        return Voice::Marked;
    }
    let (outside, spans) = unquoted(text);
    let all = normalize(text);
    let named = names.iter().any(|name| has_any(&all, &[name]))
        || names.iter().any(|name| has_any(&all, &[&format!("{name}s")]));
    if named || has_any(&all, ABOUT) {
        return Voice::Outside;
    }
    // A few words in quotation marks, emoji and asides are the reviewer's.
    let held = spans.iter().any(|span| count(span) <= 3);
    let aside = text.starts_with('(') || text.chars().any(|sign| ('\u{1f000}'..).contains(&sign));
    let signs = signs(text);
    let outside = normalize(&outside);
    let speaks = first_person(&outside) || (signs > 0 && has_any(&outside, &["you", "your"]));
    if held || aside || count(text) < 12 || !speaks {
        return Voice::Neutral;
    }
    Voice::Inside(signs)
}

/// Whether a normalised text says "I" or "we".
pub(super) fn first_person(words: &str) -> bool {
    has_any(words, &["i", "me", "my", "mine", "we", "us", "our", "im", "ive", "id", "ill", "weve", "wed", "were all"])
}

/// The number of signs that text was left out, such as "…" or "[...]".
fn signs(text: &str) -> u32 {
    let cut =
        text.match_indices(['…', '[']).any(|(at, _)| text[at..].chars().skip(1).any(char::is_alphabetic) && at > 0);
    let dots = text.match_indices("...").any(|(at, _)| at > 0 && at + 4 < text.len());
    u32::from(cut || dots)
}

fn tells_of_narrator(words: &str) -> bool {
    has_any(
        words,
        &[
            "narrator",
            "narrators",
            "narrated by",
            "narrative voice",
            "first person",
            "narrates",
            "tells her own story",
            "tells his own story",
            "our narrator",
            "is narrated",
        ],
    )
}

/// Whether a paragraph is completely in double quotation marks.
pub(super) fn in_marks(text: &str) -> bool {
    let text = text.trim();
    if text.len() > LONGEST {
        return false;
    }
    let opens = text.starts_with(['“', '"', '„', '«']);
    let rest = text.trim_end_matches(['.', ',']);
    let closes = rest.ends_with(['”', '"', '»']) || (text.starts_with('“') && rest.ends_with('’'));
    let inner = text.chars().skip(1).filter(|sign| matches!(sign, '“' | '„' | '«')).count();
    let quotes = text.matches('"').count();
    opens && closes && inner == 0 && quotes <= 2 && count(text) >= 4
}
