//! The email queue: each email is queued in the transaction of what it tells of, and sent in the background. What it
//! says is looked up when it is sent (in `site/emails`), by whoever holds its lease. It goes to an address that
//! its member has confirmed, but for those by which an address is confirmed or a password set anew.

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

/// How long a letter is tried to be sent (RFC 5321, 4.5.4.1: four to five days).
pub(in crate::domain) const PATIENCE: TimeDelta = TimeDelta::days(4);

/// What a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Kind {
    /// Has somebody confirm their address.
    Confirm,
    /// Somebody has forgotten a password: not a letter yet, since nobody may learn whether there will be one.
    Forgotten,
    /// Has somebody set a new password.
    Reset,
    /// Tells the old address of a new one.
    AddressChanged,
    /// Tells of a new password.
    PasswordChanged,
    /// Tells that a meeting has moved.
    Moved,
    /// Tells that a meeting is cancelled.
    Cancelled,
    /// Tells that there is a place at a meeting now.
    MovedUp,
    /// Reminds of a meeting.
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
    /// What admins are told that it was.
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

/// The types of [`COLUMNS`].
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

/// The columns of a new letter, in the order in which an `INSERT … SELECT` gives them.
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

/// Writes to one member about a meeting, where they have confirmed their address.
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

/// Writes about an account: to this address, or, where none is given, to the member's own.
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

/// Takes back what waits to be sent to a member by which somebody could come in.
pub(in crate::domain) fn take_back(conn: &mut Conn, member: MemberId) -> Result<()> {
    let own = outbox::table.filter(outbox::member_id.eq(member)).filter(outbox::sent_at.is_null());
    diesel::delete(own.filter(outbox::kind.eq_any([Kind::Confirm, Kind::Reset]))).execute(conn)?;
    Ok(())
}
