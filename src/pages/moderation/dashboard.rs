//! The dashboard for staff: links to the pages for moderation and for running the club, with the number of open tasks.

use crate::domain::moderation::dashboard::{MAX_COUNT, OpenTasks};
use crate::error::Result;
use crate::web::frame::Frame;
use crate::web::html;
use crate::web::request::RequestContext;
use actix_web::HttpResponse;
use askama::Template;

/// A link to a page.
pub struct DashboardLink {
    pub path: &'static str,
    pub name: &'static str,
    /// What the page is for.
    pub about: &'static str,
    /// The number of open tasks as text: “3”, “99+”.
    pub open_count: Option<String>,
}

pub struct DashboardGroup {
    pub name: &'static str,
    pub items: Vec<DashboardLink>,
}

type Known = (&'static str, &'static str, &'static str);

const MODERATION: [Known; 6] = [
    ("/reports", "Reports", "Posts and other content members have flagged"),
    ("/held", "Approval queue", "Posts held for approval"),
    ("/members", "Members", "Members and join requests"),
    ("/invitations", "Invite links", "Links that let people join"),
    ("/filters", "Post rules", "Blocked words and links; limits for new members"),
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
    pub fn dashboard(&self) -> Vec<DashboardGroup> {
        let group = |name, known: &[Known]| {
            let item = |&(path, name, about): &Known| DashboardLink {
                path,
                name,
                about,
                open_count: open_count(&self.waiting, path),
            };
            DashboardGroup { name, items: known.iter().map(item).collect() }
        };
        let mut groups = vec![group("Moderation", &MODERATION)];
        if self.can_administer() {
            groups.push(group("Club", &CLUB));
        }
        groups
    }

    /// The group of links that the current page belongs to.
    pub fn current_dashboard_group(&self) -> Option<DashboardGroup> {
        let runs = CLUB.iter().any(|(path, ..)| self.location.path.starts_with(path)) || self.location.path == "/club";
        self.dashboard().into_iter().nth(usize::from(runs))
    }
}

fn open_count(waiting: &OpenTasks, path: &str) -> Option<String> {
    let count = match path {
        "/reports" => waiting.cases,
        "/held" => waiting.pending_posts,
        "/members" => waiting.applications,
        _ => 0,
    };
    (count > 0).then(|| format_count(count))
}

/// “3”, or “99+” for a count that reached its maximum.
pub(in crate::pages) fn format_count(count: usize) -> String {
    if count < MAX_COUNT { count.to_string() } else { format!("{}+", MAX_COUNT - 1) }
}

#[derive(Template)]
#[template(path = "moderation/dashboard/index.html")]
struct IndexPage {
    frame: Frame,
}

pub async fn index(context: RequestContext) -> Result<HttpResponse> {
    let (frame, ()) = context.read(|_, _| Ok(())).await?;
    Ok(html(&IndexPage { frame }))
}
