//! Forgotten passwords: a letter with a link, by which one sets a new one. Asking tells nothing: what is asked for goes
//! into the outbox whoever it is, and whether there is anybody is looked up when it would be sent.

use crate::db::schema::members;
use crate::db::{Conn, MemberId, Moment};
use crate::domain::accounts::credentials;
use crate::domain::accounts::email_links;
use crate::domain::core::limits;
use crate::domain::core::members::State;
use crate::domain::core::tokens::hash;
use crate::domain::safety::email_queue::{self, Kind};
use crate::error::{Error, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// How long the link works.
pub(in crate::domain) const GOOD_FOR: TimeDelta = TimeDelta::hours(1);

/// How often somebody may ask in an hour: for one name, and from one address.
const AN_HOUR: (u32, u32) = (3, 20);

/// How many of those who gave the same unconfirmed address get a letter: the first.
const SHARING: i64 = 3;

/// The longest name or address that anybody has, in bytes.
const LONGEST: usize = 254;

/// Somebody at this address asks for a new password, for whoever goes by this name or has this e-mail address. Whoever
/// asks too often for one name is answered as before, and the letters that were sent are what there is.
pub fn ask(conn: &mut Conn, name: &str, from: &str) -> Result<()> {
    limits::take(conn, &format!("forgot-from:{from}"), AN_HOUR.1)?;
    // PostgreSQL takes no NUL, and nobody has one in their name.
    let key = name.trim().to_lowercase().replace('\0', " ");
    if key.len() > LONGEST {
        return Ok(());
    }
    match limits::take(conn, &format!("forgot:{}", hash(&key)), AN_HOUR.0) {
        Ok(()) => email_queue::write(conn, Kind::Forgotten, None, &key, Moment::now().after(GOOD_FOR)),
        Err(Error::TooMany) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Who is meant by a name or an address, each with their address: whoever has confirmed it, or the first who gave it.
pub(in crate::domain) fn concerned(conn: &mut Conn, key: &str) -> Result<Vec<(MemberId, String)>> {
    let found: Vec<(MemberId, String, Option<Moment>)> = members::table
        .filter(members::handle_key.eq(key).or(members::email_key.eq(key)))
        .filter(members::state.ne(State::Former))
        .order((members::confirmed_at.is_null(), members::id))
        .limit(SHARING)
        .select((members::id, members::email, members::confirmed_at))
        .load(conn)?;
    let is_theirs = found.first().is_some_and(|(_, _, confirmed_at)| confirmed_at.is_some());
    let most = if is_theirs { 1 } else { found.len() };
    Ok(found.into_iter().take(most).map(|(member, email, _)| (member, email)).collect())
}

/// Who sets a new password by a link: their handle and address, which are no good passwords. Changes nothing.
pub fn find(conn: &mut Conn, token: &str) -> Result<(String, String)> {
    let (member, key) = email_links::find(conn, email_links::Kind::Reset, token)?;
    same(conn, member, &key)
}

fn same(conn: &mut Conn, member: MemberId, key: &str) -> Result<(String, String)> {
    let same = members::table.find(member).filter(members::email_key.eq(key)).filter(members::state.ne(State::Former));
    same.select((members::handle, members::email)).first(conn).optional()?.ok_or(Error::Spent)
}

/// Sets the password of whoever has the link, which is used up. All their sessions end, and every other link.
pub fn set(conn: &mut Conn, token: &str, password_hash: &str) -> Result<()> {
    let (member, key) = email_links::take(conn, email_links::Kind::Reset, token)?;
    same(conn, member, &key)?;
    credentials::set_password(conn, member, password_hash, None)
}
