//! Post rules: a club's blocked words and links. A rule refuses a text or holds it for approval. Moderators' own texts
//! aren't checked.

mod catching;
mod keeping;

pub use catching::{Pattern, Said};
pub(in crate::domain) use keeping::ReplaceRule;
pub use keeping::{NewFilter, add, change, remove};

use crate::db::schema::filters;
use crate::db::{Conn, FilterId, word_column};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{Act, may};
use crate::domain::core::words::Body;
use crate::error::{Error, Problems, Result};
use diesel::deserialize::FromSqlRow;
use diesel::dsl::not;
use diesel::expression::AsExpression;
use diesel::prelude::*;

/// What a rule matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Kind {
    /// A word or phrase.
    Word,
    /// A domain with its subdomains.
    Link,
}

word_column!(Kind { Word = "word", Link = "link" });

/// What happens to a text that matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Deed {
    /// It is rejected.
    Refuse,
    /// It is held for approval.
    Hold,
}

word_column!(Deed { Refuse = "refuse", Hold = "hold" });

/// A rule, in force or removed.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = filters)]
pub struct Filter {
    pub id: FilterId,
    /// What it looks for.
    pub kind: Kind,
    /// The word or domain, as [`Pattern`] parses it.
    pub pattern: String,
    pub act: Deed,
    /// Why the rule exists.
    pub note: String,
    /// Whether the rule has been removed. Removed rules are kept for reversals.
    pub removed: bool,
}

/// Most rules in force.
const MOST: i64 = 500;

/// Rules in force, newest first.
pub fn list(conn: &mut Conn) -> Result<Vec<Filter>> {
    let all = filters::table.filter(not(filters::removed)).order(filters::id.desc()).limit(MOST);
    Ok(all.select(Filter::as_select()).load(conn)?)
}

/// A rule, in force or removed.
pub fn get(conn: &mut Conn, id: FilterId) -> Result<Filter> {
    Ok(filters::table.find(id).select(Filter::as_select()).first(conn)?)
}

/// The content of a form field.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) enum Words<'a> {
    /// Plain text.
    Plain(&'a str),
    /// Markdown.
    Body(&'a Body),
}

impl Words<'_> {
    fn said(self) -> Said {
        match self {
            Self::Plain(text) => Said::plain(text),
            Self::Body(body) => Said::body(body),
        }
    }
}

/// Applies the rules to the fields of a form. Blocked words are an error beside their field. Returns the field that
/// must be held for approval, if any.
pub(in crate::domain) fn judge(
    conn: &mut Conn,
    member: &Member,
    fields: &[(&'static str, Words<'_>)],
) -> Result<Option<&'static str>> {
    let rules = if may(member, Act::Moderate) { Vec::new() } else { list(conn)? };
    if rules.is_empty() {
        return Ok(None);
    }
    let fields: Vec<(&'static str, Said)> = fields.iter().map(|(field, words)| (*field, words.said())).collect();
    let mut holds = None;
    let mut problems = Problems::default();
    for filter in rules {
        let Some(pattern) = Pattern::kept(filter.kind, &filter.pattern) else { continue };
        for (field, said) in &fields {
            match (said.caught_by(&pattern), filter.act) {
                (Some(caught), Deed::Refuse) => problems.add(*field, refusal(filter.kind, &caught)),
                (Some(_), Deed::Hold) => holds = Some(*field),
                (None, _) => {}
            }
        }
    }
    problems.done()?;
    Ok(holds)
}

/// Applies the rules to a text that only moderators read. Blocked words are an error; words that need approval pass.
pub(in crate::domain) fn refuse(conn: &mut Conn, member: &Member, field: &'static str, words: Words<'_>) -> Result<()> {
    judge(conn, member, &[(field, words)]).map(drop)
}

/// Applies the rules where there is no approval queue: a text that would be held is rejected.
pub(super) fn refuse_all(conn: &mut Conn, member: &Member, fields: &[(&'static str, Words<'_>)]) -> Result<()> {
    let sentence = "This contains a word or link that needs a moderator’s approval, which isn’t possible here. Please \
                    remove it.";
    match judge(conn, member, fields)? {
        Some(field) => Err(Error::Refused(Problems::one(field, sentence))),
        None => Ok(()),
    }
}

/// Like [`refuse_all`], for the edit of a published post, which can't be held.
pub(super) fn refuse_change(conn: &mut Conn, member: &Member, field: &'static str, words: Words<'_>) -> Result<()> {
    let sentence = "This contains a word or link that needs a moderator’s approval, which isn’t possible for edits. \
                    Please remove it, or write a new post.";
    match judge(conn, member, &[(field, words)])? {
        Some(_) => Err(Error::Refused(Problems::one(field, sentence))),
        None => Ok(()),
    }
}

fn refusal(kind: Kind, caught: &str) -> String {
    match kind {
        Kind::Word => format!("The club’s rules block “{caught}”. Please rephrase."),
        Kind::Link => format!("The club’s rules block links to {caught}. Please remove the link."),
    }
}
