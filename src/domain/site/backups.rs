//! Backups: whole copies of the database in the folder `backups` of the club's data, made one at a time beside whatever
//! else happens. None is ever removed from here.

use crate::db::{Address, Conn, Moment, dialect};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::safety::log::{self, Entry};
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The file's name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was made.
    pub made_at: Moment,
}

/// What is happening.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Doing {
    /// Nothing, or all went well.
    #[default]
    Nothing,
    /// A backup is being made, since then.
    Running(Moment),
    /// The last one could not be made. The sentence says why.
    Failed(String),
}

impl Doing {
    /// Whether another backup can be made.
    pub fn is_over(&self) -> bool {
        !matches!(self, Self::Running(_))
    }
}

/// The backups of a club.
#[derive(Clone)]
pub struct Backups {
    folder: PathBuf,
    database: Address,
    doing: Arc<Mutex<Doing>>,
}

/// How many the list shows.
const SHOWN: usize = 200;

impl Backups {
    /// Those of this database, in the data folder.
    pub fn new(data: &Path, database: &Address) -> Self {
        Self { folder: data.join("backups"), database: database.clone(), doing: Arc::default() }
    }

    /// What is happening.
    pub fn doing(&self) -> Doing {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The backups, the newest first.
    pub fn list(&self) -> Vec<Backup> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let backup = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            let whole = name.starts_with("chapterhouse-") && (name.ends_with(".db") || name.ends_with(".dump"));
            let about = entry.metadata().ok().filter(|about| whole && about.is_file())?;
            let made_at = Moment::from(DateTime::<Utc>::from(about.modified().ok()?));
            Some(Backup { name, bytes: about.len(), made_at })
        };
        let mut found: Vec<Backup> = entries.flatten().filter_map(backup).collect();
        found.sort_by(|one, other| other.name.cmp(&one.name));
        found.truncate(SHOWN);
        found
    }

    /// Takes the one turn there is to make a backup, which ends when it is made or dropped.
    pub fn begin(&self) -> Result<Turn> {
        let mut doing = self.doing.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*doing, Doing::Running(_)) {
            return Err(Error::Conflict("A backup is already running. Wait until it’s in the list."));
        }
        let before = std::mem::replace(&mut *doing, Doing::Running(Moment::now()));
        Ok(Turn { backups: self.clone(), outcome: before })
    }
}

/// The turn to make a backup.
pub struct Turn {
    backups: Backups,
    /// What is said once it is over.
    outcome: Doing,
}

impl Turn {
    /// Makes the backup. Blocking, for as long as it takes.
    pub fn run(mut self) {
        self.outcome = match self.make() {
            Ok(()) => Doing::Nothing,
            Err(error) => {
                tracing::error!(%error, "a backup could not be made");
                Doing::Failed(error)
            }
        };
    }

    fn make(&self) -> Result<(), String> {
        let folder = &self.backups.folder;
        let cannot = |error: std::io::Error| format!("The backup folder can’t be written to: {error}.");
        fs::create_dir_all(folder).map_err(cannot)?;
        let ending = match self.backups.database {
            Address::Sqlite(_) => "db",
            Address::Postgres(_) => "dump",
        };
        let name = format!("chapterhouse-{}.{ending}", Utc::now().format("%Y%m%d-%H%M%S"));
        let (half, whole) = (folder.join(format!("{name}.half")), folder.join(&name));
        if whole.exists() {
            return Err("A backup was made this very second. Please try again.".to_owned());
        }
        // Only what is whole gets the name of a backup.
        let made = dialect::backup(&self.backups.database, &half.display().to_string()).map_err(in_words);
        let made = made.and_then(|()| fs::rename(&half, &whole).map_err(cannot));
        if made.is_err() {
            let _ = fs::remove_file(&half);
        }
        made
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let outcome = std::mem::take(&mut self.outcome);
        *self.backups.doing.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
    }
}

/// Why, for the admin who looks after the machine.
fn in_words(error: Error) -> String {
    match error {
        Error::Internal(source) => format!("Error: {source}."),
        error => format!("Error: {error}."),
    }
}

/// Notes that a backup is made.
pub fn note(conn: &mut Conn, actor: &Member) -> Result<()> {
    policy::require(Some(actor), Act::Administer)?;
    log::record(conn, actor.id, &Entry::new("made", ("backup", 1), ("", "")))
}
