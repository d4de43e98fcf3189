//! The sentences that forms offer where they ask why. Admins choose them; whoever is asked may say it in their own words.

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

/// How many there may be: whoever is asked why reads them all.
pub const MOST: i64 = 40;

/// All of them with their ids, by the alphabet.
pub fn list(conn: &mut Conn) -> Result<Vec<(ReasonId, String)>> {
    let all: Vec<(ReasonId, String)> = reasons::table.select((reasons::id, reasons::words)).load(conn)?;
    let mut all = all;
    all.sort_by_key(|(_, words)| words.to_lowercase());
    Ok(all)
}

/// Their words, for a form.
pub fn offered(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(list(conn)?.into_iter().map(|(_, words)| words).collect())
}

/// The words of one.
pub fn get(conn: &mut Conn, id: ReasonId) -> Result<String> {
    Ok(reasons::table.find(id).select(reasons::words).first(conn)?)
}

/// Reads what an admin wrote: at most 120 characters on one line. The error is a sentence for the form.
pub fn parse(words: &str) -> Result<String, String> {
    line(words, "a reason", 120)
}

/// Puts one sentence in the place of another. Without the first it is a new one, without the second one goes. Undone,
/// with the reason for that, it is the other way round.
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

/// Puts one preset reason in the place of another; without the first it is a new one, without the second one goes.
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
