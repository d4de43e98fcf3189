//! PgBouncer in front of PostgreSQL: which mode works, and what happens while the database is away.

use crate::server::{Browser, PASSWORD, Server, program, run};
use crate::{postgres, said, with};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use tempfile::tempdir;

/// PgBouncer in front of a database, until it is stopped or dropped.
struct Pooler {
    settings: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Pooler {
    /// Starts it, and returns it with the URL through it. `folder` is for its settings.
    fn start(folder: &Path, mode: &str, url: &str) -> (Self, String) {
        let (server, name) = url.rsplit_once('/').unwrap();
        let upstream = server.rsplit_once(':').unwrap().1;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = folder.join(format!("{mode}.ini"));
        let text = format!(
            "[databases]\n{name} = host=127.0.0.1 port={upstream} dbname={name} user=club\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\npool_mode = {mode}\n\
             unix_socket_dir =\nignore_startup_parameters = extra_float_digits\n"
        );
        std::fs::write(&settings, text).unwrap();
        // The account postgres reads them.
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut pooler = Self { settings, port, child: None };
        pooler.run();
        (pooler, format!("postgres://club@127.0.0.1:{port}/{name}"))
    }

    fn run(&mut self) {
        // It doesn't run as root.
        let id = Command::new("id").arg("-u").output().unwrap().stdout;
        let mut command = Command::new(if id == b"0\n" { "runuser" } else { "pgbouncer" });
        if id == b"0\n" {
            command.args(["-u", "postgres", "--", "/usr/sbin/pgbouncer"]);
        }
        self.child = Some(command.arg("-q").arg(&self.settings).spawn().unwrap());
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(10), "PgBouncer doesn’t start");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // `runuser` passes this on to the program that it started.
            let _ = Command::new("kill").arg(child.id().to_string()).status();
            let _ = child.wait();
        }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.stop();
    }
}

#[test]
fn a_pooler_that_shares_connections_between_transactions_is_refused_with_a_sentence() {
    let folder = tempdir().unwrap();
    let url = postgres();
    let list = |url: &str| {
        let mut command = with(program(&folder.path().join("data")), &["member", "list"]);
        command.env("DATABASE_URL", url);
        run(command, "")
    };
    let (session, pooled) = Pooler::start(folder.path(), "session", &url);
    let answer = list(&pooled);
    assert!(answer.status.success(), "{}", said(&answer));
    drop(session);
    let (_transaction, pooled) = Pooler::start(folder.path(), "transaction", &url);
    let answer = list(&pooled);
    assert!(!answer.status.success() && said(&answer).contains("Use pool_mode = session"), "{}", said(&answer));
}

#[test]
fn while_the_database_is_away_everything_is_answered_within_seconds() {
    let folder = tempdir().unwrap();
    let (mut pooler, url) = Pooler::start(folder.path(), "session", &postgres());
    let command = || {
        let mut command = program(&folder.path().join("data"));
        command.env("DATABASE_URL", &url);
        command
    };
    let add = ["member", "add", "kestrel", "--email", "k@club.example"];
    assert!(run(with(command(), &add), &format!("{PASSWORD}\n")).status.success());
    let server = Server::start(command());
    let mut kestrel = Browser::at(&server.address);
    kestrel.sign_in("kestrel");
    let form = kestrel.get("/threads/new?book=0").unwrap();
    let first = [("book", "0"), ("title", "Herons"), ("body", "How long do they wait?")];
    let thread = kestrel.post("/threads", &form, &first).unwrap();
    assert_eq!(thread.status, 303, "{}", thread.body);
    let form = kestrel.get("/threads/1/reply").unwrap();

    pooler.stop();
    // Many at once, so that some wait for a connection: a page, a health check and a reply, which gets its text back.
    let ask = |number: usize| {
        let (mut person, began) = (kestrel.clone(), Instant::now());
        let text = format!("Herons stand still, the {number}th.");
        let answer = match number % 3 {
            0 => person.get("/healthz"),
            1 => person.get("/threads"),
            _ => person.post("/threads/1/posts", &form, &[("body", &text), ("reach", "0")]),
        };
        let answer = answer.unwrap();
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert!(number % 3 != 2 || answer.body.contains(&text), "{}", answer.body);
        began.elapsed()
    };
    let longest = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..60).map(|number| scope.spawn(move || ask(number))).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).max().unwrap()
    });
    assert!(longest < Duration::from_secs(6), "{longest:?}");

    pooler.run();
    let began = Instant::now();
    while kestrel.get("/healthz").unwrap().status != 200 {
        assert!(began.elapsed() < Duration::from_secs(15), "it doesn’t recover");
        std::thread::sleep(Duration::from_millis(200));
    }
    // No reply that was refused is stored.
    let thread = kestrel.get(&thread.location).unwrap();
    assert!(thread.body.contains("How long do they wait?") && !thread.body.contains("Herons stand still"));
}
