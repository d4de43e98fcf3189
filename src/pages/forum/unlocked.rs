//! Posts unlocked since a member caught up, and the reminders that are due.

use crate::db::{BookId, Conn};
use crate::domain::core::gate::{Position, Reader};
use crate::domain::forum::unlocked::{self, UnlockedPosts};
use crate::domain::forum::watches::{self, DueReminder};
use crate::domain::library::books::{self, Book};
use crate::error::Result;
use crate::pages::forum::book_order::{BookOrderList, StartQuery, reader_of};
use crate::pages::library::books::path;
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::location::Location;
use crate::web::request::{RequestContext, Viewer};
use crate::web::{html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Due reminders and unlocked posts, shown first on the home page or on a book's page.
pub struct ReadingUpdates {
    pub due: Vec<DueReminder>,
    /// Unlocked posts by book.
    pub unlocked: Vec<UnlockedPosts>,
    pub reader: Reader,
}

impl ReadingUpdates {
    /// Reads them for one book, or for all if `book` is `None`. Visitors have none.
    pub fn read(conn: &mut Conn, viewer: &Viewer, location: &Location, book: Option<&Book>) -> Result<Self> {
        let Some(member) = viewer.member.as_ref() else {
            return Ok(Self { due: Vec::new(), unlocked: Vec::new(), reader: Reader::visitor() });
        };
        let due = watches::due(conn, member, book.map(|book| book.id))?;
        let unlocked: Vec<UnlockedPosts> = match book {
            Some(book) => unlocked::of_book(conn, member, book)?.into_iter().collect(),
            None => unlocked::of_member(conn, member)?,
        };
        let concerned: Vec<BookId> = due.iter().flat_map(|watched| watched.thread.books()).collect();
        let entries: Vec<_> = unlocked.iter().flat_map(|unlocked| unlocked.first.iter().cloned()).collect();
        Ok(Self { due, reader: reader_of(conn, viewer, location, &concerned, &entries)?, unlocked })
    }
}

#[derive(Template)]
#[template(path = "forum/unlocked/show.html")]
struct ShowPage {
    frame: Frame,
    book: Book,
    through: Position,
    list: BookOrderList,
}

impl ShowPage {
    /// How far the list goes: "chapter 9" or "the end".
    fn end(&self) -> String {
        self.through.end()
    }
}

/// The unlocked posts of a book, in book order.
pub async fn show(
    context: RequestContext,
    id: web::Path<BookId>,
    start: web::Query<StartQuery>,
) -> Result<HttpResponse> {
    let (id, after) = (*id, start.after()?);
    let location = context.location.clone();
    let (frame, (book, through, list)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let book = books::get(conn, id)?;
            let (through, entries) = unlocked::page(conn, member, id, after)?;
            let list = BookOrderList::new(conn, viewer, &location, id, &start, entries)?;
            Ok((book, through, list))
        })
        .await?;
    Ok(html(&ShowPage { frame: frame.in_section(Section::Books), book, through, list }))
}

/// `through` is how far the page went that the member read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct CaughtUpForm {
    through: String,
}

/// Marks the unlocked posts as read.
pub async fn update(
    context: RequestContext,
    id: web::Path<BookId>,
    Form(form): Form<CaughtUpForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let through = form.through.parse().ok().map(|chapter| Position::from_chapter(Some(chapter)));
    let book = context
        .write(move |conn, member| {
            let book = books::get(conn, id)?;
            unlocked::catch_up(conn, member, id, through)?;
            Ok(book)
        })
        .await?;
    Ok(see_other_with_flash(&path(&book), "All marked as read."))
}
