//! What all pages stand on: the request and who makes it, the frame, forms, errors, cookies, static files.

pub mod assets;
pub mod client_ip;
pub mod drawings;
pub mod errors;
pub mod flash;
pub mod forms;
pub mod frame;
pub mod id_format;
pub mod location;
pub mod page_cache;
pub mod reason_form;
pub mod request;
pub mod same_origin;
pub mod state;
pub mod times;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, LOCATION, REFERRER_POLICY, VARY};
use askama::Template;

/// Answers with a page. What is made for one reader is kept by nobody.
pub fn html(page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(body) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((VARY, "cookie"))
            .body(body),
        Err(error) => HttpResponse::from_error(crate::error::Error::internal(error)),
    }
}

/// Answers with a page whose own address is a secret: of it nothing is told to wherever the page leads, and none of it
/// is kept. (With `no-referrer` browsers would send `Origin: null` with the form, which on plain HTTP is all they send.)
pub fn secret(page: &impl Template) -> HttpResponse {
    let mut response = html(page);
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    response
}

/// Answers with a form that came back: its text as it was, its problems beside the fields.
pub fn unprocessable(page: &impl Template) -> HttpResponse {
    let mut response = html(page);
    *response.status_mut() = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
    response
}

/// Sends the browser to another page of the club, after a form.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}

/// The same, with a message that the next page shows once.
pub fn see_other_saying(path: &str, message: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).cookie(flash::carry(message)).finish()
}

/// Sends the browser to where a page now is, for good.
pub fn moved(path: &str) -> HttpResponse {
    HttpResponse::MovedPermanently()
        .insert_header((LOCATION, path))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((VARY, "cookie"))
        .finish()
}

/// A text as the value of a query (RFC 3986: all but unreserved characters and `/`).
pub fn query_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte))
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
