//! Threads: lists of them, a thread's page, new threads, and moderating them.

pub mod merging;
pub mod moving;
mod new;
mod post_groups;
mod show;
pub mod splitting;
pub mod titles;
pub mod toggles;

pub use new::{create, new};
pub use show::{reader_of, redirect, reply_reach, show};

use crate::db::{BookId, Conn, ThreadId};
use crate::domain::core::gate::Reader;
use crate::domain::core::pagination::TimeKey;
use crate::domain::forum::threads::{self, Thread};
use crate::domain::library::bookmarks;
use crate::error::Result;
use crate::web::frame::{Frame, Section};
use crate::web::html;
use crate::web::location::Location;
use crate::web::pagination::{After, parse_key};
use crate::web::request::{RequestContext, Viewer};
use actix_web::{HttpResponse, web};
use askama::Template;

pub struct ThreadList {
    pub threads: Vec<Thread>,
    /// The query of the next page, if there is one.
    pub next: Option<String>,
    pub reader: Reader,
}

impl ThreadList {
    /// Reads a page of a list. The first page starts with the pinned threads.
    pub fn read(
        conn: &mut Conn,
        viewer: &Viewer,
        location: &Location,
        book: Option<BookId>,
        after: Option<TimeKey<ThreadId>>,
        size: i64,
    ) -> Result<Self> {
        let member = viewer.member.as_ref();
        let latest = threads::latest(conn, member, book, after, size)?;
        // Pinned threads are listed on the first page only, and once.
        let mut threads = if after.is_none() { threads::pinned(conn, member, book)? } else { Vec::new() };
        threads.extend(latest.items.into_iter().filter(|thread| !thread.pinned));
        let concerned: Vec<BookId> = threads.iter().flat_map(Thread::books).collect();
        let reader = bookmarks::reader(conn, member, &concerned, &location.unfolds)?;
        Ok(Self { threads, next: latest.next.map(|key| format!("?after={key}")), reader })
    }
}

#[derive(Template)]
#[template(path = "forum/threads/index.html")]
struct IndexPage {
    frame: Frame,
    list: ThreadList,
}

/// The latest threads of the club.
pub async fn index(context: RequestContext, query: web::Query<After<String>>) -> Result<HttpResponse> {
    let after = parse_key(query.after.as_deref())?;
    let location = context.location.clone();
    let (frame, list) =
        context.read(move |conn, viewer| ThreadList::read(conn, viewer, &location, None, after, threads::PAGE)).await?;
    Ok(html(&IndexPage { frame: frame.in_section(Section::Discussions), list }))
}
