//! Small texts that cannot exist in a wrong state: parsed once, where they come in.

use crate::db::ActionId;
use crate::text;

/// Whether a text has spoiler marks in it. In plain text, which everybody sees, they would hide nothing.
pub fn has_spoiler_signs(text: &str) -> bool {
    text.contains("||") || text.lines().any(|line| line.trim_start().starts_with(":::"))
}

/// Takes one line of text: cleaned, with nothing in it that nobody sees, not empty, at most `most` characters, without the
/// signs of a hidden spoiler. The error is a sentence for the form.
pub fn line(input: &str, what: &str, most: usize) -> Result<String, String> {
    let text = one_line(input);
    match text.chars().count() {
        0 => Err(format!("Please give {what}.")),
        count if count > most => {
            Err(format!("{} can have at most {most} characters; this has {count}.", capitalised(what)))
        }
        _ if has_spoiler_signs(&text) => Err(format!(
            "{} cannot hold a hidden spoiler: everyone would see it. Remove the spoiler, or remove the bars.",
            capitalised(what)
        )),
        _ => Ok(text),
    }
}

fn capitalised(what: &str) -> String {
    let what = what.split(',').next().unwrap_or_default();
    let (first, rest) = what.split_at(what.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}", first.to_uppercase())
}

fn one_line(input: &str) -> String {
    text::visible(&text::clean(input)).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same, where nothing is needed.
pub fn optional_line(input: &str, what: &str, most: usize) -> Result<Option<String>, String> {
    if one_line(input).is_empty() { Ok(None) } else { line(input, what, most).map(Some) }
}

/// The longest that the end of an address is, in characters.
const SLUG: usize = 60;

/// The end of an address that says what is there, in letters and digits, as many whole words as find room:
/// "why-dont-they-run". Where nothing of the title is left, `or`.
pub fn slug(title: &str, or: &str) -> String {
    // Pictures have long names and say little.
    let said = title.replace(['’', '\''], "").replace(|c: char| !c.is_alphanumeric(), " ");
    let mut slug = slug::slugify(said);
    if slug.len() > SLUG {
        let end = slug[..=SLUG].rfind('-').unwrap_or(SLUG);
        slug.truncate(end);
    }
    match slug.as_str() {
        "" => or.to_owned(),
        word if TAKEN.contains(&word) => format!("{word}-{or}"),
        _ => slug,
    }
}

/// Ends of addresses that lead to something else than the page of what has this title: a book called "Walk" is found
/// at `walk-book`.
const TAKEN: [&str; 20] = [
    "agenda",
    "attendance",
    "minutes",
    "plan",
    "approval",
    "calendar.ics",
    "edit",
    "walk",
    "opened",
    "notices",
    "reply",
    "lock",
    "pin",
    "report",
    "hide",
    "cancel",
    "title",
    "book",
    "split",
    "merge",
];

/// The title of a thread, a book or a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(pub(in crate::domain) String);

impl Title {
    /// At most 150 characters on one line.
    pub fn parse(input: &str) -> Result<Self, String> {
        line(input, "a title", 150).map(Self)
    }

    /// As it was written.
    pub(in crate::domain) fn as_str(&self) -> &str {
        &self.0
    }

    /// A title from elsewhere, which says what it says; at most 150 characters of it.
    pub(in crate::domain) fn imported(line: String) -> Result<Self, String> {
        let line = one_line(&line);
        if line.is_empty() { Err("There is no title.".to_owned()) } else { Ok(Self(line)) }
    }

    /// Whether it has the signs of a hidden spoiler in it, as a title from elsewhere may.
    pub(in crate::domain) fn may_spoil(&self) -> bool {
        has_spoiler_signs(&self.0)
    }
}

/// Why somebody in charge did something: told to those it concerns, and kept in the log.
#[derive(Clone, Debug)]
pub struct Reason {
    pub(in crate::domain) words: String,
    /// The action that is undone.
    pub(in crate::domain) undoes: Option<ActionId>,
}

impl Reason {
    /// At most 300 characters on one line.
    pub fn parse(input: &str) -> Result<Self, String> {
        line(input, "a reason", 300).map(|words| Self { words, undoes: None })
    }

    /// The same, to undo an action.
    pub(in crate::domain) fn undoing(self, action: ActionId) -> Self {
        Self { undoes: Some(action), ..self }
    }
}

/// A text in Markdown with its HTML, which is made once, when it is written.
#[derive(Clone, Debug)]
pub struct Body {
    /// As written.
    pub(in crate::domain) markdown: String,
    /// As [`text::Rendered::encode`] keeps it.
    pub(in crate::domain) html: String,
}

impl Body {
    /// Renders what somebody wrote; it must not be empty.
    pub fn parse(input: &str) -> Result<Self, String> {
        let markdown = text::clean(input);
        if markdown.trim().is_empty() {
            return Err("Please write something.".to_owned());
        }
        Self::parse_optional(input)
    }

    /// No text.
    pub(in crate::domain) fn empty() -> Self {
        Self { markdown: String::new(), html: String::new() }
    }

    /// The same, where nothing need be said.
    pub fn parse_optional(input: &str) -> Result<Self, String> {
        let markdown = text::clean(input);
        let html = text::render(&markdown).map_err(|refusal| refusal.to_string())?.encode();
        Ok(Self { markdown, html })
    }

    /// The HTML as the database keeps it, for a preview.
    pub fn encoded(&self) -> &str {
        &self.html
    }
}
