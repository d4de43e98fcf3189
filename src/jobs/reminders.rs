//! Reminds members of meetings, as long before as each has chosen.

use crate::app::AppState;
use crate::db::{Db, Moment};
use crate::domain::events::reminders;
use crate::error::Result;
use crate::jobs::StopSignal;
use actix_web::web;
use std::time::Duration;

/// How often due reminders are looked up, and so the most that a reminder can be late.
const INTERVAL: Duration = Duration::from_secs(30);

/// Sends reminders until the server stops.
pub async fn run(app: web::Data<AppState>, mut signal: StopSignal) {
    while signal.is_running() {
        if let Err(error) = remind(&app.db, Moment::now()).await {
            tracing::warn!(%error, "reminders could not be sent; trying again");
        }
        signal.sleep(INTERVAL).await;
    }
}

/// Sends the reminders that are due and returns how many members were reminded.
pub async fn remind(db: &Db, now: Moment) -> Result<usize> {
    let mut count = 0;
    for due in db.read(move |conn| reminders::due(conn, now)).await? {
        count += db.write(move |conn| reminders::remind(conn, due, now)).await?;
    }
    Ok(count)
}
