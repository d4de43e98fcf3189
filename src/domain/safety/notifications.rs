//! Notifications: what a member is told of that concerns them. They repeat no text that could be folded: who wants to
//! see it follows the link, and meets the gate there.

use crate::db::schema::{members, notifications, reports};
use crate::db::{Conn, MemberId, Moment, NotificationId, ReportCaseId, word_column};
use crate::domain::core::members::Member;
use crate::error::Result;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};

/// Something that a member was told.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = notifications)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// What happened: "hid", "locked", … as in the log.
    pub kind: String,
    /// To what: "post", "thread", "member", …
    pub subject: String,
    /// The id of what it happened to.
    pub subject_id: i64,
    /// Why, where somebody said so.
    pub reason: String,
    /// Facts beside that, which give nothing away: the role that they got, from when to when a meeting has moved.
    pub detail: String,
    /// When.
    pub created_at: Moment,
}

/// What became of something that a member reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was found right, and the text is hidden.
    Hidden,
    /// It was found right.
    Upheld,
    /// The text is kept as it is.
    Kept,
    /// It was not found right, and the text stays hidden for another reason.
    StaysHidden,
    /// The text, hidden before, is shown again.
    Shown,
    /// The decision was taken back, and a moderator decides anew.
    Reopened,
}

word_column!(Outcome {
    Hidden = "report: hidden",
    Upheld = "report: upheld",
    Kept = "report: kept",
    StaysHidden = "report: stays hidden",
    Shown = "report: shown",
    Reopened = "report: reopened",
});

impl Notification {
    /// What it is about, as the log names it: "post" 12.
    pub fn about(&self) -> (&str, i64) {
        (&self.subject, self.subject_id)
    }

    /// What became of something that the member reported, where it tells of that.
    pub fn outcome(&self) -> Option<Outcome> {
        Outcome::from_word(&self.kind)
    }
}

/// Tells all who reported a text what became of it, in two statements however many they are; not whoever decided.
pub(in crate::domain) fn tell_reporters(
    conn: &mut Conn,
    case: ReportCaseId,
    except: MemberId,
    outcome: Outcome,
    (subject, id): (&'static str, i64),
) -> Result<()> {
    let told = reports::table.filter(reports::case_id.eq(case)).filter(reports::reporter_id.ne(except));
    let rows = told.select((
        reports::reporter_id,
        outcome.as_str().into_sql::<Text>(),
        subject.into_sql::<Text>(),
        id.into_sql::<BigInt>(),
        "".into_sql::<Text>(),
        Moment::now().into_sql::<Timestamp>(),
    ));
    let columns = (
        notifications::member_id,
        notifications::kind,
        notifications::subject,
        notifications::subject_id,
        notifications::reason,
        notifications::created_at,
    );
    diesel::insert_into(notifications::table).values(rows).into_columns(columns).execute(conn)?;
    let members = members::table.filter(members::id.eq_any(told.select(reports::reporter_id)));
    diesel::update(members).set(members::unread_count.eq(members::unread_count + 1)).execute(conn)?;
    Ok(())
}

/// How many a page holds.
pub const PAGE: i64 = 30;

/// Tells a member of something, in the transaction in which it happens.
pub(in crate::domain) fn tell(
    conn: &mut Conn,
    member: MemberId,
    kind: &str,
    (subject, id): (&str, i64),
    (reason, detail): (&str, &str),
) -> Result<()> {
    let row = (
        (notifications::member_id.eq(member), notifications::kind.eq(kind), notifications::subject.eq(subject)),
        (notifications::subject_id.eq(id), notifications::reason.eq(reason), notifications::detail.eq(detail)),
        notifications::created_at.eq(Moment::now()),
    );
    diesel::insert_into(notifications::table).values(row).execute(conn)?;
    diesel::update(members::table.find(member))
        .set(members::unread_count.eq(members::unread_count + 1))
        .execute(conn)?;
    Ok(())
}

/// Tells many members of the same, in two statements for hundreds of them.
pub(in crate::domain) fn tell_each(
    conn: &mut Conn,
    told: &[MemberId],
    kind: &str,
    (subject, id): (&str, i64),
    reason: &str,
) -> Result<()> {
    for some in told.chunks(500) {
        let members = members::table.filter(members::id.eq_any(some));
        let rows = members.clone().select((
            members::id,
            kind.into_sql::<Text>(),
            subject.into_sql::<Text>(),
            id.into_sql::<BigInt>(),
            reason.into_sql::<Text>(),
            Moment::now().into_sql::<Timestamp>(),
        ));
        let columns = (
            notifications::member_id,
            notifications::kind,
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

/// What a member was told, the newest first, from before the given one; one more than a page.
pub fn list(conn: &mut Conn, member: &Member, before: Option<NotificationId>) -> Result<Vec<Notification>> {
    let mut query = notifications::table
        .filter(notifications::member_id.eq(member.id))
        .order(notifications::id.desc())
        .limit(PAGE + 1)
        .select(Notification::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(notifications::id.lt(before));
    }
    Ok(query.load(conn)?)
}

/// A member has seen what they were told so far.
pub fn see(conn: &mut Conn, member: &Member) -> Result<()> {
    diesel::update(members::table.find(member.id)).set(members::unread_count.eq(0)).execute(conn)?;
    Ok(())
}
