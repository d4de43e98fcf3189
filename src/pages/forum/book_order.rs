//! The posts about a book, in the order of its chapters.

use crate::db::BookId;
use crate::domain::forum::posts::order;
use crate::domain::library::books::{self, Book};
use crate::error::Result;
use crate::pages::forum::chapter_order::{InOrder, Start};
use crate::web::frame::{Frame, Nav};
use crate::web::html;
use crate::web::request::Visit;
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "forum/book_order/show.html")]
struct ShowPage {
    frame: Frame,
    book: Book,
    list: InOrder,
}

pub async fn show(visit: Visit, id: web::Path<BookId>, start: web::Query<Start>) -> Result<HttpResponse> {
    let (id, stretch) = (*id, start.stretch()?);
    let here = visit.here.clone();
    let (frame, (book, list)) = visit
        .read(move |conn, seen| {
            let book = books::get(conn, id)?;
            let entries = order::of_book(conn, seen.viewer.as_ref(), id, &stretch)?;
            let list = InOrder::new(conn, seen, &here, id, &start, entries)?;
            Ok((book, list))
        })
        .await?;
    Ok(html(&ShowPage { frame: frame.at(Nav::Books), book, list }))
}
