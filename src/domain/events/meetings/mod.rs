//! Meetings: dated events of the club. A meeting stores its local time and zone; the moment in UTC is derived from
//! them.

mod columns;
pub mod deriving;
pub mod form;
mod importing;
mod listing;
pub mod moves;
mod rsvp_limits;
pub mod schedule;
pub mod writing;

pub(in crate::domain) use columns::MeetingColumns;
pub use form::edit_form;
pub(in crate::domain) use importing::{ImportedMeeting, create_imported};
pub use listing::{MeetingFilter, between, for_calendars, of_book, past, upcoming, years};
pub use rsvp_limits::RsvpLimits;

use crate::db::schema::{books, meetings, members};
use crate::db::{Conn, MeetingId, MemberId, Moment};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Sealed};
use crate::domain::core::members::Member;
use crate::domain::core::zones::Zone;
use crate::domain::core::{policy, text_fields};
use crate::domain::library::books::Book;
use crate::domain::safety::log::facts::{MeetingFacts, TimeAndPlace};
use crate::domain::safety::quotes::Quotes;
use crate::error::{Error, Result};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use diesel::prelude::*;

/// The duration in minutes of a meeting that doesn't state one.
const DEFAULT_MINUTES: i32 = 120;

#[derive(Clone, Debug)]
pub struct Meeting {
    pub id: MeetingId,
    pub title: String,
    pub book: Option<Book>,
    /// The local date.
    pub day: NaiveDate,
    /// The local start time; unknown for some imported meetings.
    pub time: Option<NaiveTime>,
    /// Duration in minutes.
    pub minutes: Option<i32>,
    /// The IANA time zone of the local time.
    pub zone: String,
    pub starts_at: Moment,
    pub ends_at: Moment,
    /// May be empty.
    pub place: String,
    /// `None` if there is no description, or if it's hidden and the viewer is no moderator.
    pub description: Option<Sealed<Prose>>,
    /// Whether there is a description, even a hidden one.
    pub has_description: bool,
    /// The spoiler level of the description.
    pub reach: Reach,
    /// The author of the description.
    pub author_id: Option<MemberId>,
    /// Why the description is hidden, if it is.
    pub hidden: Option<String>,
    /// How far attendees read for this meeting.
    pub through: Option<Position>,
    /// The reason, if it was cancelled.
    pub cancelled: Option<String>,
    /// The handle of the host who created it.
    pub host: Option<String>,
    /// Capacity, guests and RSVP deadline.
    pub rsvp_limits: RsvpLimits,
    /// How many members are on the waiting list.
    pub waiting_count: i32,
    /// How many places are taken, including guests.
    pub yes_count: i32,
    /// How many members answered no.
    pub no_count: i32,
    /// How many members answered maybe.
    pub maybe_count: i32,
    /// Goes up with each change that calendars must show (RFC 5545, 3.8.7.4).
    pub sequence: i32,
    /// The permanent identifier in calendars (RFC 5545, 3.8.4.7).
    pub uid: String,
    pub changed_at: Moment,
}

impl Meeting {
    /// The path of its page.
    pub fn path(&self) -> String {
        format!("/meetings/{}/{}", self.id, self.slug())
    }

    pub fn slug(&self) -> String {
        text_fields::slug(&self.title, "meeting")
    }

    /// The key of the description in requests to unfold it.
    pub fn key(&self) -> Key {
        Key::Meeting(self.id, 0)
    }

    pub fn is_past(&self) -> bool {
        self.ends_at < Moment::now()
    }

    /// Whether attendees must know of the move. False if the meeting was over before and still is, because then the change
    /// only corrects a record.
    pub(in crate::domain) fn has_moved_since(&self, before: &Self) -> bool {
        let moved = MeetingColumns::of(self).has_moved_since(&MeetingColumns::of(before));
        moved && !(self.is_past() && before.is_past())
    }

    pub fn has_begun(&self) -> bool {
        self.starts_at <= Moment::now()
    }

    /// The local end time; `None` if only the day is known.
    pub fn end_time(&self) -> Option<NaiveTime> {
        self.time.and(self.minutes).map(|_| Zone::from_stored(&self.zone).wall(self.ends_at).time())
    }

    /// Whether a moderator has hidden the description from the viewer.
    pub(in crate::domain) fn is_description_hidden(&self) -> bool {
        self.has_description && self.description.is_none()
    }

    /// The error for changes to a meeting that is cancelled or over.
    pub(in crate::domain) fn closed(&self) -> Error {
        match self.cancelled {
            Some(_) => Error::Conflict("This meeting has already been cancelled."),
            None => Error::Conflict("This meeting is over."),
        }
    }

