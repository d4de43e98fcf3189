//! A thread's posts in book order instead of by date.

use crate::db::ThreadId;
use crate::domain::forum::posts::order;
use crate::domain::forum::threads::{self, Thread};
use crate::error::{Error, Result};
use crate::pages::forum::chapter_order::{InOrder, Start};
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, moved};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Template)]
#[template(path = "forum/threads/order.html")]
struct OrderPage {
    frame: Frame,
    thread: Thread,
    list: InOrder,
}

/// Fails with 404 if the thread is about no book.
pub(super) async fn show(visit: Visit, id: ThreadId, slug: String, start: Start) -> Result<HttpResponse> {
    let stretch = start.stretch()?;
    let here = visit.here.clone();
    let (frame, (thread, list)) = visit
        .read(move |conn, seen| {
            let thread = threads::get(conn, id)?;
            let book = thread.book_id().ok_or(Error::NotFound)?;
            let entries = order::of_thread(conn, seen.viewer.as_ref(), &thread, &stretch)?;
            let list = InOrder::new(conn, seen, &here, book, &start, entries)?;
            Ok((thread, list))
        })
        .await?;
    if !thread.is_at(&slug, &list.reader) || thread.id != id {
        return Ok(moved(&format!("{}?order=book", thread.path_for(&list.reader))));
    }
    Ok(html(&OrderPage { frame: frame.at(Nav::Discussions), thread, list }))
}
