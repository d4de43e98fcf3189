//! Fills a club and measures it under load, interleaved with a bare actix handler that returns a fixed body of the same
//! size: the ceiling on this machine at this time. Needs `wrk` and `cc`.
//!
//! ```text
//! cargo bench                       a million posts in twenty thousand threads
//! cargo bench -- 10000              fewer posts
//! cargo bench -- 1000000 10 5       seconds a measurement, rounds
//! cargo bench -- moderation         staff's pages with 10,000 open report cases, a member with 100,000 posts and
//!                                   60,000 log entries, and with a hundred of each (other numbers may follow)
//! ```
//!
//! Replies are measured with flushes to disk that take a millisecond longer (`flush.c`, by LD_PRELOAD), because a
//! developer's disk flushes unrealistically fast. Prints requests per second, median and 99th percentile of the
//! latency, each rate as a part of the ceiling; then anonymous memory, and the time from start to the first response.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod moderation;

use actix_web::{HttpServer, web};
use chapterhouse::app::AppState;
use chapterhouse::config::{Flags, Limits, Settings};
use chapterhouse::db::{Conn, ThreadId};
use chapterhouse::domain::accounts::new_members::{self, NewMember};
use chapterhouse::domain::accounts::sessions::{self, Browser};
use chapterhouse::domain::core::club;
use chapterhouse::domain::core::gate::Reach;
use chapterhouse::domain::core::members::{self, Member, Role};
use chapterhouse::domain::core::names::{EmailAddress, Handle};
use chapterhouse::domain::core::passwords::Password;
use chapterhouse::domain::core::text_fields::{Body, Title};
use chapterhouse::domain::forum::posts::{self, NewPost};
use chapterhouse::domain::forum::thread_actions::{self, NewThread};
use chapterhouse::domain::forum::threads::ThreadKind;
use chapterhouse::domain::library::bookmarks;
use chapterhouse::domain::library::books::{self, BookDetails, BookForm};
use chapterhouse::domain::library::chapters::Contents;
use chapterhouse::domain::polls::book_polls;
use chapterhouse::error::Result;
use chapterhouse::web::forms::CsrfTokens;
use diesel::Connection;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const POSTS_A_THREAD: usize = 50;
const PASSWORD: &str = "seven grey herons";
const FREE: Limits = Limits { sign_in: 0, join: 0, post: 0, thread: 0 };

fn main() {
    let numbers: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [word, size] = numbers.as_slice()
        && word == "ceiling"
    {
        return ceiling(size.parse().unwrap());
    }
    let number =
        |place: usize, default: usize| numbers.get(place).and_then(|word| word.parse().ok()).unwrap_or(default);
    if numbers.first().is_some_and(|word| word == "moderation") {
        let size =
            moderation::ClubSize { cases: number(1, 10_000), posts: number(2, 100_000), lines: number(3, 60_000) };
        return moderation::measure(size, number(4, 5), number(5, 3));
    }
    measure(number(0, 1_000_000), number(1, 5), number(2, 3));
}

/// A filled club, with the session and form token of a member.
struct Filled {
    data: PathBuf,
    cookie: String,
    token: String,
}

