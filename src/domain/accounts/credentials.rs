//! Credentials: finding and replacing password hashes.

use crate::db::schema::members;
use crate::db::{Conn, MemberId, Moment};
use crate::domain::accounts::calendar_links;
use crate::domain::accounts::{email_links, sessions};
use crate::domain::core::members::{Member, MemberState};
use crate::domain::core::rate_limits;
use crate::domain::core::tokens;
use crate::domain::safety::email_queue::{self, EmailKind, RETRY_PERIOD};
use crate::error::{Error, Result};
use diesel::prelude::*;

/// How many of the accounts that share an unconfirmed email address can sign in with it, or get an email to reset their
/// password. Checking each costs a hash.
const MAX_ACCOUNTS_PER_EMAIL: usize = 3;

/// The accounts that a handle or email address may sign in to, as member ids and password hashes.
///
/// The list is always 1 long for a handle and 3 long for an address, filled up with `None`. The caller must verify the
/// password against each entry, also the empty ones, so that the response time doesn't reveal which accounts exist.
pub fn find_candidates(conn: &mut Conn, handle_or_email: &str) -> Result<Vec<Option<(MemberId, String)>>> {
    let key = handle_or_email.trim().to_lowercase();
    let places = if key.contains('@') { MAX_ACCOUNTS_PER_EMAIL } else { 1 };
    // PostgreSQL's text can't contain NUL, and no handle or address does.
    let known = if key.contains('\0') { Vec::new() } else { find_accounts(conn, &key)? };
    let known = known.into_iter().map(|account| Some((account.id, account.password_hash)));
    Ok(known.chain(std::iter::repeat(None)).take(places).collect())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = members)]
pub(super) struct Account {
    pub(super) id: MemberId,
    pub(super) email: String,
    password_hash: String,
    email_confirmed_at: Option<Moment>,
}

/// The accounts that a handle or address stands for: whoever confirmed the address, or else the first few accounts that
/// have it. `key` is lowercase.
pub(super) fn find_accounts(conn: &mut Conn, key: &str) -> Result<Vec<Account>> {
    let mut found: Vec<Account> = members::table
        .filter(members::handle_key.eq(key).or(members::email_key.eq(key)))
        .filter(members::state.ne(MemberState::Former))
        .order((members::email_confirmed_at.is_null(), members::id))
        .limit(MAX_ACCOUNTS_PER_EMAIL as i64)
        .select(Account::as_select())
        .load(conn)?;
    if found.first().is_some_and(|account| account.email_confirmed_at.is_some()) {
        found.truncate(1);
    }
    Ok(found)
}

/// Counts one attempt to change a member's own password, of `most` per hour. Returns their handle and email address,
/// which the new password must not resemble, and the hash of the current password.
pub fn count_password_attempt(conn: &mut Conn, member: &Member, most: u32) -> Result<(String, String, String)> {
    rate_limits::consume(conn, &password_bucket(member.id), most)?;
    let columns = (members::handle, members::email, members::password_hash);
    Ok(members::table.find(member.id).select(columns).first(conn)?)
}

fn password_bucket(member: MemberId) -> String {
    format!("password:{member}")
}

/// Sets a member's password, ends all their sessions but the one with the hash `keep`, and emails them.
pub fn set_password(conn: &mut Conn, member: MemberId, hash: &str, keep: Option<&str>) -> Result<()> {
    diesel::update(members::table.find(member)).set(members::password_hash.eq(hash)).execute(conn)?;
    sessions::end_others(conn, member, keep)?;
    revoke_links_and_notify(conn, member)
}

/// Revokes the member's email links and calendar address, and emails them that the password was changed.
fn revoke_links_and_notify(conn: &mut Conn, member: MemberId) -> Result<()> {
    email_links::revoke_all(conn, member)?;
    calendar_links::revoke(conn, member)?;
    email_queue::queue_account_email(
        conn,
        EmailKind::PasswordChanged,
        Some(member),
        "",
        Moment::now().after(RETRY_PERIOD),
    )
}

/// Changes a member's own password and ends all their sessions. Returns the token of a new session for this browser.
///
/// `checked` is the hash that the current password was verified against. `Conflict` if it has been replaced since.
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
    rate_limits::reset(conn, &password_bucket(member.id))?;
    sessions::end_others(conn, member.id, None)?;
    revoke_links_and_notify(conn, member.id)?;
    sessions::create(conn, member.id, browser)
}

/// Replaces the hash `checked` by `new`. Returns false if the member's hash was no longer `checked`: a password that
/// was changed meanwhile must not sign anybody in.
pub(in crate::domain) fn replace_hash(conn: &mut Conn, member: MemberId, checked: &str, new: &str) -> Result<bool> {
    let same = members::table.find(member).filter(members::password_hash.eq(checked));
    Ok(diesel::update(same).set(members::password_hash.eq(new)).execute(conn)? == 1)
}
