//! Sessions: who is signed in, in which browser. The browser stores a random token, the database its hash.
//!
//! No session crate is used, because a page reads its viewer in the same database call as its content, a GET request
//! must not create a session for a visitor, and members can list and end their own sessions.

use crate::db::schema::{members, sessions};
use crate::db::{Conn, MemberId, Moment, SessionId};
use crate::domain::core::members::{Member, MemberState};
use crate::domain::core::tokens::{Token, hash};
use crate::error::{Error, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// The longest time between two requests (OWASP ASVS 5.0, 7.3).
const MAX_IDLE: TimeDelta = TimeDelta::days(30);
/// The longest time since signing in.
pub const MAX_AGE: TimeDelta = TimeDelta::days(180);
/// How precisely `seen_at` is stored, to save writes.
const TOUCH_INTERVAL: TimeDelta = TimeDelta::hours(1);

/// The browser that signs in.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// Its `User-Agent` header.
    pub name: String,
    /// The hash of the session token that it sent, whoever's that was.
    pub before: Option<String>,
}

/// Creates a session for a member who has just signed in. The browser's previous session ends, to prevent session
/// fixation.
pub fn create(conn: &mut Conn, member: MemberId, browser: &Browser) -> Result<Token> {
    if let Some(before) = &browser.before {
        end(conn, before)?;
    }
    let token = Token::random()?;
    let now = Moment::now();
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(hash(&token.0)),
            sessions::member_id.eq(member),
            sessions::browser.eq(browser_name(&browser.name)),
            sessions::created_at.eq(now),
            sessions::seen_at.eq(now),
        ))
        .execute(conn)?;
    Ok(token)
}

/// The member whose session this is, and whether [`touch`] is due. `None` if it has timed out, or if the member is
/// suspended or no longer active.
pub fn find(conn: &mut Conn, token_hash: &str) -> Result<Option<(Member, bool)>> {
    let now = Moment::now();
    let row: Option<(Member, Moment)> = sessions::table
        .inner_join(members::table)
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::seen_at.gt(now.before(MAX_IDLE)))
        .filter(sessions::created_at.gt(now.before(MAX_AGE)))
        .filter(members::state.eq(MemberState::Active))
        .filter(members::suspended_until.is_null().or(members::suspended_until.le(now)))
        .select((Member::as_select(), sessions::seen_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(member, seen)| (member, seen < now.before(TOUCH_INTERVAL))))
}

/// Stores that a session was used now.
pub fn touch(conn: &mut Conn, token_hash: &str) -> Result<()> {
    let session = sessions::table.filter(sessions::token_hash.eq(token_hash));
    diesel::update(session).set(sessions::seen_at.eq(Moment::now())).execute(conn)?;
    Ok(())
}

pub fn end(conn: &mut Conn, token_hash: &str) -> Result<()> {
    diesel::delete(sessions::table.filter(sessions::token_hash.eq(token_hash))).execute(conn)?;
    Ok(())
}

/// Ends all sessions of a member but the one with the hash `keep`.
pub fn end_others(conn: &mut Conn, member: MemberId, keep: Option<&str>) -> Result<()> {
    let others = sessions::table
        .filter(sessions::member_id.eq(member))
        .filter(sessions::token_hash.ne(keep.unwrap_or_default()));
    diesel::delete(others).execute(conn)?;
    Ok(())
}

/// Ends one of a member's own sessions.
pub fn end_one(conn: &mut Conn, member: MemberId, session: SessionId) -> Result<()> {
    let own = sessions::table.find(session).filter(sessions::member_id.eq(member));
    match diesel::delete(own).execute(conn)? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// A session, for the list in a member's settings.
#[derive(Clone, Debug, Queryable)]
pub struct Session {
    pub id: SessionId,
    /// For example “Firefox on Linux”.
    pub browser: String,
    pub created_at: Moment,
    /// When it was last used, to the hour.
    pub seen_at: Moment,
    /// Whether it is the session of this request.
    pub is_current: bool,
}

/// A member's sessions, last used first.
pub fn list(conn: &mut Conn, member: MemberId, current_hash: &str) -> Result<Vec<Session>> {
    let now = Moment::now();
    let is_current = sessions::token_hash.eq(current_hash);
    let own = sessions::table
        .filter(sessions::member_id.eq(member))
        .filter(sessions::seen_at.gt(now.before(MAX_IDLE)))
        .filter(sessions::created_at.gt(now.before(MAX_AGE)))
        .order((sessions::seen_at.desc(), sessions::id.desc()))
        .limit(100);
    Ok(own.select((sessions::id, sessions::browser, sessions::created_at, sessions::seen_at, is_current)).load(conn)?)
}

/// Deletes sessions that have timed out.
pub fn sweep(conn: &mut Conn) -> Result<()> {
    let now = Moment::now();
    let over = sessions::seen_at.lt(now.before(MAX_IDLE)).or(sessions::created_at.lt(now.before(MAX_AGE)));
    diesel::delete(sessions::table.filter(over)).execute(conn)?;
    Ok(())
}

/// A readable name for a `User-Agent` header, such as “Firefox on Linux”.
fn browser_name(user_agent: &str) -> String {
    let named = |names: &[(&str, &'static str)]| {
        names.iter().find(|(sign, _)| user_agent.contains(sign)).map(|(_, name)| *name)
    };
    let browser = named(&[
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
        ("Lynx", "Lynx"),
        ("w3m", "w3m"),
    ]);
    let system = named(&[
        ("Android", "Android"),
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "a Mac"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ => "A browser".to_owned(),
    }
}
