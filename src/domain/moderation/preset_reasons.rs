//! Preset reasons: sentences that forms suggest when they ask for a reason. Admins edit the list; anyone can write a
//! reason of their own instead.

use crate::db::dialect::inserted;
use crate::db::schema::reasons;
use crate::db::{Conn, ReasonId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::words::{Reason, line};
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// How many preset reasons a club can have. Forms list them all.
pub const MOST: i64 = 40;

/// All preset reasons in alphabetical order.
pub fn list(conn: &mut Conn) -> Result<Vec<(ReasonId, String)>> {
    let all: Vec<(ReasonId, String)> = reasons::table.select((reasons::id, reasons::words)).load(conn)?;
    let mut all = all;
    all.sort_by_key(|(_, words)| words.to_lowercase());
    Ok(all)
}

/// The sentences alone, for a form.
pub fn offered(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(list(conn)?.into_iter().map(|(_, words)| words).collect())
}

pub fn get(conn: &mut Conn, id: ReasonId) -> Result<String> {
    Ok(reasons::table.find(id).select(reasons::words).first(conn)?)
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
    let (kind, done) = match (from, to) {
        (Some(from), Some(to)) => ("changed", exchange(conn, from, to)?),
        (Some(from), None) => {
            ("removed", diesel::delete(reasons::table.filter(reasons::words.eq(from))).execute(conn)?)
        }
        (None, to) => ("added", add(conn, to.unwrap_or_default())?),
    };
    if done == 0 {
        return Err(Error::Conflict("Someone else changed this in the meantime. Please check the list."));
    }
    let undo = ReplaceReason { from: to.map(str::to_owned), to: from.map(str::to_owned) };
    let change = (from.unwrap_or_default(), to.unwrap_or_default());
    let entry = Entry::new(kind, ("choice", 1), change).undone_by(&undo)?;
    log::record(conn, actor.id, &reason.into_iter().fold(entry, Entry::because))
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

fn add(conn: &mut Conn, words: &str) -> Result<usize> {
    if reasons::table.count().get_result::<i64>(conn)? >= MOST {
        return Err(refused("The list is full. Please change or remove a reason first."));
    }
    let new = reasons::words.eq(words);
    match inserted(conn, |conn| diesel::insert_into(reasons::table).values(new).execute(conn))? {
        true => Ok(1),
        false => Err(refused(TAKEN)),
    }
}

fn exchange(conn: &mut Conn, from: &str, to: &str) -> Result<usize> {
    let mut changed = 0;
    let old = reasons::table.filter(reasons::words.eq(from));
    let there = inserted(conn, |conn| {
        changed = diesel::update(old).set(reasons::words.eq(to)).execute(conn)?;
        Ok(changed)
    })?;
    if there { Ok(changed) } else { Err(refused(TAKEN)) }
}

const TAKEN: &str = "This reason already exists.";

fn refused(sentence: &str) -> Error {
    Error::Refused(Problems::one("words", sentence))
}
