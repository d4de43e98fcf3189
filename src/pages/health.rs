//! For whoever watches over the server, and for robots.

use crate::error::Result;
use crate::pages::state::App;
use actix_web::{HttpResponse, web};

/// Says that the server answers and reaches its database.
pub async fn show(app: web::Data<App>) -> Result<HttpResponse> {
    app.db.read(|conn| crate::domain::club::get(conn).map(drop)).await?;
    Ok(HttpResponse::Ok().content_type("text/plain").body("ok\n"))
}

/// Asks robots to leave alone what is made for one reader.
pub async fn robots() -> HttpResponse {
    let rules = "User-agent: *\nDisallow: /*unfold=\nDisallow: /sign-in\nDisallow: /join\n";
    HttpResponse::Ok().content_type("text/plain").body(rules)
}
