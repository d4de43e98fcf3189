//! Staff notes: what moderators write about a member to each other. A note is never changed or deleted, and its member
//! never sees it.

use crate::db::schema::{members, staff_notes};
use crate::db::{Conn, Moment, StaffNoteId};
use crate::domain::core::members::Member;
use crate::domain::core::pagination::Page;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::has_spoiler_markup;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::error::{Error, Problems, Result};
use crate::text;
use diesel::prelude::*;

#[derive(Clone, Debug, Queryable)]
pub struct Note {
    pub id: StaffNoteId,
    /// Plain text.
    pub body: String,
    /// The author's handle.
    pub author: String,
    pub written_at: Moment,
}

/// A parsed note.
#[derive(Clone, Debug)]
pub struct NewNote(String);

impl NewNote {
    pub fn parse(input: &str) -> Result<Self> {
        let body = text::clean(input).trim().to_owned();
        let refused = |sentence: &str| Err(Error::Refused(Problems::one("note", sentence)));
        match body.chars().count() {
            0 => refused("Please write something."),
            2001.. => refused("Please keep a note to 2,000 characters."),
            _ if has_spoiler_markup(&body) => refused("Spoilers can’t be hidden in notes. Please remove the bars."),
            _ => Ok(Self(body)),
        }
    }
}

/// Adds a note about a member. The log says that a note was added, but not what it says.
pub fn create(conn: &mut Conn, author: &Member, member: &Member, new: &NewNote) -> Result<()> {
    policy::require(Some(author), Act::Moderate)?;
    if author.id == member.id {
        return Err(Error::Forbidden("You can’t read or add notes about yourself."));
    }
    let row = (
        (staff_notes::member_id.eq(member.id), staff_notes::author_id.eq(author.id)),
        (staff_notes::body.eq(&new.0), staff_notes::written_at.eq(Moment::now())),
    );
    diesel::insert_into(staff_notes::table).values(row).execute(conn)?;
    let entry = NewLogEntry::new(Event::StaffNoteAdded, LogSubject::Member(member.id));
    log::record(conn, author.id, entry.about(member.id))
}

/// Notes per page.
const PAGE: i64 = 20;

/// The notes on a member before the given one, newest first. Empty if the reader is that member.
pub fn list(
    conn: &mut Conn,
    reader: &Member,
    member: &Member,
    before: Option<StaffNoteId>,
) -> Result<Page<Note, StaffNoteId>> {
    policy::require(Some(reader), Act::Moderate)?;
    if reader.id == member.id {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let found = staff_notes::table
        .inner_join(members::table)
        .filter(staff_notes::member_id.eq(member.id))
        .filter(staff_notes::id.lt(before.unwrap_or(StaffNoteId(i64::MAX))))
        .order(staff_notes::id.desc())
        .limit(PAGE + 1)
        .select((staff_notes::id, staff_notes::body, members::handle, staff_notes::written_at))
        .load(conn)?;
    Ok(Page::new(found, PAGE, |note: &Note| note.id))
}
