//! Sends the email queue. Every instance of the program sends; a lease gives each email to one of them. If the program
//! is killed after the mail server has accepted an email and before that is recorded, the email is sent again with the
//! same Message-ID, by which receivers can recognise the duplicate (RFC 5322, 3.6.4).

use super::content::{self, Content};
use crate::db::schema::queued_emails;
use crate::db::{Conn, MemberId, Moment, QueuedEmailId};
use crate::domain::core::club;
use crate::domain::core::tokens::hash;
use crate::domain::safety::email_queue::EmailKind;
use crate::error::Result;
use chrono::TimeDelta;
use diesel::prelude::*;

/// The most emails that are looked up at once.
const BATCH: i64 = 50;

/// How long an instance may take to send an email that it has leased. Long enough for a mail server that is slow with
/// every reply.
const LEASE: TimeDelta = TimeDelta::minutes(2);

/// The first and the longest pause between two attempts, in seconds.
const BACKOFF: (i64, i64) = (60, 6 * 3600);

/// How long the records of sent and of failed emails are kept.
const RETENTION: (TimeDelta, TimeDelta) = (TimeDelta::days(7), TimeDelta::days(30));

/// A queued email, as stored: ids, not its text.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = queued_emails)]
pub struct Email {
    pub id: QueuedEmailId,
    pub kind: EmailKind,
    /// The recipient. `None` for the answer to "forgot password", whose account isn't looked up yet.
    pub member_id: Option<MemberId>,
    /// The email address; empty for the member's own. For a forgotten password, the username or address that was typed.
    pub address: String,
    /// The id of its subject, such as the meeting.
    pub subject_id: i64,
    /// More about the subject, such as the lead of a reminder.
    pub detail: String,
    pub created_at: Moment,
    /// When it expires: it isn't sent after that.
    pub expires_at: Moment,
    /// How many attempts failed.
    pub attempts: i32,
}

/// An email that is ready to be rendered and sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub email: Email,
    pub to: String,
    pub content: Content,
    /// The local part of its Message-ID, the same for every attempt.
    pub message_id: String,
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
pub fn due(conn: &mut Conn, now: Moment) -> Result<Vec<QueuedEmailId>> {
    let waiting = queued_emails::table
        .filter(queued_emails::sent_at.is_null())
        .filter(queued_emails::failed_at.is_null())
        .filter(queued_emails::due_at.le(now))
        .filter(queued_emails::leased_until.is_null().or(queued_emails::leased_until.le(now)));
    Ok(waiting.order((queued_emails::due_at, queued_emails::id)).limit(BATCH).select(queued_emails::id).load(conn)?)
}

/// Leases an email and decides what it says. Returns `None` if another instance has leased it, or if it is no longer
/// needed; then it is deleted.
pub fn lease(conn: &mut Conn, id: QueuedEmailId, now: Moment) -> Result<Option<Outgoing>> {
    let free = queued_emails::table
        .find(id)
        .filter(queued_emails::sent_at.is_null())
        .filter(queued_emails::failed_at.is_null())
        .filter(queued_emails::due_at.le(now))
        .filter(queued_emails::leased_until.is_null().or(queued_emails::leased_until.le(now)));
    // If two instances ask at once, the second finds the lease taken.
    if diesel::update(free).set(queued_emails::leased_until.eq(now.after(LEASE))).execute(conn)? == 0 {
        return Ok(None);
    }
    let email: Email = queued_emails::table.find(id).select(Email::as_select()).first(conn)?;
    let looked = if email.expires_at > now { content::build(conn, &email, now)? } else { None };
    let Some((to, content)) = looked else {
        discard(conn, &email, now)?;
        return Ok(None);
    };
    let message_id = hash(&format!("letter {} {} {}", email.id, email.created_at.micros(), club::secret(conn)?));
    Ok(Some(Outgoing { email, to, content, message_id, club: club::get(conn)?.name }))
}

/// Deletes an email that is no longer needed. One that has expired after failed attempts is marked as failed instead.
fn discard(conn: &mut Conn, email: &Email, now: Moment) -> Result<()> {
    let own = queued_emails::table.find(email.id);
    match email.attempts > 0 && email.expires_at <= now {
        true => diesel::update(own).set(queued_emails::failed_at.eq(now)).execute(conn)?,
        false => diesel::delete(own).execute(conn)?,
    };
    Ok(())
}

/// Records that an email was sent, and clears its address.
pub fn mark_sent(conn: &mut Conn, id: QueuedEmailId, now: Moment) -> Result<()> {
    let values =
        (queued_emails::sent_at.eq(now), queued_emails::address.eq(""), queued_emails::failure.eq(None::<String>));
    diesel::update(queued_emails::table.find(id)).set(values).execute(conn)?;
    Ok(())
}

/// Records a failed attempt. The email is tried again after a pause that doubles each time, or never.
pub fn mark_failed(conn: &mut Conn, email: &Email, failure: &Failure, now: Moment) -> Result<()> {
    let own = queued_emails::table.find(email.id).filter(queued_emails::sent_at.is_null());
    let tries =
        (queued_emails::attempts.eq(queued_emails::attempts + 1), queued_emails::leased_until.eq(None::<Moment>));
    match failure {
        Failure::Never(why) => diesel::update(own)
            .set((tries, queued_emails::failure.eq(why), queued_emails::failed_at.eq(now)))
            .execute(conn)?,
        Failure::Later(why) | Failure::Unreachable(why) => {
            let due_at = now.after(backoff(email.attempts));
            diesel::update(own)
                .set((tries, queued_emails::failure.eq(why), queued_emails::due_at.eq(due_at)))
                .execute(conn)?
        }
    };
    Ok(())
}

/// The pause after a failed attempt, given the number of failed attempts before it.
fn backoff(tries: i32) -> TimeDelta {
    let (first, longest) = BACKOFF;
    let doubled = u32::try_from(tries).ok().and_then(|tries| 2_i64.checked_pow(tries)).unwrap_or(longest);
    TimeDelta::seconds(first.saturating_mul(doubled).min(longest))
}

/// Deletes expired emails, such as when there is no mail server, and old records of sent and failed ones.
pub fn sweep(conn: &mut Conn, now: Moment) -> Result<()> {
    let waiting =
        queued_emails::table.filter(queued_emails::sent_at.is_null()).filter(queued_emails::failed_at.is_null());
    let useless = waiting.filter(queued_emails::expires_at.le(now));
    diesel::delete(useless.filter(queued_emails::attempts.eq(0))).execute(conn)?;
    diesel::update(useless).set(queued_emails::failed_at.eq(now)).execute(conn)?;
    diesel::delete(queued_emails::table.filter(queued_emails::sent_at.lt(now.before(RETENTION.0)))).execute(conn)?;
    diesel::delete(queued_emails::table.filter(queued_emails::failed_at.lt(now.before(RETENTION.1)))).execute(conn)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_quarter_of_a_day() {
        let minutes: Vec<i64> = (0..11).map(|tries| backoff(tries).num_minutes()).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
        assert_eq!(backoff(i32::MAX), TimeDelta::hours(6));
    }
}
