//! The program as people start, stop and script it: its commands, its first start, and what survives a kill.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod licences;
mod pooler;
mod reminders;
#[path = "../shared/server.rs"]
mod server;
#[path = "../shared/smtp.rs"]
mod smtp;

mod calendars;

use server::{Browser, PASSWORD, Server, program, run};
use std::collections::BTreeSet;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::tempdir;

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn with(mut command: Command, words: &[&str]) -> Command {
    command.args(words);
    command
}

/// Creates a database on the PostgreSQL server that `tests/run` started, and returns its URL.
fn postgres() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("CHAPTERHOUSE_TEST_POSTGRES").expect("run the tests with tests/run");
    let name = format!("program_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut conn = chapterhouse::db::DatabaseUrl::Postgres(format!("{server}/postgres")).connect().unwrap();
    diesel::RunQueryDsl::execute(diesel::sql_query(format!("CREATE DATABASE {name}")), &mut conn).unwrap();
    format!("{server}/{name}")
}

#[test]
fn the_first_start_needs_nothing_and_makes_one_admin() {
    let folder = tempdir().unwrap();
    let server = Server::start(program(&folder.path().join("new")));
    let link = server.greeting[1].split("http://").nth(1).unwrap().split_once('/').unwrap().1.to_owned();
    let mut browser = Browser::at(&server.address);
    let path = format!("/{link}");
    browser.get(&path).unwrap();
    let page = browser.get(&path).unwrap();
    assert_eq!(page.status, 200, "{}", page.body);
    let fields = [("handle", "founder"), ("email", "founder@club.example"), ("password", PASSWORD)];
    assert_eq!(browser.post(&path, &page, &fields).unwrap().status, 303);
    assert_eq!(Browser::at(&server.address).get(&path).unwrap().status, 404);
    let listed = run(with(program(&folder.path().join("new")), &["member", "list"]), "");
    assert!(said(&listed).contains("founder\tadmin"), "{}", said(&listed));
}

#[test]
fn members_are_added_listed_and_changed() {
    let folder = tempdir().unwrap();
    let member = |words: &[&str], input: &str| {
        let words: Vec<&str> = ["member"].iter().chain(words).copied().collect();
        run(with(program(folder.path()), &words), input)
    };
    let added = member(&["add", "kestrel", "--email", "k@club.example", "--role", "host"], "seven grey herons\n");
    assert!(added.status.success(), "{}", said(&added));
    let weak = member(&["add", "owl", "--email", "o@club.example"], "password\n");
    assert!(!weak.status.success());
    assert!(said(&weak).contains("easy to guess"), "{}", said(&weak));
    let twice = member(&["add", "Kestrel", "--email", "x@club.example"], "seven grey herons\n");
    assert!(said(&twice).contains("This name is taken"), "{}", said(&twice));
    assert!(member(&["role", "kestrel", "admin"], "").status.success());
    let last = member(&["role", "kestrel", "member"], "");
    assert!(said(&last).contains("last admin"), "{}", said(&last));
    assert_eq!(String::from_utf8_lossy(&member(&["list"], "").stdout), "kestrel\tadmin\tk@club.example\n");
    assert!(said(&member(&["role", "nobody", "host"], "")).contains("there is no member nobody"));
    assert!(member(&["password", "kestrel"], "eight grey herons\n").status.success());
    assert!(said(&member(&["role", "kestrel", "king"], "")).contains("isn’t a role"));
}

