//! What members are told, in words: what happened to what of theirs.

use crate::domain::safety::log::{
    DISMISSED, REOPENED, REOPENED_AND_RESTORED, REPORTED, RETITLED, SET_REACH, UPHELD, UPHELD_AND_HID,
};
use crate::domain::safety::notifications::{Notification, Outcome};
use crate::web::frame::Frame;

/// What a notification says around the name of what it is about.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// Before the name: "Your ".
    pub lead: String,
    /// How it is named there.
    pub naming: Naming,
    /// After it: " was hidden".
    pub rest: String,
}

/// How something is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// "post #3 in Stones".
    Named,
    /// "a quote about The Salt Road".
    WithArticle,
    /// Not at all: the words before say what it is.
    Not,
}

impl Naming {
    /// Whether it is named.
    pub fn is_named(self) -> bool {
        self == Self::Named
    }

    /// Whether it is named, with an article.
    pub fn has_article(self) -> bool {
        self == Self::WithArticle
    }
}

/// What a member is told. Moments in it are on the reader's clock.
pub fn said(told: &Notification, frame: &Frame) -> Said {
    if let Some(outcome) = told.outcome() {
        return Said {
            lead: "You reported ".to_owned(),
            naming: Naming::WithArticle,
            rest: reported(outcome).to_owned(),
        };
    }
    let detail = frame.told(&told.detail);
    let (lead, naming, rest) = match told.subject.as_str() {
        "member" => (yourself(&told.kind, &detail), Naming::Not, String::new()),
        "meeting" => of_meeting(&told.kind, &detail),
        "book poll" | "date poll" => of_poll(&told.subject, &told.kind),
        subject => of_own(subject, &told.kind),
    };
    Said { lead: capital(&lead), naming, rest: why(rest, &told.reason) }
}

/// What became of something that the member reported.
fn reported(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Hidden => ": it is hidden now. Thank you.",
        Outcome::Upheld => ": that was found right. Thank you.",
        Outcome::Kept => ": a moderator has looked, and keeps it as it is. Thank you.",
        Outcome::StaysHidden => ": that was not found right; it is hidden for another reason. Thank you.",
        Outcome::Shown => ": hiding it was taken back, and it is shown again.",
        Outcome::Reopened => ": what was decided was taken back, and a moderator looks again.",
    }
}

/// What happened to a text or a thread of the member's.
fn of_own(subject: &str, kind: &str) -> (String, Naming, String) {
    let (own, naming) = match subject {
        "title" => ("the title that you gave the ", Naming::Named),
        "note" => ("what you wrote about the ", Naming::Named),
        "profile" => ("what you say of yourself", Naming::Not),
        _ => ("your ", Naming::Named),
    };
    let (before, after) = match kind {
        "hid" => ("", " was hidden"),
        "restored" => ("", " is shown again"),
        REPORTED => ("a reader says that ", " gives away more than it says: it is folded until a moderator has looked"),
        UPHELD => ("a report on ", " was found right"),
        UPHELD_AND_HID => ("", " was hidden after a report"),
        DISMISSED => ("a report on ", " was not found right"),
        REOPENED => ("what was decided on a report on ", " was taken back, and a moderator looks again"),
        REOPENED_AND_RESTORED => ("", " is shown again, and a moderator looks anew at what was reported of it"),
        SET_REACH => ("a moderator said anew how far ", " goes"),
        RETITLED => ("a moderator gave ", " another title"),
        "approved" => ("", " was approved, and stands now"),
        "confirmed" => ("a host confirmed ", ""),
        "declined" if subject == "notice" => ("a host declined ", ""),
        "declined" => ("", " was declined"),
        "reopened" => ("what a host decided on ", " was taken back"),
        "put back" => ("", " waits for a moderator again"),
        "moved to a new thread" => ("", " has a thread of its own now"),
        "locked" => ("", " was locked"),
        "unlocked" => ("", " is open again"),
        "pinned" => ("", " was pinned"),
        "unpinned" => ("", " is no longer pinned"),
        "asked to see posts first in" => ("new posts in ", " wait for a moderator from now on"),
        "opened" => ("new posts in ", " stand at once again"),
        "moved" => ("", " is about another book now"),
        "merged" => ("", " was merged into another"),
        "rejoined" => ("", " was put back into the one that it was split off"),
        "split" => ("posts were split off ", ""),
        "separated" => ("posts were taken out of ", " again"),
        _ => return (format!("a moderator {kind} {own}"), naming, String::new()),
    };
    (format!("{before}{own}"), naming, after.to_owned())
}

