//! How hosts edit an agenda: add and rewrite questions, set the order, remove and restore items. Each action is logged
//! without the text.

use super::{AgendaItem, get, require_room};
use crate::db::schema::{agenda_items, members};
use crate::db::{AgendaItemId, BookId, Conn, MeetingId, MemberId, Moment};
use crate::domain::core::gate::{Position, Sealed, spoiler_reach};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act, may};
use crate::domain::core::text_fields::{Body, Reason};
use crate::domain::events::meeting_threads;
use crate::domain::events::meetings::Meeting;
use crate::domain::forum::thread_actions::position_in;
use crate::domain::safety::log::{self, ActingRole, Event, LogSubject, NewLogEntry, Reversal};
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::domain::safety::{post_rules, quotes, screening};
use crate::error::{Error, Problems, Result};
use crate::text;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// The maximum length of a question, in characters.
const MAX_LENGTH: usize = 600;

/// The validated text of an agenda item and its spoiler level in the meeting's book: a chapter number, 32767 for the
/// whole book, 0 for no spoilers.
#[derive(Clone, Debug)]
pub struct AgendaItemInput {
    body: Body,
    reach: i32,
}

impl AgendaItemInput {
    /// Reads the form's fields `body` and `reach`. The text may be empty for an item that is about a post.
    pub fn parse(body: &str, reach: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let length = text::clean(body).chars().count();
        let parsed = match length {
            length if length > MAX_LENGTH => {
                Err(format!("Please shorten the question to {MAX_LENGTH} characters. It has {length}."))
            }
            _ => Body::parse_optional(body),
        };
        let body = problems.check("body", parsed);
        let reach = match reach.trim() {
            "" => Some(0),
            reach => problems.check("reach", reach.parse().map_err(|_| "Please choose a spoiler level.")),
        };
        match (body, reach) {
            (Some(body), Some(reach)) => Ok(Self { body, reach }),
            _ => Err(problems),
        }
    }

    fn require_some(&self) -> Result<()> {
        match self.body.markdown.trim().is_empty() {
            true => Err(Error::Refused(Problems::one("body", "Please write a question."))),
            false => Ok(()),
        }
    }

    fn reach_in(&self, meeting: &Meeting) -> Result<(Option<BookId>, Option<Position>)> {
        let Some(book) = &meeting.book else { return Ok((None, None)) };
        let position = position_in(book, self.reach)?;
        Ok((Some(book.id), Some(position).filter(|position| !position.is_none())))
    }
}

/// Adds a question to the agenda of a meeting.
pub fn create(conn: &mut Conn, host: &Member, id: MeetingId, words: &AgendaItemInput) -> Result<()> {
    policy::require(Some(host), Act::ManageMeetings)?;
    words.require_some()?;
    screening::check_text(conn, host, &[("body", post_rules::FieldText::Body(&words.body))])?;
    let meeting = meeting_threads::lock_meeting(conn, id)?;
    let (book, reach) = words.reach_in(&meeting)?;
    require_room(conn, id)?;
    let row = (
        (agenda_items::meeting_id.eq(id), agenda_items::added_by.eq(host.id), agenda_items::author_id.eq(host.id)),
        (agenda_items::markdown.eq(&words.body.markdown), agenda_items::html.eq(&words.body.html)),
        (agenda_items::reach_book_id.eq(book), agenda_items::reach.eq(reach)),
        (agenda_items::votes_count.eq(0), agenda_items::added_at.eq(Moment::now())),
    );
    diesel::insert_into(agenda_items::table).values(row).execute(conn)?;
    record(conn, host, id, Event::AgendaItemAdded)
}

/// Returns an error if a moderator has hidden the item.
pub fn require_editable(item: &AgendaItem) -> Result<()> {
    match item.hidden {
        Some(_) => Err(Error::Forbidden("A moderator has hidden this question. It can be edited once it’s restored.")),
        None => Ok(()),
    }
}

/// Replaces the text of an item. An item about a post may have no text; then it shows the post's own.
pub fn update(conn: &mut Conn, host: &Member, id: AgendaItemId, words: &AgendaItemInput) -> Result<AgendaItem> {
    policy::require(Some(host), Act::ManageMeetings)?;
    let item = get(conn, Some(host), id)?;
    require_editable(&item)?;
    if item.post.is_none() {
        words.require_some()?;
    }
    screening::check_text(conn, host, &[("body", post_rules::FieldText::Body(&words.body))])?;
    let meeting = meeting_threads::lock_meeting(conn, item.meeting)?;
    let (book, reach) = words.reach_in(&meeting)?;
    report_cases::require_min_reach(conn, Subject::AgendaItem(id), reach.unwrap_or_default())?;
    let the_question = agenda_items::table.find(id);
    // Quotes that the host can't see were left out of the form. If the text is sent back unchanged, keep the stored
    // one.
    if source(conn, host, id)? != words.body.markdown {
        let kept: (String, String) = the_question.select((agenda_items::markdown, agenda_items::html)).first(conn)?;
        let body = quotes::restore_hidden(conn, host, (&kept.0, &kept.1), words.body.clone())?;
        let html = if body.markdown.trim().is_empty() { "" } else { body.html.as_str() };
        let said = (agenda_items::markdown.eq(&body.markdown), agenda_items::html.eq(html));
        diesel::update(the_question).set((said, agenda_items::author_id.eq(host.id))).execute(conn)?;
    }
    let goes = (agenda_items::reach_book_id.eq(book), agenda_items::reach.eq(reach));
    diesel::update(the_question).set(goes).execute(conn)?;
    record(conn, host, item.meeting, Event::AgendaItemReworded)?;
    get(conn, Some(host), id)
}

