//! Joining: how a visitor becomes a member. There are two doors: the one that the club keeps open or closed, and the
//! link by which the first admin comes in. Hashing a password costs much, so whoever wants in is first looked at, in
//! one transaction, and taken in by another.

use crate::db::Conn;
use crate::db::schema::club;
use crate::domain::club as the_club;
use crate::domain::limits;
use crate::domain::members::{self, Email, Handle, NewMember, Role};
use crate::domain::passwords::Password;
use crate::domain::sessions::{self, Browser, Token};
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// By which door somebody comes.
#[derive(Clone, Debug)]
pub enum Door {
    /// The club's, from this address, by which at most so many come in an hour.
    Club(String, u32),
    /// The one-time link that was printed at the start, with this token.
    FirstAdmin(String),
}

impl Door {
    /// Refuses with what to tell them: a closed club says so, and so does a spent link.
    pub fn require_open(&self, conn: &mut Conn) -> Result<()> {
        match self {
            Self::Club(..) if the_club::get(conn)?.open_to_join => Ok(()),
            Self::Club(..) => Err(Error::Forbidden("This club takes no new members at the moment.")),
            Self::FirstAdmin(token) if the_club::is_first_admin_token(conn, token)? && !members::has_admin(conn)? => {
                Ok(())
            }
            Self::FirstAdmin(_) => Err(Error::Spent),
        }
    }
}

/// Who wants to join: what they filled in, checked.
pub struct Candidate {
    /// The name they chose.
    pub handle: Handle,
    /// Their address.
    pub email: Email,
    /// Their password.
    pub password: Password,
}

impl Candidate {
    /// Reads what was filled in.
    pub fn parse(handle: &str, email: &str, password: &str) -> Result<Self> {
        let mut problems = Problems::default();
        let handle = problems.take("handle", Handle::parse(handle));
        let email = problems.take("email", Email::parse(email));
        let mut known: Vec<&str> = handle.iter().map(Handle::as_str).collect();
        if let Some(email) = &email {
            known.push(email.as_str());
            known.extend(email.as_str().split('@'));
        }
        let password = problems.take("password", Password::parse(password, &known));
        match (handle, email, password) {
            (Some(handle), Some(email), Some(password)) => Ok(Self { handle, email, password }),
            _ => Err(Error::Refused(problems)),
        }
    }
}

/// For how many hours the form to join is good.
const GOOD_FOR: i64 = 24;

/// Refuses what no person sends: a form with something in the field that people do not see, or one that came back in less
/// than `least` seconds. `taken` is how long it was open; none where nobody can tell. Who tries again is let in.
pub fn require_person(door: &Door, trap: &str, taken: Option<TimeDelta>, least: u32) -> Result<()> {
    let refused = |sentence: &str| Err(Error::Refused(Problems::one("stamp", sentence)));
    if matches!(door, Door::FirstAdmin(_)) {
        return Ok(());
    }
    if !trap.is_empty() {
        return refused(
            "A field was filled in that is to stay empty, perhaps by your browser. Please send this again.",
        );
    }
    match taken {
        _ if least == 0 => Ok(()),
        Some(taken) if taken < TimeDelta::seconds(least.into()) => {
            refused("That was faster than people type. Please take a moment and send it again.")
        }
        Some(taken) if taken < TimeDelta::hours(GOOD_FOR) => Ok(()),
        _ => refused("This form has lain open for long. Please send it again."),
    }
}

/// Looks at whoever wants in by this handle, before their password is hashed, and holds a place for them, which
/// [`leave`] gives back. So no more are hashed than may come in.
pub fn knock(conn: &mut Conn, door: &Door, handle: &Handle) -> Result<()> {
    door.require_open(conn)?;
    members::require_free(conn, handle)?;
    match door {
        Door::Club(address, most) => limits::take(conn, &bucket(address), *most),
        Door::FirstAdmin(_) => Ok(()),
    }
}

/// Takes them in and signs them in. Of two who follow the first admin's link at once, one becomes admin.
pub fn enter(conn: &mut Conn, door: &Door, new: &NewMember, browser: &Browser) -> Result<Token> {
    door.require_open(conn)?;
    let role = match door {
        Door::Club(..) => Role::Member,
        Door::FirstAdmin(token) => {
            let link = club::table.filter(club::first_admin_hash.eq(sessions::hash(token)));
            // Asked once more by the statement that spends it.
            if diesel::update(link).set(club::first_admin_hash.eq(None::<String>)).execute(conn)? == 0 {
                return Err(Error::Spent);
            }
            Role::Admin
        }
    };
    let member = members::create(conn, new, role)?;
    sessions::open(conn, member.id, browser)
}

/// Gives the place back of somebody who was not taken in.
pub fn leave(conn: &mut Conn, door: &Door) -> Result<()> {
    match door {
        Door::Club(address, _) => limits::give_back(conn, &bucket(address)),
        Door::FirstAdmin(_) => Ok(()),
    }
}

fn bucket(address: &str) -> String {
    format!("join:{address}")
}
