//! `chapterhouse check`: reports problems with the installation and how to fix them.

use crate::config::Settings;
use crate::db;
use crate::domain::safety::email_queue;
use crate::domain::site::mail::{self, MailSettings};

/// Checks the data folder, the database, its migrations and the mail server, and prints a line for each. The settings
/// were parsed before this runs. Returns an error with the number of problems.
pub fn run(settings: &Settings) -> Result<(), String> {
    let checks = [
        ("settings", Ok(format!("valid; the club’s address is {}", settings.address))),
        ("data folder", folder(settings)),
        ("database", database(settings)),
        ("migrations", migrations(settings)),
        ("email", mail(settings)),
    ];
    let mut wrong = 0;
    for (what, outcome) in checks {
        match outcome {
            Ok(words) => println!("ok     {what}: {words}"),
            Err(words) => {
                wrong += 1;
                println!("WRONG  {what}: {words}");
            }
        }
    }
    match wrong {
        0 => Ok(()),
        1 => Err("1 problem found".to_owned()),
        many => Err(format!("{many} problems found")),
    }
}

fn folder(settings: &Settings) -> Result<String, String> {
    let folder = settings.data.display();
    if !settings.data.exists() {
        return Ok(format!("{folder} doesn’t exist yet. The first start creates it"));
    }
    let probe = settings.data.join(".probe");
    std::fs::write(&probe, b"")
        .and_then(|()| std::fs::remove_file(&probe))
        .map(|()| format!("{folder} is writable"))
        .map_err(|error| format!("{folder} isn’t writable ({error}). Make it belong to the user who runs the server"))
}

/// Whether the database exists. A check must not create an SQLite file.
fn database_exists(settings: &Settings) -> bool {
    match &settings.database {
        db::DatabaseUrl::Sqlite(path) => std::path::Path::new(path).exists(),
        db::DatabaseUrl::Postgres(_) => true,
    }
}

fn database(settings: &Settings) -> Result<String, String> {
    if !database_exists(settings) {
        return Ok("none yet. The first start creates it".to_owned());
    }
    match settings.database.connect() {
        Ok(_) => Ok("it responds".to_owned()),
        Err(error) => {
            Err(format!("it doesn’t respond ({error}). Check that it’s running and that DATABASE_URL is right"))
        }
    }
}

fn migrations(settings: &Settings) -> Result<String, String> {
    if !database_exists(settings) {
        return Ok("none applied yet. The first start applies them".to_owned());
    }
    match db::pending_migrations(&settings.database) {
        Ok(0) => Ok("all applied".to_owned()),
        Ok(count) => Ok(format!("{count} not applied yet. The next start applies them")),
        Err(error) => Err(super::error_sentence(error)),
    }
}

fn mail(settings: &Settings) -> Result<String, String> {
    let Some(url) = saved_mail_settings(settings).url_or(settings.mail_url.as_deref()) else {
        return Ok("no mail server is set; everything else works without one (CHAPTERHOUSE_MAIL_URL, or the Email page of the club)".to_owned());
    };
    let whose = if settings.mail_url.is_some() { "CHAPTERHOUSE_MAIL_URL" } else { "the Email page of the club" };
    match mail::probe(&url) {
        Ok(()) => Ok(format!("the server responds{}", queue_status(settings))),
        Err(error) => Err(format!("{error} Check the server in {whose}.")),
    }
}

/// How many emails are queued and how many failed. Empty if there is no up-to-date database.
fn queue_status(settings: &Settings) -> String {
    if !database_exists(settings) || !matches!(db::pending_migrations(&settings.database), Ok(0)) {
        return String::new();
    }
    let standing = settings.database.connect().ok().and_then(|mut conn| email_queue::status(&mut conn).ok());
    standing.map_or(String::new(), |standing| {
        format!("; {} emails queued, {} failed in the last month", standing.waiting, standing.failed_count)
    })
}

/// The mail settings that admins saved. The defaults if there is no up-to-date database.
fn saved_mail_settings(settings: &Settings) -> MailSettings {
    // Connecting would create the SQLite file.
    if !database_exists(settings) || !matches!(db::pending_migrations(&settings.database), Ok(0)) {
        return MailSettings::default();
    }
    settings.database.connect().ok().and_then(|mut conn| mail::get(&mut conn).ok()).unwrap_or_default()
}
