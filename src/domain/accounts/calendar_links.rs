//! The secret address of a member's calendar. The database stores only the hash of its token.

use crate::db::schema::members;
use crate::db::{Conn, MemberId};
use crate::domain::core::tokens::{Token, hash};
use crate::error::Result;
use diesel::prelude::*;

/// Creates a token for a member's calendar and replaces the previous one.
pub fn create(conn: &mut Conn, member: MemberId) -> Result<Token> {
    let token = Token::random()?;
    diesel::update(members::table.find(member)).set(members::calendar_hash.eq(hash(&token.0))).execute(conn)?;
    Ok(token)
}

/// Revokes the address of a member's calendar.
pub fn revoke(conn: &mut Conn, member: MemberId) -> Result<()> {
    diesel::update(members::table.find(member)).set(members::calendar_hash.eq(None::<String>)).execute(conn)?;
    Ok(())
}

/// Whether a member has a calendar address.
pub fn exists(conn: &mut Conn, member: MemberId) -> Result<bool> {
    let kept: Option<String> = members::table.find(member).select(members::calendar_hash).first(conn)?;
    Ok(kept.is_some())
}
