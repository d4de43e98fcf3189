//! Texts from before quotes were found by their prints get theirs, once; quotes that were posted in the moment in which
//! what they quote was hidden are found.

use crate::db::Db;
use crate::domain::safety::quotes;
use crate::error::Result;

/// Looks at some of them, in a transaction of its own; whether there may be more.
pub async fn catch_up(db: &Db) -> Result<bool> {
    Ok(db.write(quotes::catch_up).await? > 0)
}
