//! Sending the letters of the outbox.

use crate::app::App;
use crate::db::{LetterId, Moment};
use crate::domain::site::emails::sending::{self, Failure, Letter};
use crate::domain::site::mail::{self, Server};
use crate::emails;
use crate::error::{Error, Result};
use crate::jobs::Going;
use actix_web::web;
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked for letters.
const EVERY: Duration = Duration::from_secs(3);

/// How often it is tried to note that a letter was sent, and how long between: what is not noted is sent again.
const NOTING: (u32, Duration) = (5, Duration::from_secs(1));

/// Sends letters until the server stops.
pub async fn run(app: web::Data<App>, mut going: Going) {
    while going.on() {
        if let Err(error) = send(&app, Moment::now, || going.on()).await {
            tracing::warn!(%error, "letters could not be sent; it is tried again");
        }
        going.pause(EVERY).await;
    }
}

/// Sends the letters that are due by this clock, as long as the mail server takes them and it is to go on; says how many
/// were sent. Without a mail server they stay until nobody wants them any more.
pub async fn send(app: &App, clock: impl Fn() -> Moment, go_on: impl Fn() -> bool) -> Result<usize> {
    let given = app.settings.mail_url.clone();
    let now = clock();
    let (kept, due) = app.db.read(move |conn| Ok((mail::get(conn)?, sending::due(conn, now)?))).await?;
    let (Some(url), false) = (kept.url_or(given.as_deref()), due.is_empty()) else { return Ok(0) };
    let sender = kept.sender_or(&app.settings.address);
    let server = match Server::new(&url, &sender) {
        Ok(server) => Arc::new(server),
        Err(sentence) => return Err(Error::Internal(sentence.into())),
    };
    let mut count = 0;
    for id in due {
        if !go_on() {
            break;
        }
        match send_one(app, &server, id, &clock).await {
            Ok(Some(Ok(()))) => count += 1,
            // The others need not try one by one.
            Ok(Some(Err(Failure::Unreachable(_)))) => break,
            Ok(Some(Err(_)) | None) => {}
            Err(error) => tracing::warn!(%error, %id, "a letter could not be sent; the others go on"),
        }
    }
    Ok(count)
}

/// Sends one letter; `None` where another instance has it, or nobody wants it any more.
async fn send_one(
    app: &App,
    server: &Arc<Server>,
    id: LetterId,
    clock: &impl Fn() -> Moment,
) -> Result<Option<Result<(), Failure>>> {
    let now = clock();
    let Some(outgoing) = app.db.write(move |conn| sending::take(conn, id, now)).await? else { return Ok(None) };
    let letter = outgoing.letter.clone();
    let envelope = emails::compose(outgoing, &app.settings.address)?;
    let server = server.clone();
    let sent = tokio::task::spawn_blocking(move || server.send(envelope)).await;
    // A letter on which sending breaks must not be tried without end.
    let sent = sent.unwrap_or_else(|error| Err(Failure::Later(format!("This was our mistake: {error}."))));
    note(app, &letter, &sent, clock()).await?;
    Ok(Some(sent))
}

/// Notes what became of a letter; once it is sent, with patience.
async fn note(app: &App, letter: &Letter, sent: &Result<(), Failure>, now: Moment) -> Result<()> {
    for _ in 1..NOTING.0 {
        match note_once(app, letter, sent, now).await {
            Err(error) if sent.is_ok() => tracing::warn!(%error, "that a letter was sent could not be noted yet"),
            noted => return noted,
        }
        tokio::time::sleep(NOTING.1).await;
    }
    note_once(app, letter, sent, now).await
}

async fn note_once(app: &App, letter: &Letter, sent: &Result<(), Failure>, now: Moment) -> Result<()> {
    let (letter, sent) = (letter.clone(), sent.clone());
    app.db
        .write(move |conn| match &sent {
            Ok(()) => sending::sent(conn, letter.id, now),
            Err(failure) => sending::failed(conn, &letter, failure, now),
        })
        .await
}
