//! How hosts edit an agenda: add and rewrite questions, set the order, remove and restore items. Each action is logged
//! without the text.

use super::{Question, get, require_room};
use crate::db::schema::{members, questions};
use crate::db::{BookId, Conn, MeetingId, MemberId, Moment, QuestionId};
use crate::domain::core::gate::{Position, Sealed, spoiled};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act, may};
use crate::domain::core::words::{Body, Reason};
use crate::domain::events::meeting_threads;
use crate::domain::events::meetings::Meeting;
use crate::domain::forum::threads::no_such_chapter;
use crate::domain::safety::log::{self, Entry, Office, Reversal};
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::domain::safety::{post_rules, quotes, screening};
use crate::error::{Error, Problems, Result};
use crate::text;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// The maximum length of a question, in characters.
const LONGEST: usize = 600;

/// The validated text of an agenda item and its spoiler level in the meeting's book: a chapter number, 32767 for the
/// whole book, 0 for no spoilers.
#[derive(Clone, Debug)]
pub struct Words {
    body: Body,
    reach: i32,
}

impl Words {
    /// Reads the form's fields `body` and `reach`. The text may be empty for an item that is about a post.
    pub fn parse(body: &str, reach: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let length = text::clean(body).chars().count();
        let parsed = match length {
            length if length > LONGEST => {
                Err(format!("Please shorten the question to {LONGEST} characters. It has {length}."))
            }
            _ => Body::parse_optional(body),
        };
        let body = problems.take("body", parsed);
        let reach = match reach.trim() {
            "" => Some(0),
            reach => problems.take("reach", reach.parse().map_err(|_| "Please choose a spoiler level.")),
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
        let position = book.position(self.reach).ok_or_else(|| no_such_chapter(book))?;
        Ok((Some(book.id), Some(position).filter(|position| !position.is_none())))
    }
}

/// Adds a question to the agenda of a meeting.
pub fn add(conn: &mut Conn, host: &Member, id: MeetingId, words: &Words) -> Result<()> {
    policy::require(Some(host), Act::KeepMeetings)?;
    words.require_some()?;
    screening::require(conn, host, &[("body", post_rules::Words::Body(&words.body))])?;
    let meeting = meeting_threads::taken(conn, id)?;
    let (book, reach) = words.reach_in(&meeting)?;
    require_room(conn, id)?;
    let row = (
        (questions::meeting_id.eq(id), questions::added_by.eq(host.id), questions::writer_id.eq(host.id)),
        (questions::markdown.eq(&words.body.markdown), questions::html.eq(&words.body.html)),
        (questions::reach_book_id.eq(book), questions::reach.eq(reach)),
        (questions::weight.eq(0), questions::added_at.eq(Moment::now())),
    );
    diesel::insert_into(questions::table).values(row).execute(conn)?;
    record(conn, host, id, "added a question to the agenda of")
}

/// Returns an error if a moderator has hidden the item.
pub fn require_changeable(question: &Question) -> Result<()> {
    match question.hidden {
        Some(_) => Err(Error::Forbidden("A moderator has hidden this question. It can be edited once it’s restored.")),
        None => Ok(()),
    }
}

/// Replaces the text of an item. An item about a post may have no text; then it shows the post's own.
pub fn reword(conn: &mut Conn, host: &Member, id: QuestionId, words: &Words) -> Result<Question> {
    policy::require(Some(host), Act::KeepMeetings)?;
    let question = get(conn, Some(host), id)?;
    require_changeable(&question)?;
    if question.post.is_none() {
        words.require_some()?;
    }
    screening::require(conn, host, &[("body", post_rules::Words::Body(&words.body))])?;
    let meeting = meeting_threads::taken(conn, question.meeting)?;
    let (book, reach) = words.reach_in(&meeting)?;
    report_cases::require_min_reach(conn, Subject::Question(id), reach.unwrap_or_default())?;
    let the_question = questions::table.find(id);
    // Quotes that the host can't see were left out of the form. If the text is sent back unchanged, keep the stored
    // one.
    if source(conn, host, id)? != words.body.markdown {
        let kept: (String, String) = the_question.select((questions::markdown, questions::html)).first(conn)?;
        let body = quotes::give_back(conn, host, (&kept.0, &kept.1), words.body.clone())?;
        let html = if body.markdown.trim().is_empty() { "" } else { body.html.as_str() };
        let said = (questions::markdown.eq(&body.markdown), questions::html.eq(html));
        diesel::update(the_question).set((said, questions::writer_id.eq(host.id))).execute(conn)?;
    }
    let goes = (questions::reach_book_id.eq(book), questions::reach.eq(reach));
    diesel::update(the_question).set(goes).execute(conn)?;
    record(conn, host, question.meeting, REWORDED)?;
    get(conn, Some(host), id)
}

/// The Markdown of an item. Quotes that this host can't see are left out.
fn source(conn: &mut Conn, host: &Member, id: QuestionId) -> Result<String> {
    let columns = (questions::markdown, questions::html);
    let (markdown, html): (String, String) = questions::table.find(id).select(columns).first(conn)?;
    quotes::source(conn, host, (&markdown, &html))
}

/// The Markdown and the spoiler level for the form, sealed at the highest spoiler level found in the text.
pub fn kept(conn: &mut Conn, host: &Member, question: &Question) -> Result<(Sealed<String>, Position)> {
    let columns = (questions::html, questions::reach_book_id, questions::reach);
    let (html, book, reach): (String, Option<BookId>, Option<Position>) =
        questions::table.find(question.id).select(columns).first(conn)?;
    let markdown = source(conn, host, question.id)?;
    let sealed = question.text.reach().farther(spoiled(&html, book));
    let writer: Option<_> = questions::table.find(question.id).select(questions::writer_id).first(conn)?;
    Ok((Sealed::new(markdown, sealed, question.text.key(), writer), reach.unwrap_or_default()))
}

/// Sets the order of an agenda, or with `None` sorts it by votes again. Items with the same number keep the order given
/// here.
pub fn order(conn: &mut Conn, host: &Member, id: MeetingId, places: Option<Vec<(QuestionId, i32)>>) -> Result<()> {
    policy::require(Some(host), Act::KeepMeetings)?;
    meeting_threads::taken(conn, id)?;
    let of_meeting = questions::table.filter(questions::meeting_id.eq(id));
    diesel::update(of_meeting).set(questions::place.eq(None::<i32>)).execute(conn)?;
    let mut places = places.unwrap_or_default();
    places.truncate(usize::try_from(super::MOST).unwrap_or_default());
    places.sort_by_key(|(_, place)| *place);
    for (place, (question, _)) in (1..).zip(places) {
        let own = of_meeting.filter(questions::id.eq(question));
        diesel::update(own).set(questions::place.eq::<i32>(place)).execute(conn)?;
    }
    record(conn, host, id, "ordered the agenda of")
}

/// The kind of log entry for a changed item.
pub(in crate::domain) const REWORDED: &str = "reworded a question on the agenda of";

/// Removes an item from the agenda, or restores it. If a moderator who isn't a host does it, the author is notified.
pub fn set_off(conn: &mut Conn, actor: &Member, id: QuestionId, off: bool) -> Result<MeetingId> {
    put_off(conn, actor, id, off, None)
}

fn put_off(conn: &mut Conn, actor: &Member, id: QuestionId, off: bool, reason: Option<&Reason>) -> Result<MeetingId> {
    policy::require(Some(actor), Act::KeepAgendas)?;
    let columns = (questions::meeting_id, questions::writer_id);
    let (meeting, writer): (MeetingId, Option<MemberId>) = questions::table.find(id).select(columns).first(conn)?;
    let hosts = may(actor, Act::KeepMeetings);
    if !hosts {
        let role = members::table.filter(members::id.nullable().eq(writer)).select(members::role);
        policy::require_moderation(actor, role.first(conn).optional()?)?;
    }
    meeting_threads::taken(conn, meeting)?;
    if !off {
        require_room(conn, meeting)?;
    }
    let other = questions::table.find(id).filter(questions::off.ne(off));
    if diesel::update(other).set(questions::off.eq(off)).execute(conn)? == 0 {
        return Ok(meeting);
    }
    let kind = if off { "took a question off the agenda of" } else { "put a question back on the agenda of" };
    let entry =
        Entry::new(kind, ("meeting", meeting.0), ("", "")).undone_by(&RemoveAgendaItem { question: id, off: !off })?;
    let entry = reason.into_iter().fold(entry, Entry::because);
    let entry = if hosts { entry } else { entry.by(Office::Moderator).concerning(writer) };
    log::record(conn, actor.id, &entry)?;
    Ok(meeting)
}

/// Removes an item from its agenda, or restores it.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RemoveAgendaItem {
    question: QuestionId,
    off: bool,
}

impl Reversal for RemoveAgendaItem {
    const NAME: &'static str = "agenda_item.remove";

    fn topic(&self) -> String {
        format!("off {}", self.question)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        put_off(conn, actor, self.question, self.off, Some(reason)).map(drop)
    }
}

fn record(conn: &mut Conn, host: &Member, meeting: MeetingId, kind: &'static str) -> Result<()> {
    log::record(conn, host.id, &Entry::new(kind, ("meeting", meeting.0), ("", "")))
}
