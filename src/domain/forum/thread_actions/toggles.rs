//! Locking and pinning threads, and requiring approval of their posts.

use super::post_positions;
use crate::db::schema::threads;
use crate::db::{Conn, Moment, ThreadId};
use crate::domain::core::club;
use crate::domain::core::members::Member;
use crate::domain::core::policy;
use crate::domain::core::text_fields::Reason;
use crate::domain::core::zones::Zone;
use crate::domain::forum::threads::{Thread, get_unmerged};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Problems, Result};
use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Locks a thread, so that it takes no new posts, and shows the reason on its page; or unlocks it.
pub fn set_locked(conn: &mut Conn, actor: &Member, id: ThreadId, locked: bool, reason: &Reason) -> Result<()> {
    set_lock_reason(conn, actor, id, locked.then_some(reason.text.as_str()), reason)
}

/// Locks a thread and shows `words` on its page, or unlocks it if `words` is `None`.
fn set_lock_reason(conn: &mut Conn, actor: &Member, id: ThreadId, words: Option<&str>, reason: &Reason) -> Result<()> {
    let thread = get_unmerged(conn, id)?;
    policy::require_moderation(actor, thread.author.role())?;
    let locked = words.is_some();
    let values =
        (threads::locked.eq(locked), threads::lock_reason.eq(words), threads::version.eq(threads::version + 1));
    let other = threads::table.find(id).filter(threads::locked.ne(locked));
    if diesel::update(other).set(values).execute(conn)? == 0 {
        return Err(conflict(conn, actor, id)?);
    }
    let before = thread.lock_reason.filter(|_| thread.locked);
    let event = if locked { Event::ThreadLocked } else { Event::ThreadUnlocked };
    let entry = NewLogEntry::new(event, LogSubject::Thread(id)).because(reason).concerning(thread.author_id);
    log::record(conn, actor.id, entry.undone_by(&LockThread { thread: id, reason: before })?)
}

/// Reversal: locks the thread for this reason; `None` unlocks it.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct LockThread {
    thread: ThreadId,
    reason: Option<String>,
}

impl Reversal for LockThread {
    const NAME: &'static str = "thread.lock";

    fn topic(&self) -> String {
        format!("lock {}", self.thread)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        set_lock_reason(conn, actor, self.thread, self.reason.as_deref(), reason)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pin {
    #[serde(rename = "unpinned")]
    Unpinned,
    /// Until somebody unpins it.
    #[serde(rename = "pinned")]
    Pinned,
    /// Until this moment, in microseconds since 1970.
    #[serde(rename = "until")]
    Until(i64),
}

impl Pin {
    fn of(thread: &Thread) -> Self {
        match thread.pinned_until {
            _ if !thread.pinned => Self::Unpinned,
            Some(until) => Self::Until(until.micros()),
            None => Self::Pinned,
        }
    }

    fn until(self) -> Option<Moment> {
        if let Self::Until(micros) = self { Moment::from_micros(micros) } else { None }
    }
}

/// Pins a thread to the top of lists, until the end of a day (in the club's time zone) or until it is unpinned.
pub fn pin(conn: &mut Conn, actor: &Member, id: ThreadId, through: Option<NaiveDate>, reason: &Reason) -> Result<()> {
    let refused = |sentence: &str| Error::Refused(Problems::one("until", sentence));
    let zone = Zone::from_stored(&club::get(conn)?.zone);
    let pin = match through {
        Some(day) => {
            let end = zone.day_bounds(day).map(|(_, end)| end).ok_or_else(|| refused("This date doesn’t exist."))?;
            if end <= Moment::now() {
                return Err(refused("This date is in the past. Please choose a later date, or leave it empty."));
            }
            Pin::Until(end.micros())
        }
        None => Pin::Pinned,
    };
    set_pin(conn, actor, id, (None, pin), reason)
}

pub fn unpin(conn: &mut Conn, actor: &Member, id: ThreadId, reason: &Reason) -> Result<()> {
    set_pin(conn, actor, id, (None, Pin::Unpinned), reason)
}

/// Pins or unpins a thread. With `now`, only if the thread is pinned like that at present.
fn set_pin(
    conn: &mut Conn,
    actor: &Member,
    id: ThreadId,
    (now, pin): (Option<Pin>, Pin),
    reason: &Reason,
) -> Result<()> {
    let thread = get_unmerged(conn, id)?;
    policy::require_moderation(actor, thread.author.role())?;
    let before = Pin::of(&post_positions::lock(conn, &thread)?);
    // An expired pin counts as none.
    let is_over = |pin: Pin| pin.until().is_some_and(|until| until <= Moment::now());
    let now = now.map(|now| if is_over(now) { Pin::Unpinned } else { now });
    if pin == before || is_over(pin) || now.is_some_and(|now| now != before) {
        return Err(conflict(conn, actor, id)?);
    }
    let values = (threads::pinned.eq(pin != Pin::Unpinned), threads::pinned_until.eq(pin.until()));
    diesel::update(threads::table.find(id)).set(values).execute(conn)?;
    let event = if pin == Pin::Unpinned { Event::ThreadUnpinned } else { Event::ThreadPinned { until: pin.until() } };
    let entry = NewLogEntry::new(event, LogSubject::Thread(id)).because(reason).concerning(thread.author_id);
    log::record(conn, actor.id, entry.undone_by(&PinThread { thread: id, now: pin, before })?)
}

/// Reversal: restores the pin from before, if the thread is still pinned as `now` says.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct PinThread {
    thread: ThreadId,
    now: Pin,
    before: Pin,
}

impl Reversal for PinThread {
    const NAME: &'static str = "thread.pin";

    fn topic(&self) -> String {
        format!("pin {}", self.thread)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        set_pin(conn, actor, self.thread, (Some(self.now), self.before), reason)
    }
}

/// Sets whether each new post of a thread needs a moderator's approval.
pub fn set_approval(conn: &mut Conn, actor: &Member, id: ThreadId, on: bool, reason: &Reason) -> Result<()> {
    let thread = get_unmerged(conn, id)?;
    policy::require_moderation(actor, thread.author.role())?;
    let values = (threads::requires_approval.eq(on), threads::version.eq(threads::version + 1));
    let other = threads::table.find(id).filter(threads::requires_approval.ne(on));
    if diesel::update(other).set(values).execute(conn)? == 0 {
        return Err(conflict(conn, actor, id)?);
    }
    let event = if on { Event::ApprovalRequired } else { Event::ApprovalLifted };
    let entry = NewLogEntry::new(event, LogSubject::Thread(id)).because(reason).concerning(thread.author_id);
    log::record(conn, actor.id, entry.undone_by(&RequireApproval { thread: id, on: !on })?)
}

/// Reversal: requires approval of new posts, or stops requiring it.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RequireApproval {
    thread: ThreadId,
    on: bool,
}

impl Reversal for RequireApproval {
    const NAME: &'static str = "thread.approval";

    fn topic(&self) -> String {
        format!("approval {}", self.thread)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        set_approval(conn, actor, self.thread, self.on, reason)
    }
}

fn conflict(conn: &mut Conn, actor: &Member, id: ThreadId) -> Result<Error> {
    log::overtaken(conn, actor, LogSubject::Thread(id))
}
