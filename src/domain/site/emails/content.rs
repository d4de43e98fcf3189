//! What an email says, decided when it is sent: by what is true then and what its recipient may read. Emails repeat no
//! text that could be folded.

use super::sending::Letter;
use crate::db::schema::{members, outbox};
use crate::db::{Conn, MeetingId, MemberId, Moment};
use crate::domain::accounts::{email_addresses, email_links, password_resets};
use crate::domain::core::members::State;
use crate::domain::core::tokens::{Token, hash};
use crate::domain::core::zones::Zone;
use crate::domain::core::{club, limits};
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::reminders::{self, Lead};
use crate::domain::events::rsvps::{self, Answer};
use crate::domain::safety::email_queue::{Kind, write};
use crate::domain::site::unsubscriptions::{self, List};
use crate::error::{Error, Result};
use diesel::prelude::*;

/// The most confirmation and password emails per email address per hour. Anybody can ask for one.
const AN_HOUR: u32 = 5;

/// The content of an email.
#[derive(Clone, Debug)]
pub enum Content {
    /// A member entered this address. Following the link confirms it.
    Confirm {
        /// The member's username.
        handle: String,
        /// The token in the link.
        token: String,
    },
    /// A member entered this address, which belongs to another account.
    Taken {
        /// The username of the member who entered it.
        handle: String,
        /// The username of the account that it belongs to.
        owner: String,
    },
    /// A member can set a new password.
    Reset {
        /// The member's username.
        handle: String,
        /// The token in the link.
        token: String,
    },
    /// An account's email address was changed.
    AddressChanged {
        /// The member's username.
        handle: String,
    },
    /// An account's password was changed.
    PasswordChanged {
        /// The member's username.
        handle: String,
    },
    /// A meeting update or a reminder.
    Meeting {
        /// The recipient's username.
        handle: String,
        /// What happened.
        news: News,
        meeting: Box<Meeting>,
        /// The recipient's time zone.
        zone: Zone,
        /// The list that the recipient can unsubscribe from.
        list: List,
        /// The token of the unsubscribe link.
        token: String,
    },
}

/// What an email about a meeting says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Its time or place has changed.
    Moved,
    /// It was cancelled.
    Cancelled,
    /// The recipient is off the waiting list.
    MovedUp,
    /// It starts soon.
    Reminder(Lead),
    /// It starts soon, and the recipient is still on the waiting list.
    Waiting(Lead),
}

/// The recipient of an email, from `members`.
struct Addressee {
    id: MemberId,
    handle: String,
    email: String,
    email_key: String,
    confirmed_at: Option<Moment>,
    state: State,
    suspended_until: Option<Moment>,
    zone: Option<String>,
}

/// The address and content of a queued email. `None` if it is no longer needed.
pub(in crate::domain) fn look(conn: &mut Conn, letter: &Letter, now: Moment) -> Result<Option<(String, Content)>> {
    if letter.kind == Kind::Forgotten {
        answer_forgotten(conn, letter, now)?;
        return Ok(None);
    }
    let Some(id) = letter.member_id else { return Ok(None) };
    let columns = (
        (members::id, members::handle, members::email, members::email_key, members::confirmed_at),
        (members::state, members::suspended_until, members::zone),
    );
    let ((id, handle, email, email_key, confirmed_at), (state, suspended_until, zone)) =
        members::table.find(id).select(columns).first(conn)?;
    let to = Addressee { id, handle, email, email_key, confirmed_at, state, suspended_until, zone };
    if to.state == State::Former {
        return Ok(None);
    }
    match letter.kind {
        Kind::Confirm => confirm(conn, letter, to, now),
        Kind::Reset => reset(conn, letter, to, now),
        Kind::AddressChanged => Ok(Some((letter.address.clone(), Content::AddressChanged { handle: to.handle }))),
        Kind::PasswordChanged if to.confirmed_at.is_some() => {
            Ok(Some((to.email, Content::PasswordChanged { handle: to.handle })))
        }
        Kind::Moved | Kind::Cancelled | Kind::MovedUp | Kind::Reminder => of_meeting(conn, letter, to, now),
        Kind::PasswordChanged | Kind::Forgotten => Ok(None),
    }
}

/// Queues a password email for each account with this address or username, if there is any.
fn answer_forgotten(conn: &mut Conn, letter: &Letter, now: Moment) -> Result<()> {
    for (member, email) in password_resets::concerned(conn, &letter.address)? {
        write(conn, Kind::Reset, Some(member), &email, now.after(password_resets::GOOD_FOR))?;
    }
    Ok(())
}

