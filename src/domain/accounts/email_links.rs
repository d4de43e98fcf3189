//! Links in emails that prove access to a mailbox. The database stores the hash of a link's token. A link works once,
//! until it expires or the member's password or address changes.

use crate::db::schema::mail_links;
use crate::db::{Conn, MemberId, Moment, word_column};
use crate::domain::core::tokens::{Token, hash};
use crate::domain::safety::email_queue;
use crate::error::{Error, Result};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub(in crate::domain) enum Kind {
    /// Confirms an email address.
    Confirm,
    Reset,
}

word_column!(Kind { Confirm = "confirm", Reset = "reset" });

/// Creates a link for an email to this address. Earlier links keep working, because a failed email is sent again with a
/// new link.
pub(in crate::domain) fn make(
    conn: &mut Conn,
    kind: Kind,
    member: MemberId,
    address_key: &str,
    until: Moment,
) -> Result<Token> {
    let token = Token::random()?;
    let row = (
        (mail_links::token_hash.eq(hash(&token.0)), mail_links::kind.eq(kind), mail_links::member_id.eq(member)),
        (mail_links::address_key.eq(address_key), mail_links::until.eq(until)),
    );
    diesel::insert_into(mail_links::table).values(row).execute(conn)?;
    Ok(token)
}

/// The member of a link and the address it was sent to. Doesn't use the link up. An unknown, used or expired link is an
/// error.
pub(in crate::domain) fn find(conn: &mut Conn, kind: Kind, token: &str) -> Result<(MemberId, String)> {
    let found = mail_links::table
        .find(hash(token))
        .filter(mail_links::kind.eq(kind))
        .filter(mail_links::until.gt(Moment::now()));
    let found = found.select((mail_links::member_id, mail_links::address_key)).first(conn).optional()?;
    found.ok_or(Error::Spent)
}

/// Uses a link up. If two requests use it at once, only one succeeds.
pub(in crate::domain) fn take(conn: &mut Conn, kind: Kind, token: &str) -> Result<(MemberId, String)> {
    let found = find(conn, kind, token)?;
    match diesel::delete(mail_links::table.find(hash(token))).execute(conn)? {
        0 => Err(Error::Spent),
        _ => Ok(found),
    }
}

/// Revokes all links of a member and drops their queued emails that would contain one.
pub(in crate::domain) fn end(conn: &mut Conn, member: MemberId) -> Result<()> {
    diesel::delete(mail_links::table.filter(mail_links::member_id.eq(member))).execute(conn)?;
    email_queue::take_back(conn, member)
}

/// Deletes expired links.
pub fn sweep(conn: &mut Conn) -> Result<()> {
    diesel::delete(mail_links::table.filter(mail_links::until.le(Moment::now()))).execute(conn)?;
    Ok(())
}
