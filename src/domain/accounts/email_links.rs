//! Links in emails that prove access to a mailbox. The database stores the hash of a link's token. A link works once,
//! until it expires or the member's password or address changes.

use crate::db::schema::email_links;
use crate::db::{Conn, MemberId, Moment, word_column};
use crate::domain::core::tokens::{Token, hash};
use crate::domain::safety::email_queue;
use crate::error::{Error, Result};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub(in crate::domain) enum EmailLinkKind {
    /// Confirms an email address.
    Confirm,
    Reset,
}

word_column!(EmailLinkKind { Confirm = "confirm", Reset = "reset" });

/// Creates a link for an email to this address. Earlier links keep working, because a failed email is sent again with a
/// new link.
pub(in crate::domain) fn create(
    conn: &mut Conn,
    kind: EmailLinkKind,
    member: MemberId,
    address_key: &str,
    until: Moment,
) -> Result<Token> {
    let token = Token::random()?;
    let row = (
        (email_links::token_hash.eq(hash(&token.0)), email_links::kind.eq(kind), email_links::member_id.eq(member)),
        (email_links::address_key.eq(address_key), email_links::expires_at.eq(until)),
    );
    diesel::insert_into(email_links::table).values(row).execute(conn)?;
    Ok(token)
}

/// The member of a link and the address it was sent to. Doesn't use the link up. An unknown, used or expired link is an
/// error.
pub(in crate::domain) fn check(conn: &mut Conn, kind: EmailLinkKind, token: &str) -> Result<(MemberId, String)> {
    let found = email_links::table
        .find(hash(token))
        .filter(email_links::kind.eq(kind))
        .filter(email_links::expires_at.gt(Moment::now()));
    let found = found.select((email_links::member_id, email_links::address_key)).first(conn).optional()?;
    found.ok_or(Error::InvalidLink)
}

/// Uses a link up. If two requests use it at once, only one succeeds.
pub(in crate::domain) fn consume(conn: &mut Conn, kind: EmailLinkKind, token: &str) -> Result<(MemberId, String)> {
    let found = check(conn, kind, token)?;
    match diesel::delete(email_links::table.find(hash(token))).execute(conn)? {
        0 => Err(Error::InvalidLink),
        _ => Ok(found),
    }
}

/// Revokes all links of a member and drops their queued emails that would contain one.
pub(in crate::domain) fn revoke_all(conn: &mut Conn, member: MemberId) -> Result<()> {
    diesel::delete(email_links::table.filter(email_links::member_id.eq(member))).execute(conn)?;
    email_queue::delete_account_emails(conn, member)
}

/// Deletes expired links.
pub fn sweep(conn: &mut Conn) -> Result<()> {
    diesel::delete(email_links::table.filter(email_links::expires_at.le(Moment::now()))).execute(conn)?;
    Ok(())
}
