//! Background jobs. Every instance of the server runs them. Their state is in the database, so nothing is lost when the
//! program is killed.

pub mod emails;

use crate::app::AppState;
use crate::db::{Db, Moment};
use crate::domain::accounts::{email_links, sessions};
use crate::domain::core::rate_limits;
use crate::domain::events::{meetings, reminders};
use crate::domain::polls::{book_polls::ending, date_polls};
use crate::domain::safety::notifications;
use crate::domain::site::emails::sending;
use crate::domain::site::uploads;
use crate::error::Result;
use actix_web::rt::task::JoinHandle;
use actix_web::web;
use std::time::Duration;
use tokio::sync::watch;

/// How long a running job may take to finish once the server stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(15);

/// Handles of the running jobs, to stop them.
pub struct Jobs {
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
}

pub fn start(app: &web::Data<AppState>) -> Jobs {
    let (stop, stopped) = watch::channel(false);
    let (one_hour, one_day) = (Duration::from_secs(3600), Duration::from_secs(24 * 3600));
    let is_running = stopped.clone();
    let send = move |app: web::Data<AppState>| {
        let is_running = is_running.clone();
        async move { emails::send(&app, Moment::now, || !*is_running.borrow()).await.map(drop) }
    };
    let remind = async |app: web::Data<AppState>| send_reminders(&app.db, Moment::now()).await.map(drop);
    let count = async |app: web::Data<AppState>| count_book_polls(&app.db).await;
    // A new version of the program or the system may have new time zone rules.
    let rederive = async |app: web::Data<AppState>| rederive_times(&app.db).await;
    let sweep = async |app: web::Data<AppState>| sweep(&app.db).await;
    let running = vec![
        every(Duration::from_secs(3), "emails could not be sent; trying again", app, &stopped, send),
        every(Duration::from_secs(30), "reminders could not be sent; trying again", app, &stopped, remind),
        every(Duration::from_secs(60), "could not check for book votes to count", app, &stopped, count),
        every(one_hour, "expired rows could not be deleted", app, &stopped, sweep),
        every(one_day, "the UTC times of meetings and polls could not be updated", app, &stopped, rederive),
    ];
    Jobs { stop, running }
}

/// Runs a job until the server stops: now, and again after each `pause`. Logs `failure` if it fails.
fn every<F: Future<Output = Result<()>> + 'static>(
    pause: Duration,
    failure: &'static str,
    app: &web::Data<AppState>,
    stopped: &watch::Receiver<bool>,
    job: impl Fn(web::Data<AppState>) -> F + 'static,
) -> JoinHandle<()> {
    let (app, mut stopped) = (app.clone(), stopped.clone());
    actix_web::rt::spawn(async move {
        while !*stopped.borrow() {
            if let Err(error) = job(app.clone()).await {
                tracing::warn!(%error, "{failure}");
            }
            // An error means that the sender was dropped, so the server has stopped.
            let _ = tokio::time::timeout(pause, stopped.wait_for(|stopped| *stopped)).await;
        }
    })
}

impl Jobs {
    /// Asks the jobs to stop and waits for what they are doing, so that an email the mail server has accepted is
    /// recorded as sent.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for job in self.running {
            if tokio::time::timeout(SHUTDOWN_TIMEOUT, job).await.is_err() {
                tracing::warn!("a background job did not stop in time");
            }
        }
    }
}

/// Sends the reminders of meetings that are due, as long before as each member has chosen, and returns how many members
/// were reminded.
pub async fn send_reminders(db: &Db, now: Moment) -> Result<usize> {
    let mut count = 0;
    for due in db.read(move |conn| reminders::due(conn, now)).await? {
        count += db.write(move |conn| reminders::remind(conn, due, now)).await?;
    }
    Ok(count)
}

/// Counts the book votes that have closed. Each has a transaction of its own, so that a failure doesn't affect the
/// others, and is counted once, even if several instances run.
pub async fn count_book_polls(db: &Db) -> Result<()> {
    for poll in db.read(ending::due).await? {
        if let Err(error) = db.write(move |conn| ending::end(conn, poll)).await {
            tracing::error!(%error, %poll, "a book vote could not be counted");
        }
    }
    Ok(())
}

async fn sweep(db: &Db) -> Result<()> {
    let now = Moment::now();
    db.write(move |conn| {
        sessions::sweep(conn)?;
        uploads::sweep(conn)?;
        email_links::sweep(conn)?;
        sending::sweep(conn, now)?;
        notifications::sweep(conn, now)?;
        reminders::sweep(conn, now)?;
        rate_limits::delete_expired(conn)
    })
    .await
}

/// Computes the UTC times of meetings and date polls again.
async fn rederive_times(db: &Db) -> Result<()> {
    let changed = db.write(|conn| Ok(meetings::deriving::rederive(conn)? + date_polls::rederive(conn)?)).await?;
    if changed > 0 {
        tracing::info!(changed, "time zone rules changed; updated the UTC times of meetings and polls");
    }
    Ok(())
}
