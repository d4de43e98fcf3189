//! The differences between SQLite and PostgreSQL. No other module asks which of the two it runs on.

use crate::db::schema::posts;
use crate::db::{Conn, Driver, PostId, ThreadId};
use crate::error::{Error, Result};
use chrono::NaiveDate;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::dsl::{Eq, sql};
use diesel::prelude::*;
use diesel::query_builder::{AsQuery, IntoUpdateTarget, QueryFragment, QueryId, UpdateStatement};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Date, Integer, SingleValue, Text};
use std::process::Command;

/// The id for a new post. SQLite stores posts in the order of their thread (WITHOUT ROWID), so the next id is computed
/// here, under the transaction's write lock. PostgreSQL has a sequence.
pub fn next_post_id(conn: &mut Conn) -> Result<PostId> {
    let next = match conn.driver() {
        // Ids in use by posts sent back to the approval queue, and ids of deleted posts, aren't given out again.
        Driver::Sqlite(_) => {
            "(SELECT max(coalesce((SELECT max(id) FROM posts), 0), coalesce((SELECT max(post_id) FROM pending_posts), 0), \
             coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'posts'), 0)) + 1)"
        }
        Driver::Postgres(_) => "nextval('post_ids')",
    };
    Ok(PostId(diesel::select(sql::<BigInt>(next)).get_result(conn)?))
}

/// Locks rows until the end of the transaction and returns their number. Setting a column to its own value locks a row
/// on PostgreSQL; on SQLite the transaction is the only writer anyway.
pub fn lock<T, C>(conn: &mut Conn, rows: T, column: C) -> QueryResult<usize>
where
    T: IntoUpdateTarget,
    C: Column<Table = T::Table, SqlType: SingleValue> + AppearsOnTable<T::Table> + Copy,
    UpdateStatement<T::Table, T::WhereClause, <Eq<C, C> as AsChangeset>::Changeset>:
        AsQuery + QueryFragment<<Conn as Connection>::Backend> + QueryId,
{
    diesel::update(rows).set(column.eq(column)).execute(conn)
}

/// Runs an insert in a savepoint. Returns `Ok(false)` on a unique violation; the surrounding transaction can go on.
pub fn try_insert(conn: &mut Conn, insert: impl FnOnce(&mut Conn) -> QueryResult<usize>) -> Result<bool> {
    match conn.transaction(insert) {
        Ok(_) => Ok(true),
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Runs an insert of those rows of a query that the table doesn't have yet. If another request inserts one of them at
/// the same time, runs it again, which leaves that one out.
pub fn insert_missing(conn: &mut Conn, insert: impl Fn(&mut Conn) -> QueryResult<usize>) -> Result<()> {
    for _ in 0..MAX_ATTEMPTS {
        if try_insert(conn, &insert)? {
            return Ok(());
        }
    }
    Err(Error::Busy)
}

/// How often [`insert_missing`] runs its insert.
const MAX_ATTEMPTS: u32 = 5;

/// Runs an update and, if it changes no row, an insert. If another request inserts the row first, runs the update again.
pub fn update_or_insert(
    conn: &mut Conn,
    update: impl Fn(&mut Conn) -> QueryResult<usize>,
    insert: impl FnOnce(&mut Conn) -> QueryResult<usize>,
) -> Result<()> {
    if update(conn)? == 0 && !try_insert(conn, insert)? {
        update(conn)?;
    }
    Ok(())
}

/// Moves posts to a thread under the given numbers, 500 per statement. Numbers are negative in between, because each
/// number is unique within its thread. Diesel can't express `VALUES` in an UPDATE; the SQL holds nothing but numbers.
pub fn number_posts(conn: &mut Conn, thread: ThreadId, places: &[(PostId, i32)]) -> Result<()> {
    for some in places.chunks(500) {
        let values: Vec<String> = some.iter().map(|(id, number)| format!("({id},{number})")).collect();
        let update = format!(
            "UPDATE posts SET thread_id = {thread}, number = -v.column2 FROM (VALUES {}) AS v WHERE posts.id = v.column1",
            values.join(",")
        );
        sql_query(update).execute(conn)?;
    }
    let turned = posts::table.filter(posts::thread_id.eq(thread)).filter(posts::number.lt(0));
    diesel::update(turned).set(posts::number.eq(sql::<Integer>("-number"))).execute(conn)?;
    Ok(())
}

/// Runs `work` in a transaction on a connection outside of [`Db`](crate::db::Db). On SQLite it takes the write lock at
/// the start, so that it waits for a running server instead of failing half-way.
pub fn immediate_transaction<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    begin(conn)?;
    match work(conn) {
        Ok(done) => commit(conn).map(|()| done).map_err(Error::from),
        Err(error) => {
            rollback(conn)?;
            Err(error)
        }
    }
}

/// Runs `work` in a read-only transaction on one snapshot of the database.
pub(super) fn snapshot<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    match conn.driver() {
        Driver::Sqlite(conn) => AnsiTransactionManager::begin_transaction(conn)?,
        Driver::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(
            conn,
            "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
        )?,
    }
    match work(conn) {
        Ok(found) => commit(conn).map(|()| found).map_err(Error::from),
        Err(error) => {
            // Report the first error, not that a lost connection can't be rolled back.
            let _ = rollback(conn);
            Err(error)
        }
    }
}

