//! Sends the emails of the queue.

use crate::app::AppState;
use crate::db::{Moment, QueuedEmailId};
use crate::domain::site::emails::sending::{self, Email, Failure};
use crate::domain::site::mail::{self, Server};
use crate::emails;
use crate::error::{Error, Result};
use std::sync::Arc;
use std::time::Duration;

/// How many attempts are made to record that an email was sent, and the pause between them. An email that isn't
/// recorded as sent is sent again.
const RECORD_RETRIES: (u32, Duration) = (5, Duration::from_secs(1));

/// Sends the emails that are due and returns how many were sent. Stops early if the mail server is unreachable or
/// `is_running` returns false. Without a mail server it sends nothing, and the emails stay queued until they expire.
pub async fn send(app: &AppState, clock: impl Fn() -> Moment, is_running: impl Fn() -> bool) -> Result<usize> {
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
        if !is_running() {
            break;
        }
        match send_one(app, &server, id, &clock).await {
            Ok(Some(Ok(()))) => count += 1,
            // The server is unreachable: the other emails would fail too.
            Ok(Some(Err(Failure::Unreachable(_)))) => break,
            Ok(Some(Err(_)) | None) => {}
            Err(error) => tracing::warn!(%error, %id, "an email could not be sent; going on with the others"),
        }
    }
    Ok(count)
}

/// Sends one email. `None` if another instance is sending it, or if it is no longer needed.
async fn send_one(
    app: &AppState,
    server: &Arc<Server>,
    id: QueuedEmailId,
    clock: &impl Fn() -> Moment,
) -> Result<Option<Result<(), Failure>>> {
    let now = clock();
    let Some(outgoing) = app.db.write(move |conn| sending::lease(conn, id, now)).await? else { return Ok(None) };
    let email = outgoing.email.clone();
    let envelope = emails::compose(outgoing, &app.settings.address)?;
    let server = server.clone();
    let sent = tokio::task::spawn_blocking(move || server.send(envelope)).await;
    // A panic while sending counts as an attempt, so that the email isn't retried forever.
    let sent = sent.unwrap_or_else(|error| Err(Failure::Later(format!("This was our mistake: {error}."))));
    record(app, &email, &sent, clock()).await?;
    Ok(Some(sent))
}

/// Records the result of sending. If the email was sent, a failing write is retried.
async fn record(app: &AppState, email: &Email, sent: &Result<(), Failure>, now: Moment) -> Result<()> {
    for _ in 1..RECORD_RETRIES.0 {
        match record_once(app, email, sent, now).await {
            Err(error) if sent.is_ok() => tracing::warn!(%error, "could not record that an email was sent; retrying"),
            recorded => return recorded,
        }
        tokio::time::sleep(RECORD_RETRIES.1).await;
    }
    record_once(app, email, sent, now).await
}

async fn record_once(app: &AppState, email: &Email, sent: &Result<(), Failure>, now: Moment) -> Result<()> {
    let (email, sent) = (email.clone(), sent.clone());
    app.db
        .write(move |conn| match &sent {
            Ok(()) => sending::mark_sent(conn, email.id, now),
            Err(failure) => sending::mark_failed(conn, &email, failure, now),
        })
        .await
}
