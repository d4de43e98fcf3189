//! What a member shows who they are with: finding and changing the hashes of passwords.

use crate::db::schema::members;
use crate::db::{Conn, MemberId, Moment};
use crate::domain::accounts::calendar_links;
use crate::domain::accounts::{email_links, sessions};
use crate::domain::core::limits;
use crate::domain::core::members::{Member, State};
use crate::domain::core::tokens;
use crate::domain::safety::email_queue::{self, Kind, PATIENCE};
use crate::error::{Error, Result};
use diesel::prelude::*;

/// How many of those who gave the same e-mail address can sign in by it: the first. Each costs a hash.
const SHARING: usize = 3;

/// Ids and password hashes of those who may sign in with this handle or e-mail address: one place for a handle, and for
/// an address, which several may have given as long as nobody has confirmed it, always as many as may share it. A place without an
/// account is empty, and is to be tried like the others, so that nothing tells who is here.
pub fn credentials(conn: &mut Conn, handle_or_email: &str) -> Result<Vec<Option<(MemberId, String)>>> {
    let key = handle_or_email.trim().to_lowercase();
    let places = if key.contains('@') { SHARING } else { 1 };
    // PostgreSQL takes no NUL, and nobody has one in their name.
    let known = if key.contains('\0') { Vec::new() } else { known(conn, &key)? };
    Ok(known.into_iter().map(Some).chain(std::iter::repeat(None)).take(places).collect())
}

fn known(conn: &mut Conn, key: &str) -> Result<Vec<(MemberId, String)>> {
    let found = members::table
        .filter(members::handle_key.eq(key).or(members::email_key.eq(key)))
        .filter(members::state.ne(State::Former))
        .order((members::confirmed_at.is_null(), members::id))
        .limit(SHARING as i64)
        .select((members::id, members::password_hash, members::confirmed_at));
    let found: Vec<(MemberId, String, Option<Moment>)> = found.load(conn)?;
    // Whoever reads its mail has the address for themselves.
    let is_theirs = found.first().is_some_and(|(_, _, confirmed_at)| confirmed_at.is_some());
    let most = if is_theirs { 1 } else { SHARING };
    Ok(found.into_iter().take(most).map(|(member, hash, _)| (member, hash)).collect())
}

/// Takes a turn, of `most` an hour, at changing one's own password. Gives their handle and
/// e-mail address, which are no good passwords, and the hash that the old one must fit.
pub fn try_password(conn: &mut Conn, member: &Member, most: u32) -> Result<(String, String, String)> {
    limits::take(conn, &password_bucket(member.id), most)?;
    let columns = (members::handle, members::email, members::password_hash);
    Ok(members::table.find(member.id).select(columns).first(conn)?)
}

fn password_bucket(member: MemberId) -> String {
    format!("password:{member}")
}

/// Sets a member's password and ends all their sessions but `keep`. They get word of it.
pub fn set_password(conn: &mut Conn, member: MemberId, hash: &str, keep: Option<&str>) -> Result<()> {
    diesel::update(members::table.find(member)).set(members::password_hash.eq(hash)).execute(conn)?;
    sessions::end_others(conn, member, keep)?;
    note_change(conn, member)
}

/// Ends what a member could come in by besides the new password, and writes to them that there is one.
fn note_change(conn: &mut Conn, member: MemberId) -> Result<()> {
    email_links::end(conn, member)?;
    calendar_links::end(conn, member)?;
    email_queue::write(conn, Kind::PasswordChanged, Some(member), "", Moment::now().after(PATIENCE))
}

/// A member changes their password: `checked` is the hash that they knew the password of. All their sessions end, and
/// this browser gets a new one.
pub fn change_password(
    conn: &mut Conn,
    member: &Member,
    checked: &str,
    hash: &str,
    browser: &sessions::Browser,
) -> Result<tokens::Token> {
    if !replace_hash(conn, member.id, checked, hash)? {
        return Err(Error::Conflict("Your password was just changed, perhaps in another window. Please try again."));
    }
    limits::clear(conn, &password_bucket(member.id))?;
    sessions::end_others(conn, member.id, None)?;
    note_change(conn, member.id)?;
    sessions::open(conn, member.id, browser)
}

/// Puts `new` in the place of the hash `checked`, and says whether it was still there: whoever proved to know a
/// password must not come in by it once it was changed.
pub(in crate::domain) fn replace_hash(conn: &mut Conn, member: MemberId, checked: &str, new: &str) -> Result<bool> {
    let same = members::table.find(member).filter(members::password_hash.eq(checked));
    Ok(diesel::update(same).set(members::password_hash.eq(new)).execute(conn)? == 1)
}
