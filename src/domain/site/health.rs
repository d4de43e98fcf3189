//! What the health page shows about the database and the disk.

use crate::db::{Conn, DatabaseUrl, dialect};
use crate::error::Result;

#[derive(Clone, Debug)]
pub struct DatabaseInfo {
    /// Product and version: "SQLite 3.50.4".
    pub version: String,
    pub bytes: u64,
}

pub fn database(conn: &mut Conn) -> Result<DatabaseInfo> {
    let bytes = u64::try_from(dialect::size(conn)?).unwrap_or_default();
    Ok(DatabaseInfo { version: dialect::version(conn)?, bytes })
}

/// Free bytes on the disk with the data folder. `None` if the system doesn't say.
pub fn free_bytes(folder: &std::path::Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

/// Where the database is, in words and without its address.
pub fn database_location(address: &DatabaseUrl) -> &'static str {
    match address {
        DatabaseUrl::Sqlite(_) => "a file in the data folder",
        DatabaseUrl::Postgres(_) => "a PostgreSQL server",
    }
}
