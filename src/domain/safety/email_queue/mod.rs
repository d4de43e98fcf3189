//! The email queue. An email is queued in the transaction of its cause and sent in the background by whichever instance
//! leases it. Only ids are stored: `site/emails` writes the text when it is sent. Emails go to confirmed addresses
//! only, except those that confirm an address or reset a password.

mod status;

pub use status::{Failed, Standing, standing};

use crate::db::schema::{members, outbox};
use crate::db::{Conn, MeetingId, MemberId, Moment, word_column};
use crate::error::Result;
use chrono::TimeDelta;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};

/// How long sending is retried (RFC 5321, 4.5.4.1: four to five days).
pub(in crate::domain) const PATIENCE: TimeDelta = TimeDelta::days(4);

/// The purpose of an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Kind {
    /// Asks to confirm an address.
    Confirm,
    /// A request to reset a password. It becomes a [`Kind::Reset`] if there is such an account; queueing it in any case
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

word_column!(Kind {
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

impl Kind {
    /// Label for admins.
    pub fn in_words(self) -> &'static str {
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

pub(in crate::domain) type Columns = (
    outbox::member_id,
    outbox::kind,
    outbox::subject_id,
    outbox::detail,
    outbox::address,
    outbox::made_at,
    outbox::due_at,
    outbox::useless_at,
);

/// The columns of a queued email, in the order of the `INSERT … SELECT` statements.
pub(in crate::domain) const COLUMNS: Columns = (
    outbox::member_id,
    outbox::kind,
    outbox::subject_id,
    outbox::detail,
    outbox::address,
    outbox::made_at,
    outbox::due_at,
    outbox::useless_at,
);

/// Queues an email about a meeting, if the member has confirmed their address.
pub(in crate::domain) fn tell_of_meeting(
    conn: &mut Conn,
    member: MemberId,
    kind: Kind,
    meeting: MeetingId,
) -> Result<()> {
    let now = Moment::now();
    let letter = members::table.find(member).filter(members::confirmed_at.is_not_null()).select((
        members::id.nullable(),
        kind.as_str().into_sql::<Text>(),
        meeting.0.into_sql::<BigInt>(),
        "".into_sql::<Text>(),
        "".into_sql::<Text>(),
        now.into_sql::<Timestamp>(),
        now.into_sql::<Timestamp>(),
        now.after(PATIENCE).into_sql::<Timestamp>(),
    ));
    diesel::insert_into(outbox::table).values(letter).into_columns(COLUMNS).execute(conn)?;
    Ok(())
}

/// Queues an email about an account, to `address` or, if it is empty, to the member's own address.
pub(in crate::domain) fn write(
    conn: &mut Conn,
    kind: Kind,
    member: Option<MemberId>,
    address: &str,
    useless_at: Moment,
) -> Result<()> {
    let now = Moment::now();
    let row = (
        (outbox::member_id.eq(member), outbox::kind.eq(kind), outbox::subject_id.eq(0_i64), outbox::detail.eq("")),
        (outbox::address.eq(address), outbox::made_at.eq(now), outbox::due_at.eq(now)),
        outbox::useless_at.eq(useless_at),
    );
    diesel::insert_into(outbox::table).values(row).execute(conn)?;
    Ok(())
}

/// Deletes a member's queued emails with links that confirm an address or reset the password.
pub(in crate::domain) fn take_back(conn: &mut Conn, member: MemberId) -> Result<()> {
    let own = outbox::table.filter(outbox::member_id.eq(member)).filter(outbox::sent_at.is_null());
    diesel::delete(own.filter(outbox::kind.eq_any([Kind::Confirm, Kind::Reset]))).execute(conn)?;
    Ok(())
}
