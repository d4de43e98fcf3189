//! Flash messages: a cookie that the next page shows and removes.

use crate::web::{forms, query_encode};
use actix_web::cookie::Cookie;
use actix_web::{HttpRequest, HttpResponse};

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

/// The message in a request, whose cookies actix has decoded.
pub fn from_request(request: &HttpRequest) -> Option<String> {
    request.cookie(NAME).map(|cookie| cookie.value().to_owned()).filter(|message| !message.is_empty())
}

/// The cookie that removes the message, if the request has one.
pub fn removal_cookie(request: &HttpRequest, secure: bool) -> Option<Cookie<'static>> {
    request.cookie(NAME)?;
    let mut cookie = forms::cookie(NAME, String::new(), secure);
    cookie.make_removal();
    Some(cookie)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_message_is_decoded_once() {
        let message = "1+1 & 2%41";
        let cookie = forms::cookie(NAME, query_encode(message), false);
        let request = TestRequest::default().insert_header(("cookie", cookie.stripped().to_string())).to_http_request();
        assert_eq!(from_request(&request).as_deref(), Some(message));
    }
}
