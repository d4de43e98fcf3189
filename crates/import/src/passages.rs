//! Passages of the book that a review sets as plain paragraphs of their own.
//!
//! Pages often lose the mark of a quotation. Two things give a passage away: it
//! stands in quotation marks from end to end, or the voice changes: somebody
//! says "I" or "we" with not one word that talks *about* a book, alone between
//! paragraphs that do.

use super::words::{count, has_any, norm, unquoted};

/// Words and turns of people who talk about a book or to their readers, normed.
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

/// No page quotes a longer paragraph, in bytes.
const LONGEST: usize = 4000;

/// What one paragraph shows about its voice.
#[derive(Clone, Copy, PartialEq)]
enum Voice {
    /// It stands in quotation marks.
    Marked,
    /// It says "I" or "we" and talks about no book; with its signs of a passage.
    Inside(u32),
    /// It is short or says neither.
    Neutral,
    /// It talks about the book.
    Outside,
}

/// For each paragraph whether it is a passage of the book. `names` are the
/// title and the authors; `None` among the texts stands for a heading.
pub(super) fn find(texts: &[Option<&str>], names: &[&str]) -> Vec<bool> {
    let names: Vec<String> = names.iter().flat_map(|name| marks(name)).collect();
    let told = texts
        .iter()
        .flatten()
        .any(|text| text.contains("arrat") || text.contains("erson") || text.contains("own story"))
        && texts.iter().flatten().filter(|text| text.len() <= 5 * LONGEST).any(|text| tells_of_narrator(&norm(text)));
    let voices: Vec<Voice> = texts.iter().map(|text| voice(*text, &names)).collect();
    (0..voices.len()).map(|at| is_passage(&voices, at, told)).collect()
}

/// The whole name, and the surname of a person.
fn marks(name: &str) -> Vec<String> {
    let whole = norm(name);
    let last = whole.rsplit(' ').next().filter(|last| last.len() > 3).map(str::to_owned);
    [Some(whole), last].into_iter().flatten().filter(|mark| !mark.is_empty()).collect()
}

fn is_passage(voices: &[Voice], at: usize, told: bool) -> bool {
    let Voice::Inside(signs) = voices[at] else {
        return voices[at] == Voice::Marked;
    };
    let inside =
        |at: Option<usize>| at.and_then(|at| voices.get(at)).is_some_and(|voice| matches!(voice, Voice::Inside(_)));
    let alone = !inside(at.checked_sub(1)) && !inside(at.checked_add(1));
    alone && signs + u32::from(told) >= 1
}

fn voice(text: Option<&str>, names: &[String]) -> Voice {
    let Some(text) = text else {
        return Voice::Neutral;
    };
    if text.len() > LONGEST {
        return Voice::Outside;
    }
    if in_marks(text) {
        return Voice::Marked;
    }
    let (outside, spans) = unquoted(text);
    let all = norm(text);
    let named = names.iter().any(|name| has_any(&all, &[name]))
        || names.iter().any(|name| has_any(&all, &[&format!("{name}s")]));
    if named || has_any(&all, ABOUT) {
        return Voice::Outside;
    }
    // Words held up with quotation marks, pictures and asides are a reviewer's.
    let held = spans.iter().any(|span| count(span) <= 3);
    let aside = text.starts_with('(') || text.chars().any(|sign| ('\u{1f000}'..).contains(&sign));
    let signs = signs(text);
    let outside = norm(&outside);
    let speaks = first_person(&outside) || (signs > 0 && has_any(&outside, &["you", "your"]));
    if held || aside || count(text) < 12 || !speaks {
        return Voice::Neutral;
    }
    Voice::Inside(signs)
}

/// Whether somebody says "I" or "we" in a normed text.
pub(super) fn first_person(words: &str) -> bool {
    has_any(words, &["i", "me", "my", "mine", "we", "us", "our", "im", "ive", "id", "ill", "weve", "wed", "were all"])
}

/// Marks of a shortened or a told passage.
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

/// Whether a paragraph stands in double quotation marks from end to end.
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
