//! Members' answers to a date poll. Each slot stores how many answers of each kind it has.

use super::{DatePoll, Slot, get, slots as slots_of};
use crate::db::schema::{date_poll_answers, date_poll_slots, date_polls, members};
use crate::db::{Conn, DatePollId, DatePollSlotId, MemberId, Moment, dialect, word_column};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::safety::log::LogSubject;
use crate::domain::safety::notifications::{self, NotificationEvent};
use crate::error::Result;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

/// An answer to one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Answer {
    Yes,
    /// They can come, but would rather not.
    IfNeeded,
    No,
}

word_column!(Answer { Yes = "yes", IfNeeded = "if need be", No = "no" });

impl Answer {
    /// All answers, in the order in which forms show them.
    pub const ALL: [Self; 3] = [Self::Yes, Self::IfNeeded, Self::No];
}

/// Saves a member's answers. They replace all earlier answers, also to slots that are left out.
pub fn set(conn: &mut Conn, member: &Member, id: DatePollId, given: &[(DatePollSlotId, Answer)]) -> Result<()> {
    policy::require(Some(member), Act::ManageOwnData)?;
    // Locks the poll, so that answers wait for one another and for the host who picks a date.
    let now = Moment::now();
    let open = date_polls::table.find(id).filter(date_polls::last_slot_at.gt(now));
    let open = open.filter(date_polls::cancelled_reason.is_null()).filter(date_polls::meeting_id.is_null());
    let open = open.filter(date_polls::closes_at.is_null().or(date_polls::closes_at.gt(now)));
    if dialect::lock(conn, open, date_polls::answers_count)? == 0 {
        return Err(get(conn, id)?.closed_error());
    }
    let before = of_member(conn, id, member.id)?;
    let slots = slots_of(conn, id)?;
    let mut answered = false;
    for slot in &slots {
        let find =
            |answers: &[(DatePollSlotId, Answer)]| answers.iter().find(|(id, _)| *id == slot.id).map(|given| given.1);
        let (was, is) = (find(&before), find(given));
        answered |= is.is_some();
        if was != is {
            replace(conn, member.id, slot.id, was, is)?;
        }
    }
    let by = i32::from(answered) - i32::from(!before.is_empty());
    let count = date_polls::answers_count.eq(date_polls::answers_count + by);
    diesel::update(date_polls::table.find(id)).set(count).execute(conn)?;
    Ok(())
}

/// Replaces a member's answer to one slot and updates the slot's counts.
fn replace(
    conn: &mut Conn,
    member: MemberId,
    slot: DatePollSlotId,
    was: Option<Answer>,
    is: Option<Answer>,
) -> Result<()> {
    let own = date_poll_answers::table.find((slot, member));
    let kept = |answer| (date_poll_answers::answer.eq(answer), date_poll_answers::answered_at.eq(Moment::now()));
    match (was, is) {
        (_, None) => diesel::delete(own).execute(conn)?,
        (Some(_), Some(answer)) => diesel::update(own).set(kept(answer)).execute(conn)?,
        (None, Some(answer)) => {
            let row = (date_poll_answers::slot_id.eq(slot), date_poll_answers::member_id.eq(member), kept(answer));
            diesel::insert_into(date_poll_answers::table).values(row).execute(conn)?
        }
    };
    let by = |answer| i32::from(is == Some(answer)) - i32::from(was == Some(answer));
    let counts = (
        date_poll_slots::yes_count.eq(date_poll_slots::yes_count + by(Answer::Yes)),
        date_poll_slots::if_needed_count.eq(date_poll_slots::if_needed_count + by(Answer::IfNeeded)),
        date_poll_slots::no_count.eq(date_poll_slots::no_count + by(Answer::No)),
    );
    diesel::update(date_poll_slots::table.find(slot)).set(counts).execute(conn)?;
    Ok(())
}

/// A member's answers to the slots that a poll offers.
pub fn of_member(conn: &mut Conn, poll: DatePollId, member: MemberId) -> Result<Vec<(DatePollSlotId, Answer)>> {
    let own =
        date_poll_answers::table.inner_join(date_poll_slots::table).filter(date_poll_answers::member_id.eq(member));
    let own = own.filter(date_poll_slots::date_poll_id.eq(poll)).filter(date_poll_slots::removed_reason.is_null());
    Ok(own.select((date_poll_answers::slot_id, date_poll_answers::answer)).load(conn)?)
}

