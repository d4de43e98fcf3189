//! Measures staff's pages in a small and in a large club. Each page should take as long in one as in the other.

use super::{FREE, PASSWORD, POSTS_A_THREAD, Server, wrk};
use chapterhouse::app::AppState;
use chapterhouse::config::{Flags, Settings};
use chapterhouse::db::{Conn, PostId, ThreadId};
use chapterhouse::domain::accounts::new_members::{self, NewMember};
use chapterhouse::domain::accounts::sessions::{self, Browser};
use chapterhouse::domain::core::gate::Reach;
use chapterhouse::domain::core::members::{self, Member, Role};
use chapterhouse::domain::core::names::{EmailAddress, Handle};
use chapterhouse::domain::core::passwords::Password;
use chapterhouse::domain::core::text_fields::{Body, Reason, Title};
use chapterhouse::domain::forum::posts::{self, NewPost};
use chapterhouse::domain::forum::thread_actions::{self, NewThread};
use chapterhouse::domain::forum::threads::ThreadKind;
use chapterhouse::domain::moderation::hiding;
use chapterhouse::domain::moderation::reports::{self, NewReport};
use chapterhouse::domain::safety::subjects::Subject;
use chapterhouse::error::Result;
use diesel::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The size of a club.
#[derive(Clone, Copy)]
pub struct ClubSize {
    /// Open report cases.
    pub cases: usize,
    /// Posts of the one reported member.
    pub posts: usize,
    /// Log entries.
    pub lines: usize,
}

const PAGES: [(&str, &str); 6] = [
    ("home, admin", "/"),
    ("the dashboard", "/desk"),
    ("the queue of reports", "/reports"),
    ("a member’s record", "/members/writer/record"),
    ("a member’s page", "/members/writer"),
    ("the log", "/log"),
];

/// Measures each page in both clubs by turns, and prints the best rounds.
pub fn measure(much: ClubSize, seconds: usize, rounds: usize) {
    // Enough to fill a page of each, so that both clubs show equally much.
    let little = ClubSize { cases: 100, posts: 100, lines: 100 };
    let clubs: Vec<(Server, String)> = [little, much].into_iter().map(serve).collect();
    println!(
        "moderation pages, with a hundred of each, and with {} cases, {} posts, {} log lines",
        much.cases, much.posts, much.lines
    );
    for (name, path) in PAGES {
        let mut best = [0.0_f64; 2];
        let mut said = [String::new(), String::new()];
        for _ in 0..rounds {
            for (place, (server, cookie)) in clubs.iter().enumerate() {
                let (rate, latency) =
                    wrk(&server.address, path, &[&format!("cookie: session={cookie}")], None, seconds);
                if rate > best[place] {
                    (best[place], said[place]) = (rate, latency);
                }
            }
        }
        println!("  {name:<24} {:>7.0}/s  {}   {:>7.0}/s  {}", best[0], said[0], best[1], said[1]);
    }
}

/// Starts a server with a club of this size, and returns its admin's session cookie.
fn serve(size: ClubSize) -> (Server, String) {
    let (data, cookie) = fill(size);
    let server = Server::start(&data, None);
    server.wait_for("/healthz");
    (server, cookie)
}

fn fill(size: ClubSize) -> (PathBuf, String) {
    let name = format!("moderation-{}-{}-{}", size.cases, size.posts, size.lines);
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let done = data.join("filled");
    fs::create_dir_all(&data).unwrap();
    let flags = Flags { data: Some(data.clone()), ..Flags::default() };
    let app = AppState::open(Settings::load(&flags).unwrap(), true).unwrap();
    let mut conn = app.settings.database.connect().unwrap();
    if !done.exists() {
        let started = Instant::now();
        let hashing = app.hasher.hash(Password::parse(PASSWORD, "", "").unwrap());
        let hash = actix_web::rt::System::new().block_on(hashing).unwrap();
        fill_club(&mut conn, size, &hash);
        fs::write(&done, "").unwrap();
        println!("filled a club in {:?}", started.elapsed());
    }
    let keeper = members::get_by_handle(&mut conn, "keeper").unwrap();
    (data, sessions::create(&mut conn, keeper.id, &Browser::default()).unwrap().0)
}

fn fill_club(conn: &mut Conn, size: ClubSize, hash: &str) {
    let mut person = |handle: &str, role| {
        let new = NewMember {
            handle: Handle::parse(handle).unwrap(),
            email: EmailAddress::parse(&format!("{handle}@club.example")).unwrap(),
            password_hash: hash.to_owned(),
        };
        new_members::create(conn, &new, role).unwrap()
    };
    let (author, reader) = (person("writer", Role::Member), person("reader", Role::Member));
    let keeper = person("keeper", Role::Admin);
    let mut thread = None;
    let mut written: Vec<PostId> = Vec::new();
    by_thousands(conn, size.posts, |conn, number| {
        let id = match thread.filter(|_| number % POSTS_A_THREAD != 0) {
            Some(id) => id,
            None => *thread.insert(open(conn, &author, number)?),
        };
        let body = Body::parse(&format!("Word {number} of what she saw from the cart.")).unwrap();
        let new = NewPost { body, reach: Reach::Safe, reply_to: None };
        written.push(posts::create(conn, &author, id, &new, FREE)?.0);
        Ok(())
    });
    by_thousands(conn, size.cases.min(written.len()), |conn, number| {
        let new = NewReport::parse("spam", "", "It sells boots").unwrap();
        reports::create(conn, &reader, Subject::Post(written[number]), &new, FREE).map(drop)
    });
    let reason = Reason::parse("off topic").unwrap();
    by_thousands(conn, size.lines, |conn, number| {
        let id = written[written.len() - 1 - number / 2 % written.len()];
        let act = if number % 2 == 0 { hiding::hide } else { hiding::restore };
        act(conn, &keeper, Subject::Post(id), &reason)
    });
}

fn open(conn: &mut Conn, author: &Member, number: usize) -> Result<ThreadId> {
    let new = NewThread {
        book: None,
        kind: ThreadKind::Discussion,
        title: Title::parse(&format!("From the cart, {number}")).unwrap(),
        title_spoils: false,
        reach: 0,
        also: None,
        body: Body::parse("What did she see?").unwrap(),
        rating: None,
    };
    thread_actions::create(conn, author, &new, FREE)
}

/// Calls `act` so many times, a thousand times per transaction.
fn by_thousands(conn: &mut Conn, times: usize, mut act: impl FnMut(&mut Conn, usize) -> Result<()>) {
    for first in (0..times).step_by(1000) {
        let some = first..times.min(first + 1000);
        conn.transaction(|conn| some.into_iter().try_for_each(|number| act(conn, number))).unwrap();
    }
}
