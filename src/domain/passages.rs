//! What is said about a book beside the threads: synopses, quotes, blurbs.

use crate::db::schema::{passages, sources};
use crate::db::{Conn, Moment, PassageId, SourceId, word_column};
use crate::domain::books::Book;
use crate::domain::seal::{Key, Position, Prose, Reach, Sealed};
use crate::domain::words::Body;
use crate::error::Result;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

/// What a passage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Kind {
    /// What a publisher or a catalogue tells of the book.
    Synopsis,
    /// Words from the book.
    Quote,
    /// A line or two by somebody who recommends it.
    Blurb,
}

word_column!(Kind { Synopsis = "synopsis", Quote = "quote", Blurb = "blurb" });

/// A synopsis, a quote or a blurb.
#[derive(Clone, Debug)]
pub struct Passage {
    /// Which of them.
    pub kind: Kind,
    /// The text.
    pub body: Sealed<Prose>,
    /// Whose words, where that is known.
    pub byline: Option<String>,
    /// The site it comes from.
    pub site: Option<String>,
}

/// A book's passages, the first of each kind first; at most 100.
pub fn list(conn: &mut Conn, book: &Book) -> Result<Vec<Passage>> {
    type Row = (PassageId, Kind, String, Option<Position>, Option<String>, Option<String>);
    let rows: Vec<Row> = passages::table
        .left_join(sources::table)
        .filter(passages::book_id.eq(book.id))
        .order(passages::id)
        .limit(100)
        .select((
            passages::id,
            passages::kind,
            passages::html,
            passages::reach,
            passages::byline,
            sources::site.nullable(),
        ))
        .load(conn)?;
    let passages = rows.into_iter().map(|(id, kind, html, position, byline, site)| {
        let reach = Reach::new(Some(book.id), position);
        let body = Prose::sealed(&html, reach, Key::Passage(id, 0), None, Some(book.id));
        Passage { kind, body, byline, site }
    });
    Ok(passages.collect())
}

/// Adds a passage to a book, unless it has the same one already.
pub(super) fn add(
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
    super::books::touch(conn, book.id)
}
