//! Stylesheet, script and icon: embedded in the program, and served under paths with their hash, so that browsers can
//! cache them forever.

use crate::error::{Error, Result};
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use actix_web_rust_embed_responder::IntoResponse;
use rust_embed_for_web::{EmbedableFile, RustEmbed};
use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// Path of each file by name.
static PATHS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let path = |name: &str| {
        let hash: String = Files::get(name)?.hash().chars().filter(char::is_ascii_alphanumeric).take(16).collect();
        Some(format!("/static/{hash}/{name}"))
    };
    ["style.css", "club.js", "icon.svg"].into_iter().filter_map(|name| Some((name.to_owned(), path(name)?))).collect()
});

/// Path of an embedded file; `/` if there is none with this name.
pub fn path(name: &str) -> &'static str {
    PATHS.get(name).map_or("/", String::as_str)
}

/// Serves a file. The hash isn't checked, so that a page loaded before an update still gets its files.
pub async fn show(request: HttpRequest, file: web::Path<(String, String)>) -> Result<HttpResponse> {
    let (_, name) = file.into_inner();
    let file = Files::get(&name).ok_or(Error::NotFound)?;
    let mut response = file.into_response().respond_to(&request).map_into_boxed_body();
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(CACHE_CONTROL, forever);
    Ok(response)
}
