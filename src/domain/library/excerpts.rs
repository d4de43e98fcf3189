//! Excerpts: synopses, quotes and blurbs on a book's page.

use crate::db::schema::{passages, sources};
use crate::db::{BookId, Conn, Moment, PassageId, SourceId, word_column};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Sealed};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::words::Body;
use crate::domain::library::books::{self, Book};
use crate::domain::safety::log::{self, Entry};
use crate::domain::safety::quotes::Quotes;
use crate::error::{Error, Problems, Result};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Kind {
    /// A summary by a publisher or a library catalogue.
    Synopsis,
    /// A passage of the book itself.
    Quote,
    /// A short recommendation.
    Blurb,
}

word_column!(Kind { Synopsis = "synopsis", Quote = "quote", Blurb = "blurb" });

#[derive(Clone, Debug)]
pub struct Passage {
    pub id: PassageId,
    pub book: BookId,
    pub kind: Kind,
    /// `None` if it is hidden from the viewer.
    pub body: Option<Sealed<Prose>>,
    /// Why a moderator has hidden it.
    pub hidden: Option<String>,
    pub reach: Reach,
    /// Who wrote it, if known; imported authors are not members.
    pub byline: Option<String>,
    /// The website it was imported from.
    pub site: Option<String>,
}

impl Passage {
    pub fn key(&self) -> Key {
        Key::Passage(self.id, 0)
    }
}

type Row = (PassageId, BookId, Kind, String, Option<Position>, Option<String>, Option<String>, Option<String>);

/// Seals the texts of these rows for a viewer, with the posts that they quote.
fn read(conn: &mut Conn, viewer: Option<&Member>, rows: Vec<Row>) -> Result<Vec<Passage>> {
    let quotes = Quotes::among(conn, viewer, rows.iter().map(|row| row.3.as_str()))?;
    Ok(rows.into_iter().map(|row| passage(row, viewer, &quotes)).collect())
}

fn passage(row: Row, viewer: Option<&Member>, quotes: &Quotes) -> Passage {
    let (id, book, kind, html, position, hidden, byline, site) = row;
    let reach = Reach::new(Some(book), position);
    let shown = policy::shows(hidden.as_deref(), viewer);
    let (key, quoted) = (Key::Passage(id, 0), quotes.posts());
    let body = shown.then(|| Prose::quoting(&html, reach, key, None, Some(book), quoted));
    Passage { id, book, kind, body, hidden, reach, byline, site }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn rows() -> _ {
    passages::table.left_join(sources::table).select((
        passages::id,
        passages::book_id,
        passages::kind,
        passages::html,
        passages::reach,
        passages::hidden_reason,
        passages::byline,
        sources::site.nullable(),
    ))
}

pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: PassageId) -> Result<Passage> {
    several(conn, viewer, &[id])?.pop().ok_or(Error::NotFound)
}

/// The excerpts with these ids, in one query, or in two if they quote posts.
pub fn several(conn: &mut Conn, viewer: Option<&Member>, ids: &[PassageId]) -> Result<Vec<Passage>> {
    let found: Vec<Row> = rows().filter(passages::id.eq_any(ids)).load(conn)?;
    read(conn, viewer, found)
}

/// A host sets an excerpt's spoiler level. `reach` is a chapter from 0, or 32767 for the whole book.
pub fn set_reach(conn: &mut Conn, actor: &Member, id: PassageId, reach: i32) -> Result<Book> {
    policy::require(Some(actor), Act::KeepBooks)?;
    let passage = get(conn, Some(actor), id)?;
    let book = books::get(conn, passage.book)?;
    let Some(position) = book.position(reach) else {
        return Err(Error::Refused(Problems::one("reach", "Please choose a spoiler level.")));
    };
    let before = passage.reach.position().unwrap_or_default();
    diesel::update(passages::table.find(id)).set(passages::reach.eq(Some(position))).execute(conn)?;
    log::record(conn, actor.id, &Entry::passage(book.id, passage.kind.as_str(), before, position))?;
    books::touch(conn, book.id)?;
    Ok(book)
}

/// A book's excerpts, oldest first; at most 100.
pub fn list(conn: &mut Conn, viewer: Option<&Member>, book: &Book) -> Result<Vec<Passage>> {
    let of_book = rows().filter(passages::book_id.eq(book.id)).order(passages::id).limit(100);
    let found: Vec<Row> = of_book.load(conn)?;
    read(conn, viewer, found)
}

/// Adds an excerpt to a book, unless it has the same one already.
pub(in crate::domain) fn add(
    conn: &mut Conn,
    book: &Book,
    kind: Kind,
    body: &Body,
    reach: Option<Position>,
    byline: Option<&str>,
    source: Option<SourceId>,
) -> Result<()> {
    let same = passages::table
        .filter(passages::book_id.eq(book.id))
        .filter(passages::kind.eq(kind))
        .filter(passages::html.eq(&body.html));
    if same.count().get_result::<i64>(conn)? > 0 {
        return Ok(());
    }
    diesel::insert_into(passages::table)
        .values((
            passages::book_id.eq(book.id),
            passages::kind.eq(kind),
            passages::html.eq(&body.html),
            passages::reach.eq(reach),
            passages::byline.eq(byline),
            passages::source_id.eq(source),
            passages::written_at.eq(Moment::now()),
        ))
        .execute(conn)?;
    books::touch(conn, book.id)
}
