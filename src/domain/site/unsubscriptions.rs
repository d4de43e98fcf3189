//! Unsubscribing from a list of emails by the link in one of them, without signing in (RFC 8058). The link is signed
//! (HMAC-SHA256) for one member, one list and the email address it was sent to, so it stops working when the address
//! changes.

use crate::db::schema::members;
use crate::db::{Conn, MemberId, word_column};
use crate::domain::core::members::MemberState;
use crate::domain::core::{club, rate_limits};
use crate::domain::events::reminders::{self, ReminderChoices};
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
pub enum EmailList {
    Reminders,
    /// Changes to meetings that the member answered.
    MeetingUpdates,
}

word_column!(EmailList { Reminders = "reminders", MeetingUpdates = "news" });

impl EmailList {
    /// The list's name after "Unsubscribe from".
    pub fn words(self) -> &'static str {
        match self {
            Self::Reminders => "meeting reminders",
            Self::MeetingUpdates => "meeting updates",
        }
    }
}

/// A member's subscription to a list.
#[derive(Clone, Debug)]
pub struct Subscription {
    pub handle: String,
    pub list: EmailList,
    pub is_on: bool,
    member: MemberId,
}

/// The token of the unsubscribe link in an email to this address.
pub(in crate::domain) fn token(
    conn: &mut Conn,
    member: MemberId,
    address_key: &str,
    list: EmailList,
) -> Result<String> {
    let signature = sign(conn, member, address_key, list)?.finalize().into_bytes();
    Ok(format!("{member}.{}.{}", list.as_str(), URL_SAFE_NO_PAD.encode(signature)))
}

fn sign(conn: &mut Conn, member: MemberId, address_key: &str, list: EmailList) -> Result<Hmac<Sha256>> {
    let secret = format!("unsubscribe {}", club::secret(conn)?);
    let mac = Hmac::new_from_slice(secret.as_bytes()).map_err(|error| Error::Internal(error.to_string().into()))?;
    Ok(mac.chain_update(format!("{member} {} {address_key}", list.as_str())))
}

/// The subscription that a link is about. Changes nothing. Fails with `Error::InvalidLink`.
pub fn find(conn: &mut Conn, token: &str) -> Result<Subscription> {
    let mut parts = token.splitn(3, '.');
    let mut next = || parts.next().unwrap_or_default();
    let (member, list, signature) =
        (next().parse().ok(), EmailList::from_word(next()), URL_SAFE_NO_PAD.decode(next()).ok());
    let (Some(member), Some(list), Some(signature)) = (member, list, signature) else { return Err(Error::InvalidLink) };
    let known = members::table.find(MemberId(member)).filter(members::state.eq(MemberState::Active));
    let known: Option<(MemberId, String, String)> =
        known.select((members::id, members::handle, members::email_key)).first(conn).optional()?;
    let (member, handle, address_key) = known.ok_or(Error::InvalidLink)?;
    sign(conn, member, &address_key, list)?.verify_slice(&signature).map_err(|_| Error::InvalidLink)?;
    let choices = reminders::choices(conn, member)?;
    let is_on = match list {
        EmailList::Reminders => choices.by_mail,
        EmailList::MeetingUpdates => choices.news,
    };
    Ok(Subscription { handle, list, is_on, member })
}

/// Unsubscribes by a link. `from` is the IP address of the request, for the hourly limit.
pub fn unsubscribe(conn: &mut Conn, token: &str, from: &str) -> Result<Subscription> {
    rate_limits::consume(conn, &format!("unsubscribe:{from}"), AN_HOUR)?;
    let found = find(conn, token)?;
    if found.is_on {
        let choices = reminders::choices(conn, found.member)?;
        let choices = match found.list {
            EmailList::Reminders => ReminderChoices { by_mail: false, ..choices },
            EmailList::MeetingUpdates => ReminderChoices { news: false, ..choices },
        };
        reminders::save_choices(conn, found.member, choices)?;
    }
    Ok(Subscription { is_on: false, ..found })
}
