//! Settings for outgoing email: mail server and sender. The server's configuration overrides what admins set on the
//! page. The password is stored but never shown. [`server`] talks SMTP; `domain/site/emails/` decides what is sent.

mod server;

pub use server::{RenderedEmail, Server, probe, send_test};

use crate::db::schema::club;
use crate::db::{Conn, MemberId, dialect};
use crate::domain::core::members::{self, Member};
use crate::domain::core::names::EmailAddress;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::rate_limits;
use crate::domain::core::text_fields::{Reason, optional_line};
use crate::domain::safety::log::facts::{EmailSettingsChange, Replacement};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Characters that must be percent-encoded in a URL's password (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Test emails per member per hour.
const TESTS: u32 = 20;

/// The settings that admins save.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable)]
pub struct MailSettings {
    /// The server's URL, without the password.
    pub server: Option<String>,
    password: Option<String>,
    /// The address that emails come from.
    pub sender: Option<String>,
}

impl MailSettings {
    /// The server's URL with the password.
    fn url(&self) -> Option<String> {
        let server = self.server.as_deref()?;
        match (&self.password, server.split_once('@')) {
            (Some(password), Some((user, host))) => {
                let password = utf8_percent_encode(password, RESERVED);
                Some(format!("{user}:{password}@{host}"))
            }
            _ => Some(server.to_owned()),
        }
    }

    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// The URL of the server to use: `given` by the configuration, or else the saved one.
    pub fn url_or(&self, given: Option<&str>) -> Option<String> {
        given.map(str::to_owned).or_else(|| self.url())
    }

    /// The sender's address: the saved one, or else `club@` and the host of the club's base URL.
    pub fn sender_or(&self, address: &str) -> String {
        let host = address.split("://").nth(1).unwrap_or_default().split(':').next().unwrap_or_default();
        let host = if host.contains(char::is_alphabetic) { host } else { "localhost" };
        self.sender.clone().unwrap_or_else(|| format!("club@{host}"))
    }
}

pub fn get(conn: &mut Conn) -> Result<MailSettings> {
    Ok(club::table.select((club::mail_url, club::mail_password, club::mail_sender)).first(conn)?)
}

/// Whether a mail server is set, in the configuration (`given`) or by admins.
pub fn is_configured(conn: &mut Conn, given: Option<&str>) -> Result<bool> {
    Ok(get(conn)?.url_or(given).is_some())
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MailForm {
    /// Such as `smtps://user@host`.
    pub server: String,
    /// Empty to keep the stored one.
    pub password: String,
    pub sender: String,
}

impl MailSettings {
    /// Validates the form. A password in the server's URL is moved to the password. Without one, [`update`] keeps the
    /// stored password.
    pub fn parse(form: &MailForm) -> Result<Self> {
        let mut problems = Problems::default();
        let server = optional_line(&form.server, "the server", 300).map(|server| server.map(|server| split(&server)));
        let server = problems.check("server", server).flatten();
        let typed = Some(form.password.clone()).filter(|password| !password.is_empty());
        if form.password.len() > 300 || form.password.contains(char::is_control) {
            problems.add("password", "This password contains characters that aren’t allowed.");
        }
        let (server, within) = server.map_or((None, None), |(server, password)| (Some(server), password));
        let password = typed.or(within);
        if let Some(wrong) = server.as_deref().and_then(|url| server::transport(url).err()) {
            problems.add("server", wrong);
        }
        if server.as_deref().is_some_and(|server| password.is_some() && !server.contains('@')) {
            problems.add("server", "A password needs a user name: smtps://user@host.");
        }
        let sender = match form.sender.trim() {
            "" => None,
            text => problems.check("sender", EmailAddress::parse(text)).map(|email| email.as_str().to_owned()),
        };
        problems.into_result()?;
        Ok(Self { server, password, sender })
    }
}

/// Splits a server's URL into the URL without its password, and the password.
fn split(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    let Some((who, host)) = rest.rsplit_once('@') else { return (url.to_owned(), None) };
    match who.split_once(':') {
        Some((user, password)) => {
            let password = percent_decode_str(password).decode_utf8().ok().map(Cow::into_owned);
            (format!("{scheme}://{user}@{host}"), password.filter(|password| !password.is_empty()))
        }
        None => (url.to_owned(), None),
    }
}

/// Saves the settings. The stored password is dropped when the server changes, so that it isn't sent to another one.
pub fn update(conn: &mut Conn, actor: &Member, change: &MailSettings) -> Result<()> {
    policy::require(Some(actor), Act::Administer)?;
    set(conn, actor, change, None)
}

fn set(conn: &mut Conn, actor: &Member, change: &MailSettings, reason: Option<&Reason>) -> Result<()> {
    let before = get_locked(conn)?;
    let kept = before.password.clone().filter(|_| before.server == change.server);
    let password = change.password.clone().or(kept).filter(|_| change.server.is_some());
    let after = MailSettings { password, ..change.clone() };
    if after == before {
        return Ok(());
    }
    diesel::update(club::table)
        .set((
            club::mail_url.eq(&after.server),
            club::mail_password.eq(&after.password),
            club::mail_sender.eq(&after.sender),
        ))
        .execute(conn)?;
    let event = Event::EmailSettingsChanged(EmailSettingsChange {
        server: Replacement::of(before.server.as_ref(), after.server.as_ref()),
        password: Replacement::of(before.password.as_ref(), after.password.as_ref()),
        sender: Replacement::of(before.sender.as_ref(), after.sender.as_ref()),
    });
    let entry = NewLogEntry::new(event, LogSubject::EmailSettings).because(reason);
    let (now, before) = (RestorableSettings::of(&after), RestorableSettings::of(&before));
    // A change of the password alone can't be undone: earlier passwords aren't stored.
    let entry = if now == before { entry } else { entry.undone_by(&RestoreMail { now, before })? };
    log::record(conn, actor.id, entry)
}

/// The saved settings, locked until this transaction ends.
fn get_locked(conn: &mut Conn) -> Result<MailSettings> {
    dialect::lock(conn, club::table, club::mail_url)?;
    get(conn)
}

/// Settings as a reversal stores them: without the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestorableSettings {
    server: Option<String>,
    sender: Option<String>,
}

