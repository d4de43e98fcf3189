//! Background jobs. Every instance of the server runs them. Their state is in the database, so nothing is lost when the
//! program is killed.

pub mod emails;
pub mod polls;
pub mod reminders;

use crate::app::AppState;
use crate::db::Moment;
use crate::domain::accounts::{email_links, sessions};
use crate::domain::core::rate_limits;
use crate::domain::events::{meetings, reminders as the_reminders};
use crate::domain::polls::date_polls;
use crate::domain::safety::notifications;
use crate::domain::site::emails::sending;
use crate::domain::site::uploads;
use actix_web::rt::task::JoinHandle;
use actix_web::web;
use std::time::Duration;
use tokio::sync::watch;

/// How often expired rows are deleted.
const SWEEP_INTERVAL: Duration = Duration::from_secs(3600);

/// How often the job looks for book votes that have closed.
const POLLS_INTERVAL: Duration = Duration::from_secs(60);

/// How often the UTC times of meetings and date polls are computed again. The first time is at startup, since a new
/// version of the program or the system may have new time zone rules.
const REDERIVE_INTERVAL: Duration = Duration::from_secs(24 * 3600);

/// How long a running job may take to finish once the server stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(15);

/// Handles of the running jobs, to stop them.
pub struct Jobs {
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
}

/// Tells a job whether the server is still running.
#[derive(Clone)]
pub struct StopSignal(watch::Receiver<bool>);

impl StopSignal {
    /// Whether the server is still running.
    pub fn is_running(&self) -> bool {
        !*self.0.borrow()
    }

    /// Waits for `span`, or until the server stops.
    async fn sleep(&mut self, span: Duration) {
        // An error means that the sender was dropped, so the server has stopped.
        let _ = tokio::time::timeout(span, self.0.wait_for(|stopped| *stopped)).await;
    }
}

/// Starts all jobs.
pub fn start(app: &web::Data<AppState>) -> Jobs {
    let (stop, stopped) = watch::channel(false);
    let signal = StopSignal(stopped);
    let running = vec![
        actix_web::rt::spawn(sweep(app.clone(), signal.clone())),
        actix_web::rt::spawn(rederive_times(app.clone(), signal.clone())),
        actix_web::rt::spawn(count_polls(app.clone(), signal.clone())),
        actix_web::rt::spawn(reminders::run(app.clone(), signal.clone())),
        actix_web::rt::spawn(emails::run(app.clone(), signal)),
    ];
    Jobs { stop, running }
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

async fn sweep(app: web::Data<AppState>, mut signal: StopSignal) {
    while signal.is_running() {
        signal.sleep(SWEEP_INTERVAL).await;
        let now = Moment::now();
        let swept = app.db.write(move |conn| {
            sessions::sweep(conn)?;
            uploads::sweep(conn)?;
            email_links::sweep(conn)?;
            sending::sweep(conn, now)?;
            notifications::sweep(conn, now)?;
            the_reminders::sweep(conn, now)?;
            rate_limits::delete_expired(conn)
        });
        if let Err(error) = swept.await {
            tracing::warn!(%error, "expired rows could not be deleted");
        }
    }
}

async fn rederive_times(app: web::Data<AppState>, mut signal: StopSignal) {
    while signal.is_running() {
        match app.db.write(|conn| Ok(meetings::deriving::rederive(conn)? + date_polls::rederive(conn)?)).await {
            Ok(0) => {}
            Ok(changed) => {
                tracing::info!(changed, "time zone rules changed; updated the UTC times of meetings and polls")
            }
            Err(error) => tracing::warn!(%error, "the UTC times of meetings and polls could not be updated"),
        }
        signal.sleep(REDERIVE_INTERVAL).await;
    }
}

async fn count_polls(app: web::Data<AppState>, mut signal: StopSignal) {
    while signal.is_running() {
        if let Err(error) = polls::count_due(&app.db).await {
            tracing::warn!(%error, "could not check for book votes to count");
        }
        signal.sleep(POLLS_INTERVAL).await;
    }
}
