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

use crate::db::{BookId, Conn, Moment};
use crate::domain::core::gate::Reader;
use crate::domain::forum::threads::{self, Cursor, Thread};
use crate::domain::library::bookmarks;
use crate::error::{Error, Result};
use crate::web::frame::{Frame, Section};
use crate::web::html;
use crate::web::location::Location;
use crate::web::request::{RequestContext, Viewer};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// A page of a list of threads.
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
        after: Option<Cursor>,
        limit: i64,
    ) -> Result<Self> {
        let member = viewer.member.as_ref();
        let mut latest = threads::latest(conn, member, book, after, limit)?;
        let more = latest.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        latest.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let last = latest.last().map(|thread| format!("?after={}.{}", thread.last_post_at.micros(), thread.id));
        // Pinned threads are listed on the first page only, and once.
        let mut threads = if after.is_none() { threads::pinned(conn, member, book)? } else { Vec::new() };
        threads.extend(latest.into_iter().filter(|thread| !thread.pinned));
        let mut concerned: Vec<BookId> = threads.iter().flat_map(Thread::books).collect();
        concerned.sort_unstable();
        concerned.dedup();
        let reader = bookmarks::reader(conn, member, &concerned, &location.unfolds)?;
        Ok(Self { threads, next: last.filter(|_| more), reader })
    }
}

/// Where a list continues: the last thread's time in microseconds and its id, such as `1712345678000000.42`.
#[derive(Deserialize)]
pub struct After {
    after: Option<String>,
}

impl After {
    /// Fails with 400 if it can't be parsed.
    pub fn cursor(&self) -> Result<Option<Cursor>> {
        let Some(text) = &self.after else { return Ok(None) };
        let parts =
            text.split_once('.').and_then(|(at, id)| Some((Moment::from_micros(at.parse().ok()?)?, id.parse().ok()?)));
        parts.map(Some).ok_or(Error::BadRequest("That address isn’t valid."))
    }
}

#[derive(Template)]
#[template(path = "forum/threads/index.html")]
struct IndexPage {
    frame: Frame,
    list: ThreadList,
}

/// The latest threads of the club.
pub async fn index(context: RequestContext, after: web::Query<After>) -> Result<HttpResponse> {
    let after = after.cursor()?;
    let location = context.location.clone();
    let (frame, list) =
        context.read(move |conn, viewer| ThreadList::read(conn, viewer, &location, None, after, threads::PAGE)).await?;
    Ok(html(&IndexPage { frame: frame.in_section(Section::Discussions), list }))
}
