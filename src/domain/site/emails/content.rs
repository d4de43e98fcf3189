//! What an email says, decided when it is sent: by what is true then and what its recipient may read. Emails repeat no
//! text that could be folded.

use super::sending::Email;
use crate::db::schema::{members, queued_emails};
use crate::db::{Conn, MeetingId, MemberId, Moment};
use crate::domain::accounts::{email_addresses, email_links, password_resets};
use crate::domain::core::members::MemberState;
use crate::domain::core::tokens::{Token, hash};
use crate::domain::core::zones::Zone;
use crate::domain::core::{club, rate_limits};
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::reminders::{self, LeadTime};
use crate::domain::events::rsvps::{self, Answer};
use crate::domain::safety::email_queue::{DROPPED, EmailKind, queue_account_email};
use crate::domain::site::unsubscriptions::{self, EmailList};
use crate::error::{Error, Result};
use diesel::prelude::*;

/// The most emails per hour that anybody can have sent to an address which they don't own.
const TO_ADDRESS_PER_HOUR: u32 = 5;

/// The most password emails per hour to the confirmed address of one member. Others can't use these up by joining with
/// that address, and each of them has a working link.
const RESETS_PER_HOUR: u32 = 10;

/// The content of an email. `handle` is the recipient's username, and `token` is in the link.
#[derive(Clone, Debug)]
pub enum Content {
    /// A member entered this address. Following the link confirms it.
    Confirm { handle: String, token: String },
    /// A member entered this address, which belongs to the account `owner`.
    AddressTaken { handle: String, owner: String },
    /// A member can set a new password.
    Reset { handle: String, token: String },
    /// An account's email address was changed.
    AddressChanged { handle: String },
    /// An account's password was changed.
    PasswordChanged { handle: String },
    /// A meeting update or a reminder.
    Meeting {
        handle: String,
        update: MeetingUpdate,
        meeting: Box<Meeting>,
        /// The recipient's time zone.
        zone: Zone,
        /// The list that the recipient can unsubscribe from, with `token`.
        list: EmailList,
        token: String,
    },
}

/// What an email about a meeting says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeetingUpdate {
    /// Its time or place has changed.
    Moved,
    /// It was cancelled.
    Cancelled,
    /// The recipient is off the waiting list.
    OffWaitlist,
    /// It starts soon.
    Reminder(LeadTime),
    /// It starts soon, and the recipient is still on the waiting list.
    WaitlistReminder(LeadTime),
}

/// The recipient of an email.
#[derive(Queryable, Selectable)]
#[diesel(table_name = members)]
struct Recipient {
    id: MemberId,
    handle: String,
    email: String,
    email_key: String,
    email_confirmed_at: Option<Moment>,
    state: MemberState,
    suspended_until: Option<Moment>,
    zone: Option<String>,
}

/// The address and content of a queued email. `None` if it is no longer needed.
pub(in crate::domain) fn build(conn: &mut Conn, queued: &Email, now: Moment) -> Result<Option<(String, Content)>> {
    if queued.kind == EmailKind::Forgotten {
        queue_password_resets(conn, queued, now)?;
        return Ok(None);
    }
    let Some(id) = queued.member_id else { return Ok(None) };
    let to: Recipient = members::table.find(id).select(Recipient::as_select()).first(conn)?;
    if to.state == MemberState::Former {
        return Ok(None);
    }
    match queued.kind {
        EmailKind::Confirm => confirm(conn, queued, to, now),
        EmailKind::Reset => reset(conn, queued, to, now),
        EmailKind::AddressChanged => Ok(Some((queued.address.clone(), Content::AddressChanged { handle: to.handle }))),
        EmailKind::PasswordChanged if to.email_confirmed_at.is_some() => {
            Ok(Some((to.email, Content::PasswordChanged { handle: to.handle })))
        }
        EmailKind::Moved | EmailKind::Cancelled | EmailKind::MovedUp | EmailKind::Reminder => {
            meeting_email(conn, queued, to, now)
        }
        EmailKind::PasswordChanged | EmailKind::Forgotten => Ok(None),
    }
}

/// Queues a password email for each account with this address or username, if there is any.
fn queue_password_resets(conn: &mut Conn, queued: &Email, now: Moment) -> Result<()> {
    for (member, email) in password_resets::find_recipients(conn, &queued.address)? {
        queue_account_email(conn, EmailKind::Reset, Some(member), &email, now.after(password_resets::LINK_LIFETIME))?;
    }
    Ok(())
}

