//! Reminders of meetings by notification and email, for members who answered yes or maybe. A row in `reminders` is
//! written in the transaction that writes the notification and queues the email, so nobody is reminded twice, even
//! after restarts and with several instances. A late reminder is sent unless a nearer one is due as well. If a meeting
//! moves, its reminders are sent again.

pub use crate::domain::safety::log::facts::LeadTime;

use crate::db::schema::{meetings, members, reminder_choices, reminders, rsvps};
use crate::db::{Conn, MeetingId, MemberId, Moment, dialect};
use crate::domain::core::members::{Member, MemberState};
use crate::domain::core::policy::{self, Act};
use crate::domain::events::meetings::Meeting;
use crate::domain::events::rsvps::Answer;
use crate::domain::safety::email_queue::{self, EmailKind};
use crate::domain::safety::log::LogSubject;
use crate::domain::safety::notifications::{self, Update};
use crate::error::Result;
use chrono::{NaiveTime, TimeDelta};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Timestamp};

impl LeadTime {
    /// Nearest first.
    const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    fn minutes(self) -> i32 {
        match self {
            Self::Hour => 60,
            Self::Day => 24 * 60,
            Self::Week => 7 * 24 * 60,
        }
    }

    fn from_minutes(minutes: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|lead| lead.minutes() == minutes)
    }

    /// Whether a meeting that starts at `starts_at` is this near.
    fn is_due(self, starts_at: Moment, now: Moment) -> bool {
        starts_at <= now.after(TimeDelta::minutes(i64::from(self.minutes())))
    }
}

/// A reminder of a meeting that may have to be sent now.
#[derive(Clone, Copy, Debug)]
pub struct DueReminder {
    meeting: MeetingId,
    starts_at: Moment,
    lead: LeadTime,
    /// Whether the start time is known. Without it there is no reminder an hour before.
    is_timed: bool,
}

impl DueReminder {
    /// Whether the reminder with the lead time `nearer` is due as well.
    fn has_nearer(self, nearer: LeadTime, now: Moment) -> bool {
        nearer < self.lead && nearer.is_due(self.starts_at, now) && (nearer != LeadTime::Hour || self.is_timed)
    }
}

/// The active members who want this reminder and haven't been sent it.
#[diesel::dsl::auto_type(no_type_alias)]
fn unreminded(due: DueReminder, now: Moment) -> _ {
    let (week, day, hour): (bool, bool, bool) =
        (due.lead == LeadTime::Week, due.lead == LeadTime::Day, due.lead == LeadTime::Hour);
    let (nearer_day, nearer_hour): (bool, bool) =
        (due.has_nearer(LeadTime::Day, now), due.has_nearer(LeadTime::Hour, now));
    let (minutes, starts_at, meeting): (i32, Moment, MeetingId) = (due.lead.minutes(), due.starts_at, due.meeting);
    let (no, active): (Answer, MemberState) = (Answer::No, MemberState::Active);
    let usual = reminder_choices::member_id.nullable().is_null().and(day.into_sql::<Bool>());
    let chosen = reminder_choices::week
        .and(week.into_sql::<Bool>())
        .or(reminder_choices::day.and(day.into_sql::<Bool>()))
        .or(reminder_choices::hour.and(hour.into_sql::<Bool>()));
    let nearer = reminder_choices::day
        .and(nearer_day.into_sql::<Bool>())
        .or(reminder_choices::hour.and(nearer_hour.into_sql::<Bool>()));
    let own = reminder_choices::member_id.nullable().is_not_null().and(chosen).and(not(nearer));
    let had = reminders::table
        .filter(reminders::meeting_id.eq(meeting))
        .filter(reminders::member_id.eq(rsvps::member_id))
        .filter(reminders::lead.eq(minutes))
        .filter(reminders::starts_at.eq(starts_at));
    rsvps::table
        .inner_join(members::table)
        .left_join(reminder_choices::table.on(reminder_choices::member_id.eq(rsvps::member_id)))
        .filter(rsvps::meeting_id.eq(meeting))
        .filter(rsvps::answer.ne(no))
        .filter(members::state.eq(active))
        .filter(members::suspended_until.is_null().or(members::suspended_until.le(now)))
        .filter(usual.or(own))
        .filter(not(exists(had)))
}

