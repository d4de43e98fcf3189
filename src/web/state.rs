//! The server's shared state.

use crate::config::Settings;
use crate::db::{Db, dialect};
use crate::domain::core::club;
use crate::domain::core::passwords::Hasher;
use crate::domain::site::backups::Backups;
use crate::domain::site::starter;
use crate::error::{Error, Result};
use crate::web::forms;
use crate::web::page_cache::PageCache;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The shared state, as actix `Data`.
pub struct AppState {
    pub db: Db,
    pub settings: Settings,
    pub hasher: Hasher,
    pub tokens: forms::CsrfTokens,
    pub page_cache: PageCache,
    pub backups: Backups,
    /// Turns to run a slow parser.
    pub parsers: Arc<Semaphore>,
}

impl AppState {
    /// Opens the database and creates the club on the first start, with the starter club unless `empty`. Blocking.
    pub fn open(settings: Settings, empty: bool) -> Result<Self> {
        let db = Db::open(&settings.database)?;
        let mut conn = settings.database.connect().map_err(Error::internal)?;
        dialect::immediate_transaction(&mut conn, |conn| {
            let founded = club::create_if_missing(conn)?;
            if founded && !empty { starter::add_sample_content(conn) } else { Ok(()) }
        })?;
        let secret = club::secret(&mut conn)?;
        let hasher = Hasher::new(settings.passwords)?;
        let tokens = forms::CsrfTokens::new(&secret)?;
        let backups = Backups::new(&settings.data, &settings.database);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let parsers = Arc::new(Semaphore::new(cores));
        Ok(Self { db, settings, hasher, tokens, page_cache: PageCache::default(), backups, parsers })
    }
}
