//! Attendance: which members came to a meeting and how many guests, as recorded by a host. Hosts see the names, members
//! see whether they are on the list themselves, everybody sees the numbers. If the club wants it, attending unlocks
//! everything up to the meeting's chapter.

mod unlocks;

pub use unlocks::unlocked;
pub(in crate::domain) use unlocks::{update_all_unlocks, update_unlocks};

use crate::db::schema::{attendance, attendance_counts, meetings, members, rsvps};
use crate::db::{Conn, MeetingId, MemberId, Moment};
use crate::domain::core::members::{self as people, Member, MemberState};
use crate::domain::core::policy::{self, Act};
use crate::domain::events::meeting_threads;
use crate::domain::events::minutes::require_begun;
use crate::domain::events::rsvps::Answer;
use crate::domain::safety::log::facts::Attendees;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::error::{Error, Problems, Result};
use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// The maximum number of people on one list.
const MOST: usize = 500;

/// How many people came to a meeting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = attendance_counts)]
pub struct Turnout {
    pub members_count: i32,
    /// People who aren't members.
    pub guests_count: i32,
}

impl Turnout {
    /// Members and guests.
    pub fn total(self) -> i32 {
        self.members_count + self.guests_count
    }

    /// “9 members and 2 guests”.
    pub fn words(self) -> String {
        let noun = |count, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
        match self.guests_count {
            0 => noun(self.members_count, "member"),
            guests => format!("{} and {}", noun(self.members_count, "member"), noun(guests, "guest")),
        }
    }
}

impl From<Turnout> for Attendees {
    fn from(turnout: Turnout) -> Self {
        Self { members: turnout.members_count, guests: turnout.guests_count }
    }
}

/// A member who may have come to a meeting.
#[derive(Clone, Debug)]
pub struct PossibleAttendee {
    pub id: MemberId,
    pub handle: String,
    /// Their RSVP.
    pub answer: Option<Answer>,
    /// Whether they are recorded as an attendee.
    pub attended: bool,
}

/// The validated attendance form.
#[derive(Clone, Debug, Default)]
pub struct AttendanceInput {
    came: Vec<MemberId>,
    others: Vec<String>,
    guests: i32,
}

impl AttendanceInput {
    /// Reads the ticked members, other members' handles (separated by commas or spaces, with or without @) and the
    /// number of guests.
    pub fn parse(came: &[MemberId], others: &str, guests: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let others = others.split([',', ' ', '\n', '\r', '\t']).map(|name| name.trim().trim_start_matches('@'));
        let others: Vec<String> = others.filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if others.len() + came.len() > MOST {
            problems.add("others", format!("Please list at most {MOST} members."));
        }
        let guests = match guests.trim() {
            "" => Some(0),
            guests => guests.parse().ok().filter(|guests| (0..=10_000).contains(guests)),
        };
        if guests.is_none() {
            problems.add("guests", "Please enter a number of guests.");
        }
        let guests = guests.unwrap_or(0);
        problems.is_empty().then(|| Self { came: came.to_vec(), others, guests }).ok_or(problems)
    }
}

/// How many people came, if attendance was recorded.
pub fn find(conn: &mut Conn, meeting: MeetingId) -> Result<Option<Turnout>> {
    Ok(attendance_counts::table.find(meeting).select(Turnout::as_select()).first(conn).optional()?)
}

pub fn has_attended(conn: &mut Conn, member: MemberId, meeting: MeetingId) -> Result<bool> {
    Ok(diesel::select(exists(attendance::table.find((meeting, member)))).get_result(conn)?)
}

/// The handles of members who came, at most `most`. Only hosts may see them.
pub fn attendee_names(conn: &mut Conn, meeting: MeetingId, most: i64) -> Result<Vec<String>> {
    let came = attendance::table.inner_join(members::table).filter(attendance::meeting_id.eq(meeting));
    Ok(came.order(members::handle_key).limit(most).select(members::handle).load(conn)?)
}

/// The members to choose from: those who answered yes or maybe, then recorded attendees who did not.
pub fn list(conn: &mut Conn, meeting: MeetingId) -> Result<Vec<PossibleAttendee>> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let answered = rsvps::table
        .inner_join(members::table)
        .filter(rsvps::meeting_id.eq(meeting))
        .filter(rsvps::answer.eq_any([Answer::Yes, Answer::Maybe]))
        .order((rsvps::answer.desc(), members::handle_key))
        .limit(most);
    let answered: Vec<(MemberId, String, Answer)> =
        answered.select((members::id, members::handle, rsvps::answer)).load(conn)?;
    let noted = attendance::table.inner_join(members::table).filter(attendance::meeting_id.eq(meeting));
    let noted = noted.order(members::handle_key).limit(most).select((members::id, members::handle));
    let noted: Vec<(MemberId, String)> = noted.load(conn)?;
    let mut people: Vec<PossibleAttendee> = answered
        .into_iter()
        .map(|(id, handle, answer)| PossibleAttendee {
            attended: noted.iter().any(|(known, _)| *known == id),
            id,
            handle,
            answer: Some(answer),
        })
        .collect();
    for (id, handle) in noted {
        if !people.iter().any(|person| person.id == id) {
            people.push(PossibleAttendee { id, handle, answer: None, attended: true });
        }
    }
    Ok(people)
}

