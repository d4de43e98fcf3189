//! Checks of the sources: what templates may contain, the wording of pages, and the names in the papers.

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
fn templates_escape_everything_and_style_nothing_inline() {
    for (path, text) in files("templates", "html") {
        for wrong in ["|safe", "| safe", "style=\"", "onclick=", "onload=", "<style", "javascript:"] {
            assert!(!text.contains(wrong), "{} has {wrong}", path.display());
        }
    }
}

#[test]
fn templates_have_lines_of_at_most_120_columns() {
    for ending in ["html", "txt"] {
        for (path, text) in files("templates", ending) {
            let long = text.lines().position(|line| line.chars().count() > 120);
            assert!(long.is_none(), "{}: line {} is too long", path.display(), long.unwrap_or_default() + 1);
        }
    }
}

/// Phrases that pages, emails and the command line must not contain. The glossary has the terms to use.
const OLD_PHRASES: [&str; 42] = [
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
        let here = OLD_PHRASES.iter().filter(|phrase| words.contains(**phrase));
        found.extend(here.map(|phrase| format!("{}: {phrase:?}", path.display())));
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
    assert!(
        found.is_empty(),
        "{} sentences use phrases that the glossary replaces:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// Names in the papers that aren't in the sources: methods of HTTP, traits of others, and sample members.
const FOREIGN: [&str; 9] = ["GET", "POST", "Display", "Deref", "Serialize", "ada", "milo", "hana", "mia"];

/// Whether these words are in the code as a whole, outside of comments.
fn has_words(code: &str, words: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    code.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
        line.match_indices(words).any(|(at, _)| {
            !is_part(line[..at].chars().next_back()) && !is_part(line[at + words.len()..].chars().next())
        })
    })
}

#[test]
fn papers_name_files_and_functions_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let code: Vec<String> =
        ["src", "crates", "tests"].into_iter().flat_map(|folder| files(folder, "rs")).map(|(_, text)| text).collect();
    let code = code.join("\n");
    let find = |path: &str| {
        ["", "src", "src/domain", "src/pages"]
            .iter()
            .map(|folder| root.join(folder).join(path))
            .find(|path| path.exists())
    };
    let mut wrong = Vec::new();
    for paper in ["docs/ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root.join(paper)).unwrap();
        // The table "Style" has examples.
        let text = text.split("## Style").next().unwrap();
        let prose: String = text.split("```").step_by(2).collect();
        let pieces: Vec<&str> = prose.split('`').collect();
        for (at, span) in pieces.iter().enumerate().skip(1).step_by(2) {
            let is_path = span.contains('/') && !span.starts_with('/') && !span.contains([' ', ':', '{']);
            let is_name = span.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':') && !FOREIGN.contains(span);
            // "`file.rs`, `function`" says where the function is.
            let file = pieces[at - 1].trim() == ",";
            let file = Some(pieces[at.saturating_sub(2)]).filter(|path| file && path.ends_with(".rs")).and_then(find);
            let name = span.rsplit(':').next().unwrap();
            if is_path && !span.contains("AREA") {
                if find(span).is_none() {
                    wrong.push(format!("{paper}: no file {span}"));
                }
            } else if let Some(file) = file.filter(|_| is_name && name.starts_with(char::is_lowercase)) {
                if !has_words(&fs::read_to_string(&file).unwrap(), &format!("fn {name}")) {
                    wrong.push(format!("{paper}: no function {span} in {}", file.display()));
                }
            } else if is_name && !has_words(&code, name) {
                wrong.push(format!("{paper}: nothing is called {span}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
