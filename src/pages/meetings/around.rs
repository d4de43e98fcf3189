//! What a meeting's page shows besides the meeting itself: its agenda, its thread, its minutes.

use crate::db::{Conn, PostId};
use crate::domain::agendas::{self, Question};
use crate::domain::meetings::Meeting;
use crate::domain::minutes;
use crate::domain::seal::{Key, Reader};
use crate::domain::talks;
use crate::domain::threads::Thread;
use crate::error::Result;
use crate::pages::agendas::reader_of;
use crate::pages::visit::Seen;

/// What stands around a meeting.
pub struct Around {
    /// What is to be talked about.
    pub questions: Vec<Question>,
    /// The meeting's thread.
    pub talk: Option<Thread>,
    /// The post with its minutes.
    pub minutes: Option<PostId>,
}

impl Around {
    /// Reads it, with the reader that the viewer is for it and for the meeting.
    pub fn read(conn: &mut Conn, seen: &Seen, unfolds: &[Key], meeting: &Meeting) -> Result<(Self, Reader)> {
        let questions = agendas::of_meeting(conn, seen.viewer.as_ref(), meeting.id)?;
        let talk = talks::of_meeting(conn, meeting.id)?;
        let minutes = minutes::of_meeting(conn, meeting.id)?;
        let reader = reader_of(conn, seen, unfolds, meeting, &questions)?;
        Ok((Self { questions, talk, minutes }, reader))
    }
}
