//! Flash messages: a cookie that the next page shows and removes.

use crate::web::query_encode;
use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};

const NAME: &str = "said";

/// The cookie that sets a message.
pub fn cookie(message: &str) -> Cookie<'static> {
    build(query_encode(message))
}

/// The message in a request.
pub fn from_request(request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(NAME)?;
    decode(cookie.value())
}

/// The cookie that removes the message, if the request has one.
pub fn removal_cookie(request: &HttpRequest) -> Option<Cookie<'static>> {
    request.cookie(NAME)?;
    let mut cookie = build(String::new());
    cookie.make_removal();
    Some(cookie)
}

fn build(value: String) -> Cookie<'static> {
    Cookie::build(NAME, value).path("/").http_only(true).same_site(SameSite::Lax).finish()
}

fn decode(value: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(&format!("said={value}")).ok()?;
    pairs.into_iter().next().map(|(_, message)| message).filter(|message| !message.is_empty())
}
