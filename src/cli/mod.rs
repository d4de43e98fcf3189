//! The commands of the program, one file for each. A command calls domain functions and prints the result. Its error is
//! one sentence.

mod backup;
mod check;
mod import;
mod member;
mod serve;

use crate::config::Settings;
use crate::db::Conn;
use crate::db::dialect::immediate_transaction;
use crate::domain::core::club;
use crate::error::{Error, Result};
use std::io::IsTerminal;
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Serve the club (the default)
    Serve(serve::Serve),
    /// Import saved review pages from files or folders
    Import {
        /// Files or folders
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Add or list members, change their roles and passwords
    #[command(subcommand)]
    Member(member::Command),
    /// Write a copy of the database to a new file
    Backup {
        /// The file
        file: PathBuf,
    },
    /// Check the settings, the database and email, and say how to fix problems
    Check,
}

impl Default for Command {
    fn default() -> Self {
        Self::Serve(serve::Serve::default())
    }
}

pub fn run(command: Command, settings: Settings) -> Result<(), String> {
    match command {
        Command::Serve(serve) => serve::run(serve, settings),
        Command::Import { paths } => import::run(&paths, &settings),
        Command::Member(command) => member::run(command, &settings),
        Command::Backup { file } => backup::run(&file, &settings),
        Command::Check => check::run(&settings),
    }
}

/// Starts logging to standard error, as text or JSON. `RUST_LOG` sets the level (default: `info`).
pub fn log(settings: &Settings) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let lines = lines.with_ansi(std::io::stderr().is_terminal());
    if settings.log_json { lines.json().init() } else { lines.compact().init() }
}

/// Creates the data folder if there is none.
fn make_folder(settings: &Settings) -> Result<(), String> {
    std::fs::create_dir_all(&settings.data)
        .map_err(|error| format!("can’t create the data folder {}: {error}", settings.data.display()))
}

/// Runs `work` in one transaction on an up-to-date database.
fn transact<T>(settings: &Settings, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T, String> {
    let mut conn = open_database(settings)?;
    immediate_transaction(&mut conn, work).map_err(error_sentence)
}

/// Opens the database, migrates it and makes sure that it has a club. A server may be running at the same time.
fn open_database(settings: &Settings) -> Result<Conn, String> {
    make_folder(settings)?;
    crate::db::migrate(&settings.database).map_err(error_sentence)?;
    let mut conn = settings.database.connect().map_err(|error| error.to_string())?;
    immediate_transaction(&mut conn, club::create_if_missing).map_err(error_sentence)?;
    Ok(conn)
}

/// An error as one sentence for the terminal. Internal errors are shown in full, unlike on pages.
fn error_sentence(error: Error) -> String {
    match error {
        Error::Refused(problems) => problems.iter().map(|(_, sentence)| sentence).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
