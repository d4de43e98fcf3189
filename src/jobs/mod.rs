//! What runs in the background while the club is served, on every instance. None of it holds anything that is lost when
//! the program is killed: what is to be done stands in the database.

pub mod emails;
pub mod polls;
pub mod reminders;

use crate::app::App;
use crate::db::Moment;
use crate::domain::accounts::{email_links, sessions};
use crate::domain::core::limits;
use crate::domain::events::{meetings, reminders as the_reminders};
use crate::domain::polls::date_polls;
use crate::domain::site::emails::sending;
use crate::domain::site::uploads;
use actix_web::rt::task::JoinHandle;
use actix_web::web;
use std::time::Duration;
use tokio::sync::watch;

/// How often what has run out is cleared away.
const SWEEP: Duration = Duration::from_secs(3600);

/// How often polls are looked at whose ballots are closed.
const POLLS: Duration = Duration::from_secs(60);

/// How often the moments of meetings are derived anew, from the start on: a new version of the program, or of the
/// system's, may know other rules of zones.
const REDERIVE: Duration = Duration::from_secs(24 * 3600);

/// How long work under way may take to end once the server stops.
const FAREWELL: Duration = Duration::from_secs(15);

/// The background work of a server.
pub struct Jobs {
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
}

/// Whether the server goes on.
#[derive(Clone)]
pub struct Going(watch::Receiver<bool>);

impl Going {
    /// Whether it does.
    pub fn on(&self) -> bool {
        !*self.0.borrow()
    }

    /// Waits so long, or until the server stops.
    async fn pause(&mut self, span: Duration) {
        // A server that is gone has stopped.
        let _ = tokio::time::timeout(span, self.0.wait_for(|stopped| *stopped)).await;
    }
}

/// Starts the background work.
pub fn start(app: &web::Data<App>) -> Jobs {
    let (stop, stopped) = watch::channel(false);
    let going = Going(stopped);
    let running = vec![
        actix_web::rt::spawn(sweep(app.clone(), going.clone())),
        actix_web::rt::spawn(keep_meetings_to_their_clocks(app.clone(), going.clone())),
        actix_web::rt::spawn(end_polls(app.clone(), going.clone())),
        actix_web::rt::spawn(reminders::run(app.clone(), going.clone())),
        actix_web::rt::spawn(emails::run(app.clone(), going)),
    ];
    Jobs { stop, running }
}

impl Jobs {
    /// Stops it, once what is under way is done: a letter that the mail server has taken is noted as sent.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for job in self.running {
            if tokio::time::timeout(FAREWELL, job).await.is_err() {
                tracing::warn!("background work did not end in time");
            }
        }
    }
}

async fn sweep(app: web::Data<App>, mut going: Going) {
    while going.on() {
        going.pause(SWEEP).await;
        let now = Moment::now();
        let swept = app.db.write(move |conn| {
            sessions::sweep(conn)?;
            uploads::sweep(conn)?;
            email_links::sweep(conn)?;
            sending::sweep(conn, now)?;
            the_reminders::sweep(conn, now)?;
            limits::sweep(conn)
        });
        if let Err(error) = swept.await {
            tracing::warn!(%error, "what has run out could not be cleared away");
        }
    }
}

async fn keep_meetings_to_their_clocks(app: web::Data<App>, mut going: Going) {
    while going.on() {
        match app.db.write(|conn| Ok(meetings::rederive(conn)? + date_polls::rederive(conn)?)).await {
            Ok(0) => {}
            Ok(changed) => {
                tracing::info!(changed, "meetings and polls are at other moments, by the rules of their zones")
            }
            Err(error) => tracing::warn!(%error, "the moments of meetings and polls could not be derived anew"),
        }
        going.pause(REDERIVE).await;
    }
}

async fn end_polls(app: web::Data<App>, mut going: Going) {
    while going.on() {
        if let Err(error) = polls::end(&app.db).await {
            tracing::warn!(%error, "polls could not be looked at");
        }
        going.pause(POLLS).await;
    }
}
