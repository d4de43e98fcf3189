//! How the outbox stands, for admins.

use super::Kind;
use crate::db::schema::{members, outbox};
use crate::db::{Conn, Moment};
use crate::error::Result;
use diesel::dsl::{max, min};
use diesel::prelude::*;

/// How many that could not be sent are listed.
const LISTED: i64 = 20;

/// How the outbox stands.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// How many letters wait to be sent.
    pub waiting: i64,
    /// When the oldest of them was written.
    pub oldest: Option<Moment>,
    /// Why one that waits was not sent at the last try.
    pub trouble: Option<String>,
    /// When a letter was last sent.
    pub last_sent: Option<Moment>,
    /// How many could not be sent in the last month.
    pub failed_count: i64,
    /// The latest of them.
    pub failed: Vec<Failed>,
}

/// A letter that could not be sent.
#[derive(Clone, Debug, Queryable)]
pub struct Failed {
    /// What it was for.
    pub kind: Kind,
    /// Whom it was for.
    pub handle: Option<String>,
    /// When it was given up.
    pub failed_at: Option<Moment>,
    /// Why, as the mail server said it.
    pub failure: Option<String>,
}

/// How the outbox stands.
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
