//! Date polls: which of several times (slots) suit members. Every member sees who can come when, and a host turns one
//! slot into a meeting. See [`form`], [`answers`] and, for changing the slots of an open poll, `offering`.

pub mod answers;
mod choosing;
mod deriving;
pub mod form;
mod offering;

pub use answers::Answer;
pub use choosing::choose_slot;
pub use deriving::rederive;
pub use offering::{add_slots, get_slot, set_slot_removed};

use crate::db::schema::{books, date_poll_slots, date_polls, members};
use crate::db::{BookId, Conn, DatePollId, DatePollSlotId, MeetingId, Moment};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::core::zones::Zone;
use crate::domain::events::meetings::form::NO_BOOK;
use crate::domain::library::books::{self as the_books, Book};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::domain::safety::post_rules::FieldText;
use crate::domain::safety::screening;
use crate::error::{Error, Problems, Result};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use diesel::prelude::*;
use form::{NewDatePoll, NewSlot};

#[derive(Clone, Debug, HasQuery)]
#[diesel(table_name = date_polls)]
#[diesel(base_query = date_polls::table.left_join(books::table).inner_join(members::table))]
pub struct DatePoll {
    pub id: DatePollId,
    /// The title of the future meeting.
    pub title: String,
    /// The host's note on one line; may be empty.
    pub note: String,
    /// The book of the future meeting.
    #[diesel(embed)]
    pub book: Option<Book>,
    /// The duration of the meeting in minutes.
    pub duration_minutes: i32,
    /// The IANA time zone of the slots.
    pub zone: String,
    /// The handle of the host who opened it.
    #[diesel(select_expression = members::handle)]
    pub host: String,
    pub opened_at: Moment,
    /// When answers close; `None` accepts them until a host picks a date.
    pub closes_at: Option<Moment>,
    /// When the last slot begins.
    pub last_slot_at: Moment,
    pub slots_count: i32,
    /// How many members have answered.
    pub answers_count: i32,
    /// The meeting that it became.
    #[diesel(column_name = meeting_id)]
    pub meeting: Option<MeetingId>,
    /// Why it was cancelled, if it was.
    #[diesel(column_name = cancelled_reason)]
    pub cancelled: Option<String>,
}

impl DatePoll {
    pub fn path(&self) -> String {
        format!("/polls/dates/{}", self.id)
    }

    /// Whether a host can still pick a date.
    pub fn is_open(&self) -> bool {
        self.cancelled.is_none() && self.meeting.is_none() && self.last_slot_at > Moment::now()
    }

    pub fn takes_answers(&self) -> bool {
        self.is_open() && self.closes_at.is_none_or(|at| at > Moment::now())
    }

    /// The error for changing a poll that is closed.
    fn closed_error(&self) -> Error {
        match (&self.cancelled, self.meeting) {
            (Some(_), _) => Error::Conflict("This poll was cancelled."),
            (None, Some(_)) => Error::Conflict("This poll is closed: its meeting is scheduled."),
            _ if self.last_slot_at <= Moment::now() => Error::Conflict("All times in this poll have passed."),
            _ => Error::Conflict("This poll no longer takes answers."),
        }
    }
}

/// A time that a poll offers.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = date_poll_slots)]
pub struct Slot {
    pub id: DatePollSlotId,
    /// The local date, in the poll's time zone.
    pub day: NaiveDate,
    /// The local time, in the poll's time zone.
    pub time: NaiveTime,
    pub starts_at: Moment,
    pub yes_count: i32,
    pub if_needed_count: i32,
    pub no_count: i32,
    /// Why a host removed it from the poll, if one did.
    #[diesel(column_name = removed_reason)]
    pub removed: Option<String>,
}

impl Slot {
    /// When a meeting in this slot would end.
    pub fn ends_at(&self, minutes: i32) -> Moment {
        Moment::from(self.starts_at.utc() + TimeDelta::minutes(i64::from(minutes)))
    }

    /// Whether it has begun.
    pub fn is_past(&self) -> bool {
        self.starts_at <= Moment::now()
    }

    /// How many members gave this answer.
    pub fn count(&self, answer: Answer) -> i32 {
        match answer {
            Answer::Yes => self.yes_count,
            Answer::IfNeeded => self.if_needed_count,
            Answer::No => self.no_count,
        }
    }
}

/// The best slots: those with the most yes answers, then the most “if needed”. Empty if nobody can come to any.
pub fn best(slots: &[Slot]) -> Vec<DatePollSlotId> {
    let rank = |slot: &Slot| (slot.yes_count, slot.if_needed_count);
    let most = slots.iter().map(rank).max().filter(|most| *most != (0, 0));
    slots.iter().filter(|slot| Some(rank(slot)) == most).map(|slot| slot.id).collect()
}

pub fn get(conn: &mut Conn, id: DatePollId) -> Result<DatePoll> {
    Ok(DatePoll::query().filter(date_polls::id.eq(id)).first(conn)?)
}

/// Open polls, ordered by their last slot; at most `most`.
pub fn open(conn: &mut Conn, most: i64) -> Result<Vec<DatePoll>> {
    let open = DatePoll::query()
        .filter(date_polls::last_slot_at.gt(Moment::now()))
        .filter(date_polls::cancelled_reason.is_null().and(date_polls::meeting_id.is_null()));
    Ok(open.order((date_polls::last_slot_at, date_polls::id)).limit(most).load(conn)?)
}

