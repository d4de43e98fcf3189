//! A connection to SQLite or PostgreSQL, and how the pool opens and checks one.

use diesel::connection::{Connection, SimpleConnection};
use diesel::r2d2::R2D2Connection;
use diesel::{PgConnection, SqliteConnection};

/// A connection to either database. Queries are written once, in Diesel, and run on both.
pub struct Conn(Driver);

impl Conn {
    /// The underlying connection, for what differs between the databases.
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
    Postgres(PgConnection),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The path of an SQLite file.
    Sqlite(String),
    /// A `postgres://` URL, passed to libpq unchanged.
    Postgres(String),
}

impl DatabaseUrl {
    /// Parses `postgres://…`, `postgresql://…` or `sqlite:PATH`. Anything else is an error, so that a mistyped URL
    /// doesn't create an empty SQLite file.
    pub fn parse(url: &str) -> Result<Self, String> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.trim_start_matches("//").to_owned())),
            _ => Err("DATABASE_URL must begin with postgres:// or sqlite:".to_owned()),
        }
    }

    /// Opens a connection and sets the pragmas that all of the program's SQLite connections share.
    pub fn connect(&self) -> Result<Conn, OpenError> {
        match self {
            Self::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path)?;
                // synchronous = FULL: a committed write survives a power cut. journal_size_limit shrinks the WAL to 16
                // MiB after a long read has let it grow.
                conn.batch_execute(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                     PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -2000;
                     PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY;",
                )?;
                Ok(Driver::Sqlite(conn).into())
            }
            Self::Postgres(url) => {
                let mut conn = PgConnection::establish(url)?;
                // Diesel doesn't tell the code of an error, so a deadlock is recognised by its English message. A role that
                // isn't allowed to set this has to live with the server's language.
                let _ = conn.batch_execute("SET lc_messages = 'C'");
                Ok(Driver::Postgres(conn).into())
            }
        }
    }
}

/// Why a connection couldn't be opened or is broken.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database could not be reached or opened.
    #[error(transparent)]
    Open(#[from] diesel::ConnectionError),
    /// It was reached but didn't answer.
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
}

pub struct PooledConn {
    pub conn: Conn,
    /// Whether the server has closed the connection; the pool then replaces it.
    pub closed: bool,
}

impl diesel::r2d2::ManageConnection for DatabaseUrl {
    type Connection = PooledConn;
    type Error = OpenError;

    fn connect(&self) -> Result<PooledConn, OpenError> {
        let mut conn = DatabaseUrl::connect(self)?;
        if let Driver::Postgres(conn) = conn.driver() {
            // A stalled server or a forgotten lock fails one request instead of holding all of them.
            conn.batch_execute("SET lock_timeout = '5s'; SET statement_timeout = '60s'")?;
        }
        Ok(PooledConn { conn, closed: false })
    }

    fn is_valid(&self, pooled: &mut PooledConn) -> Result<(), OpenError> {
        Ok(pooled.conn.driver().ping()?)
    }

    fn has_broken(&self, pooled: &mut PooledConn) -> bool {
        pooled.closed || std::thread::panicking() || pooled.conn.driver().is_broken()
    }
}
