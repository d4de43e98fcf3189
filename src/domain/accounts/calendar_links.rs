//! The secret address of a member's calendar, made once and revoked by them.

use crate::db::schema::members;
use crate::db::{Conn, MemberId};
use crate::domain::core::tokens::{Token, hash};
use crate::error::Result;
use diesel::prelude::*;

/// Makes a token for a member's calendar; the one before is dead.
pub fn make(conn: &mut Conn, member: MemberId) -> Result<Token> {
    let token = Token::random()?;
    diesel::update(members::table.find(member)).set(members::calendar_hash.eq(hash(&token.0))).execute(conn)?;
    Ok(token)
}

/// Ends a member's calendar.
pub fn end(conn: &mut Conn, member: MemberId) -> Result<()> {
    diesel::update(members::table.find(member)).set(members::calendar_hash.eq(None::<String>)).execute(conn)?;
    Ok(())
}

/// Whether a member has a calendar.
pub fn has(conn: &mut Conn, member: MemberId) -> Result<bool> {
    let kept: Option<String> = members::table.find(member).select(members::calendar_hash).first(conn)?;
    Ok(kept.is_some())
}
