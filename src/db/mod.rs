//! Access to the database. [`Db::read`] and [`Db::write`] are the only ways to it, and the only places that leave the
//! async runtime. Queries are in `domain/`, tables in [`schema`], differences between SQLite and PostgreSQL in
//! [`dialect`].

mod columns;
mod conn;
pub mod dialect;
mod erased;
pub mod functions;
mod migrate;
mod prepared;
pub mod schema;
mod writer;

pub(crate) use columns::word_column;
pub use columns::{
    AgendaItemId, BookId, BookPollId, ContentWarningId, DatePollId, DatePollSlotId, EditionId, ExcerptId, InvitationId,
    LogEntryId, MeetingId, MemberId, Moment, NotificationId, PendingPostId, PostId, PostRuleId, PresetReasonId,
    QueuedEmailId, ReportCaseId, ReportId, SanctionId, SeriesId, SessionId, SourceId, StaffNoteId, SuggestionId,
    ThreadId, UploadId,
};
pub use conn::{Conn, DatabaseUrl, Driver};
pub use migrate::{migrate, pending_migrations};
pub use prepared::Prepared;

use crate::error::{Error, Result};
use diesel::Connection;
use diesel::r2d2::Pool;
use std::any::Any;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use writer::Writer;

/// How long a request waits for its turn before it fails with [`Error::Busy`].
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a connection may take to open.
const CONNECT_PATIENCE: Duration = Duration::from_secs(2);

/// After a failed attempt to connect, requests fail at once for this long instead of waiting one after the other.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A handle to the database, cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool<DatabaseUrl>,
    /// A fair queue in front of the pool, which itself doesn't serve waiting threads in order.
    permits: Arc<Semaphore>,
    /// When a connection last could not be opened.
    unreachable: Arc<Mutex<Option<Instant>>>,
    /// The writer thread; SQLite only.
    writer: Option<Writer>,
    /// Number of finished writes of this process.
    writes: Arc<AtomicU64>,
    /// Number of unfinished writes of this process.
    pending_writes: Arc<AtomicUsize>,
}

/// The result of a piece of work, boxed so that the code around it is compiled once and not for each type.
type AnyValue = Box<dyn Any + Send>;
type Task = Box<dyn FnOnce(&mut Conn) -> Result<AnyValue> + Send>;

fn boxed<T: Send + 'static>(work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static) -> Task {
    Box::new(|conn: &mut Conn| work(conn).map(|found| Box::new(found) as AnyValue))
}

fn unboxed<T: 'static>(found: AnyValue) -> Result<T> {
    found.downcast::<T>().map(|found| *found).map_err(|_| Error::Internal("the database found another type".into()))
}

/// Number of connections in the pool.
pub fn max_connections() -> usize {
    std::thread::available_parallelism().map_or(4, |cores| cores.get() * 2).clamp(4, 32)
}

impl Db {
    /// Runs pending migrations and opens the pool. Blocking: for start-up and tests.
    pub fn open(address: &DatabaseUrl) -> Result<Self> {
        migrate(address)?;
        let size = max_connections();
        let postgres = matches!(address, DatabaseUrl::Postgres(_));
        let pool = Pool::builder()
            .max_size(size as u32)
            .min_idle(Some(1))
            .test_on_check_out(postgres)
            .connection_timeout(CONNECT_PATIENCE)
            .build(address.clone())
            .map_err(|_| Error::Busy)?;
        let writer = if postgres { None } else { Some(Writer::start(address.clone())?) };
        Ok(Self {
            pool,
            permits: Arc::new(Semaphore::new(size)),
            unreachable: Arc::default(),
            writer,
            writes: Arc::default(),
            pending_writes: Arc::default(),
        })
    }

    /// Runs queries on one snapshot. A text and its reach always match, whatever is written in the meantime.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let work = boxed(work);
        self.run(Box::new(|conn: &mut Conn| dialect::snapshot(conn, work))).await.and_then(unboxed)
    }

    async fn run(&self, work: Task) -> Result<AnyValue> {
        let turn = tokio::time::timeout(PATIENCE, self.permits.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
        let unreachable = self.unreachable.clone();
        if unreachable.lock().is_ok_and(|failed| failed.is_some_and(|at| at.elapsed() < RETRY_AFTER)) {
            return Err(Error::Busy);
        }
        let pool = self.pool.clone();
        let done = tokio::task::spawn_blocking(move || {
            let connected = pool.get();
            if let Ok(mut failed) = unreachable.lock() {
                *failed = connected.is_err().then(Instant::now);
            }
            let mut pooled = connected.map_err(|_| Error::Busy)?;
            let result = work(&mut pooled.conn);
            pooled.closed = result.as_ref().is_err_and(Error::is_connection_lost);
            drop(turn);
            result
        });
        done.await.map_err(Error::internal)?
    }

    /// Runs queries in one transaction. On `Ok` the changes are on disk; on an error nothing was changed, unless the
    /// connection was lost or the disk stalled during the commit.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.write_boxed(boxed(work)).await.and_then(unboxed)
    }

    async fn write_boxed(&self, work: Task) -> Result<AnyValue> {
        let _pending = PendingWrite::begin(&self.pending_writes);
        let outcome = match &self.writer {
            Some(writer) => writer.write(work).await,
            None => self.run(Box::new(|conn: &mut Conn| conn.transaction(work))).await,
        };
        self.writes.fetch_add(1, Ordering::Release);
        outcome
    }

    /// Number of this process's writes that are queued or running.
    pub fn pending_writes(&self) -> usize {
        self.pending_writes.load(Ordering::Relaxed)
    }

    /// Number of this process's finished writes, counted before the caller gets its answer. While it is unchanged, this
    /// process has changed nothing that was read before.
    pub fn generation(&self) -> u64 {
        self.writes.load(Ordering::Acquire)
    }
}

/// Counts a write until it is answered or its request is dropped.
struct PendingWrite(Arc<AtomicUsize>);

impl PendingWrite {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count.clone())
    }
}

impl Drop for PendingWrite {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
