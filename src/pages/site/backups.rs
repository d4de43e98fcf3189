//! Starts backups, for admins. The health page lists them.

use crate::domain::site::backups;
use crate::error::{Error, Result};
use crate::web::forms::{EmptyForm, Form};
use crate::web::request::RequestContext;
use crate::web::see_other_with_flash;
use actix_web::HttpResponse;

/// Starts a backup in the background.
pub async fn create(context: RequestContext, _: Form<EmptyForm>) -> Result<HttpResponse> {
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
