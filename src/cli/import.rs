//! `import`: saved review pages become books, reviews, posts and meetings.

use crate::cli::{open, sentence};
use crate::config::Settings;
use crate::db::Conn;
use crate::db::dialect::in_turn;
use crate::domain::site::imports::{Outcome, Stored};
use crate::domain::site::uploads;
use crate::import::{self, MOST, Page, Unreadable};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The endings of pages in a folder.
const ENDINGS: [&str; 3] = ["txt", "html", "htm"];

/// A page to import, or why there is none at a path.
type Found = (PathBuf, Result<(), String>);

/// Imports files, and the pages in folders: a line for each as it goes, and at the end a line for each of what was
/// found. A page that cannot be kept leaves nothing behind and stops no other.
pub fn run(paths: &[PathBuf], settings: &Settings) -> Result<(), String> {
    let found: Vec<Found> = paths.iter().flat_map(|path| pages(path)).collect();
    let mut conn = open(settings)?;
    let mut lines = Vec::new();
    let mut failed = 0;
    for (at, (path, there)) in found.iter().enumerate() {
        let name = path.display().to_string();
        println!("Reading {} of {}: {}", at + 1, found.len(), plain(&name));
        let outcome = there.clone().and_then(|()| keep(&mut conn, path));
        failed += usize::from(outcome.is_err());
        let words = outcome.unwrap_or_else(|sentence| format!("not imported. {sentence}"));
        lines.push(plain(&format!("{name}: {words}")));
    }
    println!();
    lines.iter().for_each(|line| println!("{line}"));
    match failed {
        0 => Ok(()),
        1 => Err("1 path wasn’t imported. See above for the reason".to_owned()),
        many => Err(format!("{many} paths weren’t imported. See above for the reasons")),
    }
}

/// The pages at a path: a file itself, or those in a folder, in the order of their names.
fn pages(path: &Path) -> Vec<Found> {
    let alone = |sentence: &str| vec![(path.to_owned(), Err(sentence.to_owned()))];
    let Ok(about) = fs::metadata(path) else { return alone("This file or folder doesn’t exist.") };
    if !about.is_dir() {
        return vec![(path.to_owned(), Ok(()))];
    }
    let Ok(entries) = fs::read_dir(path) else { return alone("The folder can’t be opened.") };
    let ending = |path: &Path| path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let is_page = |path: &PathBuf| ending(path).is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
    let mut pages: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_page).collect();
    pages.sort();
    match pages.is_empty() {
        true => alone("The folder contains no .txt, .html or .htm files."),
        false => pages.into_iter().map(|page| (page, Ok(()))).collect(),
    }
}

/// Reads a file and keeps what it says, all of it or nothing. Returns what was found, in words.
fn keep(conn: &mut Conn, path: &Path) -> Result<String, String> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let page = import::read(&name, &bytes(path)?).map_err(|unreadable| unreadable.to_string())?;
    match in_turn(conn, |conn| uploads::import_at_command_line(conn, &name, &page)).map_err(sentence)? {
        Outcome::Known => Ok("imported before, nothing changed.".to_owned()),
        Outcome::Stored(stored) => Ok(words(&stored, &page)),
    }
}

/// What is in a file; never more of it than a page can have.
fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("The file can’t be read: {error}.");
    let about = fs::metadata(path).map_err(cannot)?;
    if !about.is_file() {
        return Err("This is not a file.".to_owned());
    }
    let most = u64::try_from(MOST).unwrap_or(u64::MAX);
    if about.len() > most {
        return Err(Unreadable::OverLong.to_string());
    }
    let mut bytes = Vec::new();
    // One byte more than a page can have, so that a file that grows meanwhile is seen to be too long.
    File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(cannot)?;
    Ok(bytes)
}

/// What was found on a page, what was left out of it and what was not understood.
fn words(stored: &Stored, page: &Page) -> String {
    let mut words = format!("{}: {}.", stored.title(), stored.found().join(", "));
    if !page.left_out.is_empty() {
        words.push_str(&format!(" Left out: {}.", page.left_out.join(", ")));
    }
    if !page.not_understood.is_empty() {
        words.push_str(&format!(" Not understood: “{}”.", page.not_understood.join("”, “")));
    }
    words
}

/// One line for the terminal, without signs that would move its cursor.
fn plain(text: &str) -> String {
    crate::text::clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
