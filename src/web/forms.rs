//! Forms: read whole, checked to come from a page of ours, and then turned into what a handler asks for.

use crate::db::Moment;
use crate::domain::core::tokens::Token;
use crate::error::{Error, Result};
use crate::pages::site::{unsubscriptions, uploads};
use crate::web::request::{form_cookie, session_cookie};
use crate::web::state::App;
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

/// The longest form that is read, in bytes: the longest text, every character of it percent-encoded.
const LONGEST: usize = 1024 * 1024;

/// How long a form may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(20);

/// Makes and checks the token in every form: a keyed hash of the browser's cookie (OWASP, "Signed Double-Submit
/// Cookie"), so that it dies with the session.
pub struct Tokens {
    forms: Hmac<Sha256>,
    stamps: Hmac<Sha256>,
}

impl Tokens {
    /// Tokens made with the club's secret.
    pub fn new(secret: &str) -> Result<Self> {
        let mac = |purpose: &str| {
            let mac = Hmac::new_from_slice(format!("{purpose} {secret}").as_bytes());
            mac.map_err(|error| Error::Internal(error.to_string().into()))
        };
        Ok(Self { forms: mac("form")?, stamps: mac("stamp")? })
    }

    /// The token for a browser that holds this cookie.
    pub fn make(&self, cookie: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.forms.clone().chain_update(cookie).finalize().into_bytes())
    }

    fn check(&self, cookie: &str, token: &str) -> bool {
        let Ok(token) = URL_SAFE_NO_PAD.decode(token) else { return false };
        self.forms.clone().chain_update(cookie).verify_slice(&token).is_ok()
    }

    /// A mark for a form in a browser that holds this cookie, made now: the moment, and a keyed hash of both.
    pub fn stamp(&self, cookie: &str) -> String {
        let at = Moment::now().micros();
        let hash = self.stamps.clone().chain_update(format!("{at} {cookie}")).finalize().into_bytes();
        format!("{at}.{}", URL_SAFE_NO_PAD.encode(hash))
    }

    /// How long ago a mark was made, if it was made here for that browser.
    pub fn stamped(&self, cookie: &str, stamp: &str) -> Option<TimeDelta> {
        let (at, hash) = stamp.split_once('.')?;
        let hash = URL_SAFE_NO_PAD.decode(hash).ok()?;
        self.stamps.clone().chain_update(format!("{at} {cookie}")).verify_slice(&hash).ok()?;
        Some(Moment::now().utc() - Moment::from_micros(at.parse().ok()?)?.utc())
    }
}

/// What was filled in, from a form of ours.
pub struct Form<T>(pub T);

/// A form of which only the button matters.
#[derive(serde::Deserialize)]
pub struct Nothing {}

/// The text that somebody wrote in a form, kept for the error page should the form not arrive where it was meant to.
#[derive(Clone)]
pub struct Written(pub String);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let body = web::Bytes::from_request(&request, payload);
        Box::pin(async move {
            let arrived = tokio::time::timeout(ARRIVAL, body).await.map_err(|_| too_slow())?;
            let bytes = arrived.map_err(|error| cut_off(&error))?;
            let pairs: Vec<(String, String)> = serde_html_form::from_bytes(&bytes).map_err(|_| unreadable())?;
            let value = |name: &str| pairs.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
            if let Some(body) = value("body").filter(|body| !body.trim().is_empty()) {
                request.extensions_mut().insert(Written(body.to_owned()));
            }
            check_token(&request, value("token").unwrap_or_default())?;
            serde_html_form::from_bytes(&bytes).map(Form).map_err(|_| unreadable())
        })
    }
}

pub(crate) fn check_token(request: &HttpRequest, token: &str) -> Result<()> {
    let app = request.app_data::<web::Data<App>>().ok_or(Error::Busy)?;
    let secure = app.settings.is_secure();
    let held = |name| request.cookie(name).filter(|cookie| !cookie.value().is_empty());
    let cookie = held(session_cookie(secure)).or_else(|| held(form_cookie(secure)));
    match cookie {
        Some(cookie) if app.tokens.check(cookie.value(), token) => Ok(()),
        _ => Err(Error::Forbidden(
            "This form has expired, perhaps because you signed in or out. Reload the page and try again.",
        )),
    }
}

pub(crate) fn unreadable() -> Error {
    Error::BadRequest("This form couldn’t be read. Reload the page and try again.")
}

pub(crate) fn too_slow() -> Error {
    Error::BadRequest("This form took too long to send. Please try again.")
}

/// What is told of a form that did not arrive whole.
fn cut_off(error: &actix_web::Error) -> Error {
    let status = error.as_response_error().status_code();
    if status == StatusCode::PAYLOAD_TOO_LARGE { Error::TooLong } else { unreadable() }
}

/// The limits on what is read of a request, and which forms are read at all.
pub fn body_config() -> web::PayloadConfig {
    web::PayloadConfig::new(LONGEST)
}

/// Refuses by its headers alone what is too long or no form, before any of it is read.
pub fn is_acceptable(request: &HttpRequest) -> Result<()> {
    let is_upload = uploads::is_upload(request);
    let longest = if is_upload { uploads::LONGEST } else { LONGEST };
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > longest) {
        return Err(Error::TooLong);
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_form = kind.split(';').next().is_some_and(|kind| kind.trim() == "application/x-www-form-urlencoded");
    if is_form || is_upload || unsubscriptions::is_click(request) || length == Some(0) {
        Ok(())
    } else {
        Err(unreadable())
    }
}

/// A cookie that scripts cannot read and that other sites' forms do not send.
pub fn cookie(name: &'static str, value: String, secure: bool) -> Cookie<'static> {
    Cookie::build(name, value).path("/").http_only(true).same_site(SameSite::Lax).secure(secure).finish()
}

/// A secret for a visitor's forms, to be kept in a cookie.
pub fn visitor_secret() -> Result<String> {
    Ok(Token::random()?.0)
}
