//! Flash messages: a cookie that the next page shows and removes.

use crate::web::{forms, query_encode};
use actix_web::cookie::Cookie;
use actix_web::{HttpRequest, HttpResponse};
use percent_encoding::percent_decode_str;

const NAME: &str = "said";

/// The message of a response, until [`cookie`] makes a cookie of it.
struct Message(String);

pub fn set(response: &mut HttpResponse, message: &str) {
    response.extensions_mut().insert(Message(query_encode(message)));
}

/// The cookie that sets the message of a response.
pub fn cookie<B>(response: &mut HttpResponse<B>, secure: bool) -> Option<Cookie<'static>> {
    let message = response.extensions_mut().remove::<Message>()?;
    Some(forms::cookie(NAME, message.0, secure))
}

pub fn from_request(request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(NAME)?;
    let message = percent_decode_str(cookie.value()).decode_utf8().ok()?;
    Some(message.into_owned()).filter(|message| !message.is_empty())
}

/// The cookie that removes the message, if the request has one.
pub fn removal_cookie(request: &HttpRequest, secure: bool) -> Option<Cookie<'static>> {
    request.cookie(NAME)?;
    let mut cookie = forms::cookie(NAME, String::new(), secure);
    cookie.make_removal();
    Some(cookie)
}
