//! Counts book votes within a minute after they close. Each is counted once, even if several instances run.

use crate::db::Db;
use crate::domain::polls::book_polls::ending;
use crate::error::Result;

/// Counts the book votes that have closed. Each has a transaction of its own, so that a failure doesn't affect the
/// others.
pub async fn count_due(db: &Db) -> Result<()> {
    for poll in db.read(ending::due).await? {
        if let Err(error) = db.write(move |conn| ending::end(conn, poll)).await {
            tracing::error!(%error, %poll, "a book vote could not be counted");
        }
    }
    Ok(())
}