/// What became of a meeting that the member answered.
fn of_meeting(kind: &str, detail: &str) -> (String, Naming, String) {
    let (lead, rest) = match kind {
        "moved up" => ("you have moved up: there is a place for you at the ", String::new()),
        "reminder: week" => ("a reminder: the ", " begins within a week".to_owned()),
        "reminder: day" => ("a reminder: the ", " begins within a day".to_owned()),
        "reminder: hour" => ("a reminder: the ", " begins within an hour".to_owned()),
        "waiting: week" => ("a reminder: the ", " begins within a week, and you wait for a place".to_owned()),
        "waiting: day" => ("a reminder: the ", " begins within a day, and you wait for a place".to_owned()),
        "waiting: hour" => ("a reminder: the ", " begins within an hour, and you wait for a place".to_owned()),
        "moved" if detail.is_empty() => ("the ", " has moved: please look when and where it is now".to_owned()),
        "moved" => ("the ", format!(" has moved {detail}")),
        "cancelled" => ("the ", " is cancelled".to_owned()),
        "took a question off the agenda of" | "put a question back on the agenda of" => {
            return (format!("a moderator {kind} the "), Naming::Named, String::new());
        }
        _ => ("something was done about the ", String::new()),
    };
    (lead.to_owned(), Naming::Named, rest)
}

/// What became of a poll that the member took part in.
fn of_poll(subject: &str, kind: &str) -> (String, Naming, String) {
    let (lead, rest) = match (subject, kind) {
        (_, "counted") => ("the ballots of the ", " are counted: see there what the club reads next"),
        (_, "took a proposal off") => ("a host took a proposal of yours off the ", ""),
        (_, "put a proposal back on") => ("a host put a proposal of yours back on the ", ""),
        (_, "added times to") => ("the ", " that you answered offers more times"),
        (_, "took a time off") => ("a host took a time off the ", " that you answered"),
        (_, "put a time back on") => ("a host put a time back on the ", " that you answered"),
        (_, "made a meeting of") => ("the day is chosen: the ", " that you answered became a meeting"),
        ("date poll", "cancelled") => ("the ", " that you answered was cancelled"),
        (_, "cancelled") => ("the ", " that you took part in was cancelled"),
        _ => ("something was done about the ", ""),
    };
    (lead.to_owned(), Naming::Named, rest.to_owned())
}

/// What was done to the member.
fn yourself(kind: &str, detail: &str) -> String {
    match (kind, detail) {
        ("changed the role of", "member") => "you are a member like others now, without an office".to_owned(),
        ("changed the role of", "admin") => "you are now an admin".to_owned(),
        ("changed the role of", "") => "an admin gave you another role".to_owned(),
        ("changed the role of", role) => format!("you are now a {role}"),
        ("silenced" | "suspended", "") => format!("a moderator {kind} you"),
        ("silenced" | "suspended", until) => format!("you are {kind} {until}"),
        ("took a warning back from", _) => "a moderator took a warning back".to_owned(),
        ("lifted the silence of", _) => "your silence is lifted".to_owned(),
        ("lifted the suspension of", _) => "your suspension is lifted".to_owned(),
        ("closed the account of", _) => "a moderator closed your account".to_owned(),
        ("reopened the account of", _) => "a moderator reopened your account".to_owned(),
        ("let in", _) => "a moderator let you in".to_owned(),
        ("put back to wait", _) => "a moderator had you wait again".to_owned(),
        ("set the password of", _) => "whoever runs the club set your password anew".to_owned(),
        _ => format!("a moderator {kind} you"),
    }
}

/// The same, with the reason where somebody gave one.
fn why(rest: String, reason: &str) -> String {
    if reason.is_empty() { rest } else { format!("{rest}: {reason}") }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
