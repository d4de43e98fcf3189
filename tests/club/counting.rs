//! Counts the statements sent to each database. Stories run in parallel, so each club has its own count.

use chapterhouse::db::Address;
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use std::collections::HashMap;
use std::sync::{Mutex, Once};

static BEGUN: Once = Once::new();
static ASKED: Mutex<Option<HashMap<String, u64>>> = Mutex::new(None);

/// Counts the statements of every connection opened from now on.
pub fn begin() {
    BEGUN.call_once(|| set_default_instrumentation(|| Some(Box::new(Counting::default()))).unwrap());
}

/// Number of statements sent to a database so far.
pub fn of(database: &Address) -> u64 {
    let (Address::Sqlite(url) | Address::Postgres(url)) = database;
    ASKED.lock().unwrap().as_ref().and_then(|asked| asked.get(url)).copied().unwrap_or_default()
}

#[derive(Default)]
struct Counting {
    url: String,
}

impl Instrumentation for Counting {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut self.url),
            InstrumentationEvent::StartQuery { .. } => {
                let mut asked = ASKED.lock().unwrap();
                *asked.get_or_insert_default().entry(self.url.clone()).or_default() += 1;
            }
            _ => {}
        }
    }
}
