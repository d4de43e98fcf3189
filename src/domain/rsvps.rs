//! RSVPs: members' answers to meetings. How many there are of each is kept with the meeting.

use crate::db::schema::{meetings, members, rsvps};
use crate::db::{Conn, MeetingId, MemberId, Moment, word_column};
use crate::domain::members::Member;
use crate::domain::{club, meetings as the_meetings};
use crate::error::Result;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Answer {
    /// They come.
    Yes,
    /// They do not.
    No,
    /// They may.
    Maybe,
}

word_column!(Answer { Yes = "yes", No = "no", Maybe = "maybe" });

/// A member answers, or answers anew.
pub fn set(conn: &mut Conn, member: &Member, meeting: MeetingId, answer: Answer) -> Result<()> {
    // This takes the meeting's row, so that answers wait for one another and each knows what it replaces.
    let coming = meetings::table.find(meeting).filter(meetings::cancelled_reason.is_null());
    let coming = coming.filter(meetings::ends_at.gt(Moment::now()));
    if diesel::update(coming).set(meetings::yes_count.eq(meetings::yes_count + 0)).execute(conn)? == 0 {
        return Err(the_meetings::get(conn, meeting)?.closed());
    }
    let before = of_member(conn, meeting, member.id)?;
    if before == Some(answer) {
        return Ok(());
    }
    let values = (rsvps::answer.eq(answer), rsvps::answered_at.eq(Moment::now()));
    if before.is_some() {
        diesel::update(rsvps::table.find((meeting, member.id))).set(values).execute(conn)?;
    } else {
        let row = (rsvps::meeting_id.eq(meeting), rsvps::member_id.eq(member.id), values);
        diesel::insert_into(rsvps::table).values(row).execute(conn)?;
    }
    count(conn, meeting, |counted| i32::from(answer == counted) - i32::from(before == Some(counted)))?;
    // The aside of every page shows how many come.
    club::touch(conn)
}

/// Takes a member off those who answered meetings to come.
pub(super) fn withdraw(conn: &mut Conn, member: MemberId) -> Result<()> {
    let coming = meetings::table.filter(meetings::ends_at.gt(Moment::now())).select(meetings::id);
    let own = rsvps::table.filter(rsvps::member_id.eq(member)).filter(rsvps::meeting_id.eq_any(coming));
    let answers: Vec<(MeetingId, Answer)> = own.select((rsvps::meeting_id, rsvps::answer)).load(conn)?;
    for (meeting, answer) in answers {
        count(conn, meeting, |counted| -i32::from(answer == counted))?;
        diesel::delete(rsvps::table.find((meeting, member))).execute(conn)?;
    }
    Ok(())
}

/// Counts more of each answer to a meeting, or less.
fn count(conn: &mut Conn, meeting: MeetingId, more: impl Fn(Answer) -> i32) -> Result<()> {
    let counts = (
        meetings::yes_count.eq(meetings::yes_count + more(Answer::Yes)),
        meetings::no_count.eq(meetings::no_count + more(Answer::No)),
        meetings::maybe_count.eq(meetings::maybe_count + more(Answer::Maybe)),
    );
    diesel::update(meetings::table.find(meeting)).set(counts).execute(conn)?;
    Ok(())
}

/// What a member answered.
pub fn of_member(conn: &mut Conn, meeting: MeetingId, member: MemberId) -> Result<Option<Answer>> {
    Ok(rsvps::table.find((meeting, member)).select(rsvps::answer).first(conn).optional()?)
}

/// What a member answered to these meetings.
pub(super) fn answers(conn: &mut Conn, member: MemberId, meetings: &[MeetingId]) -> Result<Vec<(MeetingId, Answer)>> {
    let own = rsvps::table.filter(rsvps::member_id.eq(member)).filter(rsvps::meeting_id.eq_any(meetings));
    Ok(own.select((rsvps::meeting_id, rsvps::answer)).load(conn)?)
}

/// The handles of those who gave this answer, in the order in which they did; at most `most`.
pub fn who(conn: &mut Conn, meeting: MeetingId, answer: Answer, most: i64) -> Result<Vec<String>> {
    let who = rsvps::table
        .inner_join(members::table)
        .filter(rsvps::meeting_id.eq(meeting))
        .filter(rsvps::answer.eq(answer))
        .order((rsvps::answered_at, rsvps::member_id))
        .limit(most)
        .select(members::handle);
    Ok(who.load(conn)?)
}