#[test]
fn a_wrong_setting_stops_the_start_and_is_named() {
    let folder = tempdir().unwrap();
    for (name, value, word) in [
        ("CHAPTERHOUSE_LISTEN", "here", "listen"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL"),
        ("CHAPTERHOUSE_LIMITS_POST", "many", "limits_post"),
        (
            "CHAPTERHOUSE_LIMITS_POST",
            "-3",
            "limits_post (CHAPTERHOUSE_LIMITS_POST) must be a whole number, 0 or more, not \"-3\"",
        ),
        (
            "CHAPTERHOUSE_PASSWORD_PASSES",
            "2.5",
            "password_passes (CHAPTERHOUSE_PASSWORD_PASSES) must be a whole number",
        ),
        ("CHAPTERHOUSE_PROXIES", "nowhere", "proxies"),
        ("CHAPTERHOUSE_PASSWORD_MEMORY", "8", "password_memory"),
    ] {
        let mut command = program(folder.path());
        command.env(name, value);
        let output = run(command, "");
        assert!(!output.status.success(), "{name}={value} was taken");
        assert!(said(&output).contains(word), "{name}: {}", said(&output));
        assert!(!said(&output).contains("panicked"), "{}", said(&output));
    }
}

#[test]
fn check_reports_problems() {
    let folder = tempdir().unwrap();
    let mut command = with(program(folder.path()), &["check"]);
    command.env("CHAPTERHOUSE_MAIL_URL", "smtp://127.0.0.1:1");
    let output = run(command, "");
    assert!(!output.status.success());
    assert!(said(&output).contains("WRONG  email"), "{}", said(&output));
    let output = run(with(program(folder.path()), &["check"]), "");
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "looking made something");
}

#[test]
fn without_pg_dump_check_says_that_backups_are_impossible() {
    let (folder, url, bare) = (tempdir().unwrap(), postgres(), tempdir().unwrap());
    let mut command = with(program(folder.path()), &["check"]);
    command.env("DATABASE_URL", url).env("PATH", bare.path());
    let output = run(command, "");
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("note   Backups can’t be made, because pg_dump isn’t in PATH"), "{}", said(&output));
}

#[test]
fn a_backup_is_a_complete_copy_and_overwrites_nothing() {
    let folder = tempdir().unwrap();
    let add = ["member", "add", "kestrel", "--email", "k@club.example", "--role", "admin"];
    assert!(run(with(program(folder.path()), &add), "seven grey herons\n").status.success());
    let copy = folder.path().join("copy").join("chapterhouse.db");
    std::fs::create_dir(copy.parent().unwrap()).unwrap();
    let astray = folder.path().join("nowhere").join("club.db");
    let answer = run(with(program(folder.path()), &["backup", astray.to_str().unwrap()]), "");
    assert!(!answer.status.success() && said(&answer).contains("doesn’t exist. Create it first"), "{}", said(&answer));
    let backup = || run(with(program(folder.path()), &["backup", copy.to_str().unwrap()]), "");
    // What an interrupted backup has left is no obstacle.
    std::fs::write(copy.with_added_extension("half"), "half of it").unwrap();
    assert!(backup().status.success());
    assert!(!copy.with_added_extension("half").exists());
    for private in [&copy, &folder.path().join("chapterhouse.db")] {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(private).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{} can be read by others", private.display());
    }
    let listed = run(with(program(copy.parent().unwrap()), &["member", "list"]), "");
    assert!(said(&listed).contains("kestrel"), "{}", said(&listed));
    assert!(said(&backup()).contains("never overwrites"));
}

#[test]
fn instances_that_start_at_once_share_one_club() {
    for database in [None, Some(postgres())] {
        let folder = tempdir().unwrap();
        let start = || {
            let mut command = program(folder.path());
            if let Some(url) = &database {
                command.env("DATABASE_URL", url);
            }
            Server::start(command)
        };
        std::thread::scope(|scope| {
            let servers: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
            for server in servers {
                let server = server.join().unwrap();
                assert_eq!(Browser::at(&server.address).get("/healthz").unwrap().status, 200);
            }
        });
    }
}

#[test]
fn confirmed_replies_survive_a_kill_on_sqlite() {
    let folder = tempdir().unwrap();
    let command = || program(folder.path());
    kill_in_a_burst(&command);
}

