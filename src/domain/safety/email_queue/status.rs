//! The state of the email queue, for admins.

use super::Kind;
use crate::db::schema::{members, outbox};
use crate::db::{Conn, Moment};
use crate::error::Result;
use diesel::dsl::{max, min};
use diesel::prelude::*;

/// Most failed emails listed.
const LISTED: i64 = 20;

/// The state of the email queue.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Number of unsent emails.
    pub waiting: i64,
    /// When the oldest unsent email was queued.
    pub oldest: Option<Moment>,
    /// The last error of an email that will be retried.
    pub trouble: Option<String>,
    pub last_sent: Option<Moment>,
    /// Number of emails that were given up. The clean-up job deletes old ones.
    pub failed_count: i64,
    /// The latest emails that were given up.
    pub failed: Vec<Failed>,
}

/// An email that was given up.
#[derive(Clone, Debug, Queryable)]
pub struct Failed {
    pub kind: Kind,
    /// The recipient's handle.
    pub handle: Option<String>,
    pub failed_at: Option<Moment>,
    /// The mail server's error.
    pub failure: Option<String>,
}

/// The state of the email queue.
pub fn standing(conn: &mut Conn) -> Result<Standing> {
    let waiting = outbox::table.filter(outbox::sent_at.is_null()).filter(outbox::failed_at.is_null());
    let troubled = waiting.filter(outbox::failure.is_not_null()).order((outbox::due_at.desc(), outbox::id.desc()));
    let failed = outbox::table.filter(outbox::failed_at.is_not_null());
    Ok(Standing {
        waiting: waiting.count().get_result(conn)?,
        oldest: waiting.select(min(outbox::made_at)).first(conn)?,
        trouble: troubled.select(outbox::failure).first::<Option<String>>(conn).optional()?.flatten(),
        last_sent: outbox::table.filter(outbox::sent_at.is_not_null()).select(max(outbox::sent_at)).first(conn)?,
        failed_count: failed.count().get_result(conn)?,
        failed: failed
            .left_join(members::table)
            .order((outbox::failed_at.desc(), outbox::id.desc()))
            .limit(LISTED)
            .select((outbox::kind, members::handle.nullable(), outbox::failed_at, outbox::failure))
            .load(conn)?,
    })
}
