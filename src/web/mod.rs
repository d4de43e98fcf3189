//! What all pages share: the request and its viewer, the frame, forms, errors, cookies, static files.

pub mod assets;
pub mod client_ip;
pub mod errors;
pub mod flash;
pub mod forms;
pub mod frame;
pub mod graphics;
pub mod id_format;
pub mod location;
pub mod page_cache;
pub mod pagination;
mod parsing;
pub mod reason_form;
pub mod request;
pub mod same_origin;
pub mod state;
pub mod times;

use crate::error::{Error, Problems, Result};
use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, LOCATION, REFERRER_POLICY, VARY};
use askama::Template;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Renders a page. It is made for one reader, so it must not be cached.
pub fn html(page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(body) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((VARY, "cookie"))
            .body(body),
        Err(error) => HttpResponse::from_error(Error::internal(error)),
    }
}

/// Renders a page whose own URL is a secret, so that its path isn't sent in `Referer`. (With `no-referrer`, browsers
/// would send `Origin: null` with its form, and over plain HTTP the origin is all that the CSRF check has.)
pub fn html_with_secret_url(page: &impl Template) -> HttpResponse {
    let mut response = html(page);
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    response
}

/// Renders a form again with status 422, with the text as it was and its problems beside the fields.
pub fn unprocessable(page: &impl Template) -> HttpResponse {
    let mut response = html(page);
    *response.status_mut() = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
    response
}

/// Answers a form that failed: shows it again if it was refused because of its fields, otherwise passes the error on.
pub async fn form_again<T: Template>(
    error: Error,
    page: impl AsyncFnOnce(Problems) -> Result<T>,
) -> Result<HttpResponse> {
    match error {
        Error::Refused(problems) => Ok(unprocessable(&page(problems).await?)),
        error => Err(error),
    }
}

/// Redirects (303) after a form.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}

/// Redirects (303) with a flash message.
pub fn see_other_with_flash(path: &str, message: &str) -> HttpResponse {
    let mut response = see_other(path);
    flash::set(&mut response, message);
    response
}

/// Redirects (301) to the canonical path of a page. Nobody stores it: the path may change again, and it may hold a title
/// that not every reader may see.
pub fn moved_permanently(path: &str) -> HttpResponse {
    HttpResponse::MovedPermanently().insert_header((LOCATION, path)).insert_header((CACHE_CONTROL, "no-store")).finish()
}

/// Characters that aren't encoded in a query value: RFC 3986's unreserved ones and `/`.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Percent-encodes a query value.
pub fn query_encode(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}
