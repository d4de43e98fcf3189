//! How often things may be done. Counted in the database, so that a limit holds across instances and restarts;
//! a crate that counts in memory could not promise that.

use crate::db::dialect::inserted;
use crate::db::schema::limits;
use crate::db::{Conn, Moment};
use crate::error::{Error, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// How many texts may be previewed or refused for each post that a member may write.
pub const DRAFTS: u32 = 10;

/// Takes one of `most` turns that `bucket` has in an hour, or says that there were too many. `most` 0: no limit.
/// The turn is given back when the transaction around it fails.
pub fn take(conn: &mut Conn, bucket: &str, most: u32) -> Result<()> {
    if most == 0 {
        return Ok(());
    }
    let now = Moment::now();
    let most_taken = i32::try_from(most).unwrap_or(i32::MAX);
    // One statement both asks and takes, so that two at once cannot have the last turn.
    let left =
        limits::table.find(bucket).filter(limits::opened_at.gt(hour_before(now))).filter(limits::taken.lt(most_taken));
    if diesel::update(left).set(limits::taken.eq(limits::taken + 1)).execute(conn)? == 1 {
        return Ok(());
    }
    let past = limits::table.find(bucket).filter(limits::opened_at.le(hour_before(now)));
    if diesel::update(past).set((limits::opened_at.eq(now), limits::taken.eq(1))).execute(conn)? == 1 {
        return Ok(());
    }
    if diesel::select(diesel::dsl::exists(limits::table.find(bucket))).get_result(conn)? {
        return Err(Error::TooMany);
    }
    let first = (limits::bucket.eq(bucket), limits::opened_at.eq(now), limits::taken.eq(1));
    let opened = inserted(conn, |conn| diesel::insert_into(limits::table).values(first).execute(conn))?;
    if opened { Ok(()) } else { take(conn, bucket, most) }
}

/// Gives one turn back that was taken for something that did not happen.
pub fn give_back(conn: &mut Conn, bucket: &str) -> Result<()> {
    let taken = limits::table.find(bucket).filter(limits::taken.gt(0));
    diesel::update(taken).set(limits::taken.eq(limits::taken - 1)).execute(conn)?;
    Ok(())
}

/// Gives back what a bucket has taken: after a success, its failures no longer count.
pub fn clear(conn: &mut Conn, bucket: &str) -> Result<()> {
    diesel::delete(limits::table.find(bucket)).execute(conn)?;
    Ok(())
}

/// Forgets what no longer limits anybody.
pub fn sweep(conn: &mut Conn) -> Result<()> {
    let past = hour_before(Moment::now());
    diesel::delete(limits::table.filter(limits::opened_at.lt(past))).execute(conn)?;
    Ok(())
}

fn hour_before(now: Moment) -> Moment {
    now.before(TimeDelta::hours(1))
}