impl RestorableSettings {
    fn of(mail: &MailSettings) -> Self {
        Self { server: mail.server.clone(), sender: mail.sender.clone() }
    }
}

/// Restores earlier settings, unless they have changed again since. The password of an earlier server isn't stored and
/// has to be entered again.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RestoreMail {
    now: RestorableSettings,
    before: RestorableSettings,
}

impl Reversal for RestoreMail {
    const NAME: &'static str = "email.settings";

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        policy::require(Some(actor), Act::Administer)?;
        if RestorableSettings::of(&get_locked(conn)?) != self.now {
            return Err(Error::Conflict(
                "The email settings have changed since then. Change them on the Email page instead.",
            ));
        }
        let change = MailSettings { server: self.before.server, password: None, sender: self.before.sender };
        set(conn, actor, &change, Some(reason))
    }
}

/// Counts a test email against the member's hourly limit. Returns the settings and the member's address.
pub fn count_test(conn: &mut Conn, actor: &Member) -> Result<(MailSettings, String)> {
    policy::require(Some(actor), Act::Administer)?;
    let MemberId(id) = actor.id;
    rate_limits::consume(conn, &format!("mail:{id}"), TESTS)?;
    Ok((get(conn)?, members::email(conn, actor.id)?))
}

/// The error for a test email when no mail server is set.
pub fn not_configured() -> Error {
    Error::Refused(Problems::one("server", "No mail server is set. Set one first."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(server: &str, password: &str) -> Result<MailSettings> {
        let form = MailForm { server: server.into(), password: password.into(), ..MailForm::default() };
        MailSettings::parse(&form)
    }

    #[test]
    fn a_password_is_taken_out_of_the_address_and_put_back_in() {
        let mail = parsed("smtps://club:se%2Fcret@mail.example:465", "").unwrap();
        assert_eq!(mail.server.as_deref(), Some("smtps://club@mail.example:465"));
        assert_eq!(mail.password.as_deref(), Some("se/cret"));
        assert_eq!(mail.url().as_deref(), Some("smtps://club:se%2Fcret@mail.example:465"));
        let mail = parsed("smtps://club@mail.example", "p@ss:%").unwrap();
        assert_eq!(mail.url().as_deref(), Some("smtps://club:p%40ss%3A%25@mail.example"));
        assert!(server::transport(&mail.url().unwrap()).is_ok());
        assert_eq!(parsed("smtp://localhost:25", "").unwrap().url().as_deref(), Some("smtp://localhost:25"));
        assert_eq!(parsed("", "").unwrap().url(), None);
    }

    #[test]
    fn what_is_no_server_is_refused() {
        for wrong in ["mail.example", "http://mail.example", "smtps://", "smtps://user@", "file:///etc/passwd"] {
            assert!(parsed(wrong, "").is_err(), "{wrong}");
        }
        assert!(parsed("smtp://mail.example", "secret").is_err());
        assert!(parsed("smtps://u@mail.example", "a\nb").is_err());
    }

    #[test]
    fn mail_comes_from_where_the_club_is() {
        assert_eq!(MailSettings::default().sender_or("https://club.example"), "club@club.example");
        assert_eq!(MailSettings::default().sender_or("http://127.0.0.1:8080"), "club@localhost");
    }
}
