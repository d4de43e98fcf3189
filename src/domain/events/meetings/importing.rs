//! Meetings from imported pages and of the starter club.

use super::{DEFAULT_MINUTES, add_minutes};
use crate::db::schema::meetings;
use crate::db::{Conn, Moment, SourceId};
use crate::domain::core::club;
use crate::domain::core::gate::{Position, Reach};
use crate::domain::core::text_fields::{Body, Title};
use crate::domain::core::tokens::Token;
use crate::domain::core::zones::{WallTime, Zone};
use crate::domain::library::books::Book;
use crate::error::{Error, Result};
use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;

/// A meeting that an imported page announces, or one of the starter club.
pub(in crate::domain) struct ImportedMeeting<'a> {
    pub(in crate::domain) title: &'a Title,
    pub(in crate::domain) book: &'a Book,
    pub(in crate::domain) day: NaiveDate,
    pub(in crate::domain) body: &'a Body,
    pub(in crate::domain) reach: Reach,
    pub(in crate::domain) source: Option<SourceId>,
    pub(in crate::domain) place: &'a str,
    pub(in crate::domain) time: Option<NaiveTime>,
    pub(in crate::domain) through: Option<Position>,
}

/// Inserts the meeting, unless the book already has a meeting on that day.
pub(in crate::domain) fn create_imported(conn: &mut Conn, announced: &ImportedMeeting<'_>) -> Result<()> {
    let same = meetings::table
        .filter(meetings::book_id.eq(announced.book.id))
        .filter(meetings::day.eq(announced.day))
        .count()
        .get_result::<i64>(conn)?;
    if same > 0 {
        return Ok(());
    }
    let zone = Zone::from_stored(&club::get(conn)?.zone);
    // A local time that the clocks skip on that day counts as unknown.
    let timed = announced.time.and_then(|time| match zone.moment(announced.day, time) {
        WallTime::Once(at) | WallTime::Twice(at, _) => Some((time, at)),
        WallTime::Never => None,
    });
    let (starts_at, ends_at) = match timed {
        Some((_, at)) => (at, add_minutes(at, DEFAULT_MINUTES)),
        None => {
            zone.day_bounds(announced.day).ok_or_else(|| Error::Internal("a meeting's day is out of range".into()))?
        }
    };
    let (time, minutes) = timed.map(|(time, _)| (time, DEFAULT_MINUTES)).unzip();
    let row = (
        (meetings::uid.eq(Token::random()?.0), meetings::title.eq(&announced.title.0)),
        (meetings::book_id.eq(announced.book.id), meetings::source_id.eq(announced.source)),
        (meetings::day.eq(announced.day), meetings::time.eq(time), meetings::duration_minutes.eq(minutes)),
        (meetings::zone.eq(zone.name()), meetings::starts_at.eq(starts_at)),
        (meetings::ends_at.eq(ends_at), meetings::place.eq(announced.place)),
        (meetings::markdown.eq(&announced.body.markdown), meetings::html.eq(&announced.body.html)),
        (meetings::reach.eq(announced.reach.position()), meetings::through.eq(announced.through)),
        (meetings::sequence.eq(0), meetings::created_at.eq(Moment::now()), meetings::changed_at.eq(Moment::now())),
        (meetings::yes_count.eq(0), meetings::no_count.eq(0), meetings::maybe_count.eq(0)),
    );
    diesel::insert_into(meetings::table).values(row).execute(conn)?;
    club::touch(conn)
}
