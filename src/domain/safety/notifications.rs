//! Notifications: what members are told on the site of what concerns them. They repeat no text that could be folded: members
//! follow the link, and meet the gate there.

use super::activity::event::events;
use super::activity::facts::{LeadTime, TimeAndPlace};
use super::activity::{Event, EventKind};
use super::subjects::{LogSubject, SubjectKind};
use crate::db::schema::{members, notifications, reports};
use crate::db::{Conn, MemberId, Moment, NotificationId, ReportCaseId, word_column};
use crate::domain::core::members::Member;
use crate::domain::core::pagination::Page;
use crate::error::{Error, Result};
use chrono::TimeDelta;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};
use serde::{Deserialize, Serialize};

events! {
    /// What members are notified of and the log doesn't tell.
    enum Update, UpdateKind {
        ReportDecided(Outcome) = "report_decided",
        PostsMoved = "posts_moved",
        MeetingMoved { before: TimeAndPlace, after: TimeAndPlace } = "meeting_moved",
        PlaceFreed = "place_freed",
        MeetingReminder { lead: LeadTime, waitlisted: bool } = "meeting_reminder",
        DateChosen = "date_chosen",
    }
}

/// What became of something that the member reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Hidden,
    Upheld,
    Dismissed,
    /// The report was dismissed, and the text is hidden for another reason.
    StaysHidden,
    /// The text, hidden before, was restored.
    Restored,
    /// The decision was undone, and a moderator decides again.
    Reopened,
}

word_column!(Outcome {
    Hidden = "hidden",
    Upheld = "upheld",
    Dismissed = "dismissed",
    StaysHidden = "stays_hidden",
    Restored = "restored",
    Reopened = "reopened",
});

/// What a notification says.
#[derive(Clone, Debug, PartialEq)]
pub enum NotificationEvent {
    Logged(Event),
    Update(Update),
}

impl From<Event> for NotificationEvent {
    fn from(event: Event) -> Self {
        Self::Logged(event)
    }
}

impl From<Update> for NotificationEvent {
    fn from(update: Update) -> Self {
        Self::Update(update)
    }
}

impl NotificationEvent {
    fn columns(&self) -> Result<(&'static str, String)> {
        Ok(match self {
            Self::Logged(event) => (event.kind().as_str(), event.data()?),
            Self::Update(update) => (update.kind().as_str(), update.data()?),
        })
    }

    fn read(kind: &str, data: &str) -> Result<Self> {
        match (EventKind::from_word(kind), UpdateKind::from_word(kind)) {
            (Some(kind), _) => Event::read(kind, data).map(Self::Logged),
            (None, Some(kind)) => Update::read(kind, data).map(Self::Update),
            (None, None) => Err(Error::Internal(format!("no notification is called {kind}").into())),
        }
    }
}

/// A notification of a member.
#[derive(Clone, Debug)]
pub struct Notification {
    pub id: NotificationId,
    pub event: NotificationEvent,
    pub subject: LogSubject,
    /// May be empty.
    pub reason: String,
    pub created_at: Moment,
}

impl Notification {
    /// What it is about, and the other thread that it names.
    pub fn subjects(&self) -> impl Iterator<Item = LogSubject> + use<> {
        let other = if let NotificationEvent::Logged(event) = &self.event { event.other_thread() } else { None };
        std::iter::once(self.subject).chain(other.map(LogSubject::Thread))
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notifications)]
struct Row {
    id: NotificationId,
    kind: String,
    data: String,
    subject: SubjectKind,
    subject_id: i64,
    reason: String,
    created_at: Moment,
}

impl TryFrom<Row> for Notification {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let event = NotificationEvent::read(&row.kind, &row.data)?;
        let subject = row.subject.with(row.subject_id);
        Ok(Self { id: row.id, event, subject, reason: row.reason, created_at: row.created_at })
    }
}

/// Notifies a member, in the transaction in which it happens.
pub(in crate::domain) fn notify(
    conn: &mut Conn,
    member: MemberId,
    event: impl Into<NotificationEvent>,
    subject: LogSubject,
    reason: &str,
) -> Result<()> {
    notify_all(conn, &[member], event, subject, reason)
}

