//! Post rules: a club's blocked words and links. A rule refuses a text or holds it for approval. Moderators' own texts
//! aren't checked.

mod editing;
mod matching;

pub(in crate::domain) use editing::ReplaceRule;
pub use editing::{NewPostRule, add, change, remove};
pub use matching::{MatchableText, Pattern};

use crate::db::schema::post_rules;
use crate::db::{Conn, PostRuleId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{Act, may};
use crate::domain::core::text_fields::Body;
pub use crate::domain::safety::activity::facts::{PostRuleAction, PostRuleKind};
use crate::error::{Error, Problems, Result};
use diesel::dsl::not;
use diesel::prelude::*;

/// A rule, in force or removed.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = post_rules)]
pub struct PostRule {
    pub id: PostRuleId,
    /// What it looks for.
    pub kind: PostRuleKind,
    /// The word or domain, as [`Pattern`] parses it.
    pub pattern: String,
    pub action: PostRuleAction,
    /// Why the rule exists.
    pub note: String,
    /// Whether the rule has been removed. Removed rules are kept for reversals.
    pub removed: bool,
}

/// Most rules in force.
const MAX_RULES: i64 = 500;

/// Rules in force, newest first.
pub fn list(conn: &mut Conn) -> Result<Vec<PostRule>> {
    let all = post_rules::table.filter(not(post_rules::removed)).order(post_rules::id.desc()).limit(MAX_RULES);
    Ok(all.select(PostRule::as_select()).load(conn)?)
}

/// A rule, in force or removed.
pub fn get(conn: &mut Conn, id: PostRuleId) -> Result<PostRule> {
    Ok(post_rules::table.find(id).select(PostRule::as_select()).first(conn)?)
}

/// The content of a form field.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) enum FieldText<'a> {
    /// Plain text.
    Plain(&'a str),
    /// Markdown.
    Body(&'a Body),
}

impl FieldText<'_> {
    fn matchable(self) -> MatchableText {
        match self {
            Self::Plain(text) => MatchableText::plain(text),
            Self::Body(body) => MatchableText::body(body),
        }
    }
}

/// Applies the rules to the fields of a form. Blocked words are an error beside their field. Returns the field that
/// must be held for approval, if any.
pub(in crate::domain) fn check(
    conn: &mut Conn,
    member: &Member,
    fields: &[(&'static str, FieldText<'_>)],
) -> Result<Option<&'static str>> {
    let rules = if may(member, Act::Moderate) { Vec::new() } else { list(conn)? };
    if rules.is_empty() {
        return Ok(None);
    }
    let fields: Vec<(&'static str, MatchableText)> =
        fields.iter().map(|(field, words)| (*field, words.matchable())).collect();
    let mut holds = None;
    let mut problems = Problems::default();
    for filter in rules {
        let Some(pattern) = Pattern::from_stored(filter.kind, &filter.pattern) else { continue };
        for (field, said) in &fields {
            match (said.find_match(&pattern), filter.action) {
                (Some(caught), PostRuleAction::Refuse) => problems.add(*field, refusal(filter.kind, &caught)),
                (Some(_), PostRuleAction::Hold) => holds = Some(*field),
                (None, _) => {}
            }
        }
    }
    problems.into_result()?;
    Ok(holds)
}

/// Applies the rules to a text that only moderators read. Blocked words are an error; words that need approval pass.
pub(in crate::domain) fn check_private(
    conn: &mut Conn,
    member: &Member,
    field: &'static str,
    words: FieldText<'_>,
) -> Result<()> {
    check(conn, member, &[(field, words)]).map(drop)
}

/// Applies the rules where there is no approval queue: a text that would be held is rejected.
pub(super) fn check_without_queue(
    conn: &mut Conn,
    member: &Member,
    fields: &[(&'static str, FieldText<'_>)],
) -> Result<()> {
    let sentence = "This contains a word or link that needs a moderator’s approval, which isn’t possible here. Please \
                    remove it.";
    match check(conn, member, fields)? {
        Some(field) => Err(Error::Refused(Problems::one(field, sentence))),
        None => Ok(()),
    }
}

/// Like [`check_without_queue`], for the edit of a published post, which can't be held.
pub(super) fn check_edit(conn: &mut Conn, member: &Member, field: &'static str, words: FieldText<'_>) -> Result<()> {
    let sentence = "This contains a word or link that needs a moderator’s approval, which isn’t possible for edits. \
                    Please remove it, or write a new post.";
    match check(conn, member, &[(field, words)])? {
        Some(_) => Err(Error::Refused(Problems::one(field, sentence))),
        None => Ok(()),
    }
}

fn refusal(kind: PostRuleKind, caught: &str) -> String {
    match kind {
        PostRuleKind::Word => format!("The club’s rules block “{caught}”. Please rephrase."),
        PostRuleKind::Link => format!("The club’s rules block links to {caught}. Please remove the link."),
    }
}