/// Closed polls (scheduled, cancelled or past) opened before `before`, newest first; at most `most`.
pub fn past(conn: &mut Conn, before: Moment, most: i64) -> Result<Vec<DatePoll>> {
    let decided = date_polls::cancelled_reason.is_not_null().or(date_polls::meeting_id.is_not_null());
    let closed = DatePoll::query()
        .filter(date_polls::opened_at.lt(before))
        .filter(decided.or(date_polls::last_slot_at.le(Moment::now())));
    Ok(closed.order(date_polls::opened_at.desc()).limit(most).load(conn)?)
}

/// The slots that a poll offers, earliest first.
pub fn slots(conn: &mut Conn, poll: DatePollId) -> Result<Vec<Slot>> {
    let (offered, _) = all_slots(conn, poll)?;
    Ok(offered)
}

/// The slots that a poll offers and the removed ones, each earliest first.
pub fn all_slots(conn: &mut Conn, poll: DatePollId) -> Result<(Vec<Slot>, Vec<Slot>)> {
    let slots = date_poll_slots::table.filter(date_poll_slots::date_poll_id.eq(poll)).order(date_poll_slots::starts_at);
    let slots: Vec<Slot> = slots.select(Slot::as_select()).load(conn)?;
    Ok(slots.into_iter().partition(|slot| slot.removed.is_none()))
}

/// Opens a poll and logs it.
pub fn create(conn: &mut Conn, host: &Member, new: &NewDatePoll) -> Result<DatePollId> {
    policy::require(Some(host), Act::ManageMeetings)?;
    screening::check_text(
        conn,
        host,
        &[("title", FieldText::Plain(new.title.as_str())), ("note", FieldText::Plain(&new.note))],
    )?;
    if let Some(book) = new.book {
        require_book(conn, book)?;
    }
    let last_slot_at = new.slots.iter().map(|slot| slot.starts_at).max().unwrap_or_else(Moment::now);
    let row = (
        (date_polls::title.eq(new.title.as_str()), date_polls::note.eq(&new.note), date_polls::book_id.eq(new.book)),
        (
            date_polls::duration_minutes.eq(new.minutes),
            date_polls::zone.eq(new.zone.name()),
            date_polls::host_id.eq(host.id),
        ),
        (date_polls::opened_at.eq(Moment::now()), date_polls::closes_at.eq(new.closes_at)),
        (date_polls::last_slot_at.eq(last_slot_at), date_polls::slots_count.eq(new.slots.len() as i32)),
        date_polls::answers_count.eq(0),
    );
    let id: DatePollId =
        diesel::insert_into(date_polls::table).values(row).returning(date_polls::id).get_result(conn)?;
    for slot in &new.slots {
        slot.insert(conn, id)?;
    }
    let event = Event::DatePollOpened { times: new.slots.iter().map(NewSlot::log_facts).collect() };
    log::record(conn, host.id, NewLogEntry::new(event, LogSubject::DatePoll(id)))?;
    Ok(id)
}

impl NewSlot {
    fn insert(&self, conn: &mut Conn, poll: DatePollId) -> Result<()> {
        let row = (
            (
                date_poll_slots::date_poll_id.eq(poll),
                date_poll_slots::day.eq(self.day),
                date_poll_slots::time.eq(self.time),
            ),
            (date_poll_slots::starts_at.eq(self.starts_at), date_poll_slots::yes_count.eq(0)),
            (date_poll_slots::if_needed_count.eq(0), date_poll_slots::no_count.eq(0)),
        );
        diesel::insert_into(date_poll_slots::table).values(row).execute(conn)?;
        Ok(())
    }
}

fn require_book(conn: &mut Conn, book: BookId) -> Result<()> {
    match the_books::get(conn, book) {
        Err(Error::NotFound) => Err(Error::Refused(Problems::one("book", NO_BOOK))),
        found => found.map(|_| ()),
    }
}

/// Cancels a poll. It stays listed as cancelled, with the reason. Everyone who answered is notified.
pub fn cancel(conn: &mut Conn, actor: &Member, id: DatePollId, reason: &Reason) -> Result<()> {
    policy::require(Some(actor), Act::ManageMeetings)?;
    let open = date_polls::table.find(id).filter(date_polls::cancelled_reason.is_null());
    let open = open.filter(date_polls::meeting_id.is_null()).filter(date_polls::last_slot_at.gt(Moment::now()));
    if diesel::update(open).set(date_polls::cancelled_reason.eq(&reason.text)).execute(conn)? == 0 {
        return Err(get(conn, id)?.closed_error());
    }
    answers::notify_respondents(conn, actor, id, Event::DatePollCancelled, &reason.text)?;
    let entry = NewLogEntry::new(Event::DatePollCancelled, LogSubject::DatePoll(id));
    log::record(conn, actor.id, entry.because(reason))
}

/// The time zone of a poll's slots.
pub fn zone(poll: &DatePoll) -> Zone {
    Zone::from_stored(&poll.zone)
}
