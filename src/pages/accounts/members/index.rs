//! The list of members, for moderators.

use crate::db::MemberId;
use crate::domain::accounts::directory::{self, ListedMember, MemberFilter};
use crate::error::Result;
use crate::web::frame::Frame;
use crate::web::request::RequestContext;
use crate::web::{html, query_encode};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct MembersQuery {
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
    show: Option<MemberFilter>,
    name: String,
    members: Vec<ListedMember>,
    next: Option<String>,
}

/// A link that filters the list.
struct FilterLink {
    value: &'static str,
    label: &'static str,
    current: bool,
}

impl IndexPage {
    fn filters(&self) -> impl Iterator<Item = FilterLink> {
        let filter = |show: MemberFilter| FilterLink {
            value: show.as_str(),
            label: show.label(),
            current: self.show == Some(show),
        };
        MemberFilter::ALL.into_iter().map(filter)
    }

    fn is_waiting(&self) -> bool {
        self.show == Some(MemberFilter::Waiting)
    }

    /// The text of an empty list.
    fn empty(&self) -> &'static str {
        match self.show {
            None => "No member’s name begins with this.",
            Some(MemberFilter::Waiting) => {
                "No join requests. New ones are listed here and announced on your home page."
            }
            Some(_) => "No members to show.",
        }
    }
}

impl ListedMember {
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
pub async fn index(context: RequestContext, query: web::Query<MembersQuery>) -> Result<HttpResponse> {
    let MembersQuery { show, name, before, after } = query.into_inner();
    let name = name.trim().to_owned();
    let show = name.is_empty().then(|| MemberFilter::from_word(&show).unwrap_or(MemberFilter::Everybody));
    let beginning = name.clone();
    let (frame, page) = context
        .read(move |conn, _| match show {
            Some(show) => directory::list(conn, show, before),
            None => directory::search(conn, &beginning, after.as_deref()),
        })
        .await?;
    let next = page.next.map(|last| match show {
        Some(show) => format!("/members?show={}&before={last}", show.as_str()),
        None => format!("/members?name={}&after={last}", query_encode(&name)),
    });
    Ok(html(&IndexPage { frame, show, name, members: page.items, next }))
}
