//! Checks of the sources: the order of imports, what templates may contain, and the wording of pages.

use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|known| known == ending) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no {ending} files");
    found
}

#[test]
fn imports_go_one_way() {
    // For each folder, the paths that it must not import.
    let rules = [
        ("src/pages", &["crate::routes", "crate::app", "crate::cli", "crate::jobs", "diesel::", "sql_query"][..]),
        ("src/web", &["crate::pages"][..]),
        ("src/emails", &["crate::pages", "crate::routes", "crate::app", "crate::cli", "diesel::", "actix_web"][..]),
        (
            "src/domain",
            &["crate::pages", "crate::emails", "crate::routes", "crate::app", "crate::cli", "crate::jobs", "actix_web"]
                [..],
        ),
        ("src/db", &["crate::domain", "crate::pages", "crate::routes", "crate::app", "crate::cli", "actix_web"][..]),
    ];
    for (folder, forbidden) in rules {
        for (path, text) in files(folder, "rs") {
            for path_named in forbidden {
                assert!(!text.contains(path_named), "{} reaches for {path_named}", path.display());
            }
        }
    }
}

/// The areas of the domain. Each may import only those before it.
const AREAS: [&str; 9] = ["core", "safety", "accounts", "library", "forum", "events", "polls", "moderation", "site"];

/// The areas that a file names, in imports and in paths, outside of comments.
fn areas_named(text: &str, root: &str) -> Vec<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let named = code.split(root).skip(1).map(|rest| {
        assert!(!rest.starts_with('{'), "one import a module: {root}{{…}} hides which areas it names");
        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    });
    named.collect()
}

#[test]
fn an_area_imports_only_areas_before_it() {
    let place = |area: &str| AREAS.iter().position(|known| *known == area);
    for (folder, root) in [("src/domain", "crate::domain::"), ("src/pages", "crate::pages::")] {
        for (path, text) in files(folder, "rs") {
            let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
            let Some(own) = inside.iter().next().and_then(|area| place(area.to_str().unwrap())) else { continue };
            // Notifications use the words of the log, whose pages are for moderators.
            let text = match inside.starts_with("safety/notifications") {
                true => text.replace("crate::pages::moderation::log", ""),
                false => text,
            };
            for named in areas_named(&text, root) {
                let there = place(&named).unwrap_or_else(|| panic!("{} names no area: {named}", path.display()));
                assert!(there <= own, "{} is in {} and imports {named}", path.display(), AREAS[own]);
            }
            assert!(!text.contains("super::super::super"), "{} climbs out of its area", path.display());
        }
    }
}

#[test]
fn templates_escape_everything_and_style_nothing_inline() {
    for (path, text) in files("templates", "html") {
        for wrong in ["|safe", "| safe", "style=\"", "onclick=", "onload=", "<style", "javascript:"] {
            assert!(!text.contains(wrong), "{} has {wrong}", path.display());
        }
    }
}

/// Phrases that pages, emails and the command line must not contain. The glossary has the terms to use.
const HABITS: [&str; 42] = [
    // "who" for "anyone who".
    "for who ",
    "Who is elsewhere",
    "what who ",
    "Whom ",
    " whom ",
    // "stand" and "keep" for "be shown" and "save".
    "stands",
    "stand in",
    "Keep it",
    "Keep this",
    "Keep these",
    "Keep the note",
    "is kept",
    "are kept",
    // Pronouns without a noun.
    "is told",
    "are told",
    "what of yours",
    "What of yours",
    "What you were told",
    "Take it off",
    "Give it back",
    "Set it up",
    "Set one up",
    "Start one",
    "not begun",
    "has not begun",
    // Terms of our own that have a common equivalent.
    "letters",
    "A letter",
    "a letter ",
    "Desk",
    "e-mail",
    "has a slip",
    "those in charge",
    "Rules of the house",
    "rules of the house",
    "Keeping order",
    "fold here",
    "Unfold",
    "goes as far as",
    "go as far as",
    "Goes as far as",
    "may do this",
    "not like this",
];

/// Allowed uses of "letters": of the alphabet, and in a path.
const ALPHABET: [&str; 3] = ["letters, digits", "two letters", "/settings/letters"];

/// The text of a template, without code, comments and tags.
fn words_of_template(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    let pairs = [("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<", ">")];
    while let Some((at, end)) = pairs.iter().filter_map(|(from, to)| Some((rest.find(from)?, *to))).min() {
        words.push_str(&rest[..at]);
        let Some(after) = rest[at..].find(end) else { break };
        rest = &rest[at + after + end.len()..];
    }
    words.push_str(rest);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The string literals of a source file that contain a space, without comments and tests.
fn sentences_of_source(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.map(|line| format!("{}\n", line.trim_end_matches('\\'))).collect();
    let literals = code.replace("\\\"", "”");
    literals.split('"').skip(1).step_by(2).filter(|literal| literal.contains(' ')).map(str::to_owned).collect()
}

#[test]

fn pages_emails_and_commands_speak_plainly() {
    let mut found = Vec::new();
    let mut look = |path: &Path, words: &str| {
        let words = ALPHABET.iter().fold(words.to_owned(), |words, known| words.replace(known, ""));
        let here = HABITS.iter().filter(|habit| words.contains(**habit));
        found.extend(here.map(|habit| format!("{}: {habit:?}", path.display())));
    };
    for ending in ["html", "txt"] {
        for (path, text) in files("templates", ending) {
            look(&path, &words_of_template(&text));
        }
    }
    for folder in
        ["src/pages", "src/web", "src/emails", "src/cli", "src/domain", "crates/import/src", "crates/text/src"]
    {
        for (path, text) in files(folder, "rs") {
            let is_test = path.iter().any(|part| part == "tests" || part == "tests.rs");
            sentences_of_source(&text).iter().filter(|_| !is_test).for_each(|sentence| look(&path, sentence));
        }
    }
    assert!(found.is_empty(), "{} places speak the old way:\n{}", found.len(), found.join("\n"));
}
