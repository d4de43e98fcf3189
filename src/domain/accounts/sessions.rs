//! Sessions: who is signed in, in which browser. The browser holds a random token, the database its hash. They live
//! here and not in a session crate because a page finds its reader in the same trip to the database as its words,
//! because a GET must not open a session for a visitor, and because members list and end their own.

use crate::db::schema::{members, sessions};
use crate::db::{Conn, MemberId, Moment, SessionId};
use crate::domain::accounts::credentials;
use crate::domain::accounts::sanctions::{self, Sanction};
use crate::domain::core::limits;
use crate::domain::core::members::{Member, State};
use crate::domain::core::tokens::{Token, hash};
use crate::error::{Error, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// How long a session lives unused (OWASP ASVS 5, 7.3).
const IDLE: TimeDelta = TimeDelta::days(30);
/// How long a session lives at most.
pub const ABSOLUTE: TimeDelta = TimeDelta::days(180);
/// How exactly it is known when a session was last used.
const SEEN_EVERY: TimeDelta = TimeDelta::hours(1);

/// The browser in which somebody proves who they are.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// What it says it is.
    pub name: String,
    /// The hash of the token that it held until now, of whomever.
    pub before: Option<String>,
}

/// Opens a session for a member who has just proved who they are. The one that the browser held ends: a token that
/// somebody else may know of opens nothing.
pub fn open(conn: &mut Conn, member: MemberId, browser: &Browser) -> Result<Token> {
    if let Some(before) = &browser.before {
        end(conn, before)?;
    }
    let token = Token::random()?;
    let now = Moment::now();
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(hash(&token.0)),
            sessions::member_id.eq(member),
            sessions::browser.eq(browser_words(&browser.name)),
            sessions::created_at.eq(now),
            sessions::seen_at.eq(now),
        ))
        .execute(conn)?;
    Ok(token)
}

/// A try to sign in: from where, and by what name. Counted for both together, so that nobody can lock out somebody who
/// sits elsewhere, and for the address alone, so that nobody can try one password on everybody.
#[derive(Clone, Debug)]
pub struct Attempt {
    address_bucket: String,
    name_bucket: String,
}

impl Attempt {
    /// From this address, with this handle or e-mail address as it was typed.
    pub fn new(address: &str, name: &str) -> Self {
        // What was typed has any length; its hash does not.
        let key = hash(&name.trim().to_lowercase());
        Self { address_bucket: format!("sign-in:{address}"), name_bucket: format!("sign-in:{address}:{key}") }
    }

    /// Takes a turn, of `most` an hour for the name. In a transaction of its own, so that a failure gives nothing back.
    pub fn count(&self, conn: &mut Conn, most: u32) -> Result<()> {
        limits::take(conn, &self.address_bucket, most.saturating_mul(5))?;
        limits::take(conn, &self.name_bucket, most)
    }
}

/// That somebody knows a member's password.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The member.
    pub member: MemberId,
    /// The hash that the password was checked against.
    pub checked: String,
    /// A better hash of it, where that one was made with other parameters than today's.
    pub upgrade: Option<String>,
}

/// What becomes of somebody who knows a member's password.
pub enum Entrance {
    /// They are signed in.
    In(Token),
    /// The password was changed since it was checked, or there is nobody any more.
    Wrong,
    /// They wait to be let in.
    Waiting,
    /// They were declined, for this reason.
    Declined(String),
    /// They are suspended, or their account is closed.
    Barred(Sanction),
}

/// Signs a member in, or says why not: to nobody but who knows the password.
pub fn sign_in(conn: &mut Conn, proof: &Proof, attempt: &Attempt, browser: &Browser) -> Result<Entrance> {
    let kept = proof.upgrade.as_ref().unwrap_or(&proof.checked);
    if !credentials::replace_hash(conn, proof.member, &proof.checked, kept)? {
        return Ok(Entrance::Wrong);
    }
    limits::clear(conn, &attempt.name_bucket)?;
    let columns = (members::state, members::declined_reason);
    let (state, reason): (State, Option<String>) = members::table.find(proof.member).select(columns).first(conn)?;
    match state {
        State::Waiting => return Ok(Entrance::Waiting),
        State::Declined => return Ok(Entrance::Declined(reason.unwrap_or_default())),
        State::Former => return Ok(Entrance::Wrong),
        State::Active => {}
    }
    match sanctions::barring(conn, proof.member)? {
        Some(sanction) => Ok(Entrance::Barred(sanction)),
        None => open(conn, proof.member, browser).map(Entrance::In),
    }
}

/// Whose session this is, and whether it is time to note that it was used.
pub fn find(conn: &mut Conn, token_hash: &str) -> Result<Option<(Member, bool)>> {
    let now = Moment::now();
    let row: Option<(Member, Moment)> = sessions::table
        .inner_join(members::table)
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::seen_at.gt(now.before(IDLE)))
        .filter(sessions::created_at.gt(now.before(ABSOLUTE)))
        .filter(members::state.eq(State::Active))
        .filter(members::suspended_until.is_null().or(members::suspended_until.le(now)))
        .select((Member::as_select(), sessions::seen_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(member, seen)| (member, seen < now.before(SEEN_EVERY))))
}

/// Notes that a session was used.
pub fn touch(conn: &mut Conn, token_hash: &str) -> Result<()> {
    let session = sessions::table.filter(sessions::token_hash.eq(token_hash));
    diesel::update(session).set(sessions::seen_at.eq(Moment::now())).execute(conn)?;
    Ok(())
}

/// Ends the session of one browser.
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

/// One of a member's sessions, as their settings list it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The browser, in words.
    pub browser: String,
    /// When it was opened.
    pub created_at: Moment,
    /// When it was last used, to the hour.
    pub seen_at: Moment,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A member's sessions, last used first.
pub fn list(conn: &mut Conn, member: MemberId, current_hash: &str) -> Result<Vec<Session>> {
    let now = Moment::now();
    let columns = (sessions::id, sessions::browser, sessions::created_at, sessions::seen_at, sessions::token_hash);
    let rows: Vec<(SessionId, String, Moment, Moment, String)> = sessions::table
        .filter(sessions::member_id.eq(member))
        .filter(sessions::seen_at.gt(now.before(IDLE)))
        .filter(sessions::created_at.gt(now.before(ABSOLUTE)))
        .order((sessions::seen_at.desc(), sessions::id.desc()))
        .limit(100)
        .select(columns)
        .load(conn)?;
    let sessions = rows.into_iter().map(|(id, browser, created_at, seen_at, token_hash)| Session {
        id,
        browser,
        created_at,
        seen_at,
        current: token_hash == current_hash,
    });
    Ok(sessions.collect())
}

/// Removes sessions that have timed out.
pub fn sweep(conn: &mut Conn) -> Result<()> {
    let now = Moment::now();
    let over = sessions::seen_at.lt(now.before(IDLE)).or(sessions::created_at.lt(now.before(ABSOLUTE)));
    diesel::delete(sessions::table.filter(over)).execute(conn)?;
    Ok(())
}

/// "Firefox on Linux", from what browsers say of themselves.
fn browser_words(user_agent: &str) -> String {
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
