//! Adding, editing and removing rules. The log says what kind of rule was changed; the blocked words, which could be
//! spoilers, are only on the page of the rules.

use super::{Deed, Filter, Kind, MOST, Pattern, get, list};
use crate::db::schema::filters;
use crate::db::{Conn, FilterId, Moment};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::words::Reason;
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// A valid form for a rule.
#[derive(Clone, Debug)]
pub struct NewFilter {
    rule: Rule,
    pattern: Pattern,
    reason: Reason,
}

/// The content of a rule. Reversals store it as JSON, so its fields must not change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    kind: Kind,
    pattern: String,
    act: Deed,
    note: String,
}

impl NewFilter {
    /// Checks the form.
    pub fn parse(kind: &str, pattern: &str, act: &str, note: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let kind = problems.take("kind", Kind::from_word(kind).ok_or("Please choose what to match."));
        let act = problems.take("act", Deed::from_word(act).ok_or("Please choose an action."));
        let pattern = kind.and_then(|kind| problems.take("pattern", Pattern::parse(kind, pattern)));
        let reason = problems.take("note", Reason::parse(note));
        match (kind, pattern, act, reason) {
            (Some(kind), Some(pattern), Some(act), Some(reason)) => {
                let rule = Rule { kind, pattern: pattern.words(), act, note: reason.words.clone() };
                Ok(Self { rule, pattern, reason })
            }
            _ => Err(problems),
        }
    }

    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }
}

impl Rule {
    /// Its description in the log.
    fn words(&self) -> String {
        format!("{}, {}", self.kind.as_str(), self.act.as_str())
    }
}

impl Filter {
    /// Its content; `None` if the rule was removed.
    fn rule(self) -> Option<Rule> {
        let Self { kind, pattern, act, note, removed, .. } = self;
        (!removed).then_some(Rule { kind, pattern, act, note })
    }
}

/// Adds a rule, unless it exists or there are too many.
pub fn add(conn: &mut Conn, actor: &Member, new: &NewFilter) -> Result<FilterId> {
    policy::require(Some(actor), Act::Moderate)?;
    let in_force = list(conn)?;
    let refused = |sentence: String| Err(Error::Refused(Problems::one("pattern", sentence)));
    if in_force.iter().any(|known| known.kind == new.rule.kind && known.pattern == new.rule.pattern) {
        return refused("This rule already exists.".to_owned());
    }
    if in_force.len() >= usize::try_from(MOST).unwrap_or(usize::MAX) {
        return refused(format!("The club already has {MOST} rules. Please remove one first."));
    }
    let row = (
        (filters::kind.eq(new.rule.kind), filters::pattern.eq(&new.rule.pattern), filters::act.eq(new.rule.act)),
        (filters::note.eq(&new.rule.note), filters::removed.eq(false), filters::made_at.eq(Moment::now())),
    );
    let id: FilterId = diesel::insert_into(filters::table).values(row).returning(filters::id).get_result(conn)?;
    log(conn, actor, id, None, Some(&new.rule), &new.reason)?;
    Ok(id)
}

pub fn change(conn: &mut Conn, actor: &Member, id: FilterId, new: &NewFilter) -> Result<()> {
    let before = get(conn, id)?.rule().ok_or_else(overtaken)?;
    set(conn, actor, id, Some(&before), Some(&new.rule), &new.reason)
}

pub fn remove(conn: &mut Conn, actor: &Member, id: FilterId, reason: &Reason) -> Result<()> {
    let before = get(conn, id)?.rule().ok_or_else(overtaken)?;
    set(conn, actor, id, Some(&before), None, reason)
}

/// Replaces a rule's content, if it is still `before`. `None` stands for a removed rule.
fn set(
    conn: &mut Conn,
    actor: &Member,
    id: FilterId,
    before: Option<&Rule>,
    after: Option<&Rule>,
    reason: &Reason,
) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    let now = get(conn, id)?;
    let seen = filters::table
        .find(id)
        .filter(filters::removed.eq(now.removed))
        .filter(filters::kind.eq(now.kind))
        .filter(filters::pattern.eq(&now.pattern))
        .filter(filters::act.eq(now.act))
        .filter(filters::note.eq(&now.note));
    let changed = match after {
        Some(rule) => diesel::update(seen)
            .set((
                filters::kind.eq(rule.kind),
                filters::pattern.eq(&rule.pattern),
                filters::act.eq(rule.act),
                filters::note.eq(&rule.note),
                filters::removed.eq(false),
            ))
            .execute(conn)?,
        None => diesel::update(seen).set(filters::removed.eq(true)).execute(conn)?,
    };
    if changed == 0 || now.clone().rule().as_ref() != before {
        return Err(overtaken());
    }
    log(conn, actor, id, before, after, reason)
}

fn overtaken() -> Error {
    Error::Conflict("Someone else changed this rule in the meantime. Nothing was changed.")
}

fn log(
    conn: &mut Conn,
    actor: &Member,
    id: FilterId,
    before: Option<&Rule>,
    after: Option<&Rule>,
    reason: &Reason,
) -> Result<()> {
    let kind = match (before, after) {
        (None, _) => "added",
        (Some(_), Some(_)) => "changed",
        (Some(_), None) => "removed",
    };
    let words = |rule: Option<&Rule>| rule.map(Rule::words).unwrap_or_default();
    let entry = Entry::new(kind, ("filter", id.0), (&words(before), &words(after))).because(reason);
    let undo = ReplaceRule { rule: id, from: after.cloned(), to: before.cloned() };
    log::record(conn, actor.id, &entry.undone_by(&undo)?)
}

/// Restores the previous content of a rule. `None` stands for a removed rule.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct ReplaceRule {
    rule: FilterId,
    from: Option<Rule>,
    to: Option<Rule>,
}

impl Reversal for ReplaceRule {
    const NAME: &'static str = "post_rule.replace";

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        set(conn, actor, self.rule, self.from.as_ref(), self.to.as_ref(), reason)
    }
}
