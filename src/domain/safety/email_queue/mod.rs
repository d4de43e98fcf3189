//! The email queue. An email is queued in the transaction of its cause and sent in the background by whichever instance
//! leases it. Only ids are stored: `site/emails` writes the text when it is sent. Emails go to confirmed addresses
//! only, except those that confirm an address or reset a password.

mod status;

pub use status::{FailedEmail, QueueStatus, status};

use crate::db::schema::{members, queued_emails};
use crate::db::{Conn, MeetingId, MemberId, Moment, word_column};
use crate::error::Result;
use chrono::TimeDelta;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};

/// How long sending is retried (RFC 5321, 4.5.4.1: four to five days).
pub(in crate::domain) const RETRY_PERIOD: TimeDelta = TimeDelta::days(4);

/// The purpose of an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum EmailKind {
    /// Asks to confirm an address.
    Confirm,
    /// A request to reset a password. It becomes a [`EmailKind::Reset`] if there is such an account; queueing it in any case
    /// hides whether there is.
    Forgotten,
    /// A link to set a new password.
    Reset,
    /// Informs the old address of a new one.
    AddressChanged,
    /// Informs of a new password.
    PasswordChanged,
    Moved,
    Cancelled,
    /// The recipient has moved up from the waiting list.
    MovedUp,
    Reminder,
}

word_column!(EmailKind {
    Confirm = "confirm",
    Forgotten = "forgotten",
    Reset = "reset",
    AddressChanged = "address changed",
    PasswordChanged = "password changed",
    Moved = "moved",
    Cancelled = "cancelled",
    MovedUp = "moved up",
    Reminder = "reminder",
});

impl EmailKind {
    /// Label for admins.
    pub fn label(self) -> &'static str {
        match self {
            Self::Confirm => "Address confirmation",
            Self::Forgotten | Self::Reset => "Password reset",
            Self::AddressChanged => "Address changed",
            Self::PasswordChanged => "Password changed",
            Self::Moved => "Meeting moved",
            Self::Cancelled => "Meeting cancelled",
            Self::MovedUp => "Place at a meeting",
            Self::Reminder => "Meeting reminder",
        }
    }
}

/// Queues an email about a meeting to each of these members who has confirmed their address.
pub(in crate::domain) fn queue_meeting_emails(
    conn: &mut Conn,
    whom: &[MemberId],
    kind: EmailKind,
    meeting: MeetingId,
) -> Result<()> {
    let now = Moment::now();
    queue_until(conn, whom, (kind, meeting, ""), now, now.after(RETRY_PERIOD))
}

/// Queues an email about a meeting, with a detail of its kind, that isn't sent after `expires_at`. Members who haven't
/// confirmed their address are left out.
pub(in crate::domain) fn queue_until(
    conn: &mut Conn,
    whom: &[MemberId],
    (kind, meeting, detail): (EmailKind, MeetingId, &str),
    now: Moment,
    expires_at: Moment,
) -> Result<()> {
    let columns = (
        queued_emails::member_id,
        queued_emails::kind,
        queued_emails::subject_id,
        queued_emails::detail,
        queued_emails::address,
        queued_emails::created_at,
        queued_emails::due_at,
        queued_emails::expires_at,
    );
    for some in whom.chunks(500) {
        let them = members::table.filter(members::id.eq_any(some));
        let emails = them.filter(members::email_confirmed_at.is_not_null()).select((
            members::id.nullable(),
            kind.as_str().into_sql::<Text>(),
            meeting.0.into_sql::<BigInt>(),
            detail.into_sql::<Text>(),
            "".into_sql::<Text>(),
            now.into_sql::<Timestamp>(),
            now.into_sql::<Timestamp>(),
            expires_at.into_sql::<Timestamp>(),
        ));
        diesel::insert_into(queued_emails::table).values(emails).into_columns(columns).execute(conn)?;
    }
    Ok(())
}

/// The bucket that counts emails past a limit.
pub(in crate::domain) const DROPPED: &str = "emails-dropped";

/// Queues an email about an account, to `address` or, if it is empty, to the member's own address.
pub(in crate::domain) fn queue_account_email(
    conn: &mut Conn,
    kind: EmailKind,
    member: Option<MemberId>,
    address: &str,
    expires_at: Moment,
) -> Result<()> {
    let now = Moment::now();
    let row = (
        (
            queued_emails::member_id.eq(member),
            queued_emails::kind.eq(kind),
            queued_emails::subject_id.eq(0_i64),
            queued_emails::detail.eq(""),
        ),
        (queued_emails::address.eq(address), queued_emails::created_at.eq(now), queued_emails::due_at.eq(now)),
        queued_emails::expires_at.eq(expires_at),
    );
    diesel::insert_into(queued_emails::table).values(row).execute(conn)?;
    Ok(())
}

/// Deletes a member's queued emails with links that confirm an address or reset the password.
pub(in crate::domain) fn delete_account_emails(conn: &mut Conn, member: MemberId) -> Result<()> {
    let own = queued_emails::table.filter(queued_emails::member_id.eq(member)).filter(queued_emails::sent_at.is_null());
    diesel::delete(own.filter(queued_emails::kind.eq_any([EmailKind::Confirm, EmailKind::Reset]))).execute(conn)?;
    Ok(())
}
