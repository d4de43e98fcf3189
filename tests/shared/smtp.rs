//! A mail server on loopback, which keeps what it is given, and can be in a bad mood.

// What one of the test binaries does not use, the other does.
#![allow(dead_code)]

use mail_parser::{MessageParser, MimeHeaders};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the server does with a letter.
#[derive(Clone, Copy, Debug)]
pub enum Mood {
    /// Takes it.
    Takes,
    /// Takes it, and its time.
    TakesSlowly(Duration),
    /// Answers so to whom it is for.
    Refuses(&'static str),
    /// Takes it, and is gone before it says so.
    HangsUp,
    /// Says nothing, not even who it is.
    Hangs,
}

/// A letter as it arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Whom it was for.
    pub to: Vec<String>,
    /// All of it.
    pub raw: Vec<u8>,
}

impl Arrived {
    fn parsed(&self) -> mail_parser::Message<'_> {
        MessageParser::default().parse(&self.raw).expect("a letter that can be read")
    }

    /// Its Message-ID.
    pub fn id(&self) -> String {
        self.parsed().message_id().expect("a Message-ID").to_owned()
    }

    /// What it is about.
    pub fn subject(&self) -> String {
        self.parsed().subject().unwrap_or_default().to_owned()
    }

    /// What it says as plain text.
    pub fn text(&self) -> String {
        let parsed = self.parsed();
        let part = parsed.text_bodies().find(|part| part.is_content_type("text", "plain"));
        part.and_then(|part| part.text_contents()).expect("plain text").to_owned()
    }

    /// What it says as HTML.
    pub fn html(&self) -> String {
        let parsed = self.parsed();
        let part = parsed.html_bodies().find(|part| part.is_content_type("text", "html"));
        part.and_then(|part| part.text_contents()).expect("HTML").to_owned()
    }

    /// The lines of its head as they stand, those that go on in the next as one.
    pub fn head(&self) -> Vec<String> {
        let raw = String::from_utf8(self.raw.clone()).expect("a head that is text");
        let head = raw.split("\r\n\r\n").next().unwrap_or_default();
        head.replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n").map(str::to_owned).collect()
    }

    /// The value of a line of its head.
    pub fn header(&self, name: &str) -> Option<String> {
        self.head().into_iter().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
    }

    /// The path of the link in it that begins so.
    pub fn link(&self, address: &str, start: &str) -> String {
        let text = self.text();
        let line =
            text.lines().find_map(|line| line.trim().strip_prefix(address).filter(|path| path.starts_with(start)));
        line.unwrap_or_else(|| panic!("no link begins with {start}:\n{text}")).to_owned()
    }
}

struct Inside {
    mood: Mutex<Mood>,
    arrived: Mutex<Vec<Arrived>>,
    over: AtomicBool,
}

/// The server.
pub struct Sink {
    at: SocketAddr,
    inside: Arc<Inside>,
}

impl Sink {
    /// A server on a free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let inside = Inside { mood: Mutex::new(Mood::Takes), arrived: Mutex::default(), over: AtomicBool::new(false) };
        let sink = Self { at, inside: Arc::new(inside) };
        sink.listen(listener);
        sink
    }

    fn listen(&self, listener: TcpListener) {
        let inside = self.inside.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if inside.over.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(stream), inside) = (stream, inside.clone()) else { continue };
                // Whoever is killed hangs up in the midst of it.
                std::thread::spawn(move || talk(stream, &inside));
            }
        });
    }

    /// Its address, as settings have it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.at)
    }

    /// From now on it does so.
    pub fn set(&self, mood: Mood) {
        *self.inside.mood.lock().unwrap() = mood;
    }

    /// Closes its port: whoever comes is refused.
    pub fn close(&self) {
        self.inside.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.at);
        std::thread::sleep(Duration::from_millis(50));
    }

    /// Opens its port again.
    pub fn open(&self) {
        self.inside.over.store(false, Ordering::SeqCst);
        self.listen(TcpListener::bind(self.at).unwrap());
    }

    /// What has arrived so far.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.inside.arrived.lock().unwrap().clone()
    }

    /// What has arrived since it was last asked so.
    pub fn take(&self) -> Vec<Arrived> {
        std::mem::take(&mut *self.inside.arrived.lock().unwrap())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.close();
    }
}

fn talk(stream: TcpStream, inside: &Inside) -> Option<()> {
    let mood = || *inside.mood.lock().unwrap();
    if matches!(mood(), Mood::Hangs) {
        std::thread::sleep(Duration::from_secs(30));
        return None;
    }
    let mut answers = stream.try_clone().ok()?;
    let mut say = |words: &str| answers.write_all(format!("{words}\r\n").as_bytes()).ok();
    say("220 mail.example")?;
    let mut lines = BufReader::new(stream);
    let mut to = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        match line.split_once(':').map_or(line.as_str(), |(word, _)| word).to_ascii_uppercase().as_str() {
            "MAIL FROM" => {
                to.clear();
                say("250 ok")?;
            }
            "RCPT TO" => {
                if let Mood::Refuses(answer) = mood() {
                    say(answer)?;
                    continue;
                }
                to.push(line.split_once('<')?.1.split('>').next()?.to_owned());
                say("250 ok")?;
            }
            "DATA" => {
                say("354 go on")?;
                let raw = text(&mut lines)?;
                if let Mood::TakesSlowly(span) = mood() {
                    std::thread::sleep(span);
                }
                inside.arrived.lock().unwrap().push(Arrived { to: to.clone(), raw });
                if matches!(mood(), Mood::HangsUp) {
                    return None;
                }
                say("250 taken")?;
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 mail.example")?,
        }
    }
}

/// The text of a letter, up to the dot that ends it (RFC 5321, 4.5.2).
fn text(lines: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut raw = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        match line.as_slice() {
            b".\r\n" => return Some(raw),
            [b'.', rest @ ..] => raw.extend_from_slice(rest),
            line => raw.extend_from_slice(line),
        }
    }
}
