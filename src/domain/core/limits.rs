//! Rate limits per hour, counted in the database so that they hold across instances and restarts. A crate that counts
//! in memory couldn't do that.

use crate::config::Limits;
use crate::db::dialect::inserted;
use crate::db::schema::{club, limits};
use crate::db::{Conn, MemberId, Moment};
use crate::error::{Error, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// Previews and rejected texts per hour, as a multiple of the member's post limit.
const DRAFTS: u32 = 10;

/// Posts per hour from one address, as a multiple of the member's post limit: several members can share an address.
const SHARING: u32 = 10;

/// Counts one use of `bucket`, which allows `most` per hour (0: no limit). Fails with [`Error::TooMany`] when they are
/// used up. If the surrounding transaction fails, the use isn't counted.
pub fn take(conn: &mut Conn, bucket: &str, most: u32) -> Result<()> {
    if most == 0 {
        return Ok(());
    }
    let now = Moment::now();
    let most_taken = i32::try_from(most).unwrap_or(i32::MAX);
    // Check and increment in one statement, so that two requests can't both get the last use.
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
        // Another request may have started the hour in the meantime.
        return if take_one(conn)? { Ok(()) } else { Err(Error::TooMany) };
    }
    let first = (limits::bucket.eq(bucket), limits::opened_at.eq(now), limits::taken.eq(1));
    let opened = inserted(conn, |conn| diesel::insert_into(limits::table).values(first).execute(conn))?;
    if opened { Ok(()) } else { take(conn, bucket, most) }
}

/// The club's own limits, or else those of the server's settings.
pub(in crate::domain) fn of_club(conn: &mut Conn, given: Limits) -> Result<Limits> {
    let own: (Option<i32>, Option<i32>) =
        club::table.select((club::posts_an_hour, club::threads_an_hour)).first(conn)?;
    let or = |own: Option<i32>, given| own.and_then(|most| u32::try_from(most).ok()).unwrap_or(given);
    Ok(Limits { post: or(own.0, given.post), thread: or(own.1, given.thread), ..given })
}

/// Counts a preview or a rejected text of a member.
pub fn take_draft(conn: &mut Conn, member: MemberId, given: Limits) -> Result<()> {
    let most = of_club(conn, given)?.post.saturating_mul(DRAFTS);
    take(conn, &format!("draft:{member}"), most)
}

/// Counts a text from a client address.
pub fn take_from(conn: &mut Conn, address: &str, given: Limits) -> Result<()> {
    let most = of_club(conn, given)?.post.saturating_mul(SHARING);
    take(conn, &format!("from:{address}"), most)
}

/// Uncounts one use, for something that didn't happen after all.
pub fn give_back(conn: &mut Conn, bucket: &str) -> Result<()> {
    let taken = limits::table.find(bucket).filter(limits::taken.gt(0));
    diesel::update(taken).set(limits::taken.eq(limits::taken - 1)).execute(conn)?;
    Ok(())
}

/// Resets a bucket: after a successful sign-in, failed attempts no longer count.
pub fn clear(conn: &mut Conn, bucket: &str) -> Result<()> {
    diesel::delete(limits::table.find(bucket)).execute(conn)?;
    Ok(())
}

/// Deletes buckets whose hour is over.
pub fn sweep(conn: &mut Conn) -> Result<()> {
    let past = hour_before(Moment::now());
    diesel::delete(limits::table.filter(limits::opened_at.lt(past))).execute(conn)?;
    Ok(())
}

fn hour_before(now: Moment) -> Moment {
    now.before(TimeDelta::hours(1))
}