/// Begins a transaction; on SQLite IMMEDIATE, which takes the write lock.
pub(super) fn begin(conn: &mut Conn) -> QueryResult<()> {
    match conn.driver() {
        Driver::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        Driver::Postgres(conn) => AnsiTransactionManager::begin_transaction(conn),
    }
}

pub(super) fn commit(conn: &mut Conn) -> QueryResult<()> {
    Conn::commit_transaction(conn)
}

fn rollback(conn: &mut Conn) -> QueryResult<()> {
    Conn::rollback_transaction(conn)
}

/// Name and version of the database: "SQLite 3.50.4".
pub fn version(conn: &mut Conn) -> Result<String> {
    let version = match conn.driver() {
        Driver::Sqlite(_) => "'SQLite ' || sqlite_version()",
        Driver::Postgres(_) => "'PostgreSQL ' || current_setting('server_version')",
    };
    Ok(diesel::select(sql::<Text>(version)).get_result(conn)?)
}

/// Size of the database in bytes.
pub fn size(conn: &mut Conn) -> Result<i64> {
    let size = match conn.driver() {
        Driver::Sqlite(_) => "(SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size())",
        Driver::Postgres(_) => "pg_database_size(current_database())",
    };
    Ok(diesel::select(sql::<BigInt>(size)).get_result(conn)?)
}

/// The last meeting day of each year with meetings, latest first. A recursive query looks up one index entry per year,
/// however many meetings there are.
pub fn meeting_years(conn: &mut Conn) -> Result<Vec<NaiveDate>> {
    let first_of_year = match conn.driver() {
        Driver::Sqlite(_) => "date(years.day, 'start of year')",
        Driver::Postgres(_) => "date_trunc('year', years.day)::date",
    };
    let years = format!(
        "WITH RECURSIVE years(day) AS (SELECT max(day) FROM meetings UNION ALL \
         SELECT (SELECT max(day) FROM meetings WHERE day < {first_of_year}) FROM years WHERE years.day IS NOT NULL) \
         SELECT day FROM years WHERE day IS NOT NULL"
    );
    let years: Vec<YearRow> = sql_query(years).load(conn)?;
    Ok(years.into_iter().map(|year| year.day).collect())
}

#[derive(QueryableByName)]
struct YearRow {
    #[diesel(sql_type = Date)]
    day: NaiveDate,
}

/// SQLite's compile-time options from `.cargo/config.toml`, which Cargo reads only inside this repository. They save
/// locks and the preparing of statements, so without them the club only gets slower.
const SQLITE_OPTIONS: [&str; 3] = ["THREADSAFE=2", "DEFAULT_MEMSTATUS=0", "ENABLE_QPSG"];

/// What doesn't work as well as it could with this database, as a sentence that says how to change that.
pub fn limitation(address: &super::DatabaseUrl) -> Option<String> {
    match address {
        super::DatabaseUrl::Sqlite(_) => missing_options(&SQLITE_OPTIONS),
        super::DatabaseUrl::Postgres(_) => {
            let found = Command::new("pg_dump").arg("--version").output().is_ok_and(|output| output.status.success());
            let sentence =
                "Backups can’t be made, because pg_dump isn’t in PATH. Install PostgreSQL’s client programs.";
            (!found).then(|| sentence.to_owned())
        }
    }
}

fn missing_options(options: &[&str]) -> Option<String> {
    let mut conn = SqliteConnection::establish(":memory:").ok()?;
    let mut is_set = |option: &str| {
        let used = sql::<Bool>("sqlite_compileoption_used(").bind::<Text, _>(option).sql(")");
        diesel::select(used).get_result(&mut conn).unwrap_or(true)
    };
    let missing: Vec<&str> = options.iter().copied().filter(|option| !is_set(option)).collect();
    (!missing.is_empty()).then(|| {
        let missing = missing.join(", ");
        format!(
            "SQLite is slower than it could be, because it was compiled without {missing}. Build the program with \
             LIBSQLITE3_FLAGS as in .cargo/config.toml."
        )
    })
}

/// Writes a backup to a new file: an SQLite database, or `pg_dump`'s custom format. Readers and writers can go on.
pub fn backup(address: &super::DatabaseUrl, file: &str) -> Result<()> {
    match address {
        super::DatabaseUrl::Sqlite(_) => {
            let mut conn = address.connect().map_err(Error::internal)?;
            let quoted = file.replace('\'', "''");
            Ok(conn.batch_execute(&format!("VACUUM INTO '{quoted}'"))?)
        }
        super::DatabaseUrl::Postgres(url) => {
            let done = Command::new("pg_dump").args(["--format=custom", "--file", file, url]).status();
            match done {
                Ok(status) if status.success() => Ok(()),
                Ok(status) => Err(Error::Internal(format!("pg_dump ended with {status}").into())),
                Err(error) => Err(Error::Internal(format!("pg_dump could not be started: {error}").into())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_is_compiled_with_our_options_and_missing_ones_are_named() {
        assert_eq!(missing_options(&SQLITE_OPTIONS), None);
        let sentence = missing_options(&["THREADSAFE=2", "NO_SUCH_OPTION"]).unwrap();
        assert!(sentence.contains("compiled without NO_SUCH_OPTION."), "{sentence}");
    }
}
