//! How often things may be done. Counted in the database, so that a limit holds across instances and restarts;
//! a crate that counts in memory could not promise that.

use crate::config::Limits;
use crate::db::dialect::inserted;
use crate::db::schema::{club, limits};
use crate::db::{Conn, MemberId, Moment};
use crate::error::{Error, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// How many texts may be previewed or refused for each post that a member may write.
const DRAFTS: u32 = 10;

/// How many times what one member may write may come from one address, at which several may sit.
const SHARING: u32 = 10;

/// Takes one of `most` turns that `bucket` has in an hour, or says that there were too many. `most` 0: no limit.
/// The turn is given back when the transaction around it fails.
pub fn take(conn: &mut Conn, bucket: &str, most: u32) -> Result<()> {
    if most == 0 {
        return Ok(());
    }
    let now = Moment::now();
    let most_taken = i32::try_from(most).unwrap_or(i32::MAX);
    // One statement both asks and takes, so that two at once cannot have the last turn.
    let take_one = |conn: &mut Conn| -> Result<bool> {
        let open = limits::table.find(bucket).filter(limits::opened_at.gt(hour_before(now)));
        let left = open.filter(limits::taken.lt(most_taken));
        Ok(diesel::update(left).set(limits::taken.eq(limits::taken + 1)).execute(conn)? == 1)
    };
    if take_one(conn)? {
        return Ok(());
    }
    let past = limits::table.find(bucket).filter(limits::opened_at.le(hour_before(now)));
    if diesel::update(past).set((limits::opened_at.eq(now), limits::taken.eq(1))).execute(conn)? == 1 {
        return Ok(());
    }
    if diesel::select(diesel::dsl::exists(limits::table.find(bucket))).get_result(conn)? {
        // Another may have opened the hour a moment ago, with turns left in it.
        return if take_one(conn)? { Ok(()) } else { Err(Error::TooMany) };
    }
    let first = (limits::bucket.eq(bucket), limits::opened_at.eq(now), limits::taken.eq(1));
    let opened = inserted(conn, |conn| diesel::insert_into(limits::table).values(first).execute(conn))?;
    if opened { Ok(()) } else { take(conn, bucket, most) }
}

/// The limits as the club itself sets them; where it does not, as the program was started with.
pub(in crate::domain) fn of_club(conn: &mut Conn, given: Limits) -> Result<Limits> {
    let own: (Option<i32>, Option<i32>) =
        club::table.select((club::posts_an_hour, club::threads_an_hour)).first(conn)?;
    let or = |own: Option<i32>, given| own.and_then(|most| u32::try_from(most).ok()).unwrap_or(given);
    Ok(Limits { post: or(own.0, given.post), thread: or(own.1, given.thread), ..given })
}

/// Takes one of the turns that a member has for previews and for texts that are refused.
pub fn take_draft(conn: &mut Conn, member: MemberId, given: Limits) -> Result<()> {
    let most = of_club(conn, given)?.post.saturating_mul(DRAFTS);
    take(conn, &format!("draft:{member}"), most)
}

/// Takes one of the turns that an address has for what its members write.
pub fn take_from(conn: &mut Conn, address: &str, given: Limits) -> Result<()> {
    let most = of_club(conn, given)?.post.saturating_mul(SHARING);
    take(conn, &format!("from:{address}"), most)
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