#[test]
fn confirmed_replies_survive_a_kill_on_postgres() {
    let folder = tempdir().unwrap();
    let url = postgres();
    let command = || {
        let mut command = program(folder.path());
        command.env("DATABASE_URL", &url);
        command
    };
    kill_in_a_burst(&command);
}

/// Eight members reply as fast as they can, and the server is killed. Every reply that was confirmed must be stored,
/// and numbers must have no gaps.
fn kill_in_a_burst(command: &(dyn Fn() -> Command + Sync)) {
    for number in 0..8 {
        let (handle, email) = (format!("reader{number}"), format!("reader{number}@club.example"));
        let added = run(with(command(), &["member", "add", &handle, "--email", &email]), "seven grey herons\n");
        assert!(added.status.success(), "{}", said(&added));
    }
    let mut server = Server::start(command());
    let mut first = Browser::at(&server.address);
    first.sign_in("reader0");
    let page = first.get("/threads/new?book=0").unwrap();
    let thread = first.post("/threads", &page, &[("book", "0"), ("title", "Burst"), ("body", "Go.")]).unwrap().location;
    let id = thread.split('/').nth(2).unwrap().to_owned();
    let over = AtomicBool::new(false);
    let address = server.address.clone();
    let answered: BTreeSet<String> = std::thread::scope(|scope| {
        let authors: Vec<_> = (0..8)
            .map(|number| {
                let (mut browser, thread, id, over) = (Browser::at(&address), thread.clone(), id.clone(), &over);
                scope.spawn(move || {
                    browser.sign_in(&format!("reader{number}"));
                    let page = browser.get(&thread).unwrap();
                    let mut answered = BTreeSet::new();
                    for count in 0.. {
                        let word = format!("word{number}x{count}y");
                        match browser.post(&format!("/threads/{id}/posts"), &page, &[("body", &word)]) {
                            Some(answer) if answer.status == 303 => answered.insert(word),
                            _ => false,
                        };
                        if over.load(Ordering::Relaxed) {
                            break;
                        }
                    }
                    answered
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(2500));
        server.child.kill().unwrap();
        over.store(true, Ordering::Relaxed);
        authors.into_iter().flat_map(|author| author.join().unwrap()).collect()
    });
    assert!(answered.len() > 20, "only {} replies were answered", answered.len());

    let server = Server::start(command());
    let mut browser = Browser::at(&server.address);
    let mut there = String::new();
    for page in 1.. {
        let answer = browser.get(&format!("{thread}?page={page}")).unwrap();
        if answer.status == 404 {
            break;
        }
        there.push_str(&answer.body);
    }
    for word in &answered {
        assert!(there.contains(&format!(">{word}<")), "{word} was answered and is lost");
    }
    let numbers = there.matches("<article class=\"post\"").count();
    assert!(there.contains(&format!("aria-label=\"Post {numbers}\"")), "the {numbers} posts are not numbered in a row");
}

#[test]
fn a_stop_lets_requests_finish() {
    let folder = tempdir().unwrap();
    let mut server = Server::start(program(folder.path()));
    let mut browser = Browser::at(&server.address);
    assert_eq!(browser.get("/healthz").unwrap().status, 200);
    let stopped = Instant::now();
    assert!(Command::new("kill").arg(server.child.id().to_string()).status().unwrap().success());
    assert!(server.child.wait().unwrap().success());
    assert!(stopped.elapsed() < Duration::from_secs(25));
}

#[test]
fn text_browsers_get_whole_pages() {
    use std::io::{Read, Write};
    let folder = tempdir().unwrap();
    let server = Server::start(program(folder.path()));
    let host = server.address.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(stream, "GET /join HTTP/1.0\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap().to_lowercase();
    assert!(answer.contains("content-length:") && !answer.contains("transfer-encoding"), "{answer}");
    assert!(answer.trim_end().ends_with("</html>"), "{answer}");
}
