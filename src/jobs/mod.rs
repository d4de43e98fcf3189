//! What runs in the background while the club is served.

pub mod polls;

use crate::app::App;
use crate::domain::{limits, meetings, sessions, uploads};
use actix_web::web;
use std::time::Duration;

/// How often what has run out is cleared away.
const SWEEP: Duration = Duration::from_secs(3600);

/// How often polls are looked at whose ballots are closed.
const POLLS: Duration = Duration::from_secs(60);

/// How often the moments of meetings are derived anew, from the start on: a new version of the program, or of the
/// system's, may know other rules of zones.
const REDERIVE: Duration = Duration::from_secs(24 * 3600);

fn keep_meetings_to_their_clocks(app: &web::Data<App>) {
    let db = app.db.clone();
    actix_web::rt::spawn(async move {
        loop {
            match db.write(meetings::rederive).await {
                Ok(0) => {}
                Ok(changed) => tracing::info!(changed, "meetings are at other moments, by the rules of their zones"),
                Err(error) => tracing::warn!(%error, "the moments of meetings could not be derived anew"),
            }
            actix_web::rt::time::sleep(REDERIVE).await;
        }
    });
}

/// Starts the background work; it ends with the server.
pub fn start(app: &web::Data<App>) {
    keep_meetings_to_their_clocks(app);
    let db = app.db.clone();
    actix_web::rt::spawn(async move {
        loop {
            if let Err(error) = polls::end(&db).await {
                tracing::warn!(%error, "polls could not be looked at");
            }
            actix_web::rt::time::sleep(POLLS).await;
        }
    });
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
