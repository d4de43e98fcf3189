//! Threads: lists of them, one with its posts, starting one, and keeping one in order.

mod merging;
mod moving;
mod new;
mod order;
mod post_groups;
mod show;
mod splitting;
mod switches;
mod titles;

pub use merging::{merge, set_merged};
pub use moving::{book, set_book};
pub use new::{create, new};
pub use show::{Shown, find, reader_of, reply_reach, show};
pub use splitting::{set_split, split};
pub use switches::{approval, lock, pin, set_approval, set_locked, set_pinned};
pub use titles::{set_title, title};

use crate::db::{BookId, Conn, Moment};
use crate::domain::core::gate::Reader;
use crate::domain::forum::threads::{self, Cursor, Thread};
use crate::domain::library::bookmarks;
use crate::error::{Error, Result};
use crate::web::frame::{Frame, Nav};
use crate::web::html;
use crate::web::location::Here;
use crate::web::request::{Seen, Visit};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Threads in a list, with where it goes on.
pub struct ThreadList {
    /// The threads.
    pub threads: Vec<Thread>,
    /// The query of the next page.
    pub next: Option<String>,
    /// Who reads the titles.
    pub reader: Reader,
}

impl ThreadList {
    /// Reads a page of a list, pinned threads first on the first.
    pub fn read(
        conn: &mut Conn,
        seen: &Seen,
        here: &Here,
        book: Option<BookId>,
        after: Option<Cursor>,
        limit: i64,
    ) -> Result<Self> {
        let viewer = seen.viewer.as_ref();
        let mut latest = threads::latest(conn, viewer, book, after, limit)?;
        let more = latest.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        latest.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let last = latest.last().map(|thread| format!("?after={}.{}", thread.last_post_at.micros(), thread.id));
        // Pinned threads stand on the first page and nowhere else a second time.
        let mut threads = if after.is_none() { threads::pinned(conn, viewer, book)? } else { Vec::new() };
        threads.extend(latest.into_iter().filter(|thread| !thread.pinned));
        let mut concerned: Vec<BookId> = threads.iter().flat_map(Thread::books).collect();
        concerned.sort_unstable();
        concerned.dedup();
        let reader = bookmarks::reader(conn, viewer, &concerned, &here.unfolds)?;
        Ok(Self { threads, next: last.filter(|_| more), reader })
    }
}

/// Where a list goes on, as its address says it: `1712345678000000.42`.
#[derive(Deserialize)]
pub struct After {
    after: Option<String>,
}

impl After {
    /// Reads it.
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

/// The club's threads.
pub async fn index(visit: Visit, after: web::Query<After>) -> Result<HttpResponse> {
    let after = after.cursor()?;
    let here = visit.here.clone();
    let (frame, list) =
        visit.read(move |conn, seen| ThreadList::read(conn, seen, &here, None, after, threads::PAGE)).await?;
    Ok(html(&IndexPage { frame: frame.at(Nav::Discussions), list }))
}
