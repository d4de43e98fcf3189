//! The program as a process of its own, for tests that start it, stop it and kill it, and a browser that is hardly one.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// The password of everybody that tests add.
pub const PASSWORD: &str = "seven grey herons";

/// The program with its data in a folder, and limits lifted.
pub fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chapterhouse"));
    command.env_remove("DATABASE_URL").env("CHAPTERHOUSE_DATA", data).env("RUST_LOG", "warn");
    command.env("CHAPTERHOUSE_LISTEN", "127.0.0.1:0");
    for limit in ["SIGN_IN", "JOIN", "JOIN_SECONDS", "POST", "THREAD"] {
        command.env(format!("CHAPTERHOUSE_LIMITS_{limit}"), "0");
    }
    command
}

/// Runs a command that reads a line from standard input.
pub fn run(mut command: Command, input: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// A club that is being served.
pub struct Server {
    /// The process.
    pub child: Child,
    /// Where it is, as `http://127.0.0.1:…`.
    pub address: String,
    /// What it printed when it opened.
    pub greeting: Vec<String>,
}

impl Server {
    /// Starts it and waits until it has said where it is.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut greeting = Vec::new();
        for line in lines.by_ref().map_while(Result::ok) {
            let is_link = line.contains("/welcome/");
            greeting.push(line);
            if is_link || greeting.len() == 2 || greeting[0].contains("nothing") {
                break;
            }
        }
        let first = greeting.first().expect("the server says where it is").clone();
        let address = first[first.find("http://").unwrap()..].trim_end_matches('/').to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address, greeting }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Just enough of a browser to sign in and post.
#[derive(Clone, Default)]
pub struct Browser {
    host: String,
    cookies: BTreeMap<String, String>,
}

/// What the server answered; `None` from [`Browser`] where it did not.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Where it leads.
    pub location: String,
    /// The body.
    pub body: String,
}

impl Browser {
    /// A browser at this address.
    pub fn at(address: &str) -> Self {
        Self { host: address.trim_start_matches("http://").to_owned(), cookies: BTreeMap::new() }
    }

    /// Signs in.
    pub fn sign_in(&mut self, handle: &str) {
        self.get("/sign-in").unwrap();
        let page = self.get("/sign-in").unwrap();
        let answer = self.post("/sign-in", &page, &[("handle", handle), ("password", PASSWORD)]).unwrap();
        assert_eq!(answer.status, 303, "{}", answer.body);
    }

    /// Opens a page.
    pub fn get(&mut self, path: &str) -> Option<Answer> {
        self.send("GET", path, "")
    }

    /// Sends a form with the token of a page.
    pub fn post(&mut self, path: &str, page: &Answer, fields: &[(&str, &str)]) -> Option<Answer> {
        let token = page.body.split("name=\"token\" value=\"").nth(1).unwrap_or("").split('"').next().unwrap();
        let mut body = format!("token={token}");
        for (name, value) in fields {
            let value: String =
                value
                    .bytes()
                    .map(|byte| {
                        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
                    })
                    .collect();
            body.push_str(&format!("&{name}={value}"));
        }
        self.send("POST", path, &body)
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> Option<Answer> {
        let mut stream = TcpStream::connect(&self.host).ok()?;
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            self.host,
            cookies.join("; "),
            body.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body.as_bytes()).ok()?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut answer =
            Answer { status: head.get(9..12)?.parse().ok()?, location: String::new(), body: body.to_owned() };
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap_or_default();
            match name.to_ascii_lowercase().as_str() {
                "location" => value.clone_into(&mut answer.location),
                "set-cookie" => {
                    let (name, value) = value.split(';').next()?.split_once('=')?;
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
                _ => {}
            }
        }
        Some(answer)
    }
}
