//! The posts about a book, in the order of its chapters.

use crate::db::BookId;
use crate::domain::forum::posts::book_order;
use crate::domain::library::books::{self, Book};
use crate::error::Result;
use crate::pages::forum::chapter_order::{BookOrderList, StartQuery};
use crate::web::frame::{Frame, Section};
use crate::web::html;
use crate::web::request::RequestContext;
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "forum/book_order/show.html")]
struct ShowPage {
    frame: Frame,
    book: Book,
    list: BookOrderList,
}

pub async fn show(
    context: RequestContext,
    id: web::Path<BookId>,
    start: web::Query<StartQuery>,
) -> Result<HttpResponse> {
    let (id, group) = (*id, start.group()?);
    let location = context.location.clone();
    let (frame, (book, list)) = context
        .read(move |conn, viewer| {
            let book = books::get(conn, id)?;
            let entries = book_order::of_book(conn, viewer.member.as_ref(), id, &group)?;
            let list = BookOrderList::new(conn, viewer, &location, id, &start, entries)?;
            Ok((book, list))
        })
        .await?;
    Ok(html(&ShowPage { frame: frame.in_section(Section::Books), book, list }))
}
