//! The state of the email queue, for admins.

use super::{DROPPED, EmailKind};
use crate::db::schema::{members, queued_emails};
use crate::db::{Conn, Moment};
use crate::domain::core::rate_limits;
use crate::error::Result;
use diesel::dsl::{max, min};
use diesel::prelude::*;

/// Most failed emails listed.
const LISTED: i64 = 20;

/// The state of the email queue.
#[derive(Clone, Debug, Default)]
pub struct QueueStatus {
    /// Number of unsent emails.
    pub waiting: i64,
    /// When the oldest unsent email was queued.
    pub oldest: Option<Moment>,
    /// The last error of an email that will be retried.
    pub last_error: Option<String>,
    pub last_sent: Option<Moment>,
    /// Number of emails that were given up. The clean-up job deletes old ones.
    pub failed_count: i64,
    /// Number of emails in this hour that were not sent because somebody had asked for too many.
    pub dropped: i32,
    /// The latest emails that were given up.
    pub failed: Vec<FailedEmail>,
}

/// An email that was given up.
#[derive(Clone, Debug, Queryable)]
pub struct FailedEmail {
    pub kind: EmailKind,
    /// The recipient's handle.
    pub handle: Option<String>,
    pub failed_at: Option<Moment>,
    /// The mail server's error.
    pub failure: Option<String>,
}

/// The state of the email queue.
pub fn status(conn: &mut Conn) -> Result<QueueStatus> {
    let waiting =
        queued_emails::table.filter(queued_emails::sent_at.is_null()).filter(queued_emails::failed_at.is_null());
    let troubled = waiting
        .filter(queued_emails::failure.is_not_null())
        .order((queued_emails::due_at.desc(), queued_emails::id.desc()));
    let failed = queued_emails::table.filter(queued_emails::failed_at.is_not_null());
    Ok(QueueStatus {
        waiting: waiting.count().get_result(conn)?,
        oldest: waiting.select(min(queued_emails::created_at)).first(conn)?,
        last_error: troubled.select(queued_emails::failure).first::<Option<String>>(conn).optional()?.flatten(),
        last_sent: queued_emails::table
            .filter(queued_emails::sent_at.is_not_null())
            .select(max(queued_emails::sent_at))
            .first(conn)?,
        failed_count: failed.count().get_result(conn)?,
        dropped: rate_limits::used(conn, DROPPED)?,
        failed: failed
            .left_join(members::table)
            .order((queued_emails::failed_at.desc(), queued_emails::id.desc()))
            .limit(LISTED)
            .select((queued_emails::kind, members::handle.nullable(), queued_emails::failed_at, queued_emails::failure))
            .load(conn)?,
    })
}