/// Records or corrects the attendance of a meeting. The log entry has the numbers and no names.
pub fn record(conn: &mut Conn, host: &Member, id: MeetingId, input: &AttendanceInput) -> Result<Turnout> {
    policy::require(Some(host), Act::ManageMeetings)?;
    let meeting = meeting_threads::lock_meeting(conn, id)?;
    require_begun(&meeting)?;
    let came = resolve_members(conn, id, input)?;
    let before = find(conn, id)?;
    diesel::delete(attendance::table.filter(attendance::meeting_id.eq(id))).execute(conn)?;
    let rows = members::table.filter(members::id.eq_any(&came)).select((id.0.into_sql::<BigInt>(), members::id));
    let columns = (attendance::meeting_id, attendance::member_id);
    diesel::insert_into(attendance::table).values(rows).into_columns(columns).execute(conn)?;
    let now = Turnout { members_count: i32::try_from(came.len()).unwrap_or(i32::MAX), guests_count: input.guests };
    diesel::delete(attendance_counts::table.find(id)).execute(conn)?;
    let row = (
        attendance_counts::meeting_id.eq(id),
        attendance_counts::members_count.eq(now.members_count),
        attendance_counts::guests_count.eq(now.guests_count),
    );
    diesel::insert_into(attendance_counts::table).values(row).execute(conn)?;
    if let Some(book) = meeting.book {
        update_unlocks(conn, book.id)?;
    }
    let event = Event::AttendanceRecorded { before: before.map(Attendees::from), after: now.into() };
    log::record(conn, host.id, NewLogEntry::new(event, LogSubject::Meeting(id)))?;
    Ok(now)
}

/// The ids of the recorded members, each once. They must be active now, have answered the RSVP, or have been recorded
/// before.
fn resolve_members(conn: &mut Conn, meeting: MeetingId, input: &AttendanceInput) -> Result<Vec<MemberId>> {
    let nobody = |name: &str| {
        let name: String = name.chars().take(40).collect();
        Error::Refused(Problems::one("others", format!("There’s no member called {name}.")))
    };
    let mut named: Vec<(&str, MemberId)> = Vec::new();
    for name in &input.others {
        let member = people::get_by_handle(conn, name).map_err(|error| match error {
            Error::NotFound => nobody(name),
            other => other,
        })?;
        named.push((name, member.id));
    }
    let of_meeting = rsvps::table.filter(rsvps::meeting_id.eq(meeting));
    let had_answered = of_meeting.filter(rsvps::member_id.eq(members::id));
    let before = attendance::table.filter(attendance::meeting_id.eq(meeting));
    let was_noted = before.filter(attendance::member_id.eq(members::id));
    let may_come_in = members::suspended_until.is_null().or(members::suspended_until.le(Moment::now()));
    let is_here = members::state.eq(MemberState::Active).and(may_come_in);
    let ids: Vec<MemberId> = input.came.iter().copied().chain(named.iter().map(|(_, id)| *id)).collect();
    let came: Vec<MemberId> = members::table
        .filter(members::id.eq_any(ids))
        .filter(is_here.or(exists(had_answered)).or(exists(was_noted)))
        .order(members::id)
        .select(members::id)
        .load(conn)?;
    match named.iter().find(|(_, id)| !came.contains(id)) {
        Some((name, _)) => Err(nobody(name)),
        None => Ok(came),
    }
}

/// The maximum number of meetings on a year's page.
pub const MAX_PER_YEAR: usize = 100;

/// RSVPs and attendance of one meeting.
#[derive(Clone, Debug)]
pub struct MeetingAttendance {
    pub id: MeetingId,
    pub title: String,
    pub day: NaiveDate,
    /// How many places were taken, including guests.
    pub answered: i32,
    /// How many came, if attendance was recorded.
    pub turnout: Option<Turnout>,
}

/// The last meetings of a year that have begun and were not cancelled, oldest first.
pub fn year(conn: &mut Conn, year: i32) -> Result<Vec<MeetingAttendance>> {
    // The years that both databases can store.
    let year = Some(year).filter(|year| (1..=9998).contains(year)).ok_or(Error::NotFound)?;
    let days = NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31));
    let (first, last) = days.ok_or(Error::NotFound)?;
    let of_year = meetings::table
        .left_join(attendance_counts::table)
        .filter(meetings::day.between(first, last))
        .filter(meetings::starts_at.le(Moment::now()))
        .filter(meetings::cancelled_reason.is_null())
        .order((meetings::day.desc(), meetings::id.desc()))
        .limit(MAX_PER_YEAR as i64);
    let columns = (meetings::id, meetings::title, meetings::day, meetings::yes_count, Option::<Turnout>::as_select());
    let rows: Vec<(MeetingId, String, NaiveDate, i32, Option<Turnout>)> = of_year.select(columns).load(conn)?;
    let gathering = |(id, title, day, answered, turnout)| MeetingAttendance { id, title, day, answered, turnout };
    Ok(rows.into_iter().rev().map(gathering).collect())
}

/// Whether there were meetings before this year.
pub fn has_meetings_before(conn: &mut Conn, year: i32) -> Result<bool> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).ok_or(Error::NotFound)?;
    Ok(diesel::select(exists(meetings::table.filter(meetings::day.lt(first)))).get_result(conn)?)
}