fn measure(posts: usize, seconds: usize, rounds: usize) {
    let filled = fill(posts);
    let started = Instant::now();
    let server = Server::start(&filled.data, None);
    let thread = format!("{}/threads/7/thread-7", server.address);
    let folded = format!("{}/threads/8/thread-8", server.address);
    let page = server.wait_for("/threads/7/thread-7");
    println!("first answer after {:?}, {} bytes a page of {POSTS_A_THREAD} posts", started.elapsed(), page.len());
    let ceiling = Server::ceiling(page.len());
    ceiling.wait_for("/");
    let slow = Server::start(&filled.data, Some(&shim()));
    slow.wait_for("/healthz");

    let scripts = Scripts::write(&filled, posts);
    let mut best: Vec<(&str, f64, String)> = Vec::new();
    for round in 1..=rounds {
        println!("round {round}");
        let mut note = |what: &'static str, outcome: (f64, String)| {
            println!("  {what:<42} {:>9.0}/s  {}", outcome.0, outcome.1);
            best.push((what, outcome.0, outcome.1));
        };
        let member = |name: &str| format!("cookie: session={}; x={name}", filled.cookie);
        note("ceiling: a fixed body of the same size", wrk(&ceiling.address, "/", &[], None, seconds));
        note("a thread of 50 posts, visitor", wrk(&thread, "", &[], None, seconds));
        note("a thread of 50 posts, member", wrk(&thread, "", &[&member("thread")], None, seconds));
        note("the same, all folded, member", wrk(&folded, "", &[&member("folded")], None, seconds));
        note("home, visitor", wrk(&server.address, "/", &[], None, seconds));
        note("home, member", wrk(&server.address, "/", &[&member("home")], None, seconds));
        note("replying, flush + 1 ms", wrk(&slow.address, "/", &[], Some(&scripts.reply), seconds));
        note("signing in", wrk(&server.address, "/", &[], Some(&scripts.sign_in), seconds));
    }
    println!("best of {rounds} rounds, {posts} posts");
    let top = |what: &str| best.iter().filter(|row| row.0 == what).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    let roof = top("ceiling: a fixed body of the same size").1;
    for (what, _, _) in &best[..8] {
        let (_, rate, latency) = top(what);
        println!("  {what:<42} {rate:>9.0}/s  {:>6.3} of the ceiling  {latency}", rate / roof);
    }
    let (storm, replying) = (server.memory(), slow.memory());
    // Sign-ins that clients gave up are still being hashed, at 19 MiB each.
    std::thread::sleep(Duration::from_secs(5));
    println!(
        "anonymous memory: {storm} MB right after the sign-ins, {} MB at rest, {replying} MB replying",
        server.memory()
    );
}

/// Fills a club, or reuses the one that an earlier run left under `target/`.
fn fill(count: usize) -> Filled {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("club-{count}-folds"));
    let done = data.join("filled");
    let flags = Flags { data: Some(data.clone()), ..Flags::default() };
    fs::create_dir_all(&data).unwrap();
    let app = AppState::open(Settings::load(&flags).unwrap(), true).unwrap();
    let mut conn = app.settings.database.connect().unwrap();
    if !done.exists() {
        let started = Instant::now();
        let hash =
            actix_web::rt::System::new().block_on(app.hasher.hash(Password::parse(PASSWORD, "", "").unwrap())).unwrap();
        write_all(&mut conn, count, hash);
        fs::write(&done, "").unwrap();
        println!("filled {count} posts in {:?}", started.elapsed());
    }
    let (cookie, secret) = conn
        .transaction(|conn| {
            let reader = members::get_by_handle(conn, "reader1")?;
            Ok::<_, chapterhouse::error::Error>((
                sessions::create(conn, reader.id, &Browser::default())?.0,
                club::secret(conn)?,
            ))
        })
        .unwrap();
    let token = CsrfTokens::new(&secret).unwrap().make(&cookie);
    Filled { data, cookie, token }
}

fn write_all(conn: &mut Conn, count: usize, hash: String) {
    let bodies: Vec<Body> = (0..20).map(|n| Body::parse(&words(n)).unwrap()).collect();
    let people = conn.transaction(|conn| people(conn, &hash)).unwrap();
    for batch in 0..count.div_ceil(POSTS_A_THREAD * 100) {
        conn.transaction(|conn| {
            for number in 0..100.min(count / POSTS_A_THREAD - batch * 100) {
                thread(conn, &people, &bodies, batch * 100 + number)?;
            }
            Ok::<_, chapterhouse::error::Error>(())
        })
        .unwrap();
        print!("\rfilling: {} of {count} posts ", ((batch + 1) * 100 * POSTS_A_THREAD).min(count));
        std::io::stdout().flush().unwrap();
    }
    println!();
}

