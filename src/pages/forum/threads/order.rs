//! A thread's posts in book order instead of by date.

use crate::db::ThreadId;
use crate::domain::forum::posts::book_order;
use crate::domain::forum::threads::{self, Thread};
use crate::error::{Error, Result};
use crate::pages::forum::chapter_order::{BookOrderList, StartQuery};
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{html, moved_permanently};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Template)]
#[template(path = "forum/threads/order.html")]
struct OrderPage {
    frame: Frame,
    thread: Thread,
    list: BookOrderList,
}

/// Fails with 404 if the thread is about no book.
pub(super) async fn show(
    context: RequestContext,
    id: ThreadId,
    slug: String,
    start: StartQuery,
) -> Result<HttpResponse> {
    let group = start.group()?;
    let location = context.location.clone();
    let (frame, (thread, list)) = context
        .read(move |conn, viewer| {
            let thread = threads::get(conn, id)?;
            let book = thread.book_id().ok_or(Error::NotFound)?;
            let entries = book_order::of_thread(conn, viewer.member.as_ref(), &thread, &group)?;
            let list = BookOrderList::new(conn, viewer, &location, book, &start, entries)?;
            Ok((thread, list))
        })
        .await?;
    if !thread.has_slug(&slug, &list.reader) || thread.id != id {
        return Ok(moved_permanently(&format!("{}?order=book", thread.path_for(&list.reader))));
    }
    Ok(html(&OrderPage { frame: frame.in_section(Section::Discussions), thread, list }))
}
