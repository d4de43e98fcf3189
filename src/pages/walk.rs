//! A walk through a book: all that was said of it, in the order of its chapters.

use crate::db::BookId;
use crate::domain::books::{self, Book};
use crate::domain::posts::order;
use crate::error::Result;
use crate::pages::frame::{Frame, Nav};
use crate::pages::html;
use crate::pages::order::{InOrder, Start};
use crate::pages::visit::Visit;
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "walk/show.html")]
struct ShowPage {
    frame: Frame,
    book: Book,
    list: InOrder,
}

/// A book's posts in book order.
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
