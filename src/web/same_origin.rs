//! Middleware around every handler: the same-origin check against CSRF, and security headers.

use crate::error::Error;
use crate::web::state::AppState;
use crate::web::{flash, forms};
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT_ENCODING, HeaderName, HeaderValue, REFERRER_POLICY};
use actix_web::http::{Method, StatusCode, Version};
use actix_web::middleware::Next;
use actix_web::web;
use std::convert::Infallible;
use std::time::Instant;
use tower::{Layer, ServiceExt, service_fn};
use tower_http::csrf::CsrfLayer;

/// Rejects unsafe requests from other sites by `Sec-Fetch-Site` and `Origin` (tower-http's `csrf`), and bodies that are
/// too large or aren't forms.
pub async fn reject_cross_site(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    match refusal(&request).await {
        // The error pages middleware sees responses, not errors of inner middleware.
        Some(error) => Ok(request.error_response(error).map_into_right_body()),
        None => Ok(next.call(request).await?.map_into_left_body()),
    }
}

async fn refusal(request: &ServiceRequest) -> Option<Error> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return None;
    }
    if !is_same_origin(request).await {
        return Some(Error::Forbidden("This form was sent from another site."));
    }
    forms::check_headers(request.request()).err()
}

async fn is_same_origin(request: &ServiceRequest) -> bool {
    let mut layer = CsrfLayer::new();
    if let Some(app) = request.app_data::<web::Data<AppState>>()
        && let Ok(trusting) = CsrfLayer::new().add_trusted_origin(&app.settings.address)
    {
        layer = trusting;
    }
    let mut copy = http::Request::builder().method(request.method().as_str()).uri(request.path());
    for name in ["host", "origin", "sec-fetch-site"] {
        if let Some(value) = request.headers().get(name) {
            copy = copy.header(name, value.as_bytes());
        }
    }
    let Ok(copy) = copy.body(()) else { return false };
    let inner = service_fn(|_: http::Request<()>| async { Ok::<_, Infallible>(http::Response::new(String::new())) });
    layer.layer(inner).oneshot(copy).await.is_ok_and(|response| response.status().is_success())
}

/// Content Security Policy: only our own scripts, styles, images and forms, and no frames.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; \
    manifest-src 'self'";

/// Logs every response, sets or removes the cookie of its flash message, and adds security headers (OWASP Secure
/// Headers).
pub async fn security_headers(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let secure = request.app_data::<web::Data<AppState>>().is_some_and(|app| app.settings.is_secure());
    let started = Instant::now();
    if request.version() < Version::HTTP_11 {
        // A compressed response is sent in chunks, which HTTP/1.0 doesn't know (RFC 9112, 6.1).
        request.headers_mut().remove(ACCEPT_ENCODING);
    }
    let mut response = next.call(request).await?;
    // Log the pattern, not the path: some paths contain secrets.
    let route = response.request().match_pattern();
    let (method, status) = (response.request().method(), response.status().as_u16());
    tracing::info!(%method, route, status, micros = started.elapsed().as_micros() as u64, "answered");
    let is_page = response.status() != StatusCode::SEE_OTHER && !response.request().path().starts_with("/static/");
    let removal = if is_page { flash::removal_cookie(response.request(), secure) } else { None };
    if let Some(cookie) = flash::cookie(response.response_mut(), secure).or(removal) {
        response.response_mut().add_cookie(&cookie)?;
    }
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !headers.contains_key(REFERRER_POLICY) {
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    }
    if secure {
        let value = HeaderValue::from_static("max-age=31536000");
        headers.insert(HeaderName::from_static("strict-transport-security"), value);
    }
    Ok(response)
}
