//! Starts backups, for admins. The health page lists them.

use crate::domain::site::backups;
use crate::error::{Error, Result};
use crate::web::forms::{Form, Nothing};
use crate::web::request::Visit;
use crate::web::see_other_saying;
use actix_web::HttpResponse;

/// Starts a backup in the background.
pub async fn create(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    let all = visit.app.backups.clone();
    let turn = visit
        .write(move |conn, member| {
            backups::note(conn, member)?;
            all.begin()
        })
        .await?;
    // A thread of its own: a large database takes minutes, and the thread pool is for pages.
    let thread = std::thread::Builder::new().name("backup".to_owned());
    thread.spawn(move || turn.run()).map_err(Error::internal)?;
    Ok(see_other_saying("/health", "Backup started. Refresh this page to see it in the list."))
}
