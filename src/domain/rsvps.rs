//! RSVPs: members' answers to meetings, and who waits for a place. How many there are of each is kept with the meeting.

use crate::db::schema::{bookmarks, meetings, members, notifications as told, outbox, rsvps, slot_answers};
use crate::db::{Conn, MeetingId, MemberId, Moment, SlotId, word_column};
use crate::domain::date_polls::Answer as Suits;
use crate::domain::meetings::Meeting;
use crate::domain::members::Member;
use crate::domain::outbox::{self as the_outbox, Kind};
use crate::domain::seal::Position;
use crate::domain::words::Reason;
use crate::domain::{club, meetings as the_meetings, notifications};
use crate::error::{Error, Problems, Result};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};

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

/// What a member answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = rsvps)]
pub struct Rsvp {
    /// The answer.
    pub answer: Answer,
    /// How many guests they bring.
    pub guests: i32,
    /// Whether they wait for a place.
    pub waiting: bool,
}

impl Rsvp {
    /// What it says, to whoever gave it.
    pub fn words(&self) -> &'static str {
        match (self.answer, self.waiting) {
            (Answer::Yes, true) => "You wait for a place.",
            (Answer::Yes, false) => "You come.",
            (Answer::Maybe, _) => "You may come.",
            (Answer::No, _) => "You can’t come.",
        }
    }

    /// How many places this takes.
    fn places(self) -> i32 {
        if self.answer == Answer::Yes && !self.waiting { 1 + self.guests } else { 0 }
    }
}

/// A member answers, or answers anew; `guests` none leaves as many as they said before. Where there is no place for them,
/// or others wait already, they wait in the order of the answers.
pub fn set(conn: &mut Conn, member: &Member, id: MeetingId, answer: Answer, guests: Option<i32>) -> Result<Rsvp> {
    // This takes the meeting's row, so that answers wait for one another and each knows what it replaces.
    let coming = meetings::table.find(id).filter(meetings::cancelled_reason.is_null());
    let coming = coming.filter(meetings::ends_at.gt(Moment::now()));
    if diesel::update(coming).set(meetings::yes_count.eq(meetings::yes_count + 0)).execute(conn)? == 0 {
        return Err(the_meetings::get(conn, None, id)?.closed());
    }
    let meeting = the_meetings::get(conn, None, id)?;
    let before = of_member(conn, id, member.id)?;
    let rsvp = placed(&meeting, before, answer, guests)?;
    if before == Some(rsvp) {
        return Ok(rsvp);
    }
    let kept = (rsvps::answer.eq(rsvp.answer), rsvps::guests.eq(rsvp.guests), rsvps::waiting.eq(rsvp.waiting));
    let own = rsvps::table.find((id, member.id));
    match before {
        // Whoever waits, or comes with other guests, keeps their turn.
        Some(before) if before.answer == answer => diesel::update(own).set(kept).execute(conn)?,
        Some(_) => diesel::update(own).set((kept, rsvps::answered_at.eq(Moment::now()))).execute(conn)?,
        None => {
            let row = (rsvps::meeting_id.eq(id), rsvps::member_id.eq(member.id), kept);
            diesel::insert_into(rsvps::table).values((row, rsvps::answered_at.eq(Moment::now()))).execute(conn)?
        }
    };
    count(conn, id, before, Some(rsvp))?;
    move_up(conn, id)?;
    // The aside of every page shows how many come.
    club::touch(conn)?;
    Ok(of_member(conn, id, member.id)?.unwrap_or(rsvp))
}

