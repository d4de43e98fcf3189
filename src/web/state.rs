//! What the server holds while it runs.

use crate::config::Settings;
use crate::db::{Db, dialect};
use crate::domain::core::club;
use crate::domain::core::passwords::Hasher;
use crate::domain::site::backups::Backups;
use crate::domain::site::starter;
use crate::error::{Error, Result};
use crate::web::forms;
use crate::web::page_cache::Kept;

/// What every request can reach.
pub struct App {
    /// The database.
    pub db: Db,
    /// The settings.
    pub settings: Settings,
    /// Hashes passwords.
    pub hasher: Hasher,
    /// Makes and checks form tokens.
    pub tokens: forms::Tokens,
    /// Visitors' pages, rendered and compressed once.
    pub kept: Kept,
    /// Copies of the database.
    pub backups: Backups,
}

impl App {
    /// Opens the database, founds the club on the first start, with the starter club unless `empty`, and makes ready
    /// to serve. Blocking.
    pub fn open(settings: Settings, empty: bool) -> Result<Self> {
        let db = Db::open(&settings.database)?;
        let mut conn = settings.database.connect().map_err(Error::internal)?;
        dialect::in_turn(&mut conn, |conn| {
            let founded = club::found(conn)?;
            if founded && !empty { starter::furnish(conn) } else { Ok(()) }
        })?;
        let secret = club::secret(&mut conn)?;
        let hasher = Hasher::new(settings.passwords)?;
        let tokens = forms::Tokens::new(&secret)?;
        let backups = Backups::new(&settings.data, &settings.database);
        Ok(Self { db, settings, hasher, tokens, kept: Kept::default(), backups })
    }
}
