//! Adjusts meetings when the contents of their book change.

use crate::db::schema::meetings;
use crate::db::{BookId, Conn, Moment};
use crate::domain::core::gate::Position;
use crate::error::Result;
use diesel::prelude::*;

/// Meetings about this book that go up to a chapter from `from` to before `until` go up to `through` instead; 0 means
/// no chapter. Raises their `sequence`, so that calendars take over the change.
pub(super) fn trim(conn: &mut Conn, book: BookId, (from, until): (i32, i32), through: i32) -> Result<()> {
    let of_book = meetings::table.filter(meetings::book_id.eq(book));
    let between = of_book.filter(meetings::through.ge(from)).filter(meetings::through.lt(until));
    let through = Position::new(through, i32::MAX).filter(|through| !through.is_none());
    let values = (
        meetings::through.eq(through),
        meetings::sequence.eq(meetings::sequence + 1),
        meetings::changed_at.eq(Moment::now()),
    );
    diesel::update(between).set(values).execute(conn)?;
    Ok(())
}
