//! What runs in the background while the club is served.

use crate::app::App;
use crate::domain::{limits, sessions, uploads};
use actix_web::web;
use std::time::Duration;

/// How often what has run out is cleared away.
const SWEEP: Duration = Duration::from_secs(3600);

/// Starts the background work; it ends with the server.
pub fn start(app: &web::Data<App>) {
    let db = app.db.clone();
    actix_web::rt::spawn(async move {
        loop {
            actix_web::rt::time::sleep(SWEEP).await;
            let swept = db.write(|conn| {
                sessions::sweep(conn)?;
                uploads::sweep(conn)?;
                limits::sweep(conn)
            });
            if let Err(error) = swept.await {
                tracing::warn!(%error, "what has run out could not be cleared away");
            }
        }
    });
}
