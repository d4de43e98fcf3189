//! The list of members, for moderators.

use crate::db::MemberId;
use crate::domain::accounts::directory::{self, Listed, Show};
use crate::error::Result;
use crate::web::frame::Frame;
use crate::web::request::Visit;
use crate::web::{html, query_encode};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ShowQuery {
    show: String,
    name: String,
    before: Option<MemberId>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "accounts/members/index.html")]
struct IndexPage {
    frame: Frame,
    /// The filter; `None` while searching by name.
    show: Option<Show>,
    name: String,
    members: Vec<Listed>,
    next: Option<String>,
}

/// A link that filters the list.
struct ShowFilter {
    value: &'static str,
    label: &'static str,
    current: bool,
}

impl IndexPage {
    fn filters(&self) -> impl Iterator<Item = ShowFilter> {
        let filter =
            |show: Show| ShowFilter { value: show.as_str(), label: show.words(), current: self.show == Some(show) };
        Show::ALL.into_iter().map(filter)
    }

    fn is_waiting(&self) -> bool {
        self.show == Some(Show::Waiting)
    }

    /// The text of an empty list.
    fn empty(&self) -> &'static str {
        match self.show {
            None => "No member’s name begins with this.",
            Some(Show::Waiting) => "No join requests. New ones are listed here and announced on your home page.",
            Some(_) => "No members to show.",
        }
    }
}

impl Listed {
    /// The sanctions that limit the member now, as labels.
    pub(in crate::pages) fn limits(&self) -> Vec<&'static str> {
        let limits = [
            (self.member.is_silenced(), "silenced"),
            (self.is_suspended(), "suspended"),
            (self.closed, "account closed"),
        ];
        limits.into_iter().filter(|(applies, _)| *applies).map(|(_, words)| words).collect()
    }
}

/// The list: newest first, or by handle when searching.
pub async fn index(visit: Visit, query: web::Query<ShowQuery>) -> Result<HttpResponse> {
    let ShowQuery { show, name, before, after } = query.into_inner();
    let name = name.trim().to_owned();
    let show = name.is_empty().then(|| Show::from_word(&show).unwrap_or(Show::Everybody));
    let beginning = name.clone();
    let (frame, page) = visit
        .read(move |conn, _| match show {
            Some(show) => directory::list_shown(conn, show, before),
            None => directory::list_by_name(conn, &beginning, after.as_deref()),
        })
        .await?;
    let next = page.members.last().filter(|_| page.more).map(|last| match show {
        Some(show) => format!("/members?show={}&before={}", show.as_str(), last.member.id),
        None => format!("/members?name={}&after={}", query_encode(&name), last.member.handle),
    });
    Ok(html(&IndexPage { frame, show, name, members: page.members, next }))
}
