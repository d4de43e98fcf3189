//! What a meeting's page shows besides the meeting itself: its agenda, its thread, its minutes, who came.

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

/// How many people are named at most.
const NAMED: i64 = 100;

/// What stands around a meeting.
pub struct Around {
    /// What is to be talked about.
    pub questions: Vec<Question>,
    /// The meeting's thread.
    pub talk: Option<Thread>,
    /// The post with its minutes.
    pub minutes: Option<PostId>,
    /// How many came, where that was noted.
    pub turnout: Option<Turnout>,
    /// Whether the viewer did.
    pub came: bool,
    /// Who did, as hosts see it.
    pub present: Vec<String>,
    /// Through where texts are open to the viewer because they came, where they have not read so far.
    pub opened: Option<Position>,
    /// How the club goes through the book.
    pub course: Option<Course>,
    /// When it was first to begin, where it has moved since.
    pub moved_from: Option<Start>,
    /// Who of those who come is behind and lets hosts know it, and where they are.
    pub behind: Vec<(String, Position)>,
}

impl Around {
    /// Whether the plan was drawn up for this meeting when it was on another day.
    pub fn has_moved(&self, meeting: &Meeting) -> bool {
        let plan = self.course.as_ref().map(|course| &course.plan).filter(|plan| plan.meeting == Some(meeting.id));
        plan.is_some_and(|plan| plan.ends_on != meeting.day) && !meeting.is_past()
    }

    /// Reads it, with the reader that the viewer is for it and for the meeting.
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