/// Creates a hundred members, the first with a bookmark, and a book with 23 chapters.
fn people(conn: &mut Conn, hash: &str) -> Result<Vec<Member>> {
    let person = |conn: &mut Conn, number: usize| {
        let new = NewMember {
            handle: Handle::parse(&format!("reader{number}")).unwrap(),
            email: EmailAddress::parse(&format!("reader{number}@club.example")).unwrap(),
            password_hash: hash.to_owned(),
        };
        new_members::create(conn, &new, Role::Member)
    };
    let people: Vec<Member> = (1..=100).map(|number| person(conn, number)).collect::<Result<_>>()?;
    let facts = BookForm { title: "The Salt Road".into(), authors: "Ada Verne".into(), ..BookForm::default() };
    let book = books::create(conn, &people[0], &BookDetails::parse(&facts)?, &Contents::numbered(23).unwrap())?;
    book_polls::set_current_book(conn, Some(book))?;
    bookmarks::set(conn, people[0].id, book, 9)?;
    Ok(people)
}

/// Creates a thread in which every fifth post has a spoiler level past chapter 9 and every tenth has a spoiler in its
/// text. In the eighth thread all but the first post are past it: a page of one fold.
fn thread(conn: &mut Conn, people: &[Member], bodies: &[Body], number: usize) -> Result<ThreadId> {
    let book = Some(chapterhouse::db::BookId(1));
    let new = NewThread {
        book,
        kind: ThreadKind::Discussion,
        title: Title::parse(&format!("Thread {}", number + 1)).unwrap(),
        title_spoils: false,
        reach: 0,
        also: None,
        body: bodies[number % bodies.len()].clone(),
        rating: None,
    };
    let id = thread_actions::create(conn, &people[number % people.len()], &new, FREE)?;
    let the_book = books::get(conn, chapterhouse::db::BookId(1))?;
    for post in 1..POSTS_A_THREAD {
        let chapter = if number == 7 || post.is_multiple_of(5) { 12 } else { 0 };
        let reach = Reach::new(book, the_book.position(chapter));
        let body = bodies[(number + post) % bodies.len()].clone();
        posts::create(
            conn,
            &people[(number + post) % people.len()],
            id,
            &NewPost { body, reach, reply_to: None },
            FREE,
        )?;
    }
    Ok(id)
}

/// A typical post of about sixty words.
fn words(number: usize) -> String {
    let spoiler = if number.is_multiple_of(10) { " ||14: And then the bridge gives way.||" } else { "" };
    format!(
        "I keep coming back to the road itself, and to how *little* anybody says of it before the **{number}th** mile. \
         She walks, she counts the stones, and she tells us what she had for breakfast.{spoiler}\n\n\
         > The stones are counted twice.\n\n\
         Is that a slip, or are we meant to notice? Somebody here said that the first count leaves out the ones that \
         she cannot see from the cart, which would make it the more honest of the two."
    )
}

