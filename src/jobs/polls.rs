//! Book polls whose ballots are closed are counted, within a minute, each once, however many instances look.

use crate::db::Db;
use crate::domain::polls::book_polls::ending;
use crate::error::Result;

/// Counts the polls that are due. Each is counted in a transaction of its own, so that one that fails holds up no other.
pub async fn end(db: &Db) -> Result<()> {
    for poll in db.read(ending::due).await? {
        if let Err(error) = db.write(move |conn| ending::end(conn, poll)).await {
            tracing::error!(%error, %poll, "a book poll could not be counted");
        }
    }
    Ok(())
}