/// The Markdown of an item. Quotes that this host can't see are left out.
fn source(conn: &mut Conn, host: &Member, id: AgendaItemId) -> Result<String> {
    let columns = (agenda_items::markdown, agenda_items::html);
    let (markdown, html): (String, String) = agenda_items::table.find(id).select(columns).first(conn)?;
    quotes::source(conn, host, (&markdown, &html))
}

/// The Markdown and the spoiler level for the form, sealed at the highest spoiler level found in the text.
pub fn editable_text(conn: &mut Conn, host: &Member, item: &AgendaItem) -> Result<(Sealed<String>, Position)> {
    let columns = (agenda_items::html, agenda_items::reach_book_id, agenda_items::reach);
    let (html, book, reach): (String, Option<BookId>, Option<Position>) =
        agenda_items::table.find(item.id).select(columns).first(conn)?;
    let markdown = source(conn, host, item.id)?;
    let sealed = item.text.reach().farther(spoiler_reach(&html, book));
    let author: Option<_> = agenda_items::table.find(item.id).select(agenda_items::author_id).first(conn)?;
    Ok((Sealed::new(markdown, sealed, item.text.key(), author), reach.unwrap_or_default()))
}

/// Sets the order of an agenda, or with `None` sorts it by votes again. Items with the same number keep the order given
/// here.
pub fn set_order(
    conn: &mut Conn,
    host: &Member,
    id: MeetingId,
    places: Option<Vec<(AgendaItemId, i32)>>,
) -> Result<()> {
    policy::require(Some(host), Act::ManageMeetings)?;
    meeting_threads::lock_meeting(conn, id)?;
    let of_meeting = agenda_items::table.filter(agenda_items::meeting_id.eq(id));
    diesel::update(of_meeting).set(agenda_items::sort_order.eq(None::<i32>)).execute(conn)?;
    let mut places = places.unwrap_or_default();
    places.truncate(usize::try_from(super::MAX_ITEMS).unwrap_or_default());
    places.sort_by_key(|(_, place)| *place);
    for (place, (item, _)) in (1..).zip(places) {
        let own = of_meeting.filter(agenda_items::id.eq(item));
        diesel::update(own).set(agenda_items::sort_order.eq::<i32>(place)).execute(conn)?;
    }
    record(conn, host, id, Event::AgendaReordered)
}

/// Removes an item from the agenda, or restores it. If a moderator who isn't a host does it, the author is notified.
pub fn set_removed(conn: &mut Conn, actor: &Member, id: AgendaItemId, off: bool) -> Result<MeetingId> {
    remove_or_restore(conn, actor, id, off, None)
}

fn remove_or_restore(
    conn: &mut Conn,
    actor: &Member,
    id: AgendaItemId,
    off: bool,
    reason: Option<&Reason>,
) -> Result<MeetingId> {
    policy::require(Some(actor), Act::ManageAgendas)?;
    let columns = (agenda_items::meeting_id, agenda_items::author_id);
    let (meeting, author): (MeetingId, Option<MemberId>) = agenda_items::table.find(id).select(columns).first(conn)?;
    let hosts = may(actor, Act::ManageMeetings);
    if !hosts {
        let role = members::table.filter(members::id.nullable().eq(author)).select(members::role);
        policy::require_moderation(actor, role.first(conn).optional()?)?;
    }
    meeting_threads::lock_meeting(conn, meeting)?;
    if !off {
        require_room(conn, meeting)?;
    }
    let other = agenda_items::table.find(id).filter(agenda_items::removed.ne(off));
    if diesel::update(other).set(agenda_items::removed.eq(off)).execute(conn)? == 0 {
        return Ok(meeting);
    }
    let event = if off { Event::AgendaItemRemoved } else { Event::AgendaItemRestored };
    let entry = NewLogEntry::new(event, LogSubject::Meeting(meeting)).because(reason);
    let entry = entry.undone_by(&RemoveAgendaItem { item: id, off: !off })?;
    let entry = if hosts { entry } else { entry.by(ActingRole::Moderator).concerning(author) };
    log::record(conn, actor.id, entry)?;
    Ok(meeting)
}

/// Removes an item from its agenda, or restores it.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RemoveAgendaItem {
    item: AgendaItemId,
    off: bool,
}

impl Reversal for RemoveAgendaItem {
    const NAME: &'static str = "agenda_item.remove";

    fn topic(&self) -> String {
        format!("off {}", self.item)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        remove_or_restore(conn, actor, self.item, self.off, Some(reason)).map(drop)
    }
}

fn record(conn: &mut Conn, host: &Member, meeting: MeetingId, event: Event) -> Result<()> {
    log::record(conn, host.id, NewLogEntry::new(event, LogSubject::Meeting(meeting)))
}
