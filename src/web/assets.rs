//! The stylesheet, the script and the icon: embedded in the program, served under an address that has their hash, and
//! so kept by browsers for good.

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

/// Each file's name and its address.
static PATHS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let path = |name: &str| {
        let hash: String = Files::get(name)?.hash().chars().filter(char::is_ascii_alphanumeric).take(16).collect();
        Some(format!("/static/{hash}/{name}"))
    };
    ["style.css", "club.js", "icon.svg"].into_iter().filter_map(|name| Some((name.to_owned(), path(name)?))).collect()
});

/// The address of an embedded file.
pub fn path(name: &str) -> &'static str {
    PATHS.get(name).map_or("/", String::as_str)
}

/// A file. Under an old hash too: a page that was open before an update still finds it.
pub async fn show(request: HttpRequest, file: web::Path<(String, String)>) -> Result<HttpResponse> {
    let (_, name) = file.into_inner();
    let file = Files::get(&name).ok_or(Error::NotFound)?;
    let mut response = file.into_response().respond_to(&request).map_into_boxed_body();
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(CACHE_CONTROL, forever);
    Ok(response)
}
