//! Types of small texts that are valid by construction: parsed once, where they are entered.

use crate::db::LogEntryId;
use crate::error::{self, Error, Problems};
use crate::text;

/// Whether a text contains spoiler markup. In plain text it would hide nothing.
pub fn has_spoiler_markup(text: &str) -> bool {
    text.contains("||") || text.lines().any(|line| line.trim_start().starts_with(":::"))
}

/// Checks one line of text: cleaned, without invisible characters, not empty, at most `most` characters, without
/// spoiler markup. The error is a sentence for the form, which calls the field `what`.
pub fn line(input: &str, what: &str, most: usize) -> Result<String, String> {
    let text = one_line(input);
    match text.chars().count() {
        0 => Err(format!("Please give {what}.")),
        count if count > most => {
            Err(format!("{} can have at most {most} characters; this has {count}.", capitalised(what)))
        }
        _ if has_spoiler_markup(&text) => Err(format!(
            "{} can’t contain a hidden spoiler, because everyone can read it. Please remove the spoiler or its bars.",
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

/// Like [`line`], but `None` for an empty line.
pub fn optional_line(input: &str, what: &str, most: usize) -> Result<Option<String>, String> {
    if one_line(input).is_empty() { Ok(None) } else { line(input, what, most).map(Some) }
}

/// Longest slug, in characters.
const MAX_SLUG_LENGTH: usize = 60;

/// The slug of a title, cut at a whole word: "why-dont-they-run". `or` if the title has no letters or digits.
pub fn slug(title: &str, or: &str) -> String {
    // Emoji would become long names.
    let said = title.replace(['’', '\''], "").replace(|c: char| !c.is_alphanumeric(), " ");
    let mut slug = slug::slugify(said);
    if slug.len() > MAX_SLUG_LENGTH {
        let end = slug[..=MAX_SLUG_LENGTH].rfind('-').unwrap_or(MAX_SLUG_LENGTH);
        slug.truncate(end);
    }
    match slug.as_str() {
        "" => or.to_owned(),
        word if RESERVED_SLUGS.contains(&word) => format!("{word}-{or}"),
        _ => slug,
    }
}

/// Slugs that are paths of their own: a book called "Walk" gets `walk-book`.
const RESERVED_SLUGS: [&str; 20] = [
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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(pub(in crate::domain) String);

impl Title {
    /// Checks a title: one line of at most 150 characters.
    pub fn parse(input: &str) -> Result<Self, String> {
        line(input, "a title", 150).map(Self)
    }

    /// As it was written.
    pub(in crate::domain) fn as_str(&self) -> &str {
        &self.0
    }

    /// An imported title. Its length and markup aren't checked; only an empty one is an error.
    pub(in crate::domain) fn imported(line: String) -> Result<Self, String> {
        let line = one_line(&line);
        if line.is_empty() { Err("There is no title.".to_owned()) } else { Ok(Self(line)) }
    }

    /// Whether it contains spoiler markup, as an imported title may.
    pub(in crate::domain) fn may_spoil(&self) -> bool {
        has_spoiler_markup(&self.0)
    }
}

/// Why a member of staff did something. It is logged and shown to the people concerned.
#[derive(Clone, Debug)]
pub struct Reason {
    pub(in crate::domain) text: String,
    /// The entry of the log that is undone.
    pub(in crate::domain) undoes: Option<LogEntryId>,
}

impl Reason {
    /// Checks a reason: one line of at most 300 characters.
    pub fn parse(input: &str) -> Result<Self, String> {
        line(input, "a reason", 300).map(|text| Self { text, undoes: None })
    }

    /// The same, for a form whose field `reason` is the only one that can be wrong.
    pub fn from_form(input: &str) -> error::Result<Self> {
        Self::parse(input).map_err(|sentence| Error::Refused(Problems::one("reason", sentence)))
    }

    /// The same, to undo an entry of the log.
    pub(in crate::domain) fn undoing(self, entry: LogEntryId) -> Self {
        Self { undoes: Some(entry), ..self }
    }
}

/// Markdown with its HTML, which is rendered once, when the text is written.
#[derive(Clone, Debug)]
pub struct Body {
    pub(in crate::domain) markdown: String,
    /// As [`text::Rendered::encode`] returns it.
    pub(in crate::domain) html: String,
}

impl Body {
    /// Renders Markdown that must not be empty. The error is a sentence for the form.
    pub fn parse(input: &str) -> Result<Self, String> {
        let markdown = text::clean(input);
        if markdown.trim().is_empty() {
            return Err("Please write something.".to_owned());
        }
        Self::parse_optional(input)
    }

    pub(in crate::domain) fn empty() -> Self {
        Self { markdown: String::new(), html: String::new() }
    }

    /// Like [`Body::parse`], but the text may be empty.
    pub fn parse_optional(input: &str) -> Result<Self, String> {
        let markdown = text::clean(input);
        let html = text::render(&markdown).map_err(|refusal| refusal.to_string())?.encode();
        Ok(Self { markdown, html })
    }

    /// The encoded HTML, for a preview.
    pub fn encoded(&self) -> &str {
        &self.html
    }
}
