//! One connection to whichever database the club uses, and how a pool opens and checks it.

use diesel::connection::{Connection, SimpleConnection};
use diesel::r2d2::R2D2Connection;
use diesel::{PgConnection, SqliteConnection};

// Cargo reads .cargo/config.toml, and with it how SQLite is compiled, only where it is started in this repository.
const _: &str =
    env!("LIBSQLITE3_FLAGS", "build in the repository's own folder, or set LIBSQLITE3_FLAGS as in .cargo/config.toml");

/// A connection to the club's database. Queries are written once and run on either database.
pub struct Conn(Driver);

impl Conn {
    /// The connection to the one database or the other, where they differ.
    pub fn driver(&mut self) -> &mut Driver {
        &mut self.0
    }
}

impl From<Driver> for Conn {
    fn from(driver: Driver) -> Self {
        Self(driver)
    }
}

/// A connection to one of the two databases.
#[derive(diesel::MultiConnection)]
pub enum Driver {
    /// The embedded database: one file in the data folder.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    Postgres(PgConnection),
}

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// The path of an SQLite file.
    Sqlite(String),
    /// A `postgres://` address, passed to libpq as it is.
    Postgres(String),
}

impl Address {
    /// Reads a database address: `postgres://…`, `postgresql://…` or `sqlite:PATH`. Anything else is refused, so that
    /// a mistyped address never opens an empty file in its place.
    pub fn parse(url: &str) -> Result<Self, String> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.trim_start_matches("//").to_owned())),
            _ => Err("DATABASE_URL must begin with postgres:// or sqlite:".to_owned()),
        }
    }

    /// Opens one connection, set up as every connection of the club is.
    pub fn connect(&self) -> Result<Conn, OpenError> {
        match self {
            Self::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path)?;
                // FULL: an answered write is on disk (SQLite, "PRAGMA synchronous"). The journal is cut back to 16 MiB
                // after a long reader has let it grow.
                conn.batch_execute(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                     PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -2000;
                     PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY;",
                )?;
                Ok(Driver::Sqlite(conn).into())
            }
            Self::Postgres(url) => Ok(Driver::Postgres(PgConnection::establish(url)?).into()),
        }
    }
}

/// Why a connection could not be opened or is no longer good.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database could not be reached or opened.
    #[error(transparent)]
    Open(#[from] diesel::ConnectionError),
    /// It was reached but did not answer.
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
}

/// A connection of the pool, with a note whether it is still good.
pub struct Pooled {
    /// The connection itself.
    pub conn: Conn,
    /// Set once the server has closed the connection: the pool then opens a new one.
    pub closed: bool,
}

impl diesel::r2d2::ManageConnection for Address {
    type Connection = Pooled;
    type Error = OpenError;

    fn connect(&self) -> Result<Pooled, OpenError> {
        Address::connect(self).map(|conn| Pooled { conn, closed: false })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), OpenError> {
        Ok(pooled.conn.driver().ping()?)
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.closed || std::thread::panicking() || pooled.conn.driver().is_broken()
    }
}
