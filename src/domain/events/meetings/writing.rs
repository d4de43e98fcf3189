//! Creating, changing and cancelling meetings.

use super::form::{MeetingInput, NO_BOOK};
use super::{Meeting, MeetingColumns, get, moves};
use crate::db::schema::{date_polls, meetings};
use crate::db::{Conn, MeetingId, MemberId, Moment};
use crate::domain::core::club;
use crate::domain::core::gate::Position;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::{Body, Reason};
use crate::domain::core::tokens::Token;
use crate::domain::events::attendance;
use crate::domain::events::rsvps::{self, MeetingNews};
use crate::domain::events::video_links;
use crate::domain::library::books::{self as the_books, Book};
use crate::domain::safety::log::facts::{Change, MeetingChange, NewMeeting, Replacement};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::domain::safety::post_rules::FieldText;
use crate::domain::safety::quotes;
use crate::domain::safety::report_cases;
use crate::domain::safety::screening;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// Chapter numbers of the form, checked against the book's chapters.
struct Chapters {
    reach: Option<Position>,
    through: Option<Position>,
}

fn chapters(conn: &mut Conn, input: &MeetingInput) -> Result<Chapters> {
    let reach = input.description.as_ref().map_or(0, |(_, reach)| *reach);
    let Some(id) = input.book else {
        let needs = Problems::one("through", "Please choose a book, or leave the chapter empty.");
        return if input.through == 0 {
            Ok(Chapters { reach: None, through: None })
        } else {
            Err(Error::Refused(needs))
        };
    };
    let book = the_books::get(conn, id).map_err(|error| match error {
        Error::NotFound => Error::Refused(Problems::one("book", NO_BOOK)),
        other => other,
    })?;
    let mut problems = Problems::default();
    let mut position = |field, number| match book.position(number) {
        Some(Position::NONE) => None,
        Some(position) => Some(position),
        None => {
            problems.add(field, chapter_out_of_range(&book));
            None
        }
    };
    let reach = position("reach", reach);
    let through = position("through", input.through);
    problems.into_result()?;
    Ok(Chapters { reach, through })
}

fn chapter_out_of_range(book: &Book) -> String {
    match book.chapters_count {
        0 => format!("{} has no chapter list. Enter 1 for the whole book.", book.title),
        count => format!("{} has chapters 1 to {count}.", book.title),
    }
}

/// The columns of a description.
pub(in crate::domain) struct Description {
    pub(in crate::domain) markdown: String,
    pub(in crate::domain) html: String,
    pub(in crate::domain) reach: Option<Position>,
    pub(in crate::domain) author: Option<MemberId>,
}

pub(in crate::domain) fn insert(
    conn: &mut Conn,
    host: &Member,
    columns: &MeetingColumns,
    described: &Description,
) -> Result<MeetingId> {
    let Description { markdown, html, reach, author } = described;
    let row = (
        columns,
        (meetings::uid.eq(Token::random()?.0), meetings::markdown.eq(markdown), meetings::html.eq(html)),
        (meetings::reach.eq(*reach), meetings::author_id.eq(*author), meetings::host_id.eq(host.id)),
        (meetings::sequence.eq(0), meetings::created_at.eq(Moment::now()), meetings::changed_at.eq(Moment::now())),
        (meetings::yes_count.eq(0), meetings::no_count.eq(0), meetings::maybe_count.eq(0)),
    );
    Ok(diesel::insert_into(meetings::table).values(row).returning(meetings::id).get_result(conn)?)
}

/// Checks the texts against the club's post rules.
fn screen(conn: &mut Conn, member: &Member, input: &MeetingInput) -> Result<()> {
    let mut fields = vec![("title", FieldText::Plain(&input.title.0)), ("place", FieldText::Plain(&input.place))];
    fields.extend(input.call.as_ref().map(|call| ("call", FieldText::Plain(call.address()))));
    fields.extend(input.description.as_ref().map(|(body, _)| ("body", FieldText::Body(body))));
    screening::check_text(conn, member, &fields)
}

/// Validates the form against its book and the post rules.
pub(in crate::domain) fn validate(
    conn: &mut Conn,
    host: &Member,
    input: &MeetingInput,
) -> Result<(MeetingColumns, Description)> {
    policy::require(Some(host), Act::ManageMeetings)?;
    screen(conn, host, input)?;
    let chapters = chapters(conn, input)?;
    let (markdown, html) = match &input.description {
        Some((body, _)) => (body.markdown.clone(), body.html.clone()),
        None => Default::default(),
    };
    let described = Description { markdown, html, reach: chapters.reach, author: Some(host.id) };
    Ok((MeetingColumns::from_input(input, chapters.through), described))
}

