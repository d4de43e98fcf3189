//! Rate limits per hour, counted in the database so that they hold across instances and restarts. A crate that counts
//! in memory couldn't do that.

use crate::config::Limits;
use crate::db::dialect::try_insert;
use crate::db::schema::{club, rate_limits};
use crate::db::{Conn, MemberId, Moment};
use crate::error::{Error, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// Previews and rejected texts per hour, as a multiple of the member's post limit.
const DRAFTS_PER_POST: u32 = 10;

/// Posts per hour from one address, as a multiple of the member's post limit: several members can share an address.
const MEMBERS_PER_ADDRESS: u32 = 10;

/// Counts one use of `bucket`, which allows `most` per hour (0: no limit). Fails with [`Error::RateLimited`] when they are
/// used up. If the surrounding transaction fails, the use isn't counted.
pub fn consume(conn: &mut Conn, bucket: &str, most: u32) -> Result<()> {
    if most == 0 {
        return Ok(());
    }
    let now = Moment::now();
    let limit = i32::try_from(most).unwrap_or(i32::MAX);
    // Check and increment in one statement, so that two requests can't both get the last use.
    let consume_one = |conn: &mut Conn| -> Result<bool> {
        let open = rate_limits::table.find(bucket).filter(rate_limits::started_at.gt(hour_before(now)));
        let left = open.filter(rate_limits::used.lt(limit));
        Ok(diesel::update(left).set(rate_limits::used.eq(rate_limits::used + 1)).execute(conn)? == 1)
    };
    if consume_one(conn)? {
        return Ok(());
    }
    let past = rate_limits::table.find(bucket).filter(rate_limits::started_at.le(hour_before(now)));
    if diesel::update(past).set((rate_limits::started_at.eq(now), rate_limits::used.eq(1))).execute(conn)? == 1 {
        return Ok(());
    }
    if diesel::select(diesel::dsl::exists(rate_limits::table.find(bucket))).get_result(conn)? {
        // Another request may have started the hour in the meantime.
        return if consume_one(conn)? { Ok(()) } else { Err(Error::RateLimited) };
    }
    let first = (rate_limits::bucket.eq(bucket), rate_limits::started_at.eq(now), rate_limits::used.eq(1));
    let opened = try_insert(conn, |conn| diesel::insert_into(rate_limits::table).values(first).execute(conn))?;
    if opened { Ok(()) } else { consume(conn, bucket, most) }
}

/// How often a bucket was used in its current hour.
pub(in crate::domain) fn used(conn: &mut Conn, bucket: &str) -> Result<i32> {
    let open = rate_limits::table.find(bucket).filter(rate_limits::started_at.gt(hour_before(Moment::now())));
    Ok(open.select(rate_limits::used).first(conn).optional()?.unwrap_or_default())
}

/// The club's own limits, or else those of the server's settings.
pub(in crate::domain) fn of_club(conn: &mut Conn, given: Limits) -> Result<Limits> {
    let own: (Option<i32>, Option<i32>) =
        club::table.select((club::posts_per_hour, club::threads_per_hour)).first(conn)?;
    let or = |own: Option<i32>, given| own.and_then(|most| u32::try_from(most).ok()).unwrap_or(given);
    Ok(Limits { post: or(own.0, given.post), thread: or(own.1, given.thread), ..given })
}

/// Counts a preview or a rejected text of a member.
pub fn consume_draft(conn: &mut Conn, member: MemberId, given: Limits) -> Result<()> {
    let most = of_club(conn, given)?.post.saturating_mul(DRAFTS_PER_POST);
    consume(conn, &format!("draft:{member}"), most)
}

/// Counts a text from a client address.
pub fn consume_for_address(conn: &mut Conn, address: &str, given: Limits) -> Result<()> {
    let most = of_club(conn, given)?.post.saturating_mul(MEMBERS_PER_ADDRESS);
    consume(conn, &format!("from:{address}"), most)
}

/// Uncounts one use, for something that didn't happen after all.
pub fn refund(conn: &mut Conn, bucket: &str) -> Result<()> {
    let taken = rate_limits::table.find(bucket).filter(rate_limits::used.gt(0));
    diesel::update(taken).set(rate_limits::used.eq(rate_limits::used - 1)).execute(conn)?;
    Ok(())
}

/// Resets a bucket: after a successful sign-in, failed attempts no longer count.
pub fn reset(conn: &mut Conn, bucket: &str) -> Result<()> {
    diesel::delete(rate_limits::table.find(bucket)).execute(conn)?;
    Ok(())
}

/// Deletes buckets whose hour is over.
pub fn delete_expired(conn: &mut Conn) -> Result<()> {
    let past = hour_before(Moment::now());
    diesel::delete(rate_limits::table.filter(rate_limits::started_at.lt(past))).execute(conn)?;
    Ok(())
}

fn hour_before(now: Moment) -> Moment {
    now.before(TimeDelta::hours(1))
}
