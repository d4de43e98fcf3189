//! Meetings: dated events of the club. A meeting keeps its wall time and its zone, and derives the moment. How a host
//! sets one up and changes it is in [`plan`].

mod announcing;
mod deriving;
mod facts;
pub mod form;
mod form_values;
pub mod hours;
mod listing;
pub mod moves;
pub mod plan;
mod room;
mod telling;

pub(in crate::domain) use announcing::{Announced, announce};
pub use deriving::rederive;
pub(in crate::domain) use facts::Facts;
pub use form_values::kept;
pub use listing::{Filter, PAGE, between, coming, for_calendars, of_book, past, years};
pub(in crate::domain) use plan::Described;
pub use room::Room;
pub(in crate::domain) use telling::Changes;

use crate::db::schema::{books, meetings, members};
use crate::db::{Conn, MeetingId, MemberId, Moment};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Sealed};
use crate::domain::core::members::Member;
use crate::domain::core::policy;
use crate::domain::core::words;
use crate::domain::core::zones::Zone;
use crate::domain::library::books::Book;
use crate::domain::safety::quotes::Quotes;
use crate::error::{Error, Result};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use diesel::prelude::*;

/// How long a meeting is taken to be when nobody has said.
const MINUTES: i32 = 120;

/// A meeting.
#[derive(Clone, Debug)]
pub struct Meeting {
    /// Its id.
    pub id: MeetingId,
    /// Its title.
    pub title: String,
    /// The book it is about.
    pub book: Option<Book>,
    /// The day, on the wall.
    pub day: NaiveDate,
    /// The time, on the wall; unknown for some that were imported.
    pub time: Option<NaiveTime>,
    /// How long it lasts.
    pub minutes: Option<i32>,
    /// The IANA zone of its wall time.
    pub zone: String,
    /// When it begins.
    pub starts_at: Moment,
    /// When it ends.
    pub ends_at: Moment,
    /// Where; may be empty.
    pub place: String,
    /// What is said about it. `None` when nothing is, or it is hidden and the viewer is no moderator.
    pub description: Option<Sealed<Prose>>,
    /// Whether anything is.
    pub described: bool,
    /// How far that goes.
    pub reach: Reach,
    /// Whose words it is.
    pub writer_id: Option<MemberId>,
    /// Why that is hidden, when it is.
    pub hidden: Option<String>,
    /// Through where to read for it.
    pub through: Option<Position>,
    /// Why it was cancelled, when it was.
    pub cancelled: Option<String>,
    /// The handle of whoever set it up.
    pub host: Option<String>,
    /// How many have room, and until when answers are taken.
    pub room: Room,
    /// How many members wait for a place.
    pub waiting_count: i32,
    /// How many places are taken: by who comes, guests included.
    pub yes_count: i32,
    /// How many do not.
    pub no_count: i32,
    /// How many may.
    pub maybe_count: i32,
    /// Rises with each change that calendars must hear of (RFC 5545, 3.8.7.4).
    pub sequence: i32,
    /// What calendars know it by, for good.
    pub uid: String,
    /// When it was last changed.
    pub changed_at: Moment,
}

impl Meeting {
    /// Its address.
    pub fn path(&self) -> String {
        format!("/meetings/{}/{}", self.id, self.slug())
    }

    /// The end of its address.
    pub fn slug(&self) -> String {
        words::slug(&self.title, "meeting")
    }

    /// What is said about it, as it is called in a request to unfold it.
    pub fn key(&self) -> Key {
        Key::Meeting(self.id, 0)
    }

    /// Whether it is over.
    pub fn is_past(&self) -> bool {
        self.ends_at < Moment::now()
    }

    /// Whether whoever meant to come to this must think again: it was to be at another time or in another place.
    pub(in crate::domain) fn has_moved_since(&self, before: &Self) -> bool {
        let span = |meeting: &Self| (meeting.day, meeting.time, meeting.minutes, meeting.starts_at, meeting.ends_at);
        let moved = span(self) != span(before) || self.zone != before.zone || self.place != before.place;
        moved && !(self.is_past() && before.is_past())
    }

    /// Whether it has begun.
    pub fn has_begun(&self) -> bool {
        self.starts_at <= Moment::now()
    }

    /// The time at which it ends, on the wall where it takes place.
    pub fn end_time(&self) -> Option<NaiveTime> {
        self.time.and(self.minutes).map(|_| Zone::kept(&self.zone).wall(self.ends_at).time())
    }

