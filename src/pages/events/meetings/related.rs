//! What the page of a meeting shows besides the meeting itself.

use crate::db::{Conn, PostId};
use crate::domain::core::gate::{Key, Position, Reader};
use crate::domain::core::policy::Act;
use crate::domain::events::agendas::{self, AgendaItem};
use crate::domain::events::attendance::{self, Turnout};
use crate::domain::events::meeting_threads;
use crate::domain::events::meetings::Meeting;
use crate::domain::events::meetings::moves::{self, OriginalStart};
use crate::domain::events::minutes;
use crate::domain::events::reading_plans::PlanProgress;
use crate::domain::events::rsvps;
use crate::domain::forum::threads::Thread;
use crate::error::Result;
use crate::pages::events::agendas::reader_of;
use crate::pages::events::reading_plans;
use crate::web::request::Viewer;

/// The maximum number of handles in a list.
const NAMED: i64 = 100;

/// What belongs to a meeting: agenda, thread, minutes, attendance, reading plan.
pub struct Related {
    /// The agenda.
    pub items: Vec<AgendaItem>,
    pub thread: Option<Thread>,
    pub minutes: Option<PostId>,
    /// How many people attended, if attendance was recorded.
    pub turnout: Option<Turnout>,
    /// Whether the viewer attended.
    pub attended: bool,
    /// The handles of members who attended. Only hosts see them.
    pub attendees: Vec<String>,
    /// How far the viewer's attendance unlocks the book, if that is past their bookmark.
    pub unlocked: Option<Position>,
    /// The book's reading plan.
    pub plan_progress: Option<PlanProgress>,
    /// The original start, if the meeting has moved.
    pub moved_from: Option<OriginalStart>,
    /// Attendees who haven't read far enough and share their progress with hosts, with their positions.
    pub behind: Vec<(String, Position)>,
}

impl Related {
    /// Whether the reading plan was made for this meeting before it moved to another day.
    pub fn has_moved(&self, meeting: &Meeting) -> bool {
        let plan = self
            .plan_progress
            .as_ref()
            .map(|plan_progress| &plan_progress.plan)
            .filter(|plan| plan.meeting == Some(meeting.id));
        plan.is_some_and(|plan| plan.ends_on != meeting.day) && !meeting.is_past()
    }

    /// Also returns the reader of the meeting and all of this.
    pub fn read(conn: &mut Conn, viewer: &Viewer, unfolds: &[Key], meeting: &Meeting) -> Result<(Self, Reader)> {
        let items = agendas::list(conn, viewer.member.as_ref(), meeting.id)?;
        let thread = meeting_threads::find(conn, meeting.id)?;
        let minutes = minutes::find(conn, meeting.id)?;
        let turnout = attendance::find(conn, meeting.id)?;
        let (attended, unlocked) = match &viewer.member {
            Some(member) if turnout.is_some() => {
                let attended = attendance::has_attended(conn, member.id, meeting.id)?;
                (attended, if attended { attendance::unlocked(conn, member, meeting)? } else { None })
            }
            _ => (false, None),
        };
        let (attendees, behind) = match viewer.may(Act::ManageMeetings) {
            true => (attendance::attendee_names(conn, meeting.id, NAMED)?, rsvps::list_behind(conn, meeting, NAMED)?),
            false => Default::default(),
        };
        let plan_progress = reading_plans::progress_of(conn, viewer, meeting.book.as_ref())?;
        let moved_from = moves::find_original_start(conn, meeting.id)?;
        let reader = reader_of(conn, viewer, unfolds, meeting, &items)?;
        Ok((
            Self { items, thread, minutes, turnout, attended, attendees, unlocked, plan_progress, moved_from, behind },
            reader,
        ))
    }
}
