//! Password resets by email. The answer to a request doesn't reveal whether an account exists: every request is queued,
//! and the account is looked up when the email is due (OWASP Forgot Password Cheat Sheet).

use crate::db::schema::members;
use crate::db::{Conn, MemberId, Moment};
use crate::domain::accounts::credentials;
use crate::domain::accounts::email_links;
use crate::domain::core::members::MemberState;
use crate::domain::core::rate_limits;
use crate::domain::core::tokens::hash;
use crate::domain::safety::email_queue::{self, EmailKind};
use crate::error::{Error, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// How long a reset link works.
pub(in crate::domain) const LINK_LIFETIME: TimeDelta = TimeDelta::hours(1);

/// Requests per hour: for one name, and from one client IP address.
const REQUESTS_PER_HOUR: (u32, u32) = (3, 20);

/// The longest email address, in bytes (RFC 5321).
const MAX_LENGTH: usize = 254;

/// Queues a reset email for a handle or email address. `from` is the client's IP address. Too many requests for one
/// name are dropped silently; too many from one address are an error.
pub fn request(conn: &mut Conn, name: &str, from: &str) -> Result<()> {
    rate_limits::consume(conn, &format!("forgot-from:{from}"), REQUESTS_PER_HOUR.1)?;
    // PostgreSQL's text can't contain NUL, and no handle or address does.
    let key = name.trim().to_lowercase().replace('\0', " ");
    if key.len() > MAX_LENGTH {
        return Ok(());
    }
    match rate_limits::consume(conn, &format!("forgot:{}", hash(&key)), REQUESTS_PER_HOUR.0) {
        Ok(()) => {
            email_queue::queue_account_email(conn, EmailKind::Forgotten, None, &key, Moment::now().after(LINK_LIFETIME))
        }
        Err(Error::RateLimited) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The members that a handle or address stands for, with their addresses.
pub(in crate::domain) fn find_recipients(conn: &mut Conn, key: &str) -> Result<Vec<(MemberId, String)>> {
    let accounts = credentials::find_accounts(conn, key)?;
    Ok(accounts.into_iter().map(|account| (account.id, account.email)).collect())
}

/// The handle and address of the member whose password a link resets; the new password must not resemble them. Doesn't
/// use the link up.
pub fn check_link(conn: &mut Conn, token: &str) -> Result<(String, String)> {
    let (member, key) = email_links::check(conn, email_links::EmailLinkKind::Reset, token)?;
    linked_member(conn, member, &key)
}

fn linked_member(conn: &mut Conn, member: MemberId, key: &str) -> Result<(String, String)> {
    let same =
        members::table.find(member).filter(members::email_key.eq(key)).filter(members::state.ne(MemberState::Former));
    same.select((members::handle, members::email)).first(conn).optional()?.ok_or(Error::InvalidLink)
}

/// Resets the password and uses the link up. Ends all sessions of the member and revokes their other links.
pub fn complete(conn: &mut Conn, token: &str, password_hash: &str) -> Result<()> {
    let (member, key) = email_links::consume(conn, email_links::EmailLinkKind::Reset, token)?;
    linked_member(conn, member, &key)?;
    credentials::set_password(conn, member, password_hash, None)
}
