//! The dashboard for staff: links to the pages for moderation and for running the club, with the number of open tasks.

use crate::domain::moderation::dashboard::{MOST, Waiting};
use crate::error::Result;
use crate::web::frame::Frame;
use crate::web::html;
use crate::web::request::Visit;
use actix_web::HttpResponse;
use askama::Template;

/// A link to a page.
pub struct Item {
    pub path: &'static str,
    pub name: &'static str,
    /// What the page is for.
    pub about: &'static str,
    /// The number of open tasks as text: “3”, “99+”.
    pub waits: Option<String>,
}

pub struct Group {
    pub name: &'static str,
    pub items: Vec<Item>,
}

type Known = (&'static str, &'static str, &'static str);

const ORDER: [Known; 6] = [
    ("/reports", "Reports", "Posts and other content members have flagged"),
    ("/held", "Approval queue", "Posts held for approval"),
    ("/members", "Members", "Members and join requests"),
    ("/invitations", "Invite links", "Links that let people join"),
    ("/filters", "Rules for posts", "Blocked words and links; limits for new members"),
    ("/log", "Log", "What staff did, when and why; most of it can be undone"),
];

const CLUB: [Known; 5] = [
    ("/club/edit", "Settings", "Name, welcome, house rules, access, accent colour"),
    ("/club/mail", "Email", "Outgoing email"),
    ("/reasons", "Preset reasons", "Reasons to pick from when you moderate"),
    ("/imports", "Imports", "Import reviews from saved web pages"),
    ("/health", "Health", "Database, disk space, versions, backups"),
];

impl Frame {
    /// The links for this viewer: moderation, and the club's settings for admins.
    pub fn desk(&self) -> Vec<Group> {
        let group = |name, known: &[Known]| {
            let item = |&(path, name, about): &Known| Item { path, name, about, waits: waits(&self.waiting, path) };
            Group { name, items: known.iter().map(item).collect() }
        };
        let mut groups = vec![group("Moderation", &ORDER)];
        if self.administers() {
            groups.push(group("Club", &CLUB));
        }
        groups
    }

    /// The group of links that the current page belongs to.
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

/// “3”, or “99+” for a count that reached its maximum.
pub(in crate::pages) fn in_words(count: usize) -> String {
    if count < MOST { count.to_string() } else { format!("{}+", MOST - 1) }
}

#[derive(Template)]
#[template(path = "moderation/dashboard/index.html")]
struct IndexPage {
    frame: Frame,
}

pub async fn index(visit: Visit) -> Result<HttpResponse> {
    let (frame, ()) = visit.read(|_, _| Ok(())).await?;
    Ok(html(&IndexPage { frame }))
}
