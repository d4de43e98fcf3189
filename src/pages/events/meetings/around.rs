//! What the page of a meeting shows besides the meeting itself.

use crate::db::{Conn, PostId};
use crate::domain::core::gate::{Key, Position, Reader};
use crate::domain::core::policy::Act;
use crate::domain::events::agendas::{self, Question};
use crate::domain::events::attendance::{self, Turnout};
use crate::domain::events::meeting_threads;
use crate::domain::events::meetings::Meeting;
use crate::domain::events::meetings::moves::{self, Start};
use crate::domain::events::minutes;
use crate::domain::events::reading_plans::Course;
use crate::domain::events::rsvps;
use crate::domain::forum::threads::Thread;
use crate::error::Result;
use crate::pages::events::agendas::reader_of;
use crate::pages::events::reading_plans;
use crate::web::request::Seen;

/// The maximum number of handles in a list.
const NAMED: i64 = 100;

/// What belongs to a meeting: agenda, thread, minutes, attendance, reading plan.
pub struct Around {
    /// The agenda.
    pub questions: Vec<Question>,
    pub talk: Option<Thread>,
    /// The post with the minutes.
    pub minutes: Option<PostId>,
    /// How many people came, if attendance was recorded.
    pub turnout: Option<Turnout>,
    /// Whether the viewer came.
    pub came: bool,
    /// The handles of members who came. Only hosts see them.
    pub present: Vec<String>,
    /// How far the viewer's attendance unlocks the book, if that is past their bookmark.
    pub opened: Option<Position>,
    /// The book's reading plan.
    pub course: Option<Course>,
    /// The original start, if the meeting has moved.
    pub moved_from: Option<Start>,
    /// Attendees who haven't read far enough and share their progress with hosts, with their positions.
    pub behind: Vec<(String, Position)>,
}

impl Around {
    /// Whether the reading plan was made for this meeting before it moved to another day.
    pub fn has_moved(&self, meeting: &Meeting) -> bool {
        let plan = self.course.as_ref().map(|course| &course.plan).filter(|plan| plan.meeting == Some(meeting.id));
        plan.is_some_and(|plan| plan.ends_on != meeting.day) && !meeting.is_past()
    }

    /// Also returns the reader of the meeting and all of this.
    pub fn read(conn: &mut Conn, seen: &Seen, unfolds: &[Key], meeting: &Meeting) -> Result<(Self, Reader)> {
        let questions = agendas::of_meeting(conn, seen.viewer.as_ref(), meeting.id)?;
        let talk = meeting_threads::of_meeting(conn, meeting.id)?;
        let minutes = minutes::of_meeting(conn, meeting.id)?;
        let turnout = attendance::of_meeting(conn, meeting.id)?;
        let (came, opened) = match &seen.viewer {
            Some(member) if turnout.is_some() => {
                let came = attendance::came(conn, member.id, meeting.id)?;
                (came, if came { attendance::opened(conn, member, meeting)? } else { None })
            }
            _ => (false, None),
        };
        let (present, behind) = match seen.may(Act::KeepMeetings) {
            true => (attendance::who(conn, meeting.id, NAMED)?, rsvps::named_behind(conn, meeting, NAMED)?),
            false => Default::default(),
        };
        let course = reading_plans::course_of(conn, seen, meeting.book.as_ref())?;
        let moved_from = moves::start(conn, meeting.id)?;
        let reader = reader_of(conn, seen, unfolds, meeting, &questions)?;
        Ok((Self { questions, talk, minutes, turnout, came, present, opened, course, moved_from, behind }, reader))
    }
}