    /// Whether what is said about it is hidden from whoever it was read for.
    pub(in crate::domain) fn is_description_hidden(&self) -> bool {
        self.described && self.description.is_none()
    }

    /// Why nothing can be done about it any more.
    pub(in crate::domain) fn closed(&self) -> Error {
        match self.cancelled {
            Some(_) => Error::Conflict("This meeting has already been cancelled."),
            None => Error::Conflict("This meeting is over."),
        }
    }

    /// The town whose clocks its time is read from.
    pub fn town(&self) -> String {
        Zone::kept(&self.zone).town()
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = meetings)]
struct Row {
    id: MeetingId,
    title: String,
    day: NaiveDate,
    time: Option<NaiveTime>,
    minutes: Option<i32>,
    zone: String,
    starts_at: Moment,
    ends_at: Moment,
    place: String,
    html: String,
    reach: Option<Position>,
    through: Option<Position>,
    writer_id: Option<MemberId>,
    cancelled_reason: Option<String>,
    hidden_reason: Option<String>,
    sequence: i32,
    yes_count: i32,
    no_count: i32,
    maybe_count: i32,
    uid: String,
    changed_at: Moment,
    places: Option<i32>,
    guests: i32,
    closes_at: Option<Moment>,
    waiting_count: i32,
}

type Joined = (Row, Option<Book>, Option<String>);

/// Rows as meetings, as this viewer may see them.
fn read(conn: &mut Conn, viewer: Option<&Member>, rows: Vec<Joined>) -> Result<Vec<Meeting>> {
    let quotes = Quotes::among(conn, viewer, rows.iter().map(|(row, ..)| row.html.as_str()))?;
    Ok(rows.into_iter().map(|row| Meeting::new(row, viewer, &quotes)).collect())
}

impl Meeting {
    fn new((row, book, host): Joined, viewer: Option<&Member>, quotes: &Quotes) -> Self {
        let reach = Reach::new(book.as_ref().map(|book| book.id), row.reach);
        let span = book.as_ref().map(|book| book.id);
        let described = !row.html.is_empty();
        let shown = described && policy::shows(row.hidden_reason.as_deref(), viewer);
        let key = Key::Meeting(row.id, 0);
        let sealed = || Prose::quoting(&row.html, reach, key, row.writer_id, span, quotes.posts());
        Self {
            id: row.id,
            title: row.title,
            day: row.day,
            time: row.time,
            minutes: row.minutes,
            zone: row.zone,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            place: row.place,
            description: shown.then(sealed),
            described,
            reach,
            writer_id: row.writer_id,
            hidden: row.hidden_reason,
            through: row.through,
            cancelled: row.cancelled_reason,
            host,
            yes_count: row.yes_count,
            no_count: row.no_count,
            maybe_count: row.maybe_count,
            sequence: row.sequence,
            uid: row.uid,
            room: Room { places: row.places, guests: row.guests, closes_at: row.closes_at },
            waiting_count: row.waiting_count,
            changed_at: row.changed_at,
            book,
        }
    }
}

/// A meeting by its id.
pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: MeetingId) -> Result<Meeting> {
    several(conn, viewer, &[id])?.pop().ok_or(Error::NotFound)
}

/// The meetings with these ids, in one query, or two where they quote posts.
pub fn several(conn: &mut Conn, viewer: Option<&Member>, ids: &[MeetingId]) -> Result<Vec<Meeting>> {
    let rows: Vec<Joined> = meetings::table
        .left_join(books::table)
        .left_join(members::table)
        .filter(meetings::id.eq_any(ids))
        .select((Row::as_select(), Option::<Book>::as_select(), members::handle.nullable()))
        .load(conn)?;
    read(conn, viewer, rows)
}

/// The next meeting that is not over and not cancelled.
pub fn next(conn: &mut Conn) -> Result<Option<Meeting>> {
    let joined: Option<Joined> = meetings::table
        .left_join(books::table)
        .left_join(members::table)
        .filter(meetings::ends_at.gt(Moment::now()))
        .filter(meetings::cancelled_reason.is_null())
        .order((meetings::ends_at, meetings::id))
        .select((Row::as_select(), Option::<Book>::as_select(), members::handle.nullable()))
        .first(conn)
        .optional()?;
    Ok(read(conn, None, joined.into_iter().collect())?.pop())
}

/// When a meeting ends that begins then and lasts so many minutes.
fn ending(starts_at: Moment, minutes: i32) -> Moment {
    Moment::from(starts_at.utc() + TimeDelta::minutes(i64::from(minutes)))
}