/// Which of these polls the member has answered.
pub fn answered_polls(conn: &mut Conn, member: MemberId, polls: &[DatePoll]) -> Result<Vec<DatePollId>> {
    let ids: Vec<DatePollId> = polls.iter().map(|poll| poll.id).collect();
    let own =
        date_poll_answers::table.inner_join(date_poll_slots::table).filter(date_poll_answers::member_id.eq(member));
    let own = own.filter(date_poll_slots::date_poll_id.eq_any(ids)).filter(date_poll_slots::removed_reason.is_null());
    Ok(own.select(date_poll_slots::date_poll_id).distinct().load(conn)?)
}

/// The members who gave one answer to a slot.
#[derive(Clone, Debug)]
pub struct Respondents {
    pub answer: Answer,
    /// Handles in the order in which they answered, up to a limit.
    pub handles: Vec<String>,
    /// How many members gave this answer.
    pub count: usize,
}

impl Respondents {
    /// How many members aren't named.
    pub fn unlisted_count(&self) -> usize {
        self.count.saturating_sub(self.handles.len())
    }
}

/// How many answers to the slots that a poll offers are read, and how many handles are shown for each answer.
const MOST: (i64, usize) = (2000, 30);

/// For each of these slots, the members by answer: always all three answers.
pub fn respondents(conn: &mut Conn, poll: DatePollId, slots: &[Slot]) -> Result<Vec<Vec<Respondents>>> {
    let given: Vec<(DatePollSlotId, Answer, String)> = date_poll_answers::table
        .inner_join(date_poll_slots::table)
        .inner_join(members::table)
        .filter(date_poll_slots::date_poll_id.eq(poll))
        .filter(date_poll_slots::removed_reason.is_null())
        .order((date_poll_answers::answered_at, date_poll_answers::member_id))
        .limit(MOST.0)
        .select((date_poll_answers::slot_id, date_poll_answers::answer, members::handle))
        .load(conn)?;
    let of = |slot: &Slot, answer: Answer| {
        let same = given.iter().filter(|(id, given, _)| *id == slot.id && *given == answer);
        let handles: Vec<String> = same.map(|(_, _, handle)| handle.clone()).take(MOST.1).collect();
        Respondents { answer, handles, count: usize::try_from(slot.count(answer)).unwrap_or(0) }
    };
    let all = |slot: &Slot| Answer::ALL.iter().map(|answer| of(slot, *answer)).collect::<Vec<_>>();
    Ok(slots.iter().map(all).collect())
}

/// Notifies everyone who answered a poll, except `actor`.
pub(super) fn notify_respondents(
    conn: &mut Conn,
    actor: &Member,
    poll: DatePollId,
    event: impl Into<NotificationEvent>,
    reason: &str,
) -> Result<()> {
    let given = date_poll_answers::table
        .inner_join(date_poll_slots::table)
        .filter(date_poll_slots::date_poll_id.eq(poll))
        .filter(date_poll_answers::member_id.ne(actor.id));
    let respondents: Vec<MemberId> = given.select(date_poll_answers::member_id).distinct().load(conn)?;
    notifications::notify_all(conn, &respondents, event, LogSubject::DatePoll(poll), reason)
}

/// Deletes all of a member's answers.
pub(in crate::domain) fn withdraw(conn: &mut Conn, member: MemberId) -> Result<()> {
    let own =
        date_poll_answers::table.inner_join(date_poll_slots::table).filter(date_poll_answers::member_id.eq(member));
    let columns = (
        date_poll_slots::date_poll_id,
        date_poll_slots::removed_reason.is_null(),
        date_poll_answers::slot_id,
        date_poll_answers::answer,
    );
    let given: Vec<(DatePollId, bool, DatePollSlotId, Answer)> = own.select(columns).load(conn)?;
    // `answers_count` leaves out members who have answered only slots that were removed.
    let mut polls: Vec<DatePollId> = given.iter().filter(|given| given.1).map(|given| given.0).collect();
    polls.sort_unstable();
    polls.dedup();
    for (.., slot, answer) in given {
        replace(conn, member, slot, Some(answer), None)?;
    }
    let fewer = date_polls::answers_count.eq(date_polls::answers_count - 1);
    diesel::update(date_polls::table.filter(date_polls::id.eq_any(polls))).set(fewer).execute(conn)?;
    Ok(())
}
