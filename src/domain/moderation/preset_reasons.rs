//! Preset reasons: sentences that forms suggest when they ask for a reason. Admins edit the list; anyone can write a
//! reason of their own instead.

use crate::db::dialect::try_insert;
use crate::db::schema::preset_reasons;
use crate::db::{Conn, PresetReasonId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::{Reason, line};
use crate::domain::safety::log::facts::Change;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// How many preset reasons a club can have. Forms list them all.
pub const MAX_REASONS: i64 = 40;

/// All preset reasons in alphabetical order.
pub fn list(conn: &mut Conn) -> Result<Vec<(PresetReasonId, String)>> {
    let all: Vec<(PresetReasonId, String)> =
        preset_reasons::table.select((preset_reasons::id, preset_reasons::words)).load(conn)?;
    let mut all = all;
    all.sort_by_key(|(_, words)| words.to_lowercase());
    Ok(all)
}

/// The sentences alone, for a form.
pub fn sentences(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(list(conn)?.into_iter().map(|(_, words)| words).collect())
}

pub fn get(conn: &mut Conn, id: PresetReasonId) -> Result<String> {
    Ok(preset_reasons::table.find(id).select(preset_reasons::words).first(conn)?)
}

/// Parses a preset reason: at most 120 characters on one line. The error is a message for the form.
pub fn parse(words: &str) -> Result<String, String> {
    line(words, "a reason", 120)
}

/// Replaces one preset reason with another. Adds one if `from` is `None`, and removes one if `to` is `None`. `reason`
/// is set when this undoes an earlier change.
pub fn replace(
    conn: &mut Conn,
    actor: &Member,
    from: Option<&str>,
    to: Option<&str>,
    reason: Option<&Reason>,
) -> Result<()> {
    policy::require(Some(actor), Act::Administer)?;
    if from == to {
        return Ok(());
    }
    let old = || from.unwrap_or_default().to_owned();
    let new = || to.unwrap_or_default().to_owned();
    let (event, done) = match (from, to) {
        (Some(from), Some(to)) => (Event::PresetReasonChanged(Change::new(old(), new())), update(conn, from, to)?),
        (Some(from), None) => {
            let of_words = preset_reasons::table.filter(preset_reasons::words.eq(from));
            (Event::PresetReasonRemoved { reason: old() }, diesel::delete(of_words).execute(conn)?)
        }
        (None, to) => (Event::PresetReasonAdded { reason: new() }, insert(conn, to.unwrap_or_default())?),
    };
    if done == 0 {
        return Err(Error::Conflict("Someone else changed this in the meantime. Please check the list."));
    }
    let undo = ReplaceReason { from: to.map(str::to_owned), to: from.map(str::to_owned) };
    let entry = NewLogEntry::new(event, LogSubject::PresetReasons).because(reason);
    log::record(conn, actor.id, entry.undone_by(&undo)?)
}

/// Replaces one preset reason with another, or adds or removes one.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct ReplaceReason {
    from: Option<String>,
    to: Option<String>,
}

impl Reversal for ReplaceReason {
    const NAME: &'static str = "preset_reason.replace";

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        replace(conn, actor, self.from.as_deref(), self.to.as_deref(), Some(reason))
    }
}

fn insert(conn: &mut Conn, words: &str) -> Result<usize> {
    if preset_reasons::table.count().get_result::<i64>(conn)? >= MAX_REASONS {
        return Err(refused("The list is full. Please change or remove a reason first."));
    }
    let new = preset_reasons::words.eq(words);
    match try_insert(conn, |conn| diesel::insert_into(preset_reasons::table).values(new).execute(conn))? {
        true => Ok(1),
        false => Err(refused(DUPLICATE)),
    }
}

fn update(conn: &mut Conn, from: &str, to: &str) -> Result<usize> {
    let mut changed = 0;
    let old = preset_reasons::table.filter(preset_reasons::words.eq(from));
    let there = try_insert(conn, |conn| {
        changed = diesel::update(old).set(preset_reasons::words.eq(to)).execute(conn)?;
        Ok(changed)
    })?;
    if there { Ok(changed) } else { Err(refused(DUPLICATE)) }
}

const DUPLICATE: &str = "This reason already exists.";

fn refused(sentence: &str) -> Error {
    Error::Refused(Problems::one("words", sentence))
}
