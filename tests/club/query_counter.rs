//! Counts the statements sent to each database. Stories run in parallel, so each club has its own count.

use chapterhouse::db::DatabaseUrl;
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use std::collections::HashMap;
use std::sync::{Mutex, Once};

static STARTED: Once = Once::new();
static COUNTS: Mutex<Option<HashMap<String, u64>>> = Mutex::new(None);

/// Counts the statements of every connection opened from now on.
pub fn begin() {
    STARTED.call_once(|| set_default_instrumentation(|| Some(Box::new(QueryCounter::default()))).unwrap());
}

/// Number of statements sent to a database so far.
pub fn of(database: &DatabaseUrl) -> u64 {
    let (DatabaseUrl::Sqlite(url) | DatabaseUrl::Postgres(url)) = database;
    COUNTS.lock().unwrap().as_ref().and_then(|counts| counts.get(url)).copied().unwrap_or_default()
}

#[derive(Default)]
struct QueryCounter {
    url: String,
}

impl Instrumentation for QueryCounter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut self.url),
            InstrumentationEvent::StartQuery { .. } => {
                let mut counts = COUNTS.lock().unwrap();
                *counts.get_or_insert_default().entry(self.url.clone()).or_default() += 1;
            }
            _ => {}
        }
    }
}
