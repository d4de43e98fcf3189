//! How the machine of the club does.

use crate::db::{Address, Conn, dialect};
use crate::error::Result;

/// What the database says of itself.
#[derive(Clone, Debug)]
pub struct Database {
    /// "SQLite 3.50.4".
    pub version: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many migrations have run: all that the program has, or it would not have started.
    pub migrations: i64,
}

/// Asks the database.
pub fn database(conn: &mut Conn) -> Result<Database> {
    let migrations = dialect::migrations(conn)?;
    let bytes = u64::try_from(dialect::size(conn)?).unwrap_or_default();
    Ok(Database { version: dialect::version(conn)?, bytes, migrations })
}

/// How many bytes are free where the data folder is, as far as the machine says.
pub fn free(folder: &std::path::Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

/// Where the database is, without its password.
pub fn place(address: &Address) -> &'static str {
    match address {
        Address::Sqlite(_) => "a file in the data folder",
        Address::Postgres(_) => "a PostgreSQL server",
    }
}
