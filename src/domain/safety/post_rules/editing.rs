//! Adding, editing and removing rules. The log says what kind of rule was changed; the blocked words, which could be
//! spoilers, are only on the page of the rules.

use super::{MAX_RULES, Pattern, PostRule, PostRuleAction, PostRuleKind, get, list};
use crate::db::schema::post_rules;
use crate::db::{Conn, Moment, PostRuleId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::safety::log::facts::{Change, RuleFacts};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// A valid form for a rule.
#[derive(Clone, Debug)]
pub struct NewPostRule {
    rule: PostRuleContent,
    pattern: Pattern,
    reason: Reason,
}

/// The content of a rule. Reversals store it as JSON, so its fields must not change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostRuleContent {
    kind: PostRuleKind,
    pattern: String,
    act: PostRuleAction,
    note: String,
}

impl NewPostRule {
    /// Checks the form.
    pub fn parse(kind: &str, pattern: &str, act: &str, note: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let kind = problems.check("kind", PostRuleKind::from_word(kind).ok_or("Please choose what to match."));
        let act = problems.check("act", PostRuleAction::from_word(act).ok_or("Please choose an action."));
        let pattern = kind.and_then(|kind| problems.check("pattern", Pattern::parse(kind, pattern)));
        let reason = problems.check("note", Reason::parse(note));
        match (kind, pattern, act, reason) {
            (Some(kind), Some(pattern), Some(act), Some(reason)) => {
                let rule = PostRuleContent { kind, pattern: pattern.words(), act, note: reason.text.clone() };
                Ok(Self { rule, pattern, reason })
            }
            _ => Err(problems),
        }
    }

    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }
}

impl PostRuleContent {
    /// Its description in the log.
    fn facts(&self) -> RuleFacts {
        RuleFacts { matches: self.kind, action: self.act }
    }
}

impl PostRule {
    /// Its content; `None` if the rule was removed.
    fn rule(self) -> Option<PostRuleContent> {
        let Self { kind, pattern, action: act, note, removed, .. } = self;
        (!removed).then_some(PostRuleContent { kind, pattern, act, note })
    }
}

/// Adds a rule, unless it exists or there are too many.
pub fn add(conn: &mut Conn, actor: &Member, new: &NewPostRule) -> Result<PostRuleId> {
    policy::require(Some(actor), Act::Moderate)?;
    let in_force = list(conn)?;
    let refused = |sentence: String| Err(Error::Refused(Problems::one("pattern", sentence)));
    if in_force.iter().any(|known| known.kind == new.rule.kind && known.pattern == new.rule.pattern) {
        return refused("This rule already exists.".to_owned());
    }
    if in_force.len() >= usize::try_from(MAX_RULES).unwrap_or(usize::MAX) {
        return refused(format!("The club already has {MAX_RULES} rules. Please remove one first."));
    }
    let row = (
        (
            post_rules::kind.eq(new.rule.kind),
            post_rules::pattern.eq(&new.rule.pattern),
            post_rules::action.eq(new.rule.act),
        ),
        (post_rules::note.eq(&new.rule.note), post_rules::removed.eq(false), post_rules::created_at.eq(Moment::now())),
    );
    let id: PostRuleId =
        diesel::insert_into(post_rules::table).values(row).returning(post_rules::id).get_result(conn)?;
    log(conn, actor, id, None, Some(&new.rule), &new.reason)?;
    Ok(id)
}

pub fn change(conn: &mut Conn, actor: &Member, id: PostRuleId, new: &NewPostRule) -> Result<()> {
    let before = get(conn, id)?.rule().ok_or_else(conflict)?;
    set(conn, actor, id, Some(&before), Some(&new.rule), &new.reason)
}

pub fn remove(conn: &mut Conn, actor: &Member, id: PostRuleId, reason: &Reason) -> Result<()> {
    let before = get(conn, id)?.rule().ok_or_else(conflict)?;
    set(conn, actor, id, Some(&before), None, reason)
}

/// Replaces a rule's content, if it is still `before`. `None` stands for a removed rule.
fn set(
    conn: &mut Conn,
    actor: &Member,
    id: PostRuleId,
    before: Option<&PostRuleContent>,
    after: Option<&PostRuleContent>,
    reason: &Reason,
) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    let now = get(conn, id)?;
    let seen = post_rules::table
        .find(id)
        .filter(post_rules::removed.eq(now.removed))
        .filter(post_rules::kind.eq(now.kind))
        .filter(post_rules::pattern.eq(&now.pattern))
        .filter(post_rules::action.eq(now.action))
        .filter(post_rules::note.eq(&now.note));
    let changed = match after {
        Some(rule) => diesel::update(seen)
            .set((
                post_rules::kind.eq(rule.kind),
                post_rules::pattern.eq(&rule.pattern),
                post_rules::action.eq(rule.act),
                post_rules::note.eq(&rule.note),
                post_rules::removed.eq(false),
            ))
            .execute(conn)?,
        None => diesel::update(seen).set(post_rules::removed.eq(true)).execute(conn)?,
    };
    if changed == 0 || now.clone().rule().as_ref() != before {
        return Err(conflict());
    }
    log(conn, actor, id, before, after, reason)
}

fn conflict() -> Error {
    Error::Conflict("Someone else changed this rule in the meantime. Nothing was changed.")
}

fn log(
    conn: &mut Conn,
    actor: &Member,
    id: PostRuleId,
    before: Option<&PostRuleContent>,
    after: Option<&PostRuleContent>,
    reason: &Reason,
) -> Result<()> {
    let event = match (before.map(PostRuleContent::facts), after.map(PostRuleContent::facts)) {
        (None, None) => return Ok(()),
        (None, Some(after)) => Event::PostRuleAdded(after),
        (Some(before), Some(after)) => Event::PostRuleChanged(Change::new(before, after)),
        (Some(before), None) => Event::PostRuleRemoved(before),
    };
    let entry = NewLogEntry::new(event, LogSubject::PostRule(id)).because(reason);
    let undo = ReplaceRule { rule: id, from: after.cloned(), to: before.cloned() };
    log::record(conn, actor.id, entry.undone_by(&undo)?)
}

/// Restores the previous content of a rule. `None` stands for a removed rule.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct ReplaceRule {
    rule: PostRuleId,
    from: Option<PostRuleContent>,
    to: Option<PostRuleContent>,
}

impl Reversal for ReplaceRule {
    const NAME: &'static str = "post_rule.replace";

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        set(conn, actor, self.rule, self.from.as_ref(), self.to.as_ref(), reason)
    }
}
