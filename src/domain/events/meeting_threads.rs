//! The forum thread of a meeting. A host creates it when it's needed. After threads are merged, the meeting's thread is
//! the one that its posts moved to.

use crate::config::Limits;
use crate::db::schema::{meeting_threads, meetings};
use crate::db::{BookId, Conn, MeetingId, ThreadId, dialect};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::{Body, Title};
use crate::domain::events::meetings::{self as the_meetings, Meeting};
use crate::domain::forum::thread_actions::{self, NewThread};
use crate::domain::forum::threads::{self, Thread};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::error::{Error, Result};
use crate::text;
use chrono::NaiveDate;
use diesel::prelude::*;

pub fn find(conn: &mut Conn, meeting: MeetingId) -> Result<Option<Thread>> {
    let own: Option<ThreadId> =
        meeting_threads::table.find(meeting).select(meeting_threads::thread_id).first(conn).optional()?;
    own.map(|thread| threads::get(conn, thread)).transpose()
}

/// The meetings whose thread this is, latest first: at most three, and more than one only if threads were merged.
pub fn meetings_of_thread(conn: &mut Conn, thread: ThreadId) -> Result<Vec<Meeting>> {
    let found = meeting_threads::table
        .filter(meeting_threads::thread_id.eq(thread))
        .order(meeting_threads::meeting_id.desc())
        .limit(3);
    let ids: Vec<MeetingId> = found.select(meeting_threads::meeting_id).load(conn)?;
    if ids.is_empty() { Ok(Vec::new()) } else { the_meetings::several(conn, None, &ids) }
}

/// The thread of a meeting. Creates it and logs that if the meeting has none yet.
pub fn find_or_create(conn: &mut Conn, host: &Member, id: MeetingId, limits: Limits) -> Result<Thread> {
    policy::require(Some(host), Act::ManageMeetings)?;
    let meeting = lock_meeting(conn, id)?;
    if let Some(thread) = find(conn, id)? {
        return Ok(thread);
    }
    let title: String = format!("Meeting: {}", meeting.title).chars().take(150).collect();
    let opening = format!(
        "This is the place to discuss [{}](/meetings/{id}), before and after the meeting.",
        text::escape(&meeting.title)
    );
    let body = Body::parse(&opening).map_err(|sentence| Error::Internal(sentence.into()))?;
    let new = NewThread::discussion(meeting.book.as_ref().map(|book| book.id), Title(title), body);
    let thread = thread_actions::create(conn, host, &new, limits)?;
    let row = (
        meeting_threads::meeting_id.eq(id),
        meeting_threads::original_thread_id.eq(thread),
        meeting_threads::thread_id.eq(thread),
    );
    diesel::insert_into(meeting_threads::table).values(row).execute(conn)?;
    log::record(conn, host.id, NewLogEntry::new(Event::MeetingThreadStarted, LogSubject::Meeting(id)))?;
    threads::get(conn, thread)
}

/// Locks a meeting's row until the end of the transaction, so that concurrent writes to the meeting run one after the
/// other.
pub(in crate::domain) fn lock_meeting(conn: &mut Conn, id: MeetingId) -> Result<Meeting> {
    dialect::lock(conn, meetings::table.find(id), meetings::yes_count)?;
    the_meetings::get(conn, None, id)
}

/// The next ten meetings about a book, soonest first. The label has the date because meetings of a series share a
/// title.
pub fn upcoming_meetings(conn: &mut Conn, book: Option<BookId>) -> Result<Vec<(MeetingId, String)>> {
    let Some(book) = book else { return Ok(Vec::new()) };
    let coming = meetings::table
        .filter(meetings::book_id.eq(book))
        .filter(meetings::ends_at.gt(crate::db::Moment::now()))
        .filter(meetings::cancelled_reason.is_null())
        .order((meetings::ends_at, meetings::id))
        .limit(10);
    let coming: Vec<(MeetingId, String, NaiveDate)> =
        coming.select((meetings::id, meetings::title, meetings::day)).load(conn)?;
    let named =
        |(id, title, day): (MeetingId, String, NaiveDate)| (id, format!("{title}, {}", day.format("%-d %B %Y")));
    Ok(coming.into_iter().map(named).collect())
}
