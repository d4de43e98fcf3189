//! Telling members who answered a meeting what becomes of it.

use super::Answer;
use crate::db::schema::rsvps;
use crate::db::{Conn, MeetingId, MemberId};
use crate::domain::core::text_fields::Reason;
use crate::domain::events::meetings::Meeting;
use crate::domain::safety::email_queue::{self as the_outbox, EmailKind};
use crate::domain::safety::log::{Event, LogSubject};
use crate::domain::safety::notifications::{self, NotificationEvent, Update};
use crate::error::Result;
use diesel::prelude::*;

/// What becomes of a meeting that members hear of who answered it.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) enum MeetingNews<'a> {
    /// It takes place at another time or in another place.
    Moved { before: &'a Meeting, after: &'a Meeting },
    /// Cancelled for this reason.
    Cancelled(&'a Reason),
}

impl MeetingNews<'_> {
    fn event(self) -> NotificationEvent {
        match self {
            Self::Moved { before, after } => Update::MeetingMoved { before: before.held(), after: after.held() }.into(),
            Self::Cancelled(_) => Event::MeetingCancelled { others: 0 }.into(),
        }
    }

    /// As emails are queued for it.
    fn letter(self) -> EmailKind {
        match self {
            Self::Moved { .. } => EmailKind::Moved,
            Self::Cancelled(_) => EmailKind::Cancelled,
        }
    }

    /// Why, in words that everybody who can read sees at the meeting, too.
    fn reason(&self) -> &str {
        match self {
            Self::Moved { .. } => "",
            Self::Cancelled(reason) => &reason.text,
        }
    }
}

/// Notifies everybody who answered yes or maybe, the waiting list included, and queues an email for those with a confirmed
/// address; not for whoever did it.
pub(in crate::domain) fn notify_respondents(
    conn: &mut Conn,
    meeting: MeetingId,
    news: MeetingNews<'_>,
    except: MemberId,
) -> Result<()> {
    let answered = rsvps::table
        .filter(rsvps::meeting_id.eq(meeting))
        .filter(rsvps::answer.eq_any([Answer::Yes, Answer::Maybe]))
        .filter(rsvps::member_id.ne(except));
    let whom: Vec<MemberId> = answered.select(rsvps::member_id).load(conn)?;
    notifications::notify_all(conn, &whom, news.event(), LogSubject::Meeting(meeting), news.reason())?;
    the_outbox::queue_meeting_emails(conn, &whom, news.letter(), meeting)
}