fn confirm(conn: &mut Conn, letter: &Letter, to: Addressee, now: Moment) -> Result<Option<(String, Content)>> {
    let here = matches!(to.state, State::Active | State::Waiting);
    if !here || to.confirmed_at.is_some() || !may_write(conn, letter, &to.email_key)? {
        return Ok(None);
    }
    if let Some(owner) = email_addresses::owner(conn, &to.email_key)? {
        return Ok(Some((to.email, Content::Taken { handle: to.handle, owner })));
    }
    let until = now.after(email_addresses::GOOD_FOR);
    let Token(token) = email_links::make(conn, email_links::Kind::Confirm, to.id, &to.email_key, until)?;
    Ok(Some((to.email, Content::Confirm { handle: to.handle, token })))
}

fn reset(conn: &mut Conn, letter: &Letter, to: Addressee, now: Moment) -> Result<Option<(String, Content)>> {
    if letter.address != to.email || !may_write(conn, letter, &to.email_key)? {
        return Ok(None);
    }
    let until = now.after(password_resets::GOOD_FOR);
    let Token(token) = email_links::make(conn, email_links::Kind::Reset, to.id, &to.email_key, until)?;
    Ok(Some((to.email, Content::Reset { handle: to.handle, token })))
}

/// Counts an email against the hourly limit of its address. A retry was counted at its first attempt.
fn may_write(conn: &mut Conn, letter: &Letter, address: &str) -> Result<bool> {
    if letter.tries > 0 {
        return Ok(true);
    }
    match limits::take(conn, &format!("letter:{}", hash(address)), AN_HOUR) {
        Ok(()) => Ok(true),
        Err(Error::TooMany) => Ok(false),
        Err(error) => Err(error),
    }
}

fn of_meeting(conn: &mut Conn, letter: &Letter, to: Addressee, now: Moment) -> Result<Option<(String, Content)>> {
    let reads = to.state == State::Active && to.suspended_until.is_none_or(|until| until <= now);
    if !reads || to.confirmed_at.is_none() {
        return Ok(None);
    }
    let meeting = match meetings::get(conn, None, MeetingId(letter.subject_id)) {
        Err(Error::NotFound) => return Ok(None),
        found => found?,
    };
    let Some(news) = news(conn, letter, &meeting, to.id, now)? else { return Ok(None) };
    let zone = match &to.zone {
        Some(zone) => Zone::kept(zone),
        None => Zone::kept(&club::get(conn)?.zone),
    };
    let list = if letter.kind == Kind::Reminder { List::Reminders } else { List::News };
    let token = unsubscriptions::token(conn, to.id, &to.email_key, list)?;
    let content = Content::Meeting { handle: to.handle, news, meeting: Box::new(meeting), zone, list, token };
    Ok(Some((to.email, content)))
}

/// What to say about a meeting as it is now, or `None` if there is nothing to say to this member any more.
fn news(conn: &mut Conn, letter: &Letter, meeting: &Meeting, member: MemberId, now: Moment) -> Result<Option<News>> {
    let rsvp = rsvps::of_member(conn, meeting.id, member)?;
    let stays_away = rsvp.is_none_or(|rsvp| rsvp.answer == Answer::No);
    if stays_away || meeting.ends_at <= now || meeting.cancelled.is_some() != (letter.kind == Kind::Cancelled) {
        return Ok(None);
    }
    if letter.kind != Kind::Reminder && !reminders::choices(conn, member)?.news {
        return Ok(None);
    }
    let waits = rsvp.is_some_and(|rsvp| rsvp.waiting);
    Ok(match letter.kind {
        Kind::Cancelled => Some(News::Cancelled),
        // Of several moves in a row, only the last is announced.
        Kind::Moved => (!is_overtaken(conn, letter, member)?).then_some(News::Moved),
        Kind::MovedUp => (!waits).then_some(News::MovedUp),
        Kind::Reminder => {
            let lead = reminders::still_due(conn, meeting, member, &letter.detail, now)?;
            lead.map(if waits { News::Waiting } else { News::Reminder })
        }
        _ => None,
    })
}

fn is_overtaken(conn: &mut Conn, letter: &Letter, member: MemberId) -> Result<bool> {
    let later = outbox::table
        .filter(outbox::member_id.eq(member))
        .filter(outbox::kind.eq(letter.kind))
        .filter(outbox::subject_id.eq(letter.subject_id))
        .filter(outbox::id.gt(letter.id))
        .filter(outbox::sent_at.is_null())
        .filter(outbox::failed_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(later)).get_result(conn)?)
}
