//! Notifies members who answered yes or maybe about changes to a meeting.

use super::Answer;
use crate::db::schema::{members, notifications as told, queued_emails, rsvps};
use crate::db::{Conn, MeetingId, MemberId, Moment};
use crate::domain::core::text_fields::Reason;
use crate::domain::safety::email_queue::{self as the_outbox, EmailKind};
use crate::error::Result;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};

/// News about a meeting.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) enum MeetingNews<'a> {
    /// Its date, time, duration or place changed; how, in words.
    Moved(&'a str),
    /// Cancelled for this reason.
    Cancelled(&'a Reason),
}

impl MeetingNews<'_> {
    /// The kind of notification.
    fn kind(self) -> &'static str {
        match self {
            Self::Moved(_) => "moved",
            Self::Cancelled(_) => "cancelled",
        }
    }

    /// The kind of email.
    fn letter(self) -> EmailKind {
        match self {
            Self::Moved(_) => EmailKind::Moved,
            Self::Cancelled(_) => EmailKind::Cancelled,
        }
    }

    /// The reason, which everybody can also read on the meeting's page.
    fn reason(self) -> String {
        match self {
            Self::Moved(_) => String::new(),
            Self::Cancelled(reason) => reason.text.clone(),
        }
    }

    fn detail(self) -> String {
        match self {
            Self::Moved(moved) => moved.to_owned(),
            Self::Cancelled(_) => String::new(),
        }
    }
}

/// Notifies everybody who answered yes or maybe, the waiting list included, by notification and email, except the
/// member who made the change. Uses a fixed number of statements.
pub(in crate::domain) fn notify_respondents(
    conn: &mut Conn,
    meeting: MeetingId,
    news: MeetingNews<'_>,
    except: MemberId,
) -> Result<()> {
    let now = Moment::now();
    let answered = rsvps::table
        .filter(rsvps::meeting_id.eq(meeting))
        .filter(rsvps::answer.ne(Answer::No))
        .filter(rsvps::member_id.ne(except));
    let rows = answered.select((
        rsvps::member_id,
        news.kind().into_sql::<Text>(),
        "meeting".into_sql::<Text>(),
        meeting.0.into_sql::<BigInt>(),
        news.reason().into_sql::<Text>(),
        news.detail().into_sql::<Text>(),
        now.into_sql::<Timestamp>(),
    ));
    let columns =
        (told::member_id, told::kind, told::subject, told::subject_id, told::reason, told::detail, told::created_at);
    diesel::insert_into(told::table).values(rows).into_columns(columns).execute(conn)?;
    let them = || members::table.filter(members::id.eq_any(answered.select(rsvps::member_id)));
    diesel::update(them()).set(members::unread_count.eq(members::unread_count + 1)).execute(conn)?;
    let letters = them().filter(members::email_confirmed_at.is_not_null()).select((
        members::id.nullable(),
        news.letter().as_str().into_sql::<Text>(),
        meeting.0.into_sql::<BigInt>(),
        "".into_sql::<Text>(),
        "".into_sql::<Text>(),
        now.into_sql::<Timestamp>(),
        now.into_sql::<Timestamp>(),
        now.after(the_outbox::RETRY_PERIOD).into_sql::<Timestamp>(),
    ));
    diesel::insert_into(queued_emails::table).values(letters).into_columns(the_outbox::INSERT_COLUMNS).execute(conn)?;
    Ok(())
}
