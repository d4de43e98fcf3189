//! Reminding members of meetings, each as long before as they want.

use crate::app::App;
use crate::db::{Db, Moment};
use crate::domain::events::reminders;
use crate::error::Result;
use crate::jobs::Going;
use actix_web::web;
use std::time::Duration;

/// How often it is looked whom to remind: so late a reminder may be.
const EVERY: Duration = Duration::from_secs(30);

/// Reminds until the server stops.
pub async fn run(app: web::Data<App>, mut going: Going) {
    while going.on() {
        if let Err(error) = remind(&app.db, Moment::now()).await {
            tracing::warn!(%error, "members could not be reminded; it is tried again");
        }
        going.pause(EVERY).await;
    }
}

/// Reminds everybody of whom that is due now, and says how many they were.
pub async fn remind(db: &Db, now: Moment) -> Result<usize> {
    let mut count = 0;
    for due in db.read(move |conn| reminders::due(conn, now)).await? {
        count += db.write(move |conn| reminders::remind(conn, due, now)).await?;
    }
    Ok(count)
}