/// All reminders that are due now, of meetings that start within a week.
pub fn due(conn: &mut Conn, now: Moment) -> Result<Vec<DueReminder>> {
    let horizon = now.after(TimeDelta::minutes(i64::from(LeadTime::Week.minutes())));
    let coming: Vec<(MeetingId, Moment, Option<NaiveTime>)> = meetings::table
        .filter(meetings::cancelled_reason.is_null())
        .filter(meetings::starts_at.gt(now))
        .filter(meetings::starts_at.le(horizon))
        .order((meetings::starts_at, meetings::id))
        .select((meetings::id, meetings::starts_at, meetings::time))
        .load(conn)?;
    let mut found = Vec::new();
    for (meeting, starts_at, time) in coming {
        for lead in LeadTime::ALL {
            let due = DueReminder { meeting, starts_at, lead, is_timed: time.is_some() };
            if !lead.is_due(starts_at, now) || (lead == LeadTime::Hour && !due.is_timed) {
                continue;
            }
            if diesel::select(exists(unreminded(due, now).select(rsvps::member_id))).get_result(conn)? {
                found.push(due);
            }
        }
    }
    Ok(found)
}

/// Reminds everybody for whom that is due; says how many they were.
pub fn remind(conn: &mut Conn, due: DueReminder, now: Moment) -> Result<usize> {
    // Locks the meeting's row, as RSVPs and changes do: a second instance then finds that everybody was reminded.
    let same = meetings::table
        .find(due.meeting)
        .filter(meetings::starts_at.eq(due.starts_at))
        .filter(meetings::cancelled_reason.is_null());
    if dialect::lock(conn, same, meetings::yes_count)? == 0 {
        return Ok(0);
    }
    let rows = unreminded(due, now).select((
        rsvps::meeting_id,
        rsvps::member_id,
        due.lead.minutes().into_sql::<Integer>(),
        due.starts_at.into_sql::<Timestamp>(),
        now.into_sql::<Timestamp>(),
    ));
    let columns =
        (reminders::meeting_id, reminders::member_id, reminders::lead, reminders::starts_at, reminders::created_at);
    let count = diesel::insert_into(reminders::table).values(rows).into_columns(columns).execute(conn)?;
    if count > 0 {
        queue_emails(conn, due, now)?;
        notify(conn, due, now)?;
    }
    Ok(count)
}

/// The members whose reminder was recorded at `now`, with their choices.
#[diesel::dsl::auto_type(no_type_alias)]
fn reminded(due: DueReminder, now: Moment) -> _ {
    let (meeting, starts_at, minutes): (MeetingId, Moment, i32) = (due.meeting, due.starts_at, due.lead.minutes());
    reminders::table
        .inner_join(members::table)
        .left_join(reminder_choices::table.on(reminder_choices::member_id.eq(reminders::member_id)))
        .filter(reminders::meeting_id.eq(meeting))
        .filter(reminders::lead.eq(minutes))
        .filter(reminders::starts_at.eq(starts_at))
        .filter(reminders::created_at.eq(now))
}

fn queue_emails(conn: &mut Conn, due: DueReminder, now: Moment) -> Result<()> {
    let by_mail = reminder_choices::member_id.nullable().is_null().or(reminder_choices::by_email);
    let whom: Vec<MemberId> = reminded(due, now).filter(by_mail).select(reminders::member_id).load(conn)?;
    let detail = format!("{} {}", due.lead.minutes(), due.starts_at.micros());
    email_queue::queue_until(conn, &whom, (EmailKind::Reminder, due.meeting, &detail), now, due.starts_at)
}

