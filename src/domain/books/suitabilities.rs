//! From which age on people think a book suitable.

use crate::db::schema::suitabilities;
use crate::db::{BookId, Conn, SourceId};
use crate::error::Result;
use diesel::prelude::*;

/// From which age on somebody thinks a book suitable.
#[derive(Clone, Debug, Queryable)]
pub struct Suitability {
    /// Who thinks so.
    pub byline: String,
    /// Years of age.
    pub years: i32,
}

/// What people think of a book's age suitability.
pub fn list(conn: &mut Conn, book: BookId) -> Result<Vec<Suitability>> {
    let of_book = suitabilities::table.filter(suitabilities::book_id.eq(book)).order(suitabilities::id).limit(50);
    Ok(of_book.select((suitabilities::byline, suitabilities::years)).load(conn)?)
}

/// Keeps what an imported page says of age suitability.
pub(in crate::domain) fn add(conn: &mut Conn, book: BookId, source: SourceId, byline: &str, years: i32) -> Result<()> {
    let row = (
        suitabilities::book_id.eq(book),
        suitabilities::source_id.eq(source),
        suitabilities::byline.eq(byline),
        suitabilities::years.eq(years),
    );
    diesel::insert_into(suitabilities::table).values(row).execute(conn)?;
    Ok(())
}
