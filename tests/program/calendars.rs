//! The club's calendars in real programs: vdirsyncer syncs them to khal, and calcurse imports them. All show the same
//! times, also after a move, a cancellation and a change of time zone, and an independent parser finds no errors.

use crate::server::{Browser, PASSWORD, Server, program, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::tempdir;

/// A Python script that checks a calendar strictly by RFC 5545, with the parser that khal uses: every property parses,
/// all required ones are there, none is repeated that must not be, and writing it again gives the same calendar.
const STRICT: &str = r#"
import sys, icalendar
text = open(sys.argv[1], "rb").read()
[calendar] = icalendar.Calendar.from_ical(text, multiple=True)
for part in calendar.walk():
    wrong = list(part.errors)
    wrong += [f"no {name}" for name in part.required if name not in part]
    wrong += [f"two {name}" for name in part.singletons if isinstance(part.get(name), list)]
    assert not wrong, (part.name, wrong)
unfolded = lambda lines: lines.replace(b"\r\n ", b"")
assert unfolded(calendar.to_ical(sorted=False)) == unfolded(text)
"#;

/// The computer of somebody in Berlin who subscribes to a calendar.
struct Desk {
    home: PathBuf,
    address: String,
}

impl Desk {
    fn new(home: PathBuf, address: String) -> Self {
        for folder in ["events", "status"] {
            fs::create_dir_all(home.join(folder)).unwrap();
        }
        let at = home.display();
        let sync = format!(
            "[general]\nstatus_path = \"{at}/status\"\n[pair club]\na = \"there\"\nb = \"here\"\ncollections = null\n\
             [storage there]\ntype = \"http\"\nurl = \"{address}\"\n\
             [storage here]\ntype = \"filesystem\"\npath = \"{at}/events\"\nfileext = \".ics\"\n"
        );
        fs::write(home.join("vdirsyncer"), sync).unwrap();
        let formats = ["dateformat", "longdateformat"].map(|name| format!("{name} = %Y-%m-%d\n")).concat()
            + &["datetimeformat", "longdatetimeformat"].map(|name| format!("{name} = %Y-%m-%d %H:%M\n")).concat();
        let khal = format!(
            "[calendars]\n[[club]]\npath = {at}/events\nreadonly = True\n[locale]\ntimeformat = %H:%M\n{formats}\
             local_timezone = Europe/Berlin\ndefault_timezone = Europe/Berlin\n[sqlite]\npath = {at}/khal.db\n"
        );
        fs::write(home.join("khal"), khal).unwrap();
        let dashboard = Self { home, address };
        dashboard.run("vdirsyncer", &["-c", "vdirsyncer", "discover"]);
        dashboard
    }

    fn run(&self, program: &str, words: &[&str]) -> String {
        let mut command = Command::new(program);
        command.args(words).current_dir(&self.home).env("HOME", &self.home).env("TZ", "Europe/Berlin");
        command.env("LC_ALL", "C.UTF-8").env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME");
        let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}; tests/run installs it"));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{program} {words:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }

    /// Syncs, and returns what khal shows. Fails if calcurse shows something else.
    fn shows(&self) -> Vec<String> {
        self.run("vdirsyncer", &["-c", "vdirsyncer", "sync"]);
        let format = "{start-long}|{title}|{status}";
        let listed = self
            .run("khal", &["-c", "khal", "list", "--day-format", "", "--format", format, "2036-01-01", "2037-01-01"]);
        let mut khal: Vec<String> = listed.lines().map(|line| line.trim().to_owned()).collect();
        khal.sort();
        let mut calcurse = self.calcurse();
        calcurse.sort();
        let bare = |line: &String| line.rsplit_once('|').unwrap().0.to_owned();
        assert_eq!(khal.iter().map(bare).collect::<Vec<_>>(), calcurse);
        khal
    }

    fn calcurse(&self) -> Vec<String> {
        let folder = self.home.join("calcurse");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        let (host, path) = self.address.trim_start_matches("http://").split_once('/').unwrap();
        let file = Browser::at(host).get(&format!("/{path}")).unwrap().body;
        fs::write(self.home.join("club.ics"), file).unwrap();
        // Debian's interpreter has khal's parser. Another one may be first on the path.
        self.run("/usr/bin/python3", &["-c", STRICT, "club.ics"]);
        let said = self.run("calcurse", &["-D", "calcurse", "-i", "club.ics"]);
        assert!(said.contains("0 skipped"), "{said}");
        let days = ["--input-datefmt", "4", "-Q", "--from", "2036-01-01", "--to", "2036-12-31", "--filter-type", "cal"];
        let format = ["--format-apt", "%(start:%Y-%m-%d %H:%M)|%m\n"];
        let listed = self.run("calcurse", &[&["-D", "calcurse"][..], &days, &format].concat());
        listed.lines().filter(|line| line.contains('|')).map(|line| line.trim().to_owned()).collect()
    }
}

fn keep(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> String {
    let page = browser.get("/meetings/new").unwrap();
    let answer = browser.post(path, &page, fields).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.location
}

fn serve(folder: &Path) -> Server {
    let mut command = program(folder);
    command.args(["serve", "--empty"]);
    Server::start(command)
}

#[test]
fn calendar_programs_show_the_same_moments() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let mut add = program(&data);
    add.args(["member", "add", "planner", "--email", "p@club.example", "--role", "host"]);
    assert!(run(add, &format!("{PASSWORD}\n")).status.success());
    let server = serve(&data);
    let mut host = Browser::at(&server.address);
    host.sign_in("planner");
    let odd = "A;B,C\\D\nBEGIN:VEVENT😀";
    let long = "Long 😀é".repeat(15);
    let meeting = |title, day, zone, sequence| {
        [
            ("title", title),
            ("day", day),
            ("time", "18:30"),
            ("minutes", "90"),
            ("zone", zone),
            ("place", "Room 2; left, \\ 😀\nDTSTART:1"),
            ("sequence", sequence),
        ]
    };
    // The clocks go forward between the first two meetings.
    for (title, day) in [(odd, "2036-03-23"), ("Spring", "2036-04-06"), (&*long, "2036-07-06")] {
        keep(&mut host, "/meetings", &meeting(title, day, "Europe/London", ""));
    }
    let page = host.get("/settings").unwrap();
    let made = host.post("/settings/calendar", &page, &[]).unwrap().body;
    let own = made.split("/calendars/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let desks = [
        Desk::new(folder.path().join("club"), format!("{}/meetings/calendar.ics", server.address)),
        Desk::new(folder.path().join("own"), format!("{}/calendars/{own}", server.address)),
    ];
    let (odd_shown, long_shown) = ("A;B,C\\D BEGIN:VEVENT😀", long.trim());
    for dashboard in &desks {
        let all = [
            format!("2036-03-23 19:30|{odd_shown}|CONFIRMED"),
            "2036-04-06 19:30|Spring|CONFIRMED".to_owned(),
            format!("2036-07-06 19:30|{long_shown}|CONFIRMED"),
        ];
        assert_eq!(dashboard.shows(), all);
    }
    keep(&mut host, "/meetings/1", &meeting(odd, "2036-11-09", "Europe/London", "0"));
    keep(&mut host, "/meetings/3", &meeting(&long, "2036-07-06", "America/New_York", "0"));
    keep(&mut host, "/meetings/2/cancel", &[("reason", "Snow.")]);
    for dashboard in &desks {
        let all = [
            "2036-04-06 19:30|Spring|CANCELLED".to_owned(),
            format!("2036-07-07 00:30|{long_shown}|CONFIRMED"),
            format!("2036-11-09 19:30|{odd_shown}|CONFIRMED"),
        ];
        assert_eq!(dashboard.shows(), all);
    }
}