/// A server in a process of its own.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(data: &Path, preload: Option<&Path>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chapterhouse"));
        command.env("CHAPTERHOUSE_DATA", data).env("CHAPTERHOUSE_LISTEN", "127.0.0.1:0").env("RUST_LOG", "warn");
        for limit in ["SIGN_IN", "JOIN", "POST", "THREAD"] {
            command.env(format!("CHAPTERHOUSE_LIMITS_{limit}"), "0");
        }
        if let Some(preload) = preload {
            command.env("LD_PRELOAD", preload);
        }
        Self::spawn(command)
    }

    fn ceiling(size: usize) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["ceiling", &size.to_string()]);
        Self::spawn(command)
    }

    /// Starts a program that prints the address it listens on.
    fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the server prints its address").unwrap();
            if let Some(at) = line.find("http://") {
                break line[at..].trim_end_matches('/').to_owned();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Requests a path until there is a response, and returns its body.
    fn wait_for(&self, path: &str) -> String {
        let host = self.address.trim_start_matches("http://");
        loop {
            if let Ok(mut stream) = TcpStream::connect(host) {
                write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
                let mut answer = String::new();
                stream.read_to_string(&mut answer).unwrap();
                assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
                return answer.split_once("\r\n\r\n").unwrap().1.to_owned();
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Anonymous memory in MB.
    fn memory(&self) -> usize {
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id())).unwrap_or_default();
        let line = rollup.lines().find(|line| line.starts_with("Anonymous:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<usize>().ok()).unwrap_or(0) / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves a fixed body of this size.
fn ceiling(size: usize) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    let body = web::Bytes::from("x".repeat(size));
    let serve = async move {
        let app = move || {
            let body = body.clone();
            let answer = move || {
                let body = body.clone();
                async move { actix_web::HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body) }
            };
            actix_web::App::new().route("/", web::get().to(answer))
        };
        HttpServer::new(app).listen(listener).unwrap().run().await.unwrap();
    };
    actix_web::rt::System::new().block_on(serve);
}

/// Compiles the library that makes flushes slower.
fn shim() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/flush.c");
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("flush.so");
    let built =
        Command::new("cc").args(["-O2", "-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl").status();
    assert!(built.unwrap().success(), "flush.c was not compiled");
    library
}

/// Lua scripts with which wrk sends POST requests.
struct Scripts {
    reply: PathBuf,
    sign_in: PathBuf,
}

impl Scripts {
    fn write(filled: &Filled, posts: usize) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let threads = posts / POSTS_A_THREAD;
        // Repeated posts are refused, so each thread of wrk has a counter and a number of its own.
        let script = |name: &str, cookie: &str, path: &str, body: String| {
            let file = folder.join(name);
            let text = format!(
                "local headers = {{ ['content-type'] = 'application/x-www-form-urlencoded', ['cookie'] = '{cookie}' }}\n\
                 local threads = 0\n\
                 function setup(thread)\n  threads = threads + 1\n  thread:set('number', os.time() .. '-' .. threads)\nend\n\
                 local count = 0\n\
                 function request()\n  count = count + 1\n  \
                 return wrk.format('POST', {path}, headers, '{body}' .. number .. '-' .. count)\nend\n"
            );
            fs::write(&file, text).unwrap();
            file
        };
        let Filled { cookie, token, .. } = filled;
        let words = "They+are+told+a+little+before+they+can+understand+it,+so+that+by+then+it+is+old+news.";
        Self {
            reply: script(
                "reply.lua",
                &format!("session={cookie}"),
                &format!("'/threads/' .. math.random({threads}) .. '/posts'"),
                format!("token={token}&reach=0&body={words}+"),
            ),
            sign_in: script(
                "sign-in.lua",
                &format!("form={cookie}"),
                "'/sign-in'",
                format!("token={token}&handle=reader2&password={}&next=", PASSWORD.replace(' ', "+")),
            ),
        }
    }
}

/// Requests per second, and the latency in words.
fn wrk(address: &str, path: &str, headers: &[&str], script: Option<&Path>, seconds: usize) -> (f64, String) {
    let mut command = Command::new("wrk");
    command.args(["--threads", "2", "--connections", "64", "--latency", "--duration", &format!("{seconds}s")]);
    for header in headers {
        command.args(["--header", header]);
    }
    if let Some(script) = script {
        command.arg("--script").arg(script);
    }
    let output = command.arg(format!("{address}{path}")).output().expect("wrk is missing: install Debian's wrk");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let after = |sign: &str| text.lines().find_map(|line| line.trim().strip_prefix(sign).map(str::trim)).unwrap_or("?");
    let wrong = text.lines().find(|line| line.contains("Non-2xx") || line.contains("Socket errors")).unwrap_or("");
    let latency = format!("p50 {}, p99 {} {}", after("50%"), after("99%"), wrong.trim());
    (after("Requests/sec:").parse().unwrap_or(0.0), latency)
}
