//! An SMTP client (RFC 5321), and the headers of our emails. All functions block.

use crate::domain::site::emails::sending::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::address::AddressError;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::PoolConfig;
use lettre::{Address, Message, SmtpTransport, Transport};
use std::time::Duration;

/// How long a mail server may take for each reply.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The most characters that are stored of a server's error.
const MAX_ERROR_CHARS: usize = 300;

/// A connection pool for the server with this URL. The error is a sentence that repeats nothing of the URL.
pub(super) fn transport(url: &str) -> Result<SmtpTransport, String> {
    let known = url.starts_with("smtp://") || url.starts_with("smtps://");
    let has_host = url.split("://").nth(1).is_some_and(|rest| !rest.rsplit('@').next().unwrap_or_default().is_empty());
    match SmtpTransport::from_url(url) {
        // Emails are sent one after the other over one connection.
        Ok(builder) if known && has_host => {
            Ok(builder.timeout(Some(TIMEOUT)).pool_config(PoolConfig::new().max_size(1)).build())
        }
        _ => Err("Please use the form smtps://user:password@host or smtp://host:25.".to_owned()),
    }
}

/// Checks that a server answers.
pub fn probe(url: &str) -> Result<(), String> {
    match transport(url)?.test_connection() {
        Ok(true) => Ok(()),
        Ok(false) => Err("The server doesn’t answer.".to_owned()),
        Err(error) => Err(in_words(&error)),
    }
}

/// Sends a test email. Returns the server's reply, or a sentence about what went wrong.
pub fn send_test(url: &str, from: &str, to: &str, club: &str) -> Result<String, String> {
    let transport = transport(url)?;
    let mailbox = |address: &str, what: &str| {
        let address = address.parse().map_err(|_| format!("{what} isn’t a valid email address."))?;
        Ok::<_, String>(Mailbox::new(None, address))
    };
    let message = Message::builder()
        .from(mailbox(from, "The sender")?)
        .to(mailbox(to, "Your address")?)
        .subject(format!("Test email from {club}"))
        .header(ContentType::TEXT_PLAIN)
        .body(format!("This is a test. {club} can send email.\n"))
        .map_err(|error| error.to_string())?;
    match transport.send(&message) {
        Ok(answer) => Ok(format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" "))),
        Err(error) => Err(in_words(&error)),
    }
}

/// A rendered email and its headers.
#[derive(Clone, Debug)]
pub struct RenderedEmail {
    pub to: String,
    /// The club's name, for the From header.
    pub club: String,
    /// The local part of the Message-ID.
    pub message_id: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The unsubscribe URL, for a link and for one click (RFC 8058). `None` for emails that can't be turned off.
    pub unsubscribe: Option<String>,
}

/// A mail server, and the address that we send from.
pub struct Server {
    transport: SmtpTransport,
    from: Address,
}

impl Server {
    /// Prepares sending from this address by the server with this URL. The error is a sentence.
    pub fn new(url: &str, from: &str) -> Result<Self, String> {
        let from = from.parse().map_err(|_: AddressError| "The sender isn’t a valid email address.")?;
        Ok(Self { transport: transport(url)?, from })
    }

    pub fn send(&self, email: RenderedEmail) -> Result<(), Failure> {
        let message = self.message(email).map_err(Failure::Never)?;
        self.transport.send(&message).map(drop).map_err(|error| {
            let words: String = in_words(&error).chars().take(MAX_ERROR_CHARS).collect();
            match error.status().map(u16::from) {
                // The server wants us to sign in (RFC 4954, 6): nothing is wrong with this email.
                Some(454 | 530..=538) => Failure::Unreachable(words),
                _ if error.is_permanent() => Failure::Never(words),
                _ if error.is_transient() => Failure::Later(words),
                _ => Failure::Unreachable(words),
            }
        })
    }

    fn message(&self, email: RenderedEmail) -> Result<Message, String> {
        let to = email.to.parse().map_err(|_: AddressError| "The recipient isn’t a valid email address.")?;
        let mut builder = Message::builder()
            .from(Mailbox::new(Some(one_line(&email.club)), self.from.clone()))
            .to(Mailbox::new(None, to))
            .raw_header(subject(&email.subject))
            .date_now()
            .message_id(Some(format!("<{}@{}>", email.message_id, self.from.domain())))
            // So that no automatic replies are sent (RFC 3834, 5).
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()));
        if let Some(address) = email.unsubscribe {
            builder = builder
                .raw_header(header("List-Unsubscribe", format!("<{address}>")))
                // A POST to this address is enough (RFC 8058, 3.1).
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        let parts = MultiPart::alternative_plain_html(email.text, email.html);
        builder.multipart(parts).map_err(|error| error.to_string())
    }
}

/// The Subject header. A text that looks like an encoded word (RFC 2047) is encoded itself, or mail programs would decode
/// it.
fn subject(text: &str) -> HeaderValue {
    let text = one_line(text);
    let name = HeaderName::new_from_ascii_str("Subject");
    if !text.contains("=?") {
        return HeaderValue::new(name, text);
    }
    let (mut words, mut word) = (Vec::new(), String::new());
    for c in text.chars() {
        // An encoded word has at most 75 characters.
        if word.len() + c.len_utf8() > 42 {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let encoded: Vec<String> = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect();
    HeaderValue::dangerous_new_pre_encoded(name, text, encoded.join("\r\n "))
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// Replaces control characters, so that no header is injected. Forms refuse line breaks anyway.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// An SMTP error as a sentence, with its cause.
fn in_words(error: &lettre::transport::smtp::Error) -> String {
    let why = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    let told = error.to_string();
    // Some errors include their source in their own text.
    let why = if why.len() > 2 && told.contains(&why[2..]) { String::new() } else { why };
    if error.is_timeout() || has_timed_out(error) {
        return "The server didn’t answer in time.".to_owned();
    }
    format!("Sending failed: {told}{why}.")
}

/// Whether a socket timed out, which Linux reports as `EAGAIN` (socket(7), `SO_RCVTIMEO`).
fn has_timed_out(error: &dyn std::error::Error) -> bool {
    std::iter::successors(error.source(), |error| error.source())
        .filter_map(|error| error.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_title_is_decoded_as_a_header() {
        let email = |subject: &str| RenderedEmail {
            to: "kestrel@club.example".to_owned(),
            club: "Our book club".to_owned(),
            message_id: "1".to_owned(),
            subject: subject.to_owned(),
            text: String::new(),
            html: String::new(),
            unsubscribe: None,
        };
        let server = Server::new("smtp://localhost:25", "club@club.example").unwrap();
        let long = format!("Moved: =?utf-8?q?{}ü?=", "=0d=0aBcc:_evil@evil.example_".repeat(5));
        for subject in ["First half", "Größe", "=?utf-8?q?=0d=0aBcc:_evil@evil.example?=", &long] {
            let message = server.message(email(subject)).unwrap().formatted();
            assert!(
                String::from_utf8_lossy(&message).lines().all(|line| line.len() < 998 && !line.contains("=?utf-8?q?"))
            );
            let parsed = mail_parser::MessageParser::default().parse(&message).unwrap();
            assert_eq!(parsed.subject(), Some(subject));
        }
    }
}