/// What an answer comes to, as full as the meeting is.
fn placed(meeting: &Meeting, before: Option<Rsvp>, answer: Answer, guests: Option<i32>) -> Result<Rsvp> {
    if answer != Answer::Yes {
        return Ok(Rsvp { answer, guests: 0, waiting: false });
    }
    let comes = before.filter(|before| before.answer == Answer::Yes);
    if comes.is_none() && meeting.room.is_closed() {
        return Err(Error::Conflict("Answers are closed: please ask the host whether there is a place for you."));
    }
    let guests = guests.unwrap_or(comes.map_or(0, |before| before.guests));
    let refused = |sentence: String| Err(Error::Refused(Problems::one("guests", sentence)));
    if !(0..=meeting.room.guests).contains(&guests) {
        return refused(match meeting.room.guests {
            0 => "This meeting is for members: please come without guests.".to_owned(),
            most => format!("Each member may bring {most}."),
        });
    }
    let left = meeting.room.left(meeting.yes_count - before.map_or(0, Rsvp::places));
    // The member takes a place beside those of their guests.
    let fits = left.is_none_or(|left| guests < left);
    let waiting = match comes {
        Some(before) if !before.waiting && !fits && guests > before.guests => {
            return refused(format!(
                "There is room for {} more.",
                left.unwrap_or(0).saturating_sub(1 + before.guests).max(0)
            ));
        }
        Some(before) => before.waiting,
        None => !fits || meeting.waiting_count > 0,
    };
    Ok(Rsvp { answer, guests, waiting })
}

/// Gives places that are free to those who wait, in their turn, and tells them.
pub(super) fn move_up(conn: &mut Conn, id: MeetingId) -> Result<()> {
    loop {
        let meeting = the_meetings::get(conn, None, id)?;
        if meeting.waiting_count == 0 {
            return Ok(());
        }
        let first: Option<(MemberId, Rsvp)> = rsvps::table
            .filter(rsvps::meeting_id.eq(id))
            .filter(rsvps::answer.eq(Answer::Yes))
            .filter(rsvps::waiting.eq(true))
            .order((rsvps::answered_at, rsvps::member_id))
            .select((rsvps::member_id, Rsvp::as_select()))
            .first(conn)
            .optional()?;
        let Some((member, before)) = first else { return Ok(()) };
        if meeting.room.left(meeting.yes_count).is_some_and(|left| left < 1 + before.guests) {
            return Ok(());
        }
        diesel::update(rsvps::table.find((id, member))).set(rsvps::waiting.eq(false)).execute(conn)?;
        count(conn, id, Some(before), Some(Rsvp { waiting: false, ..before }))?;
        notifications::tell(conn, member, "moved up", ("meeting", id.0), "")?;
        the_outbox::tell_of_meeting(conn, member, Kind::MovedUp, id)?;
    }
}

/// What becomes of a meeting that those hear of who answered.
#[derive(Clone, Copy, Debug)]
pub(super) enum News<'a> {
    /// It takes place at another time or in another place, or lasts longer or less long.
    Moved,
    /// It is cancelled, for this reason.
    Cancelled(&'a Reason),
}

impl News<'_> {
    /// As notifications name it.
    fn kind(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Cancelled(_) => "cancelled",
        }
    }

    /// As letters are kept for it.
    fn letter(self) -> Kind {
        match self {
            Self::Moved => Kind::Moved,
            Self::Cancelled(_) => Kind::Cancelled,
        }
    }

    /// Why, in words that everybody who reads here sees at the meeting, too.
    fn reason(self) -> String {
        match self {
            Self::Moved => String::new(),
            Self::Cancelled(reason) => reason.words.clone(),
        }
    }
}

