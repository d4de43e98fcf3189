//! The desk: the pages by which those in charge keep order and run the club, in two groups, with what waits there.

use crate::domain::moderation::dashboard::{MOST, Waiting};
use crate::error::Result;
use crate::web::frame::Frame;
use crate::web::html;
use crate::web::request::Visit;
use actix_web::HttpResponse;
use askama::Template;

/// A page of the desk.
pub struct Item {
    /// Its address.
    pub path: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What one does there.
    pub about: &'static str,
    /// How much waits there, in words: "3", "99+".
    pub waits: Option<String>,
}

/// Pages that belong together.
pub struct Group {
    /// What they are for.
    pub name: &'static str,
    /// The pages.
    pub items: Vec<Item>,
}

type Known = (&'static str, &'static str, &'static str);

const ORDER: [Known; 6] = [
    ("/reports", "Reports", "what members report of texts, to decide on"),
    ("/held", "Waiting posts", "first posts and what a rule holds back, to look at"),
    ("/members", "Members", "who is here and who asks to join; each has a record"),
    ("/invitations", "Invitations", "links by which people join"),
    ("/filters", "Rules for posts", "words and links that are not taken, and what new members may"),
    ("/log", "Log", "what was done, by whom and why; most of it can be undone"),
];

const CLUB: [Known; 5] = [
    ("/club/edit", "Settings", "name, welcome, rules of the house, who may read and join, colour"),
    ("/club/mail", "Mail", "the server by which the club sends it"),
    ("/reasons", "Reasons", "the sentences that forms offer which ask why"),
    ("/imports", "Imports", "saved pages that become books, reviews and meetings"),
    ("/health", "Health", "database, disk, versions, backups"),
];

impl Frame {
    /// The pages by which the viewer keeps order and runs the club.
    pub fn desk(&self) -> Vec<Group> {
        let group = |name, known: &[Known]| {
            let item = |&(path, name, about): &Known| Item { path, name, about, waits: waits(&self.waiting, path) };
            Group { name, items: known.iter().map(item).collect() }
        };
        let mut groups = vec![group("Keeping order", &ORDER)];
        if self.administers() {
            groups.push(group("Running the club", &CLUB));
        }
        groups
    }

    /// The pages that belong with this one.
    pub fn desk_here(&self) -> Option<Group> {
        let runs = CLUB.iter().any(|(path, ..)| self.here.path.starts_with(path)) || self.here.path == "/club";
        self.desk().into_iter().nth(usize::from(runs))
    }
}

fn waits(waiting: &Waiting, path: &str) -> Option<String> {
    let count = match path {
        "/reports" => waiting.cases,
        "/held" => waiting.texts,
        "/members" => waiting.people,
        _ => 0,
    };
    (count > 0).then(|| in_words(count))
}

/// "3", or "99+" where there are more than are counted.
pub(in crate::pages) fn in_words(count: usize) -> String {
    if count < MOST { count.to_string() } else { format!("{}+", MOST - 1) }
}

#[derive(Template)]
#[template(path = "moderation/dashboard/index.html")]
struct IndexPage {
    frame: Frame,
}

/// The desk itself.
pub async fn index(visit: Visit) -> Result<HttpResponse> {
    let (frame, ()) = visit.read(|_, _| Ok(())).await?;
    Ok(html(&IndexPage { frame }))
}
