//! Notifications: what a member is told of that concerns them. They repeat no text that could be folded: who wants to
//! see it follows the link, and meets the gate there.

use crate::db::schema::{members, notifications};
use crate::db::{Conn, MemberId, Moment, NotificationId};
use crate::domain::members::Member;
use crate::error::Result;
use diesel::prelude::*;

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
    /// When.
    pub made_at: Moment,
}

/// How many a page holds.
pub const PAGE: i64 = 30;

/// Tells a member of something, in the transaction in which it happens.
pub(super) fn tell(
    conn: &mut Conn,
    member: MemberId,
    kind: &str,
    (subject, id): (&str, i64),
    reason: &str,
) -> Result<()> {
    let row = (
        (notifications::member_id.eq(member), notifications::kind.eq(kind), notifications::subject.eq(subject)),
        (notifications::subject_id.eq(id), notifications::reason.eq(reason), notifications::made_at.eq(Moment::now())),
    );
    diesel::insert_into(notifications::table).values(row).execute(conn)?;
    diesel::update(members::table.find(member)).set(members::unseen.eq(members::unseen + 1)).execute(conn)?;
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
    diesel::update(members::table.find(member.id)).set(members::unseen.eq(0)).execute(conn)?;
    Ok(())
}