/// Tells all who come, may come, or wait for a place, on the site and by letter, in three statements however many they
/// are; not whoever did it.
pub(super) fn tell_answered(conn: &mut Conn, meeting: MeetingId, news: News<'_>, except: MemberId) -> Result<()> {
    let now = Moment::now();
    let answered = rsvps::table
        .filter(rsvps::meeting_id.eq(meeting))
        .filter(rsvps::answer.ne(Answer::No))
        .filter(rsvps::member_id.ne(except));
    let rows = answered.select((
        rsvps::member_id,
        news.kind().into_sql::<Text>(),
        "meeting".into_sql::<Text>(),
        meeting.0.into_sql::<BigInt>(),
        news.reason().into_sql::<Text>(),
        now.into_sql::<Timestamp>(),
    ));
    let columns = (told::member_id, told::kind, told::subject, told::subject_id, told::reason, told::made_at);
    diesel::insert_into(told::table).values(rows).into_columns(columns).execute(conn)?;
    let them = || members::table.filter(members::id.eq_any(answered.select(rsvps::member_id)));
    diesel::update(them()).set(members::unseen.eq(members::unseen + 1)).execute(conn)?;
    let letters = them().filter(members::confirmed_at.is_not_null()).select((
        members::id.nullable(),
        news.letter().as_str().into_sql::<Text>(),
        meeting.0.into_sql::<BigInt>(),
        "".into_sql::<Text>(),
        "".into_sql::<Text>(),
        now.into_sql::<Timestamp>(),
        now.into_sql::<Timestamp>(),
        now.after(the_outbox::PATIENCE).into_sql::<Timestamp>(),
    ));
    diesel::insert_into(outbox::table).values(letters).into_columns(the_outbox::COLUMNS).execute(conn)?;
    Ok(())
}

/// Takes a member off those who answered meetings to come.
pub(super) fn withdraw(conn: &mut Conn, member: MemberId) -> Result<()> {
    let coming = meetings::table.filter(meetings::ends_at.gt(Moment::now())).select(meetings::id);
    let own = rsvps::table.filter(rsvps::member_id.eq(member)).filter(rsvps::meeting_id.eq_any(coming));
    let answers: Vec<(MeetingId, Rsvp)> = own.select((rsvps::meeting_id, Rsvp::as_select())).load(conn)?;
    for (meeting, rsvp) in answers {
        count(conn, meeting, Some(rsvp), None)?;
        diesel::delete(rsvps::table.find((meeting, member))).execute(conn)?;
        move_up(conn, meeting)?;
    }
    Ok(())
}

/// Keeps the counts of a meeting after an answer has become another.
fn count(conn: &mut Conn, meeting: MeetingId, before: Option<Rsvp>, after: Option<Rsvp>) -> Result<()> {
    let more = |of: &dyn Fn(Rsvp) -> i32| after.map_or(0, of) - before.map_or(0, of);
    let gave = |answer| more(&move |rsvp| i32::from(rsvp.answer == answer));
    let counts = (
        meetings::yes_count.eq(meetings::yes_count + more(&Rsvp::places)),
        meetings::no_count.eq(meetings::no_count + gave(Answer::No)),
        meetings::maybe_count.eq(meetings::maybe_count + gave(Answer::Maybe)),
        meetings::waiting_count.eq(meetings::waiting_count + more(&|rsvp| i32::from(rsvp.waiting))),
    );
    diesel::update(meetings::table.find(meeting)).set(counts).execute(conn)?;
    Ok(())
}

/// Takes answers to a time that a date poll offered over to the meeting that it became: who can come comes, and who can if
/// need be comes maybe.
pub(super) fn take_over(conn: &mut Conn, meeting: MeetingId, slot: SlotId) -> Result<()> {
    for (said, answer) in [(Suits::Yes, Answer::Yes), (Suits::IfNeedBe, Answer::Maybe)] {
        let given = slot_answers::table.filter(slot_answers::slot_id.eq(slot)).filter(slot_answers::answer.eq(said));
        let rows = given.select((
            meeting.into_sql::<BigInt>(),
            slot_answers::member_id,
            answer.as_str().into_sql::<Text>(),
            slot_answers::answered_at,
        ));
        let columns = (rsvps::meeting_id, rsvps::member_id, rsvps::answer, rsvps::answered_at);
        let taken = diesel::insert_into(rsvps::table).values(rows).into_columns(columns).execute(conn)? as i32;
        let (yes, maybe) = if answer == Answer::Yes { (taken, 0) } else { (0, taken) };
        let counts = (
            meetings::yes_count.eq(meetings::yes_count + yes),
            meetings::maybe_count.eq(meetings::maybe_count + maybe),
        );
        diesel::update(meetings::table.find(meeting)).set(counts).execute(conn)?;
    }
    club::touch(conn)
}

