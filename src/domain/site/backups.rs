//! Backups: complete copies of the database in the folder `backups` of the data folder, made one at a time while the
//! site stays online. Chapterhouse never deletes a backup.

use crate::db::{Conn, DatabaseUrl, Moment, dialect};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    pub name: String,
    pub bytes: u64,
    pub created_at: Moment,
}

/// Whether a backup is running, and whether the last one failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BackupStatus {
    /// No backup is running, and the last one succeeded.
    #[default]
    Idle,
    /// A backup is running since this moment.
    Running(Moment),
    /// The last one failed. The sentence says why.
    Failed(String),
}

impl BackupStatus {
    /// Whether a new backup can be started.
    pub fn can_start(&self) -> bool {
        !matches!(self, Self::Running(_))
    }
}

/// The backup folder of a club, and the backup that is running.
#[derive(Clone)]
pub struct Backups {
    folder: PathBuf,
    database: DatabaseUrl,
    status: Arc<Mutex<BackupStatus>>,
}

/// The most backups that [`Backups::list`] returns.
const LIST_LIMIT: usize = 200;

impl Backups {
    /// Backups of this database, in the folder `backups` of the data folder `data`.
    pub fn new(data: &Path, database: &DatabaseUrl) -> Self {
        Self { folder: data.join("backups"), database: database.clone(), status: Arc::default() }
    }

    /// The state of the running or last backup.
    pub fn status(&self) -> BackupStatus {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Finished backups, the newest first.
    pub fn list(&self) -> Vec<Backup> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let backup = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            let whole = name.starts_with("chapterhouse-") && (name.ends_with(".db") || name.ends_with(".dump"));
            let about = entry.metadata().ok().filter(|about| whole && about.is_file())?;
            let created_at = Moment::from(DateTime::<Utc>::from(about.modified().ok()?));
            Some(Backup { name, bytes: about.len(), created_at })
        };
        let mut found: Vec<Backup> = entries.flatten().filter_map(backup).collect();
        found.sort_by(|one, other| other.name.cmp(&one.name));
        found.truncate(LIST_LIMIT);
        found
    }

    /// Claims the right to make a backup until the [`BackupRun`] has run or is dropped. Fails while another is running.
    pub fn start(&self) -> Result<BackupRun> {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*status, BackupStatus::Running(_)) {
            return Err(Error::Conflict("A backup is already running. Wait until it’s in the list."));
        }
        let before = std::mem::replace(&mut *status, BackupStatus::Running(Moment::now()));
        Ok(BackupRun { backups: self.clone(), outcome: before })
    }
}

/// The right to make a backup. Only one exists at a time.
pub struct BackupRun {
    backups: Backups,
    /// The state to set when this is dropped.
    outcome: BackupStatus,
}

impl BackupRun {
    /// Makes the backup. Blocks until it is finished.
    pub fn run(mut self) {
        self.outcome = match self.make() {
            Ok(()) => BackupStatus::Idle,
            Err(error) => {
                tracing::error!(%error, "a backup could not be made");
                BackupStatus::Failed(error)
            }
        };
    }

    fn make(&self) -> Result<(), String> {
        let folder = &self.backups.folder;
        let cannot = |error: std::io::Error| format!("The backup folder can’t be written to: {error}.");
        fs::create_dir_all(folder).map_err(cannot)?;
        let ending = match self.backups.database {
            DatabaseUrl::Sqlite(_) => "db",
            DatabaseUrl::Postgres(_) => "dump",
        };
        let name = format!("chapterhouse-{}.{ending}", Utc::now().format("%Y%m%d-%H%M%S"));
        let file = folder.join(name);
        if file.exists() {
            return Err("A backup was made this very second. Please try again.".to_owned());
        }
        write(&self.backups.database, &file)
    }
}

/// Writes a backup to a new file. Until it is complete and on disk it has another name, so that a full disk or a crash
/// leaves nothing that looks like a backup. The error is a sentence.
pub fn write(database: &DatabaseUrl, file: &Path) -> Result<(), String> {
    let mut half = file.as_os_str().to_owned();
    half.push(".half");
    let half = PathBuf::from(half);
    let finish = || {
        fs::File::open(&half)?.sync_all()?;
        fs::rename(&half, file)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    };
    // What an interrupted backup has left is in the way.
    let _ = fs::remove_file(&half);
    let done = dialect::backup(database, &half.display().to_string()).map_err(in_words);
    let done = done.and_then(|()| finish().map_err(|error| format!("The backup can’t be written: {error}.")));
    if done.is_err() {
        let _ = fs::remove_file(&half);
    }
    done
}

impl Drop for BackupRun {
    fn drop(&mut self) {
        let outcome = std::mem::take(&mut self.outcome);
        *self.backups.status.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
    }
}

/// The error in words, for admins.
fn in_words(error: Error) -> String {
    match error {
        Error::Internal(source) => format!("Error: {source}."),
        error => format!("Error: {error}."),
    }
}

/// Logs that a member made a backup. Only admins may.
pub fn log_start(conn: &mut Conn, actor: &Member) -> Result<()> {
    policy::require(Some(actor), Act::Administer)?;
    log::record(conn, actor.id, NewLogEntry::new(Event::BackupMade, LogSubject::Backups))
}