/// Notifies many members, in two statements for hundreds of them.
pub(in crate::domain) fn notify_all(
    conn: &mut Conn,
    whom: &[MemberId],
    event: impl Into<NotificationEvent>,
    subject: LogSubject,
    reason: &str,
) -> Result<()> {
    let (kind, data) = event.into().columns()?;
    let (subject, subject_id) = subject.columns();
    for some in whom.chunks(500) {
        let members = members::table.filter(members::id.eq_any(some));
        let rows = members.clone().select((
            members::id,
            kind.into_sql::<Text>(),
            data.as_str().into_sql::<Text>(),
            subject.into_sql::<Text>(),
            subject_id.into_sql::<BigInt>(),
            reason.into_sql::<Text>(),
            Moment::now().into_sql::<Timestamp>(),
        ));
        let columns = (
            notifications::member_id,
            notifications::kind,
            notifications::data,
            notifications::subject,
            notifications::subject_id,
            notifications::reason,
            notifications::created_at,
        );
        diesel::insert_into(notifications::table).values(rows).into_columns(columns).execute(conn)?;
        diesel::update(members).set(members::unread_count.eq(members::unread_count + 1)).execute(conn)?;
    }
    Ok(())
}

/// Notifies everybody who reported a text of what became of it; not whoever decided.
pub(in crate::domain) fn notify_reporters(
    conn: &mut Conn,
    case: ReportCaseId,
    except: MemberId,
    outcome: Outcome,
    subject: impl Into<LogSubject>,
) -> Result<()> {
    let reporters = reports::table.filter(reports::case_id.eq(case)).filter(reports::reporter_id.ne(except));
    let reporters: Vec<MemberId> = reporters.select(reports::reporter_id).load(conn)?;
    notify_all(conn, &reporters, Update::ReportDecided(outcome), subject.into(), "")
}

/// How long notifications are kept once they are read.
const KEPT: TimeDelta = TimeDelta::days(365);

/// How many notifications a page has.
const PAGE: i64 = 30;

/// A member's notifications before the given one, newest first.
pub fn list(
    conn: &mut Conn,
    member: &Member,
    before: Option<NotificationId>,
) -> Result<Page<Notification, NotificationId>> {
    let rows: Vec<Row> = notifications::table
        .filter(notifications::member_id.eq(member.id))
        .filter(notifications::id.lt(before.unwrap_or(NotificationId(i64::MAX))))
        .order(notifications::id.desc())
        .limit(PAGE + 1)
        .select(Row::as_select())
        .load(conn)?;
    let found = rows.into_iter().map(Notification::try_from).collect::<Result<_>>()?;
    Ok(Page::new(found, PAGE, |notification: &Notification| notification.id))
}

/// Marks all of a member's notifications as read.
pub fn mark_all_read(conn: &mut Conn, member: &Member) -> Result<()> {
    diesel::update(members::table.find(member.id)).set(members::unread_count.eq(0)).execute(conn)?;
    Ok(())
}

/// Deletes notifications of more than a year ago, of members who have read all of theirs.
pub fn sweep(conn: &mut Conn, now: Moment) -> Result<()> {
    let readers = members::table.filter(members::unread_count.eq(0)).select(members::id);
    let old = notifications::table
        .filter(notifications::created_at.lt(now.before(KEPT)))
        .filter(notifications::member_id.eq_any(readers));
    diesel::delete(old).execute(conn)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_update_has_the_stored_word_of_an_event() {
        let both = UpdateKind::ALL.iter().filter(|kind| EventKind::from_word(kind.as_str()).is_some());
        assert_eq!(both.count(), 0);
    }

    #[test]
    fn notifications_are_read_as_they_were_stored() {
        let updates = [
            Update::ReportDecided(Outcome::StaysHidden),
            Update::MeetingReminder { lead: LeadTime::Day, waitlisted: true },
            Update::PostsMoved,
        ];
        for event in updates.map(NotificationEvent::from).into_iter().chain([Event::ThreadLocked.into()]) {
            let (kind, data) = event.columns().unwrap();
            assert_eq!(NotificationEvent::read(kind, &data).unwrap(), event);
        }
    }
}