fn notify(conn: &mut Conn, due: DueReminder, now: Moment) -> Result<()> {
    let on_site = reminder_choices::member_id.nullable().is_null().or(reminder_choices::on_site);
    let waits = rsvps::table
        .filter(rsvps::meeting_id.eq(reminders::meeting_id))
        .filter(rsvps::member_id.eq(reminders::member_id))
        .filter(rsvps::waitlisted);
    let told = reminded(due, now).filter(on_site).select((reminders::member_id, exists(waits)));
    let told: Vec<(MemberId, bool)> = told.load(conn)?;
    for waitlisted in [false, true] {
        let whom: Vec<MemberId> = told.iter().filter(|(_, waits)| *waits == waitlisted).map(|(id, _)| *id).collect();
        let reminder = Update::MeetingReminder { lead: due.lead, waitlisted };
        notifications::notify_all(conn, &whom, reminder, LogSubject::Meeting(due.meeting), "")?;
    }
    Ok(())
}

/// Whether a queued reminder email is still to be sent: the meeting's start hasn't changed, the member still wants it,
/// and no nearer reminder was sent. `detail` is the lead time in minutes and the start in microseconds.
pub(in crate::domain) fn still_due(
    conn: &mut Conn,
    meeting: &Meeting,
    member: MemberId,
    detail: &str,
    now: Moment,
) -> Result<Option<LeadTime>> {
    let Some((minutes, start)) = detail.split_once(' ') else { return Ok(None) };
    let lead = minutes.parse().ok().and_then(LeadTime::from_minutes);
    let Some((lead, start)) = lead.zip(start.parse().ok().and_then(Moment::from_micros)) else { return Ok(None) };
    let wants = choices(conn, member)?;
    if meeting.starts_at != start || start <= now || !wants.includes(lead) || !wants.by_mail {
        return Ok(None);
    }
    let nearer = reminders::table
        .filter(reminders::meeting_id.eq(meeting.id))
        .filter(reminders::member_id.eq(member))
        .filter(reminders::starts_at.eq(start))
        .filter(reminders::lead.lt(lead.minutes()));
    let overtaken: bool = diesel::select(exists(nearer)).get_result(conn)?;
    Ok((!overtaken).then_some(lead))
}

/// Deletes reminders of meetings that started more than 30 days ago.
pub fn sweep(conn: &mut Conn, now: Moment) -> Result<()> {
    let past = reminders::starts_at.lt(now.before(TimeDelta::days(30)));
    diesel::delete(reminders::table.filter(past)).execute(conn)?;
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reminder_choices)]
pub struct ReminderChoices {
    pub week: bool,
    pub day: bool,
    pub hour: bool,
    #[diesel(column_name = by_email)]
    pub by_mail: bool,
    pub on_site: bool,
    /// Whether to email them about changes: moved, cancelled, off the waiting list.
    #[diesel(column_name = meeting_updates)]
    pub news: bool,
}

impl Default for ReminderChoices {
    fn default() -> Self {
        Self { week: false, day: true, hour: false, by_mail: true, on_site: true, news: true }
    }
}

impl ReminderChoices {
    pub(super) fn includes(self, lead: LeadTime) -> bool {
        match lead {
            LeadTime::Week => self.week,
            LeadTime::Day => self.day,
            LeadTime::Hour => self.hour,
        }
    }
}

/// A member's choices, or the defaults.
pub fn choices(conn: &mut Conn, member: MemberId) -> Result<ReminderChoices> {
    let own = reminder_choices::table.find(member).select(ReminderChoices::as_select());
    Ok(own.first(conn).optional()?.unwrap_or_default())
}

/// Updates a member's own choices.
pub fn update_choices(conn: &mut Conn, member: &Member, choices: ReminderChoices) -> Result<()> {
    policy::require(Some(member), Act::ManageOwnData)?;
    save_choices(conn, member.id, choices)
}

/// Saves the choices of a member, who made them on the site or by an unsubscribe link.
pub(in crate::domain) fn save_choices(conn: &mut Conn, member: MemberId, choices: ReminderChoices) -> Result<()> {
    let row = (reminder_choices::member_id.eq(member), choices);
    dialect::update_or_insert(
        conn,
        |conn| diesel::update(reminder_choices::table.find(member)).set(choices).execute(conn),
        |conn| diesel::insert_into(reminder_choices::table).values(row).execute(conn),
    )
}
