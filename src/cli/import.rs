//! `chapterhouse import`: imports saved review pages as books, reviews, posts and meetings.

use crate::cli::{error_sentence, open_database};
use crate::config::Settings;
use crate::db::Conn;
use crate::db::dialect::immediate_transaction;
use crate::domain::site::imports::ImportSummary;
use crate::domain::site::uploads;
use crate::import::{self, MAX_BYTES, Page, Unreadable};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// File extensions of the pages that are imported from a folder.
const EXTENSIONS: [&str; 3] = ["txt", "html", "htm"];

/// A path, and either `Ok` for a file to import or the reason why there is none.
type Found = (PathBuf, Result<(), String>);

/// Imports files, and the pages in folders. Prints a line for each as it is read, and a summary of all at the end. Each
/// page has a transaction of its own: one that fails is rolled back and doesn't stop the others.
pub fn run(paths: &[PathBuf], settings: &Settings) -> Result<(), String> {
    let found: Vec<Found> = paths.iter().flat_map(|path| pages(path)).collect();
    let mut conn = open_database(settings)?;
    let mut lines = Vec::new();
    let mut failed = 0;
    for (at, (path, there)) in found.iter().enumerate() {
        let name = path.display().to_string();
        println!("Reading {} of {}: {}", at + 1, found.len(), single_line(&name));
        let outcome = there.clone().and_then(|()| import_file(&mut conn, path));
        failed += usize::from(outcome.is_err());
        let words = outcome.unwrap_or_else(|sentence| format!("not imported. {sentence}"));
        lines.push(single_line(&format!("{name}: {words}")));
    }
    println!();
    lines.iter().for_each(|line| println!("{line}"));
    match failed {
        0 => Ok(()),
        1 => Err("1 path wasn’t imported. See above for the reason".to_owned()),
        many => Err(format!("{many} paths weren’t imported. See above for the reasons")),
    }
}

/// The file at a path or, if it is a folder, its pages sorted by name.
fn pages(path: &Path) -> Vec<Found> {
    let alone = |sentence: &str| vec![(path.to_owned(), Err(sentence.to_owned()))];
    let Ok(about) = fs::metadata(path) else { return alone("This file or folder doesn’t exist.") };
    if !about.is_dir() {
        return vec![(path.to_owned(), Ok(()))];
    }
    let Ok(entries) = fs::read_dir(path) else { return alone("The folder can’t be opened.") };
    let ending = |path: &Path| path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let is_page = |path: &PathBuf| ending(path).is_some_and(|ending| EXTENSIONS.contains(&ending.as_str()));
    let mut pages: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_page).collect();
    pages.sort();
    match pages.is_empty() {
        true => alone("The folder contains no .txt, .html or .htm files."),
        false => pages.into_iter().map(|page| (page, Ok(()))).collect(),
    }
}

/// Reads a file and imports it in one transaction. Returns a summary in words.
fn import_file(conn: &mut Conn, path: &Path) -> Result<String, String> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let page = import::read(&name, &bytes(path)?).map_err(|unreadable| unreadable.to_string())?;
    let stored = immediate_transaction(conn, |conn| uploads::import_at_command_line(conn, &name, &page));
    Ok(match stored.map_err(error_sentence)? {
        Some(stored) => summary_in_words(&stored, &page),
        None => "imported before, nothing changed.".to_owned(),
    })
}

/// The contents of a file of at most [`MAX_BYTES`] bytes.
fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("The file can’t be read: {error}.");
    let about = fs::metadata(path).map_err(cannot)?;
    if !about.is_file() {
        return Err("This is not a file.".to_owned());
    }
    let max = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    if about.len() > max {
        return Err(Unreadable::TooLong.to_string());
    }
    let mut bytes = Vec::new();
    // One byte over the limit, to notice a file that grows while it is read.
    File::open(path).and_then(|file| file.take(max + 1).read_to_end(&mut bytes)).map_err(cannot)?;
    Ok(bytes)
}

/// Describes what was imported from a page, what was left out, and which facts couldn't be parsed.
fn summary_in_words(stored: &ImportSummary, page: &Page) -> String {
    let mut words = format!("{}: {}.", stored.title(), stored.found().join(", "));
    if !page.left_out.is_empty() {
        words.push_str(&format!(" Left out: {}.", page.left_out.join(", ")));
    }
    if !page.not_understood.is_empty() {
        words.push_str(&format!(" Not understood: “{}”.", page.not_understood.join("”, “")));
    }
    words
}

/// A text as one line without control characters, safe to print on a terminal.
fn single_line(text: &str) -> String {
    crate::text::clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
