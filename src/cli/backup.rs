//! `chapterhouse backup`: writes a copy of the database while the server keeps running.

use crate::cli::error_sentence;
use crate::config::Settings;
use crate::db::dialect;
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
    dialect::backup(&settings.database, &file.display().to_string()).map_err(error_sentence)?;
    println!("Backup written to {}", file.display());
    Ok(())
}
