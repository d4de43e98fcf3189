//! Links in letters, by which somebody shows that they read a mailbox. Of a link's token a hash is kept; it works once
//! and not for long, and no more once the member's password or address is another.

use crate::db::schema::mail_links;
use crate::db::{Conn, MemberId, Moment, word_column};
use crate::domain::core::tokens::{Token, hash};
use crate::domain::safety::email_queue;
use crate::error::{Error, Result};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub(in crate::domain) enum Kind {
    /// Confirms an address.
    Confirm,
    /// Sets a new password.
    Reset,
}

word_column!(Kind { Confirm = "confirm", Reset = "reset" });

/// Makes a link for a member who gets a letter at this address. One made before works on: a letter may be sent again.
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

/// Whose link this is, and which address its letter went to. Changes nothing.
pub(in crate::domain) fn find(conn: &mut Conn, kind: Kind, token: &str) -> Result<(MemberId, String)> {
    let found = mail_links::table
        .find(hash(token))
        .filter(mail_links::kind.eq(kind))
        .filter(mail_links::until.gt(Moment::now()));
    let found = found.select((mail_links::member_id, mail_links::address_key)).first(conn).optional()?;
    found.ok_or(Error::Spent)
}

/// Uses a link up. Of two who use it at once, one is told that it was used.
pub(in crate::domain) fn take(conn: &mut Conn, kind: Kind, token: &str) -> Result<(MemberId, String)> {
    let found = find(conn, kind, token)?;
    match diesel::delete(mail_links::table.find(hash(token))).execute(conn)? {
        0 => Err(Error::Spent),
        _ => Ok(found),
    }
}

/// Ends all links of a member, those in letters that wait to be sent among them.
pub(in crate::domain) fn end(conn: &mut Conn, member: MemberId) -> Result<()> {
    diesel::delete(mail_links::table.filter(mail_links::member_id.eq(member))).execute(conn)?;
    email_queue::take_back(conn, member)
}

/// Removes those that are over.
pub fn sweep(conn: &mut Conn) -> Result<()> {
    diesel::delete(mail_links::table.filter(mail_links::until.le(Moment::now()))).execute(conn)?;
    Ok(())
}
