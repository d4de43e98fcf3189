//! Excerpts: synopses, quotes and blurbs on a book's page.

use crate::db::schema::{excerpts, sources};
use crate::db::{BookId, Conn, ExcerptId, Moment, SourceId, word_column};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Sealed};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Body;
use crate::domain::library::books::{self, Book};
use crate::domain::safety::log::facts::Change;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::domain::safety::quotes::Quotes;
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Problems, Result};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum ExcerptKind {
    /// A summary by a publisher or a library catalogue.
    Synopsis,
    /// A passage of the book itself.
    Quote,
    /// A short recommendation.
    Blurb,
}

word_column!(ExcerptKind { Synopsis = "synopsis", Quote = "quote", Blurb = "blurb" });

#[derive(Clone, Debug)]
pub struct Excerpt {
    pub id: ExcerptId,
    pub book: BookId,
    pub kind: ExcerptKind,
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

impl Excerpt {
    pub fn key(&self) -> Key {
        Key::Excerpt(self.id, 0)
    }
}

type Row = (ExcerptId, BookId, ExcerptKind, String, Option<Position>, Option<String>, Option<String>, Option<String>);

/// Seals the texts of these rows for a viewer, with the posts that they quote.
fn read(conn: &mut Conn, viewer: Option<&Member>, rows: Vec<Row>) -> Result<Vec<Excerpt>> {
    let quotes = Quotes::in_texts(conn, viewer, rows.iter().map(|row| row.3.as_str()))?;
    Ok(rows.into_iter().map(|row| excerpt(row, viewer, &quotes)).collect())
}

fn excerpt(row: Row, viewer: Option<&Member>, quotes: &Quotes) -> Excerpt {
    let (id, book, kind, html, position, hidden, byline, site) = row;
    let reach = Reach::new(Some(book), position);
    let shown = policy::is_visible(hidden.as_deref(), viewer);
    let (key, quoted) = (Key::Excerpt(id, 0), quotes.posts());
    let body = shown.then(|| Prose::sealed_with_quotes(&html, reach, key, None, Some(book), quoted));
    Excerpt { id, book, kind, body, hidden, reach, byline, site }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn rows() -> _ {
    excerpts::table.left_join(sources::table).select((
        excerpts::id,
        excerpts::book_id,
        excerpts::kind,
        excerpts::html,
        excerpts::reach,
        excerpts::hidden_reason,
        excerpts::byline,
        sources::site.nullable(),
    ))
}

pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: ExcerptId) -> Result<Excerpt> {
    several(conn, viewer, &[id])?.pop().ok_or(Error::NotFound)
}

/// The excerpts with these ids, in one query, or in two if they quote posts.
pub fn several(conn: &mut Conn, viewer: Option<&Member>, ids: &[ExcerptId]) -> Result<Vec<Excerpt>> {
    let found: Vec<Row> = rows().filter(excerpts::id.eq_any(ids)).load(conn)?;
    read(conn, viewer, found)
}

/// A host sets an excerpt's spoiler level. `reach` is a chapter from 0, or 32767 for the whole book.
pub fn set_reach(conn: &mut Conn, actor: &Member, id: ExcerptId, reach: i32) -> Result<Book> {
    policy::require(Some(actor), Act::ManageBooks)?;
    let excerpt = get(conn, Some(actor), id)?;
    let book = books::get(conn, excerpt.book)?;
    let Some(position) = book.position(reach) else {
        return Err(Error::Refused(Problems::one("reach", "Please choose a spoiler level.")));
    };
    report_cases::require_min_reach(conn, Subject::Excerpt(id), position)?;
    let before = excerpt.reach.position().unwrap_or_default();
    diesel::update(excerpts::table.find(id)).set(excerpts::reach.eq(Some(position))).execute(conn)?;
    let event = Event::ExcerptLevelSet(Change::new(before, position));
    log::record(conn, actor.id, NewLogEntry::new(event, LogSubject::Excerpt(id)))?;
    books::touch(conn, book.id)?;
    Ok(book)
}

/// A book's excerpts, oldest first; at most 100.
pub fn list(conn: &mut Conn, viewer: Option<&Member>, book: &Book) -> Result<Vec<Excerpt>> {
    let of_book = rows().filter(excerpts::book_id.eq(book.id)).order(excerpts::id).limit(100);
    let found: Vec<Row> = of_book.load(conn)?;
    read(conn, viewer, found)
}

/// Adds an excerpt to a book, unless it has the same one already.
pub(in crate::domain) fn add(
    conn: &mut Conn,
    book: &Book,
    kind: ExcerptKind,
    body: &Body,
    reach: Option<Position>,
    byline: Option<&str>,
    source: Option<SourceId>,
) -> Result<()> {
    let same = excerpts::table
        .filter(excerpts::book_id.eq(book.id))
        .filter(excerpts::kind.eq(kind))
        .filter(excerpts::html.eq(&body.html));
    if same.count().get_result::<i64>(conn)? > 0 {
        return Ok(());
    }
    diesel::insert_into(excerpts::table)
        .values((
            excerpts::book_id.eq(book.id),
            excerpts::kind.eq(kind),
            excerpts::html.eq(&body.html),
            excerpts::reach.eq(reach),
            excerpts::byline.eq(byline),
            excerpts::source_id.eq(source),
            excerpts::written_at.eq(Moment::now()),
        ))
        .execute(conn)?;
    books::touch(conn, book.id)
}
