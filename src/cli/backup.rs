//! `chapterhouse backup`: writes a copy of the database while the server keeps running.

use crate::config::Settings;
use crate::domain::site::backups;
use std::path::Path;

/// Writes the copy to `file`. Fails if the file exists already, or if its folder doesn't.
pub fn run(file: &Path, settings: &Settings) -> Result<(), String> {
    if file.exists() {
        return Err(format!("{} already exists. A backup never overwrites a file", file.display()));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(format!("the folder {} doesn’t exist. Create it first, or choose another", folder.display()));
    }
    backups::write(&settings.database, file)?;
    println!("Backup written to {}", file.display());
    Ok(())
}
