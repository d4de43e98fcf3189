//! Runs migrations. If several instances start at once, one migrates and the others wait.

use crate::db::conn::{Conn, DatabaseUrl, Driver};
use crate::error::{Error, Problems, Result};
use diesel::connection::SimpleConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::fs::File;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Key of PostgreSQL's advisory lock, the same for all instances.
const LOCK: i64 = 0x6368_6170;

/// Applies the pending migrations under a lock: a file lock for SQLite, an advisory lock for PostgreSQL.
pub fn migrate(address: &DatabaseUrl) -> Result<()> {
    match address {
        DatabaseUrl::Sqlite(path) => {
            let lock = File::create(format!("{path}.lock")).map_err(Error::internal)?;
            lock.lock().map_err(Error::internal)?;
            run(&mut address.connect().map_err(Error::internal)?)
        }
        DatabaseUrl::Postgres(_) => {
            let mut conn = address.connect().map_err(Error::internal)?;
            refuse_transaction_pooling(&mut conn, &mut address.connect().map_err(Error::internal)?)?;
            conn.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))?;
            let outcome = run(&mut conn);
            conn.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})"))?;
            outcome
        }
    }
}

#[derive(diesel::QueryableByName)]
struct BackendPid {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pid: i32,
}

fn backend_pid(conn: &mut Conn) -> Result<i32> {
    let query = diesel::sql_query("SELECT pg_backend_pid() AS pid");
    Ok(diesel::RunQueryDsl::get_result::<BackendPid>(query, conn)?.pid)
}

/// An error if something between us and PostgreSQL gives each transaction another connection to the server, as PgBouncer
/// does with `pool_mode = transaction`: prepared statements and the settings of a connection are lost there.
fn refuse_transaction_pooling(ours: &mut Conn, other: &mut Conn) -> Result<()> {
    let before = backend_pid(ours)?;
    other.batch_execute("BEGIN")?;
    let taken = backend_pid(other)?;
    let after = backend_pid(ours)?;
    other.batch_execute("ROLLBACK")?;
    if before == after && taken != before {
        return Ok(());
    }
    let sentence = "DATABASE_URL leads to a pooler that shares connections between transactions, such as PgBouncer with \
                    pool_mode = transaction. Use pool_mode = session, or connect to PostgreSQL directly: Chapterhouse has \
                    a pool of its own.";
    Err(Error::Refused(Problems::one("database", sentence)))
}

/// Number of migrations not yet applied.
pub fn pending_migrations(conn: &mut Conn) -> Result<usize> {
    refuse_development_schema(conn)?;
    let count = match conn.driver() {
        Driver::Sqlite(conn) => conn.pending_migrations(SQLITE).map(|list| list.len()),
        Driver::Postgres(conn) => conn.pending_migrations(POSTGRES).map(|list| list.len()),
    };
    count.map_err(Error::Internal)
}

/// The first migration that every database begins with. Versions before it belong to development versions, whose tables
/// are others.
const FIRST: &str = "20261130210000";

fn refuse_development_schema(conn: &mut Conn) -> Result<()> {
    let applied = match conn.driver() {
        Driver::Sqlite(conn) => conn.applied_migrations(),
        Driver::Postgres(conn) => conn.applied_migrations(),
    };
    if applied.map_err(Error::Internal)?.iter().all(|version| version.to_string().as_str() >= FIRST) {
        return Ok(());
    }
    let sentence = "This database was made by a development version of Chapterhouse and can’t be used. Start with an \
                    empty database, by setting another data folder or DATABASE_URL.";
    Err(Error::Refused(Problems::one("database", sentence)))
}

fn run(conn: &mut Conn) -> Result<()> {
    refuse_development_schema(conn)?;
    match conn.driver() {
        Driver::Sqlite(conn) => conn.run_pending_migrations(SQLITE).map(drop),
        Driver::Postgres(conn) => conn.run_pending_migrations(POSTGRES).map(drop),
    }
    .map_err(Error::Internal)
}
