//! Reminders and their emails while the program is killed, its clock is moved, and several instances run.

use super::postgres;
use super::server::{Server, program};
use super::smtp::{Mood, Sink};
use chapterhouse::db::schema::{members, queued_emails};
use chapterhouse::db::{Conn, DatabaseUrl, MeetingId, Moment, dialect};
use chapterhouse::domain::accounts::new_members::{self, NewMember};
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::core::names::{EmailAddress, Handle};
use chapterhouse::domain::events::meetings::form::{MeetingForm, MeetingInput};
use chapterhouse::domain::events::meetings::writing;
use chapterhouse::domain::events::rsvps::{self, Answer};
use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::tempdir;

/// The number of members to remind.
const READERS: usize = 200;

/// Fills a club with members who attend a meeting in a few hours and have confirmed their addresses.
fn fill(database: &DatabaseUrl) {
    let mut conn = database.connect().unwrap();
    dialect::immediate_transaction(&mut conn, |conn| {
        let member = |conn: &mut Conn, handle: &str, role| {
            let new = NewMember {
                handle: Handle::parse(handle).unwrap(),
                email: EmailAddress::parse(&format!("{handle}@club.example")).unwrap(),
                password_hash: "none".to_owned(),
            };
            new_members::create(conn, &new, role)
        };
        let host = member(conn, "planner", Role::Host)?;
        let at = Utc::now() + TimeDelta::hours(20);
        let form = MeetingForm {
            title: "First half".to_owned(),
            day: at.format("%Y-%m-%d").to_string(),
            time: at.format("%H:%M").to_string(),
            minutes: "90".to_owned(),
            zone: "UTC".to_owned(),
            guests: "0".to_owned(),
            ..MeetingForm::default()
        };
        let meeting: MeetingId = writing::create(conn, &host, &MeetingInput::parse(&form)?)?.id;
        for number in 0..READERS {
            let reader = member(conn, &format!("reader{number}"), Role::Member)?;
            rsvps::set(conn, &reader, meeting, Answer::Yes, None)?;
        }
        diesel::update(members::table).set(members::email_confirmed_at.eq(Moment::now())).execute(conn)?;
        Ok(())
    })
    .unwrap();
}

/// The program with a mail server, and with its clock set ahead by so many minutes.
fn ahead(command: &Command, sink: &Sink, minutes: u32) -> Command {
    let mut moved = copy(command);
    moved.env("CHAPTERHOUSE_MAIL_URL", sink.url());
    // Preloading the library avoids the wrapper `faketime`, which would be killed instead. Monotonic time stays real.
    moved.env("LD_PRELOAD", library()).env("FAKETIME", format!("+{minutes}m"));
    moved.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    moved
}

/// The path of libfaketime from Debian's package `faketime`.
fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path());
    let found = folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1")).find(|path| path.exists());
    found.expect("run the tests with tests/run: it installs faketime")
}

fn copy(command: &Command) -> Command {
    let mut copy = Command::new(command.get_program());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => copy.env(name, value),
            None => copy.env_remove(name),
        };
    }
    copy
}