/// What a member answered.
pub fn of_member(conn: &mut Conn, meeting: MeetingId, member: MemberId) -> Result<Option<Rsvp>> {
    Ok(rsvps::table.find((meeting, member)).select(Rsvp::as_select()).first(conn).optional()?)
}

/// What a member answered to these meetings.
pub(super) fn answers(conn: &mut Conn, member: MemberId, meetings: &[MeetingId]) -> Result<Vec<(MeetingId, Answer)>> {
    let own = rsvps::table.filter(rsvps::member_id.eq(member)).filter(rsvps::meeting_id.eq_any(meetings));
    Ok(own.select((rsvps::meeting_id, rsvps::answer)).load(conn)?)
}

/// Who comes, or waits to, in the order in which they answered, each with how many guests; at most `most`.
pub fn who(conn: &mut Conn, meeting: MeetingId, waiting: bool, most: i64) -> Result<Vec<(String, i32)>> {
    let who = rsvps::table
        .inner_join(members::table)
        .filter(rsvps::meeting_id.eq(meeting))
        .filter(rsvps::answer.eq(Answer::Yes))
        .filter(rsvps::waiting.eq(waiting))
        .order((rsvps::answered_at, rsvps::member_id))
        .limit(most)
        .select((members::handle, rsvps::guests));
    Ok(who.load(conn)?)
}

/// How many of the members who come have not read as far as the meeting goes, and how many come: the spoiler floor,
/// without names.
pub fn behind(conn: &mut Conn, meeting: &Meeting) -> Result<Option<(i64, i64)>> {
    let Some((book, through)) = meeting.book.as_ref().map(|book| book.id).zip(meeting.through) else { return Ok(None) };
    let coming = rsvps::table
        .filter(rsvps::meeting_id.eq(meeting.id))
        .filter(rsvps::answer.eq(Answer::Yes))
        .filter(rsvps::waiting.eq(false));
    let all: i64 = coming.count().get_result(conn)?;
    let there = bookmarks::table
        .filter(bookmarks::member_id.eq(rsvps::member_id))
        .filter(bookmarks::book_id.eq(book))
        .filter(bookmarks::position.ge(through));
    let ready: i64 = coming.filter(diesel::dsl::exists(there)).count().get_result(conn)?;
    Ok((all > 0).then_some((all - ready, all)))
}

/// Of those who come and have not read as far as the meeting goes, the ones who let hosts read it by name, each with how far
/// they are; at most `most`.
pub fn named_behind(conn: &mut Conn, meeting: &Meeting, most: i64) -> Result<Vec<(String, Position)>> {
    let Some((book, through)) = meeting.book.as_ref().map(|book| book.id).zip(meeting.through) else {
        return Ok(Vec::new());
    };
    let own = bookmarks::table.on(bookmarks::member_id.eq(members::id).and(bookmarks::book_id.eq(book)));
    let behind = rsvps::table
        .inner_join(members::table.left_join(own))
        .filter(rsvps::meeting_id.eq(meeting.id))
        .filter(rsvps::answer.eq(Answer::Yes))
        .filter(rsvps::waiting.eq(false))
        .filter(members::shows_place)
        .filter(bookmarks::position.is_null().or(bookmarks::position.lt(through)))
        .order(members::handle_key)
        .limit(most);
    let behind: Vec<(String, Option<Position>)> =
        behind.select((members::handle, bookmarks::position.nullable())).load(conn)?;
    Ok(behind.into_iter().map(|(handle, position)| (handle, position.unwrap_or_default())).collect())
}
