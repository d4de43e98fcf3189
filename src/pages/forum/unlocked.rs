//! Posts unlocked since a member caught up, and the reminders that are due.

use crate::db::{BookId, Conn};
use crate::domain::core::gate::{Position, Reader};
use crate::domain::forum::unlocked::{self, Opened};
use crate::domain::forum::watches::{self, Watched};
use crate::domain::library::books::{self, Book};
use crate::error::Result;
use crate::pages::forum::chapter_order::{InOrder, Start, reader_of};
use crate::pages::library::books::path;
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::location::Here;
use crate::web::request::{Seen, Visit};
use crate::web::{html, see_other_saying};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Due reminders and unlocked posts, shown first on the home page or on a book's page.
pub struct Arrivals {
    /// Due reminders.
    pub told: Vec<Watched>,
    /// Unlocked posts by book.
    pub opened: Vec<Opened>,
    pub reader: Reader,
}

impl Arrivals {
    /// Reads them for one book, or for all if `book` is `None`. Visitors have none.
    pub fn read(conn: &mut Conn, seen: &Seen, here: &Here, book: Option<&Book>) -> Result<Self> {
        let Some(member) = seen.viewer.as_ref() else {
            return Ok(Self { told: Vec::new(), opened: Vec::new(), reader: Reader::visitor() });
        };
        let told = watches::reached(conn, member, book.map(|book| book.id))?;
        let opened: Vec<Opened> = match book {
            Some(book) => unlocked::of_book(conn, member, book)?.into_iter().collect(),
            None => unlocked::of_member(conn, member)?,
        };
        let concerned: Vec<BookId> = told.iter().flat_map(|watched| watched.thread.books()).collect();
        let entries: Vec<_> = opened.iter().flat_map(|opened| opened.first.iter().cloned()).collect();
        Ok(Self { told, reader: reader_of(conn, seen, here, &concerned, &entries)?, opened })
    }
}

#[derive(Template)]
#[template(path = "forum/unlocked/show.html")]
struct ShowPage {
    frame: Frame,
    book: Book,
    through: Position,
    list: InOrder,
}

impl ShowPage {
    /// How far the list goes: "chapter 9" or "the end".
    fn end(&self) -> String {
        self.through.end()
    }
}

/// The unlocked posts of a book, in book order.
pub async fn show(visit: Visit, id: web::Path<BookId>, start: web::Query<Start>) -> Result<HttpResponse> {
    let (id, after) = (*id, start.after()?);
    let here = visit.here.clone();
    let (frame, (book, through, list)) = visit
        .read(move |conn, seen| {
            let member = seen.member()?;
            let book = books::get(conn, id)?;
            let (through, entries) = unlocked::page(conn, member, id, after)?;
            let list = InOrder::new(conn, seen, &here, id, &start, entries)?;
            Ok((book, through, list))
        })
        .await?;
    Ok(html(&ShowPage { frame: frame.at(Nav::Books), book, through, list }))
}

/// `through` is how far the page went that the member read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct CaughtUpForm {
    through: String,
}

/// Marks the unlocked posts as read.
pub async fn update(visit: Visit, id: web::Path<BookId>, Form(form): Form<CaughtUpForm>) -> Result<HttpResponse> {
    let id = *id;
    let through = form.through.parse().ok().map(|chapter| Position::named(Some(chapter)));
    let book = visit
        .write(move |conn, member| {
            let book = books::get(conn, id)?;
            unlocked::catch_up(conn, member, id, through)?;
            Ok(book)
        })
        .await?;
    Ok(see_other_saying(&path(&book), "All marked as read."))
}
