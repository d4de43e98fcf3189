//! Flash messages: a cookie that the next page shows and removes.

use crate::web::{forms, query_encode};
use actix_web::cookie::Cookie;
use actix_web::{HttpRequest, HttpResponse};

const NAME: &str = "said";

/// The message of a response, until [`cookie`] makes a cookie of it.
struct Message(String);

/// Adds a message to a response.
pub fn set(response: &mut HttpResponse, message: &str) {
    response.extensions_mut().insert(Message(query_encode(message)));
}

/// The cookie that sets the message of a response.
pub fn cookie<B>(response: &mut HttpResponse<B>, secure: bool) -> Option<Cookie<'static>> {
    let message = response.extensions_mut().remove::<Message>()?;
    Some(forms::cookie(NAME, message.0, secure))
}

/// The message in a request.
pub fn from_request(request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(NAME)?;
    decode(cookie.value())
}

/// The cookie that removes the message, if the request has one.
pub fn removal_cookie(request: &HttpRequest, secure: bool) -> Option<Cookie<'static>> {
    request.cookie(NAME)?;
    let mut cookie = forms::cookie(NAME, String::new(), secure);
    cookie.make_removal();
    Some(cookie)
}

fn decode(value: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(&format!("said={value}")).ok()?;
    pairs.into_iter().next().map(|(_, message)| message).filter(|message| !message.is_empty())
}
