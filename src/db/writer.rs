//! The single writer thread of an SQLite database. It runs waiting writes each in its own savepoint and commits them
//! together: many writes share one flush to disk, and none is answered before the flush.

use crate::db::conn::DatabaseUrl;
use crate::db::dialect::{begin, commit};
use crate::db::{AnyValue, Conn, Task};
use crate::error::{Error, Result};
use diesel::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

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
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            let result = conn.transaction(work);
            Box::new(move |committed| {
                let answer = if committed || result.is_err() { result } else { Err(Error::Busy) };
                // The caller may be gone; the write is committed nevertheless.
                let _ = sender.send(answer);
            })
        });
        self.jobs.send(job).await.map_err(|_| Error::Busy)?;
        receiver.await.map_err(|_| Error::Busy)?
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
