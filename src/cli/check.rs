//! `chapterhouse check`: reports problems with the installation and how to fix them.

use crate::cli::error_sentence;
use crate::config::Settings;
use crate::db::{self, Conn, DatabaseUrl, dialect};
use crate::domain::safety::email_queue;
use crate::domain::site::mail;
use crate::error::Error;

/// Checks the data folder, the database, its migrations and the mail server, and prints a line for each. The settings
/// were parsed before this runs. Returns an error with the number of problems.
pub fn run(settings: &Settings) -> Result<(), String> {
    let (database, migrations, mut current) = database(settings);
    let checks = [
        ("settings", Ok(format!("valid; the club’s address is {}", settings.address))),
        ("data folder", folder(settings)),
        ("database", database),
        ("migrations", migrations),
        ("email", mail(settings, current.as_mut())),
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
    if let Some(sentence) = dialect::limitation(&settings.database) {
        println!("note   {sentence}");
    }
    match wrong {
        0 => Ok(()),
        1 => Err("1 problem found".to_owned()),
        many => Err(format!("{many} problems found")),
    }
}

fn folder(settings: &Settings) -> Outcome {
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

type Outcome = Result<String, String>;

/// What to say of the database and of its migrations, and a connection if the database is up to date.
fn database(settings: &Settings) -> (Outcome, Outcome, Option<Conn>) {
    // Connecting would create the SQLite file.
    if matches!(&settings.database, DatabaseUrl::Sqlite(path) if !std::path::Path::new(path).exists()) {
        let none = Ok("none yet. The first start creates it".to_owned());
        return (none, Ok("none applied yet. The first start applies them".to_owned()), None);
    }
    let mut conn = match settings.database.connect() {
        Ok(conn) => conn,
        Err(error) => {
            let advice = "Check that it’s running and that DATABASE_URL is right";
            let silent = Err(format!("it doesn’t respond ({error}). {advice}"));
            return (silent, Err(error_sentence(Error::internal(error))), None);
        }
    };
    let responds = Ok("it responds".to_owned());
    match db::pending_migrations(&mut conn) {
        Ok(0) => (responds, Ok("all applied".to_owned()), Some(conn)),
        Ok(count) => (responds, Ok(format!("{count} not applied yet. The next start applies them")), None),
        Err(error) => (responds, Err(error_sentence(error)), None),
    }
}

fn mail(settings: &Settings, mut conn: Option<&mut Conn>) -> Outcome {
    let saved = conn.as_mut().and_then(|conn| mail::get(conn).ok()).unwrap_or_default();
    let Some(url) = saved.url_or(settings.mail_url.as_deref()) else {
        return Ok("no mail server is set; everything else works without one (CHAPTERHOUSE_MAIL_URL, or the Email page of the club)".to_owned());
    };
    let whose = if settings.mail_url.is_some() { "CHAPTERHOUSE_MAIL_URL" } else { "the Email page of the club" };
    mail::probe(&url).map_err(|error| format!("{error} Check the server in {whose}."))?;
    let status = conn.and_then(|conn| email_queue::status(conn).ok()).map_or(String::new(), |queue| {
        format!("; {} emails queued, {} failed in the last month", queue.waiting, queue.failed_count)
    });
    Ok(format!("the server responds{status}"))
}
