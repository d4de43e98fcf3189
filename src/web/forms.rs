//! Reading forms: limits on size and time, the CSRF token, and deserialization.

use crate::db::Moment;
use crate::error::{Error, Result};
use crate::import::MAX_BYTES;
use crate::web::state::AppState;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use sha2::Sha256;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// Largest form in bytes: the longest allowed text, with every character percent-encoded.
const MAX_FORM_BYTES: usize = 1024 * 1024;

/// Time limit for receiving a form.
const FORM_TIMEOUT: Duration = Duration::from_secs(20);

/// Makes and checks CSRF tokens: an HMAC of the browser's session cookie (OWASP, "Signed Double-Submit Cookie"), so
/// that a token expires with its session.
pub struct CsrfTokens {
    forms: Hmac<Sha256>,
    stamps: Hmac<Sha256>,
}

impl CsrfTokens {
    /// Derives the keys from the club's secret.
    pub fn new(secret: &str) -> Result<Self> {
        let mac = |purpose: &str| {
            let mac = Hmac::new_from_slice(format!("{purpose} {secret}").as_bytes());
            mac.map_err(|error| Error::Internal(error.to_string().into()))
        };
        Ok(Self { forms: mac("form")?, stamps: mac("stamp")? })
    }

    /// The token for a browser with this cookie.
    pub fn make(&self, cookie: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.forms.clone().chain_update(cookie).finalize().into_bytes())
    }

    fn check(&self, cookie: &str, token: &str) -> bool {
        let Ok(token) = URL_SAFE_NO_PAD.decode(token) else { return false };
        self.forms.clone().chain_update(cookie).verify_slice(&token).is_ok()
    }

    /// A signed timestamp for a form in the browser with this cookie.
    pub fn timestamp(&self, cookie: &str) -> String {
        let at = Moment::now().micros();
        let hash = self.stamps.clone().chain_update(format!("{at} {cookie}")).finalize().into_bytes();
        format!("{at}.{}", URL_SAFE_NO_PAD.encode(hash))
    }

    /// The age of a signed timestamp. `None` if it wasn't made here for this browser.
    pub fn timestamp_age(&self, cookie: &str, stamp: &str) -> Option<TimeDelta> {
        let (at, hash) = stamp.split_once('.')?;
        let hash = URL_SAFE_NO_PAD.decode(hash).ok()?;
        self.stamps.clone().chain_update(format!("{at} {cookie}")).verify_slice(&hash).ok()?;
        Some(Moment::now().utc() - Moment::from_micros(at.parse().ok()?)?.utc())
    }
}

/// Extractor of a form with a valid CSRF token.
pub struct Form<T>(pub T);

/// A form without fields of its own.
#[derive(serde::Deserialize)]
pub struct EmptyForm {}

/// Fields of forms for texts of one's own, besides the body. Some forms have a choice under the same name.
const TEXT_FIELDS: [&str; 8] = ["title", "reason", "words", "pitch", "about", "answer", "label", "note"];

/// Whether somebody wrote this value: a choice is one word.
fn is_text(name: &str, value: &str) -> bool {
    let value = value.trim();
    name == "body" && !value.is_empty() || TEXT_FIELDS.contains(&name) && value.contains(char::is_whitespace)
}

/// The text written in a form, kept in the request's extensions so that an error page can show it.
#[derive(Clone)]
pub struct SubmittedText(pub String);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let body = web::Bytes::from_request(&request, payload);
        Box::pin(async move {
            let arrived = tokio::time::timeout(FORM_TIMEOUT, body).await.map_err(|_| form_timed_out())?;
            let bytes = arrived.map_err(|error| body_error(&error))?;
            let pairs: Vec<(String, String)> = serde_html_form::from_bytes(&bytes).map_err(|_| invalid_form())?;
            let value = |name: &str| pairs.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
            let written = pairs.iter().filter(|(name, value)| is_text(name, value));
            let written: Vec<&str> = written.map(|(_, value)| value.as_str()).collect();
            if !written.is_empty() {
                request.extensions_mut().insert(SubmittedText(written.join("\n\n")));
            }
            check_token(&request, value("token").unwrap_or_default())?;
            serde_html_form::from_bytes(&bytes).map(Form).map_err(|_| invalid_form())
        })
    }
}

pub(crate) fn check_token(request: &HttpRequest, token: &str) -> Result<()> {
    let app = request.app_data::<web::Data<AppState>>().ok_or(Error::Busy)?;
    let secure = app.settings.is_secure();
    let held = |name| request.cookie(name).filter(|cookie| !cookie.value().is_empty());
    let cookie = held(session_cookie_name(secure)).or_else(|| held(form_cookie_name(secure)));
    match cookie {
        Some(cookie) if app.tokens.check(cookie.value(), token) => Ok(()),
        _ => Err(Error::Forbidden(
            "This form has expired, perhaps because you signed in or out. Reload the page and try again.",
        )),
    }
}

pub(crate) fn invalid_form() -> Error {
    Error::BadRequest("This form couldn’t be read. Reload the page and try again.")
}

pub(crate) fn form_timed_out() -> Error {
    Error::BadRequest("This form took too long to send. Please try again.")
}

/// The error for a body that couldn't be read completely.
fn body_error(error: &actix_web::Error) -> Error {
    let status = error.as_response_error().status_code();
    if status == StatusCode::PAYLOAD_TOO_LARGE { Error::TooLong } else { invalid_form() }
}

/// Limits the size of request bodies.
pub fn body_config() -> web::PayloadConfig {
    web::PayloadConfig::new(MAX_FORM_BYTES)
}

/// The longest request with a file, in bytes: the file and the parts around it.
const MAX_UPLOAD_BYTES: usize = MAX_BYTES + 16 * 1024;

/// The media type of a request's body.
fn media_type(request: &HttpRequest) -> &str {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim()
}

/// Whether a request is a file upload.
pub fn is_upload(request: &HttpRequest) -> bool {
    request.path() == "/imports" && media_type(request) == "multipart/form-data"
}

/// Rejects, by headers alone, a request that is too large or isn't a form.
pub fn check_headers(request: &HttpRequest) -> Result<()> {
    let longest = if is_upload(request) { MAX_UPLOAD_BYTES } else { MAX_FORM_BYTES };
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > longest) {
        return Err(Error::TooLong);
    }
    match media_type(request) {
        "application/x-www-form-urlencoded" => Ok(()),
        // Mail providers send one-click unsubscribes like this (RFC 8058, 3.2).
        "multipart/form-data" if is_upload(request) || request.path().starts_with("/unsubscribe/") => Ok(()),
        _ if length == Some(0) => Ok(()),
        _ => Err(invalid_form()),
    }
}

/// Name of the session cookie. Over TLS, the `__Host-` prefix ties it to this host (RFC 6265bis).
pub fn session_cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

/// Name of the cookie that ties forms to the browser of a visitor.
pub fn form_cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-form" } else { "form" }
}

/// A cookie that is `HttpOnly`, `SameSite=Lax` and, over TLS, `Secure`.
pub fn cookie(name: &'static str, value: String, secure: bool) -> Cookie<'static> {
    Cookie::build(name, value).path("/").http_only(true).same_site(SameSite::Lax).secure(secure).finish()
}