/// Creates a meeting and logs it.
pub fn create(conn: &mut Conn, host: &Member, input: &MeetingInput) -> Result<Meeting> {
    let (columns, described) = validate(conn, host, input)?;
    let id = insert(conn, host, &columns, &described)?;
    video_links::set(conn, id, input.call.as_ref())?;
    club::touch(conn)?;
    let meeting = get(conn, None, id)?;
    let new = NewMeeting { meeting: meeting.log_facts(), video_link: input.call.is_some(), count: 1 };
    let entry = NewLogEntry::new(Event::MeetingCreated(Box::new(new)), LogSubject::Meeting(id));
    log::record(conn, host.id, entry)?;
    Ok(meeting)
}

/// The result of changing one meeting.
pub(in crate::domain) struct MeetingUpdate {
    pub(in crate::domain) after: Meeting,
    /// What became of its video link.
    pub(in crate::domain) video_link_changed: Option<Replacement>,
    /// Whether the description or its spoiler level changed.
    pub(in crate::domain) description_changed: bool,
}

impl MeetingUpdate {
    pub(in crate::domain) fn differs(&self, before: &Meeting) -> bool {
        self.video_link_changed.is_some()
            || self.description_changed
            || MeetingColumns::of(&self.after) != MeetingColumns::of(before)
    }

    /// The entry of the log for it, and for so many others of its series.
    pub(in crate::domain) fn entry(&self, before: &Meeting, others: usize) -> NewLogEntry {
        let change = MeetingChange {
            meeting: Change::new(before.log_facts(), self.after.log_facts()),
            video_link: self.video_link_changed,
            description: self.description_changed,
            others,
        };
        NewLogEntry::new(Event::MeetingChanged(Box::new(change)), LogSubject::Meeting(before.id))
    }
}

/// Changes a meeting; the caller logs it. `sequence` is the version that the host saw. If the meeting was changed
/// since, nothing is saved and the problem is named `sequence`.
pub(in crate::domain) fn update(
    conn: &mut Conn,
    actor: &Member,
    before: &Meeting,
    input: &MeetingInput,
    sequence: i32,
) -> Result<MeetingUpdate> {
    policy::require(Some(actor), Act::ManageMeetings)?;
    screen(conn, actor, input)?;
    let id = before.id;
    let chapters = chapters(conn, input)?;
    if input.description.is_none() && before.has_description && before.book.as_ref().map(|book| book.id) != input.book {
        let sentence = "The hidden description is about the current book. Please show the description before you choose another book.";
        return Err(Error::Refused(Problems::one("book", sentence)));
    }
    // The UPDATE itself checks the version, so that one of two concurrent changes is refused.
    let seen = meetings::table.find(id).filter(meetings::sequence.eq(sequence));
    let columns = MeetingColumns::from_input(input, chapters.through);
    let values = (&columns, meetings::sequence.eq(meetings::sequence + 1), meetings::changed_at.eq(Moment::now()));
    let changed = diesel::update(seen.filter(meetings::cancelled_reason.is_null())).set(values).execute(conn)?;
    if changed == 0 {
        return Err(conflict_with(&get(conn, None, id)?));
    }
    moves::record(conn, before, &columns)?;
    let mut description_changed = false;
    if let Some((body, _)) = &input.description {
        if before.is_description_hidden() {
            return Err(Error::Forbidden(
                "A moderator has hidden this description. It can be edited once it’s restored.",
            ));
        }
        description_changed = update_description(conn, actor, before, body, chapters.reach)?;
    }
    let video_link_changed = video_links::set(conn, id, input.call.as_ref())?;
    let known = before.book.as_ref().map(|book| book.id);
    for book in known.into_iter().chain(input.book.filter(|book| Some(*book) != known)) {
        attendance::update_unlocks(conn, book)?;
    }
    // The capacity may have been raised.
    rsvps::promote_from_waitlist(conn, id)?;
    club::touch(conn)?;
    let after = get(conn, Some(actor), id)?;
    if after.has_moved_since(before) {
        rsvps::notify_respondents(conn, id, MeetingNews::Moved { before, after: &after }, actor.id)?;
    }
    Ok(MeetingUpdate { after, video_link_changed, description_changed })
}

