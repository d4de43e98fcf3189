//! The health page for admins with the backups, the health check for monitoring, and `robots.txt`.

use crate::domain::safety::email_queue::{self, QueueStatus};
use crate::domain::site::backups::{self, Backup, BackupStatus};
use crate::domain::site::health::{self, DatabaseInfo};
use crate::domain::site::mail;
use crate::error::{Error, Result};
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::Frame;
use crate::web::request::RequestContext;
use crate::web::state::AppState;
use crate::web::{html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use std::time::Duration;

#[derive(Template)]
#[template(path = "site/health/show.html")]
struct ShowPage {
    frame: Frame,
    version: &'static str,
    database: DatabaseInfo,
    place: &'static str,
    /// Writes that are queued or running.
    waiting: usize,
    free: Option<u64>,
    has_mail: bool,
    queue: QueueStatus,
    status: BackupStatus,
    backups: Vec<Backup>,
}

impl ShowPage {
    /// A number of bytes in decimal units: "12.3 MB".
    fn size(&self, bytes: &u64) -> String {
        let units = ["kB", "MB", "GB", "TB"];
        let scaled = |power: usize| *bytes as f64 / 1000_f64.powi(power as i32);
        match (1..=units.len()).rev().find(|power| scaled(*power) >= 1.0) {
            Some(power) => format!("{:.1} {}", scaled(power), units[power - 1]),
            None => format!("{bytes} bytes"),
        }
    }
}

pub async fn show(context: RequestContext) -> Result<HttpResponse> {
    let (app, given) = (context.app.clone(), context.app.settings.mail_url.clone());
    let (frame, (database, (has_mail, queue), free, backups)) = context
        .read(move |conn, _| {
            let mail = (mail::is_configured(conn, given.as_deref())?, email_queue::status(conn)?);
            Ok((health::database(conn)?, mail, health::free_bytes(&app.settings.data), app.backups.list()))
        })
        .await?;
    let (status, waiting) = (context.app.backups.status(), context.app.db.pending_writes());
    let (version, place) = (env!("CARGO_PKG_VERSION"), health::database_location(&context.app.settings.database));
    Ok(html(&ShowPage { frame, version, database, place, waiting, free, has_mail, queue, status, backups }))
}

/// How long the health check waits for the database.
const CHECK_PATIENCE: Duration = Duration::from_secs(1);
pub async fn create_backup(context: RequestContext, _: Form<EmptyForm>) -> Result<HttpResponse> {
    let backups = context.app.backups.clone();
    let run = context
        .write(move |conn, member| {
            backups::log_start(conn, member)?;
            backups.start()
        })
        .await?;
    // A thread of its own: a large database takes minutes, and the thread pool is for pages.
    let thread = std::thread::Builder::new().name("backup".to_owned());
    thread.spawn(move || run.run()).map_err(Error::internal)?;
    Ok(see_other_with_flash("/health", "Backup started. Refresh this page to see it in the list."))
}

/// The health check: answers "ok" if the database can be read.
pub async fn check(app: web::Data<AppState>) -> Result<HttpResponse> {
    let read = app.db.read(|conn| crate::domain::core::club::get(conn).map(drop));
    tokio::time::timeout(CHECK_PATIENCE, read).await.map_err(|_| Error::Busy)??;
    Ok(HttpResponse::Ok().content_type("text/plain").body("ok\n"))
}

/// `robots.txt`: keeps crawlers from unfolded pages and forms.
pub async fn robots() -> HttpResponse {
    let rules = "User-agent: *\nDisallow: /*unfold=\nDisallow: /sign-in\nDisallow: /join\nDisallow: /confirm\nDisallow: /reset\nDisallow: /unsubscribe\nDisallow: /forgotten\n";
    HttpResponse::Ok().content_type("text/plain").body(rules)
}
