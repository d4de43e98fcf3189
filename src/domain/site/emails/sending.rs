//! Sending: who sends a letter, and what becomes of it. Every instance of the program sends; of each letter the lease is
//! held by one. Should it be killed after the mail server took a letter and before that was noted, the letter is sent
//! again by the same Message-ID, by which receivers tell that it is the same (RFC 5322, 3.6.4).

use super::content::{self, Content};
use crate::db::schema::outbox;
use crate::db::{Conn, LetterId, MemberId, Moment};
use crate::domain::core::club;
use crate::domain::core::tokens::hash;
use crate::domain::safety::email_queue::Kind;
use crate::error::Result;
use chrono::TimeDelta;
use diesel::prelude::*;

/// How many letters are looked for at once.
const BATCH: i64 = 50;

/// How long whoever has taken a letter may take to send it. A server that takes its time with each answer is done by
/// then.
const LEASE: TimeDelta = TimeDelta::minutes(2);

/// The first and the longest pause between two tries, in seconds.
const PAUSES: (i64, i64) = (60, 6 * 3600);

/// How long it is kept that a letter was sent, and that one could not be.
const KEPT: (TimeDelta, TimeDelta) = (TimeDelta::days(7), TimeDelta::days(30));

/// A letter as it lies in the outbox.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub struct Letter {
    /// Its id.
    pub id: LetterId,
    /// What it is for.
    pub kind: Kind,
    /// Whom it goes to.
    pub member_id: Option<MemberId>,
    /// Where it goes to; empty for the member's own address.
    pub address: String,
    /// The id of what it tells of.
    pub subject_id: i64,
    /// What else there is to know of that.
    pub detail: String,
    /// When it was written.
    pub made_at: Moment,
    /// After which moment nobody wants it.
    pub useless_at: Moment,
    /// How often it was tried in vain.
    pub tries: i32,
}

/// A letter that is about to be sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The letter.
    pub letter: Letter,
    /// The address.
    pub to: String,
    /// What it says.
    pub content: Content,
    /// The part of its Message-ID before the `@`: the same at every try.
    pub message: String,
    /// What the club is called.
    pub club: String,
}

/// Why a letter could not be sent: a sentence for admins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server refuses it for good.
    Never(String),
    /// The server does not take it now.
    Later(String),
    /// The server takes none now, or does not answer: the others can wait as well.
    Unreachable(String),
}

/// Ids of letters that are to be sent now, at most a batch of them.
pub fn due(conn: &mut Conn, now: Moment) -> Result<Vec<LetterId>> {
    let waiting = outbox::table
        .filter(outbox::sent_at.is_null())
        .filter(outbox::failed_at.is_null())
        .filter(outbox::due_at.le(now))
        .filter(outbox::leased_until.is_null().or(outbox::leased_until.le(now)));
    Ok(waiting.order((outbox::due_at, outbox::id)).limit(BATCH).select(outbox::id).load(conn)?)
}

/// Takes the lease of a letter and looks up what it says. `None` where another has it, or where it is not to be sent any
/// more: then it is gone.
pub fn take(conn: &mut Conn, id: LetterId, now: Moment) -> Result<Option<Outgoing>> {
    let free = outbox::table
        .find(id)
        .filter(outbox::sent_at.is_null())
        .filter(outbox::failed_at.is_null())
        .filter(outbox::due_at.le(now))
        .filter(outbox::leased_until.is_null().or(outbox::leased_until.le(now)));
    // Of two who ask at once, the second finds the lease taken.
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

/// Removes a letter that nobody wants any more; one that was tried in vain until then has failed.
fn give_up(conn: &mut Conn, letter: &Letter, now: Moment) -> Result<()> {
    let own = outbox::table.find(letter.id);
    match letter.tries > 0 && letter.useless_at <= now {
        true => diesel::update(own).set(outbox::failed_at.eq(now)).execute(conn)?,
        false => diesel::delete(own).execute(conn)?,
    };
    Ok(())
}

/// Notes that the server took a letter. Where it went is forgotten.
pub fn sent(conn: &mut Conn, id: LetterId, now: Moment) -> Result<()> {
    let values = (outbox::sent_at.eq(now), outbox::address.eq(""), outbox::failure.eq(None::<String>));
    diesel::update(outbox::table.find(id)).set(values).execute(conn)?;
    Ok(())
}

/// Notes that a letter could not be sent: it is tried again after a pause that doubles each time, or never.
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

/// The pause after so many tries before this one.
fn pause(tries: i32) -> TimeDelta {
    let (first, longest) = PAUSES;
    let doubled = u32::try_from(tries).ok().and_then(|tries| 2_i64.checked_pow(tries)).unwrap_or(longest);
    TimeDelta::seconds(first.saturating_mul(doubled).min(longest))
}

/// Clears away what nobody wants any more, as where there is no mail server, and what was sent or has failed long ago.
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