/// Saves these columns and raises the version for calendars.
pub(in crate::domain) fn save(conn: &mut Conn, id: MeetingId, columns: &MeetingColumns) -> Result<()> {
    let values = (columns, meetings::sequence.eq(meetings::sequence + 1), meetings::changed_at.eq(Moment::now()));
    diesel::update(meetings::table.find(id)).set(values).execute(conn)?;
    Ok(())
}

/// Cancels a meeting and others of its series with one log entry, and notifies everyone who answered yes or maybe.
/// Cancelled meetings stay on their pages, with the reason.
pub(in crate::domain) fn cancel(
    conn: &mut Conn,
    actor: &Member,
    id: MeetingId,
    others: &[MeetingId],
    reason: &Reason,
) -> Result<()> {
    policy::require(Some(actor), Act::ManageMeetings)?;
    if mark_cancelled(conn, &[id], reason)? == 0 {
        return Err(get(conn, None, id)?.closed());
    }
    mark_cancelled(conn, others, reason)?;
    // A meeting that had begun no longer unlocks texts for its attendees.
    if let Some(book) = get(conn, None, id)?.book {
        attendance::update_unlocks(conn, book.id)?;
    }
    club::touch(conn)?;
    for id in std::iter::once(&id).chain(others) {
        reopen_date_poll(conn, *id)?;
        rsvps::notify_respondents(conn, *id, MeetingNews::Cancelled(reason), actor.id)?;
    }
    let entry = NewLogEntry::new(Event::MeetingCancelled { others: others.len() }, LogSubject::Meeting(id));
    log::record(conn, actor.id, entry.because(reason))
}

fn mark_cancelled(conn: &mut Conn, ids: &[MeetingId], reason: &Reason) -> Result<usize> {
    let planned = meetings::table.filter(meetings::id.eq_any(ids)).filter(meetings::cancelled_reason.is_null());
    let values = (
        meetings::cancelled_reason.eq(&reason.text),
        meetings::sequence.eq(meetings::sequence + 1),
        meetings::changed_at.eq(Moment::now()),
    );
    Ok(diesel::update(planned.filter(meetings::ends_at.gt(Moment::now()))).set(values).execute(conn)?)
}

fn conflict_with(meeting: &Meeting) -> Error {
    if meeting.cancelled.is_some() {
        return Error::Conflict("This meeting has been cancelled in the meantime.");
    }
    let sentence = "Another host changed this meeting in the meantime. Your changes aren’t saved yet.";
    Error::Refused(Problems::one("sequence", sentence))
}

/// Updates a description and its spoiler level. Returns whether either has changed.
pub(in crate::domain) fn update_description(
    conn: &mut Conn,
    author: &Member,
    before: &Meeting,
    body: &Body,
    reach: Option<Position>,
) -> Result<bool> {
    report_cases::require_min_reach(conn, Subject::MeetingDescription(before.id), reach.unwrap_or_default())?;
    let meeting = meetings::table.find(before.id);
    // Whoever rewrites a description becomes its author: the previous author may not be allowed to see the new text.
    let is_other = super::form::source(conn, author, before.id)? != body.markdown;
    if is_other {
        let kept: (String, String) = meeting.select((meetings::markdown, meetings::html)).first(conn)?;
        let body = quotes::restore_hidden(conn, author, (&kept.0, &kept.1), body.clone())?;
        let said = (meetings::markdown.eq(&body.markdown), meetings::html.eq(&body.html));
        diesel::update(meeting).set((said, meetings::author_id.eq(author.id))).execute(conn)?;
    }
    diesel::update(meeting).set(meetings::reach.eq(reach)).execute(conn)?;
    Ok(is_other || before.reach.position().unwrap_or_default() != reach.unwrap_or_default())
}

/// Reopens the date poll that the cancelled meeting came from, if its last slot is still in the future.
fn reopen_date_poll(conn: &mut Conn, meeting: MeetingId) -> Result<()> {
    let became = date_polls::table.filter(date_polls::meeting_id.eq(meeting));
    let open = became.filter(date_polls::last_slot_at.gt(Moment::now()));
    diesel::update(open).set(date_polls::meeting_id.eq(None::<MeetingId>)).execute(conn)?;
    Ok(())
}