fn confirm(conn: &mut Conn, queued: &Email, to: Recipient, now: Moment) -> Result<Option<(String, Content)>> {
    let here = matches!(to.state, MemberState::Active | MemberState::Waiting);
    if !here || to.email_confirmed_at.is_some() {
        return Ok(None);
    }
    let address = hash(&to.email_key);
    if let Some(owner) = email_addresses::find_owner(conn, &to.email_key)? {
        let is_first = is_within_limit(conn, queued, &format!("address-taken:{address}"), 1)?;
        return Ok(is_first.then_some((to.email, Content::AddressTaken { handle: to.handle, owner })));
    }
    if !is_within_limit(conn, queued, &format!("email-to:{address}"), TO_ADDRESS_PER_HOUR)? {
        return Ok(None);
    }
    let until = now.after(email_addresses::LINK_LIFETIME);
    let Token(token) = email_links::create(conn, email_links::EmailLinkKind::Confirm, to.id, &to.email_key, until)?;
    Ok(Some((to.email, Content::Confirm { handle: to.handle, token })))
}

fn reset(conn: &mut Conn, queued: &Email, to: Recipient, now: Moment) -> Result<Option<(String, Content)>> {
    let (bucket, most) = match to.email_confirmed_at {
        Some(_) => (format!("reset:{}", to.id), RESETS_PER_HOUR),
        None => (format!("email-to:{}", hash(&to.email_key)), TO_ADDRESS_PER_HOUR),
    };
    if queued.address != to.email || !is_within_limit(conn, queued, &bucket, most)? {
        return Ok(None);
    }
    let until = now.after(password_resets::LINK_LIFETIME);
    let Token(token) = email_links::create(conn, email_links::EmailLinkKind::Reset, to.id, &to.email_key, until)?;
    Ok(Some((to.email, Content::Reset { handle: to.handle, token })))
}

/// Counts an email in a bucket. A retry was counted at its first attempt. An email past the limit is counted for the
/// health page.
fn is_within_limit(conn: &mut Conn, queued: &Email, bucket: &str, most: u32) -> Result<bool> {
    if queued.attempts > 0 {
        return Ok(true);
    }
    match rate_limits::consume(conn, bucket, most) {
        Ok(()) => Ok(true),
        Err(Error::RateLimited) => rate_limits::consume(conn, DROPPED, u32::MAX).map(|()| false),
        Err(error) => Err(error),
    }
}

fn meeting_email(conn: &mut Conn, queued: &Email, to: Recipient, now: Moment) -> Result<Option<(String, Content)>> {
    let reads = to.state == MemberState::Active && to.suspended_until.is_none_or(|until| until <= now);
    if !reads || to.email_confirmed_at.is_none() {
        return Ok(None);
    }
    let meeting = match meetings::get(conn, None, MeetingId(queued.subject_id)) {
        Err(Error::NotFound) => return Ok(None),
        found => found?,
    };
    let Some(update) = meeting_update(conn, queued, &meeting, to.id, now)? else { return Ok(None) };
    let zone = match &to.zone {
        Some(zone) => Zone::from_stored(zone),
        None => Zone::from_stored(&club::get(conn)?.zone),
    };
    let list = if queued.kind == EmailKind::Reminder { EmailList::Reminders } else { EmailList::MeetingUpdates };
    let token = unsubscriptions::token(conn, to.id, &to.email_key, list)?;
    let content = Content::Meeting { handle: to.handle, update, meeting: Box::new(meeting), zone, list, token };
    Ok(Some((to.email, content)))
}

/// What to say about a meeting as it is now, or `None` if there is nothing to say to this member any more.
fn meeting_update(
    conn: &mut Conn,
    queued: &Email,
    meeting: &Meeting,
    member: MemberId,
    now: Moment,
) -> Result<Option<MeetingUpdate>> {
    let rsvp = rsvps::find(conn, meeting.id, member)?;
    let stays_away = rsvp.is_none_or(|rsvp| rsvp.answer == Answer::No);
    if stays_away || meeting.ends_at <= now || meeting.cancelled.is_some() != (queued.kind == EmailKind::Cancelled) {
        return Ok(None);
    }
    if queued.kind != EmailKind::Reminder && !reminders::choices(conn, member)?.news {
        return Ok(None);
    }
    let waits = rsvp.is_some_and(|rsvp| rsvp.waitlisted);
    Ok(match queued.kind {
        EmailKind::Cancelled => Some(MeetingUpdate::Cancelled),
        // Of several moves in a row, only the last is announced.
        EmailKind::Moved => (!is_superseded(conn, queued, member)?).then_some(MeetingUpdate::Moved),
        EmailKind::MovedUp => (!waits).then_some(MeetingUpdate::OffWaitlist),
        EmailKind::Reminder => {
            let lead = reminders::still_due(conn, meeting, member, &queued.detail, now)?;
            lead.map(if waits { MeetingUpdate::WaitlistReminder } else { MeetingUpdate::Reminder })
        }
        _ => None,
    })
}

fn is_superseded(conn: &mut Conn, queued: &Email, member: MemberId) -> Result<bool> {
    let later = queued_emails::table
        .filter(queued_emails::member_id.eq(member))
        .filter(queued_emails::kind.eq(queued.kind))
        .filter(queued_emails::subject_id.eq(queued.subject_id))
        .filter(queued_emails::id.gt(queued.id))
        .filter(queued_emails::sent_at.is_null())
        .filter(queued_emails::failed_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(later)).get_result(conn)?)
}
