//! Filters: the club's rules about words and links in what members write. What a rule catches is refused, or waits for a
//! moderator. Those who moderate write freely.

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

/// What a rule looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Kind {
    /// A word, or several in a row.
    Word,
    /// A link to a domain or to one below it.
    Link,
}

word_column!(Kind { Word = "word", Link = "link" });

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Deed {
    /// The text is not taken.
    Refuse,
    /// It waits for a moderator.
    Hold,
}

word_column!(Deed { Refuse = "refuse", Hold = "hold" });

/// A rule.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = filters)]
pub struct Filter {
    /// Its id.
    pub id: FilterId,
    /// What it looks for.
    pub kind: Kind,
    /// The word or domain, as [`Pattern`] reads it.
    pub pattern: String,
    /// What it does.
    pub act: Deed,
    /// Why there is this rule.
    pub note: String,
    /// Whether it is in force no longer.
    pub removed: bool,
}

/// The most rules that are in force at once.
const MOST: i64 = 500;

/// The rules in force, the newest first.
pub fn list(conn: &mut Conn) -> Result<Vec<Filter>> {
    let all = filters::table.filter(not(filters::removed)).order(filters::id.desc()).limit(MOST);
    Ok(all.select(Filter::as_select()).load(conn)?)
}

/// A rule by its id, in force or not.
pub fn get(conn: &mut Conn, id: FilterId) -> Result<Filter> {
    Ok(filters::table.find(id).select(Filter::as_select()).first(conn)?)
}

/// A text in a field of a form.
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

/// Refuses what the rules refuse, beside its field; says in which field a rule has the rest wait, where one does.
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

/// Refuses what the rules refuse in a text that moderators alone read.
pub(in crate::domain) fn refuse(conn: &mut Conn, member: &Member, field: &'static str, words: Words<'_>) -> Result<()> {
    judge(conn, member, &[(field, words)]).map(drop)
}

/// Refuses what the rules refuse, or would have wait, where nothing can wait for a moderator.
pub(super) fn refuse_all(conn: &mut Conn, member: &Member, fields: &[(&'static str, Words<'_>)]) -> Result<()> {
    let sentence = "This contains a word or link that needs a moderator’s approval, which isn’t possible here. Please \
                    remove it.";
    match judge(conn, member, fields)? {
        Some(field) => Err(Error::Refused(Problems::one(field, sentence))),
        None => Ok(()),
    }
}

/// The same of a changed post: what stands already cannot wait.
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