fn wait(seconds: u64, over: impl Fn() -> bool) {
    let start = Instant::now();
    while !over() {
        assert!(start.elapsed() < Duration::from_secs(seconds), "it takes too long");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Checks that everybody got one reminder, and returns how many emails arrived twice, by their Message-IDs.
fn doubled(sink: &Sink) -> usize {
    let letters = sink.arrived();
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for letter in &letters {
        assert_eq!(letter.subject(), "Reminder: First half");
        ids.entry(letter.to.join(" ")).or_default().insert(letter.id());
    }
    assert_eq!(ids.len(), READERS);
    assert!(ids.values().all(|ids| ids.len() == 1), "somebody was reminded twice: {ids:?}");
    let different: BTreeSet<&String> = ids.values().flatten().collect();
    assert_eq!(different.len(), READERS);
    letters.len() - READERS
}

fn is_done(database: &DatabaseUrl) -> bool {
    let mut conn = database.connect().unwrap();
    let waiting = queued_emails::table.filter(queued_emails::sent_at.is_null());
    let sent: i64 =
        queued_emails::table.filter(queued_emails::sent_at.is_not_null()).count().get_result(&mut conn).unwrap();
    waiting.count().get_result::<i64>(&mut conn).unwrap() == 0 && sent >= READERS as i64
}

fn killed_again_and_again(folder: &Path, url: Option<&str>) {
    let mut command = program(folder);
    let database = match url {
        Some(url) => {
            command.env("DATABASE_URL", url);
            DatabaseUrl::Postgres(url.to_owned())
        }
        None => DatabaseUrl::Sqlite(folder.join("chapterhouse.db").display().to_string()),
    };
    drop(Server::start(with_empty(&command)));
    fill(&database);
    let sink = Sink::start();
    sink.set(Mood::TakesSlowly(Duration::from_millis(4)));
    let kills = 6;
    for number in 0..kills {
        // The killed instance has leased one email for two minutes.
        let mut server = Server::start(ahead(&command, &sink, 3 * number));
        let before = sink.arrived().len();
        wait(60, || sink.arrived().len() > before);
        // Kill it at a random moment.
        let nanos = Utc::now().timestamp_subsec_nanos();
        std::thread::sleep(Duration::from_micros(u64::from(nanos / 1000 % 150_000)));
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        assert!(number > 0 || sink.arrived().len() < READERS, "it was killed too late");
        if sink.arrived().len() >= READERS {
            break;
        }
    }
    let _server = Server::start(ahead(&command, &sink, 60));
    wait(60, || is_done(&database));
    assert!(doubled(&sink) <= kills as usize, "{} arrived twice", doubled(&sink));
}

fn with_empty(command: &Command) -> Command {
    let mut empty = copy(command);
    empty.args(["serve", "--empty"]);
    empty
}

#[test]
fn reminders_survive_kills_on_sqlite() {
    let folder = tempdir().unwrap();
    killed_again_and_again(folder.path(), None);
}

#[test]
fn reminders_survive_kills_on_postgres() {
    let folder = tempdir().unwrap();
    killed_again_and_again(folder.path(), Some(&postgres()));
}

#[test]
fn two_instances_send_each_email_once() {
    let folder = tempdir().unwrap();
    let url = postgres();
    let mut command = program(folder.path());
    command.env("DATABASE_URL", &url);
    drop(Server::start(with_empty(&command)));
    let database = DatabaseUrl::Postgres(url);
    fill(&database);
    let sink = Sink::start();
    sink.set(Mood::TakesSlowly(Duration::from_millis(2)));
    let _both = [Server::start(ahead(&command, &sink, 0)), Server::start(ahead(&command, &sink, 0))];
    wait(60, || is_done(&database));
    assert_eq!(doubled(&sink), 0);
}

#[test]
fn a_graceful_stop_sends_nothing_twice() {
    let folder = tempdir().unwrap();
    let command = program(folder.path());
    let database = DatabaseUrl::Sqlite(folder.path().join("chapterhouse.db").display().to_string());
    drop(Server::start(with_empty(&command)));
    fill(&database);
    let sink = Sink::start();
    sink.set(Mood::TakesSlowly(Duration::from_millis(20)));
    let mut server = Server::start(ahead(&command, &sink, 0));
    wait(60, || sink.arrived().len() > 5);
    assert!(Command::new("kill").arg(server.child.id().to_string()).status().unwrap().success());
    assert!(server.child.wait().unwrap().success());
    assert!(sink.arrived().len() < READERS);
    sink.set(Mood::Takes);
    let _server = Server::start(ahead(&command, &sink, 0));
    wait(60, || is_done(&database));
    assert_eq!(doubled(&sink), 0);
}
