//! The club's database: the only doors to it are [`Db::read`] and [`Db::write`], and they are the only places that
//! leave the async runtime. Queries live in `domain/`, the tables in [`schema`], what the two databases say
//! differently in [`dialect`].

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
    ActionId, BookId, BookPollId, CaseId, DatePollId, EditionId, FilterId, HeldId, InvitationId, LetterId, MeetingId,
    MemberId, Moment, NoteId, NoticeId, NotificationId, PassageId, PostId, ProposalId, QuestionId, ReasonId, ReportId,
    SanctionId, SeriesId, SessionId, SlotId, SourceId, ThreadId, UploadId,
};
pub use conn::{Address, Conn, Driver};
pub use migrate::{migrate, pending};
pub use prepared::Prepared;

use crate::error::{Error, Result};
use diesel::Connection;
use diesel::r2d2::Pool;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use writer::Writer;

/// How long a request waits for its turn at the database before it is told that the club is busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// A handle on the database, cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Address>,
    /// A fair queue in front of the pool: without it, who waits longest is a matter of luck.
    turns: Arc<Semaphore>,
    /// On SQLite, the one thread that writes.
    writer: Option<Writer>,
    /// Counts the writes of this process.
    writes: Arc<AtomicU64>,
    /// How many of them are under way.
    waiting: Arc<AtomicUsize>,
}

/// What some work with the database found, whatever its type: all that stands around the work is compiled once.
type Found = Box<dyn Any + Send>;
type Work = Box<dyn FnOnce(&mut Conn) -> Result<Found> + Send>;

fn boxed<T: Send + 'static>(work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static) -> Work {
    Box::new(|conn: &mut Conn| work(conn).map(|found| Box::new(found) as Found))
}

fn unboxed<T: 'static>(found: Found) -> Result<T> {
    found.downcast::<T>().map(|found| *found).map_err(|_| Error::Internal("the database found another type".into()))
}

/// How many may read at once.
pub fn readers() -> usize {
    std::thread::available_parallelism().map_or(4, |cores| cores.get() * 2).clamp(4, 32)
}

impl Db {
    /// Opens the database, bringing its tables up to date first. Blocking: for start-up and for tests.
    pub fn open(address: &Address) -> Result<Self> {
        migrate(address)?;
        let size = readers();
        let postgres = matches!(address, Address::Postgres(_));
        let pool = Pool::builder()
            .max_size(size as u32)
            .min_idle(Some(1))
            .test_on_check_out(postgres)
            .connection_timeout(Duration::from_secs(5))
            .build(address.clone())
            .map_err(|_| Error::Busy)?;
        let writer = if postgres { None } else { Some(Writer::start(address.clone())?) };
        Ok(Self {
            pool,
            turns: Arc::new(Semaphore::new(size)),
            writer,
            writes: Arc::default(),
            waiting: Arc::default(),
        })
    }

    /// Runs queries that change nothing, all on one state of the database: what one of them read another does not find
    /// changed, a text and how far it goes least of all.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let work = boxed(work);
        self.run(Box::new(|conn: &mut Conn| dialect::snapshot(conn, work))).await.and_then(unboxed)
    }

    async fn run(&self, work: Work) -> Result<Found> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
        let pool = self.pool.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut pooled = pool.get().map_err(|_| Error::Busy)?;
            let result = work(&mut pooled.conn);
            pooled.closed = result.as_ref().is_err_and(Error::is_connection_lost);
            drop(turn);
            result
        });
        done.await.map_err(Error::internal)?
    }

    /// Runs queries in one transaction. When this returns `Ok`, what they wrote is on disk; when it returns an error,
    /// none of it was kept.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.write_boxed(boxed(work)).await.and_then(unboxed)
    }

    async fn write_boxed(&self, work: Work) -> Result<Found> {
        let _waits = Waits::begin(&self.waiting);
        let outcome = match &self.writer {
            Some(writer) => writer.write(work).await,
            None => self.run(Box::new(|conn: &mut Conn| conn.transaction(work))).await,
        };
        self.writes.fetch_add(1, Ordering::Release);
        outcome
    }

    /// How many writes of this process wait or are being written now.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Rises with every write of this process, before it is answered: as long as it stands, nothing that was read
    /// before has been changed from here.
    pub fn generation(&self) -> u64 {
        self.writes.load(Ordering::Acquire)
    }
}

/// A write that is under way, until it is answered or nobody waits for it any more.
struct Waits(Arc<AtomicUsize>);

impl Waits {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count.clone())
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
