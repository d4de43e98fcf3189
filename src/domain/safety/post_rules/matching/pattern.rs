//! The pattern of a rule.

use super::hosts::host;
use super::spelling::{fold, split};
use crate::domain::safety::post_rules::PostRuleKind;

/// Longest pattern, in characters.
const LONGEST: usize = 100;

/// A parsed pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Normalised words of a phrase, and whether the last one is a prefix (`bet*`).
    Words(Vec<String>, bool),
    /// A domain in lower-case ASCII (punycode).
    Domain(String),
}

impl Pattern {
    /// Parses a pattern. The error is a sentence for the form.
    pub fn parse(kind: PostRuleKind, input: &str) -> Result<Self, String> {
        let input = input.trim();
        if input.chars().count() > LONGEST {
            return Err(format!("Please keep this to {LONGEST} characters."));
        }
        match kind {
            PostRuleKind::Word => words(input),
            PostRuleKind::Link => domain(input),
        }
    }

    /// A pattern from the database; `None` if it can't be parsed.
    pub(in crate::domain) fn from_stored(kind: PostRuleKind, kept: &str) -> Option<Self> {
        Self::parse(kind, kept).ok()
    }

    /// The pattern as it is stored and shown.
    pub(in crate::domain) fn words(&self) -> String {
        match self {
            Self::Words(words, begins) => format!("{}{}", words.join(" "), if *begins { "*" } else { "" }),
            Self::Domain(domain) => domain.clone(),
        }
    }
}

fn words(input: &str) -> Result<Pattern, String> {
    let bare = input.strip_suffix('*').unwrap_or(input);
    if bare.contains('*') {
        return Err("A star can only be at the end: “bet*”.".to_owned());
    }
    let words: Vec<String> = split(bare).map(fold).collect();
    match words.last() {
        None => Err("Please enter a word or phrase.".to_owned()),
        Some(last) if bare != input && last.chars().count() < 2 => {
            Err("Please enter at least two letters before the star.".to_owned())
        }
        Some(_) => Ok(Pattern::Words(words, bare != input)),
    }
}

fn domain(input: &str) -> Result<Pattern, String> {
    let wrong = || "Please enter a domain, such as example.com.".to_owned();
    let bare = input.strip_prefix("*.").unwrap_or(input);
    let host = if bare.contains("://") { host(bare) } else { host(&format!("http://{bare}")) };
    host.filter(|host| host.contains(['.', ':']) && !host.contains('*')).map(Pattern::Domain).ok_or_else(wrong)
}
