//! The single writer thread of an SQLite database. It runs waiting writes each in its own savepoint and commits them
//! together: many writes share one flush to disk, and none is answered before the flush.

use crate::db::conn::DatabaseUrl;
use crate::db::dialect::{begin, commit};
use crate::db::{AnyValue, Conn, Task};
use crate::error::{Error, Result};
use diesel::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// How long a write waits until it begins. After that it fails with [`Error::Busy`], and nothing was written.
const PATIENCE: Duration = if cfg!(test) { Duration::from_millis(200) } else { Duration::from_secs(5) };

/// How long a write that has begun may take to be on disk. After that nobody knows whether it will be.
const COMMIT_PATIENCE: Duration = Duration::from_secs(30);

/// Capacity of the queue, and most writes in one commit.
const QUEUE: usize = 1024;
const BATCH: usize = 128;

/// Sends the result to the waiting caller; `true` if the commit succeeded.
type Answer = Box<dyn FnOnce(bool) + Send>;
type Job = Box<dyn FnOnce(&mut Conn) -> Answer + Send>;

/// A handle to the writer thread, which ends when the last handle is dropped.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Opens its own connection and starts the thread.
    pub fn start(address: DatabaseUrl) -> Result<Self> {
        let conn = address.connect().map_err(Error::internal)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new().name("writer".to_owned());
        thread.spawn(move || run(&address, conn, queue)).map_err(Error::internal)?;
        Ok(Self { jobs })
    }

    /// Queues `work`, runs it in a savepoint, and returns when it is on disk.
    pub async fn write(&self, work: Task) -> Result<AnyValue> {
        let (sender, mut receiver) = oneshot::channel();
        let turn = Arc::new(Turn::default());
        let writers_turn = turn.clone();
        let job: Job = Box::new(move |conn| {
            if !writers_turn.claim() {
                return Box::new(|_| ());
            }
            let result = conn.transaction(work);
            Box::new(move |committed| {
                let answer = if committed || result.is_err() { result } else { Err(Error::Busy) };
                // The caller may be gone; the write is committed nevertheless.
                let _ = sender.send(answer);
            })
        });
        timeout(PATIENCE, self.jobs.send(job)).await.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
        let answer = match timeout(PATIENCE, &mut receiver).await {
            Ok(answer) => answer,
            Err(_) if turn.claim() => return Err(Error::Busy),
            Err(_) => timeout(COMMIT_PATIENCE, receiver).await.map_err(|_| Error::Busy)?,
        };
        answer.map_err(|_| Error::Busy)?
    }
}

/// A right that one of two gets: the writer to begin a write, or its caller to give up.
#[derive(Default)]
struct Turn(AtomicBool);

impl Turn {
    /// Whether nobody has claimed it before.
    fn claim(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

fn run(address: &DatabaseUrl, mut conn: Conn, mut queue: mpsc::Receiver<Job>) {
    while let Some(first) = queue.blocking_recv() {
        if let Err(error) = commit_together(&mut conn, first, &mut queue) {
            tracing::error!(%error, "a batch of writes was not committed");
            conn = reopen(address);
        }
    }
}

/// Runs the first job and the ones queued behind it in one transaction. On an error, or if a job panicked, nothing was
/// committed and the connection should be replaced.
fn commit_together(conn: &mut Conn, first: Job, queue: &mut mpsc::Receiver<Job>) -> diesel::QueryResult<()> {
    begin(conn)?;
    let mut answers = Vec::new();
    let mut next = Some(first);
    let mut panicked = false;
    while let Some(job) = next {
        match catch_unwind(AssertUnwindSafe(|| job(conn))) {
            Ok(answer) => answers.push(answer),
            Err(_) => {
                panicked = true;
                break;
            }
        }
        next = if answers.len() < BATCH { queue.try_recv().ok() } else { None };
    }
    let outcome = if panicked { Err(diesel::result::Error::RollbackTransaction) } else { commit(conn) };
    for answer in answers {
        answer(outcome.is_ok());
    }
    outcome
}

/// Reopens the database, retrying every 200 ms: a full disk or a lost mount can recover.
fn reopen(address: &DatabaseUrl) -> Conn {
    loop {
        match address.connect() {
            Ok(conn) => return conn,
            Err(error) => tracing::error!(%error, "the database cannot be opened for writing"),
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::schema::rate_limits;
    use crate::db::{Moment, boxed, migrate};
    use diesel::prelude::*;

    fn count(bucket: &'static str) -> Task {
        boxed(move |conn| {
            let row = (rate_limits::bucket.eq(bucket), rate_limits::used.eq(1));
            diesel::insert_into(rate_limits::table)
                .values((row, rate_limits::started_at.eq(Moment::now())))
                .execute(conn)?;
            Ok(())
        })
    }

    #[tokio::test]
    async fn a_write_behind_a_slow_one_gives_up_and_is_not_done_later() {
        let folder = tempfile::tempdir().unwrap();
        let address = DatabaseUrl::Sqlite(folder.path().join("club.db").display().to_string());
        migrate(&address).unwrap();
        let writer = Writer::start(address).unwrap();
        let slow = writer.write(boxed(|_| {
            std::thread::sleep(PATIENCE * 3);
            Ok(())
        }));
        let behind = async {
            tokio::time::sleep(PATIENCE / 10).await;
            writer.write(count("behind")).await
        };
        let (slow, behind) = tokio::join!(slow, behind);
        slow.unwrap();
        assert!(matches!(behind, Err(Error::Busy)));
        writer.write(count("after")).await.unwrap();
        let names = boxed(|conn| Ok(rate_limits::table.select(rate_limits::bucket).load::<String>(conn)?));
        let names: Vec<String> = crate::db::unboxed(writer.write(names).await.unwrap()).unwrap();
        assert_eq!(names, ["after"]);
    }
}
