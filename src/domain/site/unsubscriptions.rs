//! Unsubscribing from a list of emails by the link in one of them, without signing in (RFC 8058). The link is signed
//! (HMAC-SHA256) for one member, one list and the email address it was sent to, so it stops working when the address
//! changes.

use crate::db::schema::members;
use crate::db::{Conn, MemberId};
use crate::domain::core::members::State;
use crate::domain::core::{club, limits};
use crate::domain::events::reminders::{self, Choices};
use crate::error::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Unsubscribe requests per IP address per hour. Generous, since mail providers send them for many members.
const AN_HOUR: u32 = 300;

/// A list of emails that members can unsubscribe from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Reminders,
    /// Changes to meetings that the member answered.
    News,
}

impl List {
    fn word(self) -> &'static str {
        match self {
            Self::Reminders => "reminders",
            Self::News => "news",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Reminders, Self::News].into_iter().find(|list| list.word() == word)
    }

    /// The list's name after "Unsubscribe from".
    pub fn words(self) -> &'static str {
        match self {
            Self::Reminders => "meeting reminders",
            Self::News => "meeting updates",
        }
    }
}

/// A member's subscription to a list.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The member's username.
    pub handle: String,
    pub list: List,
    /// Whether they are subscribed.
    pub is_on: bool,
    member: MemberId,
}

/// The token of the unsubscribe link in an email to this address.
pub(in crate::domain) fn token(conn: &mut Conn, member: MemberId, address_key: &str, list: List) -> Result<String> {
    let signature = signed(conn, member, address_key, list)?.finalize().into_bytes();
    Ok(format!("{member}.{}.{}", list.word(), URL_SAFE_NO_PAD.encode(signature)))
}

fn signed(conn: &mut Conn, member: MemberId, address_key: &str, list: List) -> Result<Hmac<Sha256>> {
    let secret = format!("unsubscribe {}", club::secret(conn)?);
    let mac = Hmac::new_from_slice(secret.as_bytes()).map_err(|error| Error::Internal(error.to_string().into()))?;
    Ok(mac.chain_update(format!("{member} {} {address_key}", list.word())))
}

/// The subscription that a link is about. Changes nothing. Fails with `Error::InvalidLink`.
pub fn find(conn: &mut Conn, token: &str) -> Result<Subscription> {
    let mut parts = token.splitn(3, '.');
    let mut next = || parts.next().unwrap_or_default();
    let (member, list, signature) = (next().parse().ok(), List::from_word(next()), URL_SAFE_NO_PAD.decode(next()).ok());
    let (Some(member), Some(list), Some(signature)) = (member, list, signature) else { return Err(Error::Spent) };
    let known = members::table.find(MemberId(member)).filter(members::state.eq(State::Active));
    let known: Option<(MemberId, String, String)> =
        known.select((members::id, members::handle, members::email_key)).first(conn).optional()?;
    let (member, handle, address_key) = known.ok_or(Error::Spent)?;
    signed(conn, member, &address_key, list)?.verify_slice(&signature).map_err(|_| Error::Spent)?;
    let choices = reminders::choices(conn, member)?;
    let is_on = match list {
        List::Reminders => choices.by_mail,
        List::News => choices.news,
    };
    Ok(Subscription { handle, list, is_on, member })
}

/// Unsubscribes by a link. `from` is the IP address of the request, for the hourly limit.
pub fn end(conn: &mut Conn, token: &str, from: &str) -> Result<Subscription> {
    limits::take(conn, &format!("unsubscribe:{from}"), AN_HOUR)?;
    let found = find(conn, token)?;
    if found.is_on {
        let choices = reminders::choices(conn, found.member)?;
        let choices = match found.list {
            List::Reminders => Choices { by_mail: false, ..choices },
            List::News => Choices { news: false, ..choices },
        };
        reminders::set_choices(conn, found.member, choices)?;
    }
    Ok(Subscription { is_on: false, ..found })
}