    /// The city of its time zone.
    pub fn town(&self) -> String {
        Zone::from_stored(&self.zone).city()
    }
}

/// A meeting's row with its book and the handle of its host.
#[derive(HasQuery)]
#[diesel(table_name = meetings)]
#[diesel(base_query = meetings::table.left_join(books::table).left_join(members::table))]
struct Row {
    id: MeetingId,
    title: String,
    day: NaiveDate,
    time: Option<NaiveTime>,
    duration_minutes: Option<i32>,
    zone: String,
    starts_at: Moment,
    ends_at: Moment,
    place: String,
    html: String,
    reach: Option<Position>,
    through: Option<Position>,
    author_id: Option<MemberId>,
    cancelled_reason: Option<String>,
    hidden_reason: Option<String>,
    sequence: i32,
    yes_count: i32,
    no_count: i32,
    maybe_count: i32,
    uid: String,
    changed_at: Moment,
    waitlist_count: i32,
    #[diesel(embed)]
    rsvp_limits: RsvpLimits,
    #[diesel(embed)]
    book: Option<Book>,
    #[diesel(select_expression = members::handle.nullable())]
    host: Option<String>,
}

/// Converts rows to meetings as this viewer may see them.
fn read(conn: &mut Conn, viewer: Option<&Member>, rows: Vec<Row>) -> Result<Vec<Meeting>> {
    let quotes = Quotes::in_texts(conn, viewer, rows.iter().map(|row| row.html.as_str()))?;
    Ok(rows.into_iter().map(|row| Meeting::new(row, viewer, &quotes)).collect())
}

impl Meeting {
    fn new(row: Row, viewer: Option<&Member>, quotes: &Quotes) -> Self {
        let span = row.book.as_ref().map(|book| book.id);
        let reach = Reach::new(span, row.reach);
        let has_description = !row.html.is_empty();
        let shown = has_description && policy::is_visible(row.hidden_reason.as_deref(), viewer);
        let key = Key::Meeting(row.id, 0);
        let sealed = || Prose::sealed_with_quotes(&row.html, reach, key, row.author_id, span, quotes.posts());
        Self {
            id: row.id,
            title: row.title,
            day: row.day,
            time: row.time,
            minutes: row.duration_minutes,
            zone: row.zone,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            place: row.place,
            description: shown.then(sealed),
            has_description,
            reach,
            author_id: row.author_id,
            hidden: row.hidden_reason,
            through: row.through,
            cancelled: row.cancelled_reason,
            host: row.host,
            yes_count: row.yes_count,
            no_count: row.no_count,
            maybe_count: row.maybe_count,
            sequence: row.sequence,
            uid: row.uid,
            rsvp_limits: row.rsvp_limits,
            waiting_count: row.waitlist_count,
            changed_at: row.changed_at,
            book: row.book,
        }
    }
}

pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: MeetingId) -> Result<Meeting> {
    several(conn, viewer, &[id])?.pop().ok_or(Error::NotFound)
}

/// The meetings with these ids that exist, in one query, or two if descriptions quote posts.
pub fn several(conn: &mut Conn, viewer: Option<&Member>, ids: &[MeetingId]) -> Result<Vec<Meeting>> {
    let rows = Row::query().filter(meetings::id.eq_any(ids)).load(conn)?;
    read(conn, viewer, rows)
}

/// The first meeting that is neither over nor cancelled.
pub fn next(conn: &mut Conn) -> Result<Option<Meeting>> {
    let next = Row::query()
        .filter(meetings::ends_at.gt(Moment::now()))
        .filter(meetings::cancelled_reason.is_null())
        .order((meetings::ends_at, meetings::id))
        .limit(1)
        .load(conn)?;
    Ok(read(conn, None, next)?.pop())
}

fn add_minutes(starts_at: Moment, minutes: i32) -> Moment {
    Moment::from(starts_at.utc() + TimeDelta::minutes(i64::from(minutes)))
}

impl Meeting {
    /// What anybody may know of it.
    pub(in crate::domain) fn log_facts(&self) -> MeetingFacts {
        MeetingFacts {
            title: self.title.clone(),
            held: self.held(),
            book: self.book.as_ref().map(|book| book.title.clone()),
            through: self.through,
            capacity: self.rsvp_limits.places,
            guests_allowed: self.rsvp_limits.guests,
            rsvp_until: self.rsvp_limits.closes_at,
        }
    }

    /// When and where it is.
    pub(in crate::domain) fn held(&self) -> TimeAndPlace {
        TimeAndPlace {
            day: self.day,
            time: self.time,
            end_time: self.end_time(),
            zone: self.zone.clone(),
            place: self.place.clone(),
        }
    }
}
