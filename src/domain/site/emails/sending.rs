//! Sends the email queue. Every instance of the program sends; a lease gives each email to one of them. If the program
//! is killed after the mail server has accepted an email and before that is recorded, the email is sent again with the
//! same Message-ID, by which receivers can recognise the duplicate (RFC 5322, 3.6.4).

use super::content::{self, Content};
use crate::db::schema::outbox;
use crate::db::{Conn, LetterId, MemberId, Moment};
use crate::domain::core::club;
use crate::domain::core::tokens::hash;
use crate::domain::safety::email_queue::Kind;
use crate::error::Result;
use chrono::TimeDelta;
use diesel::prelude::*;

/// The most emails that are looked up at once.
const BATCH: i64 = 50;

/// How long an instance may take to send an email that it has leased. Long enough for a mail server that is slow with
/// every reply.
const LEASE: TimeDelta = TimeDelta::minutes(2);

/// The first and the longest pause between two attempts, in seconds.
const PAUSES: (i64, i64) = (60, 6 * 3600);

/// How long the records of sent and of failed emails are kept.
const KEPT: (TimeDelta, TimeDelta) = (TimeDelta::days(7), TimeDelta::days(30));

/// A queued email, as stored: ids, not its text.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub struct Letter {
    pub id: LetterId,
    /// What it is about.
    pub kind: Kind,
    /// The recipient. `None` for the answer to "forgot password", whose account isn't looked up yet.
    pub member_id: Option<MemberId>,
    /// The email address; empty for the member's own. For a forgotten password, the username or address that was typed.
    pub address: String,
    /// The id of its subject, such as the meeting.
    pub subject_id: i64,
    /// More about the subject, such as the lead of a reminder.
    pub detail: String,
    /// When it was queued.
    pub made_at: Moment,
    /// When it expires: it isn't sent after that.
    pub useless_at: Moment,
    /// How many attempts failed.
    pub tries: i32,
}

/// An email that is ready to be rendered and sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Its row of the queue.
    pub letter: Letter,
    /// The recipient's email address.
    pub to: String,
    pub content: Content,
    /// The local part of its Message-ID, the same for every attempt.
    pub message: String,
    /// The club's name.
    pub club: String,
}

/// Why an email could not be sent, with a sentence for admins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server rejects it for good.
    Never(String),
    /// The server rejects it for now.
    Later(String),
    /// The server can't be reached or accepts no email now. Other emails can wait as well.
    Unreachable(String),
}

/// Ids of emails to be sent now, at most one batch.
pub fn due(conn: &mut Conn, now: Moment) -> Result<Vec<LetterId>> {
    let waiting = outbox::table
        .filter(outbox::sent_at.is_null())
        .filter(outbox::failed_at.is_null())
        .filter(outbox::due_at.le(now))
        .filter(outbox::leased_until.is_null().or(outbox::leased_until.le(now)));
    Ok(waiting.order((outbox::due_at, outbox::id)).limit(BATCH).select(outbox::id).load(conn)?)
}

/// Leases an email and decides what it says. Returns `None` if another instance has leased it, or if it is no longer
/// needed; then it is deleted.
pub fn take(conn: &mut Conn, id: LetterId, now: Moment) -> Result<Option<Outgoing>> {
    let free = outbox::table
        .find(id)
        .filter(outbox::sent_at.is_null())
        .filter(outbox::failed_at.is_null())
        .filter(outbox::due_at.le(now))
        .filter(outbox::leased_until.is_null().or(outbox::leased_until.le(now)));
    // If two instances ask at once, the second finds the lease taken.
    if diesel::update(free).set(outbox::leased_until.eq(now.after(LEASE))).execute(conn)? == 0 {
        return Ok(None);
    }
    let letter: Letter = outbox::table.find(id).select(Letter::as_select()).first(conn)?;
    let looked = if letter.useless_at > now { content::look(conn, &letter, now)? } else { None };
    let Some((to, content)) = looked else {
        give_up(conn, &letter, now)?;
        return Ok(None);
    };
    let message = hash(&format!("letter {} {} {}", letter.id, letter.made_at.micros(), club::secret(conn)?));
    Ok(Some(Outgoing { letter, to, content, message, club: club::get(conn)?.name }))
}

/// Deletes an email that is no longer needed. One that has expired after failed attempts is marked as failed instead.
fn give_up(conn: &mut Conn, letter: &Letter, now: Moment) -> Result<()> {
    let own = outbox::table.find(letter.id);
    match letter.tries > 0 && letter.useless_at <= now {
        true => diesel::update(own).set(outbox::failed_at.eq(now)).execute(conn)?,
        false => diesel::delete(own).execute(conn)?,
    };
    Ok(())
}

/// Records that an email was sent, and clears its address.
pub fn sent(conn: &mut Conn, id: LetterId, now: Moment) -> Result<()> {
    let values = (outbox::sent_at.eq(now), outbox::address.eq(""), outbox::failure.eq(None::<String>));
    diesel::update(outbox::table.find(id)).set(values).execute(conn)?;
    Ok(())
}

/// Records a failed attempt. The email is tried again after a pause that doubles each time, or never.
pub fn failed(conn: &mut Conn, letter: &Letter, failure: &Failure, now: Moment) -> Result<()> {
    let own = outbox::table.find(letter.id).filter(outbox::sent_at.is_null());
    let tries = (outbox::tries.eq(outbox::tries + 1), outbox::leased_until.eq(None::<Moment>));
    match failure {
        Failure::Never(why) => {
            diesel::update(own).set((tries, outbox::failure.eq(why), outbox::failed_at.eq(now))).execute(conn)?
        }
        Failure::Later(why) | Failure::Unreachable(why) => {
            let due_at = now.after(pause(letter.tries));
            diesel::update(own).set((tries, outbox::failure.eq(why), outbox::due_at.eq(due_at))).execute(conn)?
        }
    };
    Ok(())
}

/// The pause after a failed attempt, given the number of failed attempts before it.
fn pause(tries: i32) -> TimeDelta {
    let (first, longest) = PAUSES;
    let doubled = u32::try_from(tries).ok().and_then(|tries| 2_i64.checked_pow(tries)).unwrap_or(longest);
    TimeDelta::seconds(first.saturating_mul(doubled).min(longest))
}

/// Deletes expired emails, such as when there is no mail server, and old records of sent and failed ones.
pub fn sweep(conn: &mut Conn, now: Moment) -> Result<()> {
    let waiting = outbox::table.filter(outbox::sent_at.is_null()).filter(outbox::failed_at.is_null());
    let useless = waiting.filter(outbox::useless_at.le(now));
    diesel::delete(useless.filter(outbox::tries.eq(0))).execute(conn)?;
    diesel::update(useless).set(outbox::failed_at.eq(now)).execute(conn)?;
    diesel::delete(outbox::table.filter(outbox::sent_at.lt(now.before(KEPT.0)))).execute(conn)?;
    diesel::delete(outbox::table.filter(outbox::failed_at.lt(now.before(KEPT.1)))).execute(conn)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_quarter_of_a_day() {
        let minutes: Vec<i64> = (0..11).map(|tries| pause(tries).num_minutes()).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
        assert_eq!(pause(i32::MAX), TimeDelta::hours(6));
    }
}
