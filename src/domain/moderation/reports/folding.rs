//! The reach of a reported text, and how reports change it.

use super::reported::{Reported, Text};
use crate::db::functions::position_or;
use crate::db::schema::{actions, meetings, notices, passages, posts, questions, threads};
use crate::db::{Conn, Moment};
use crate::domain::core::club;
use crate::domain::core::gate::Position;
use crate::domain::events::agendas;
use crate::domain::forum::posts as the_posts;
use crate::domain::forum::threads as the_threads;
use crate::domain::library::books as the_books;
use crate::error::{Error, Result};
use diesel::dsl::exists;
use diesel::prelude::*;

impl Reported {
    /// Whether it has a reach of its own. Profiles and suggested books don't.
    pub fn can_be_folded(&self) -> bool {
        !matches!(self.text, Text::Profile(_) | Text::Proposal(_))
    }

    /// How far it goes into its book now.
    pub(super) fn position(&self) -> Position {
        match &self.text {
            Text::Title(thread) => thread.title_position,
            _ => self.reach().within(self.book().map(|book| book.id)),
        }
    }

    /// Whether its author has changed it since `at`.
    pub(super) fn is_changed_since(&self, conn: &mut Conn, at: Moment) -> Result<bool> {
        match &self.text {
            Text::Post(_, post) => Ok(post.edited_at.is_some_and(|edited| edited > at)),
            Text::Note(meeting) | Text::Question(meeting, _) => {
                let is_note = matches!(self.text, Text::Note(_));
                let kind = if is_note { "changed" } else { agendas::REWORDED };
                let changes = actions::table.filter(actions::subject.eq("meeting"));
                let changes = changes.filter(actions::subject_id.eq(meeting.id.0)).filter(actions::kind.eq(kind));
                Ok(diesel::select(exists(changes.filter(actions::acted_at.gt(at)))).get_result(conn)?)
            }
            Text::Title(_) | Text::Passage(..) | Text::Notice(..) | Text::Profile(_) | Text::Proposal(_) => Ok(false),
        }
    }

    /// Sets how far it goes. Returns a conflict if its reach isn't the one that was read.
    pub(super) fn set_position(&self, conn: &mut Conn, position: Position) -> Result<()> {
        if let Text::Post(..) = self.text {
            // Cached pages may quote the post.
            club::touch(conn)?;
        }
        let kept = (!position.is_none()).then_some(position);
        let seen = self.reach().position().unwrap_or_default();
        let changed = match &self.text {
            Text::Post(thread, post) => {
                let as_seen = the_posts::as_seen(post, thread.book_id());
                diesel::update(as_seen).set(posts::reach.eq(position)).execute(conn)?
            }
            Text::Title(thread) => {
                let same = position_or(threads::title_reach, Position::NONE).eq(thread.title_position);
                let set = threads::title_reach.eq(kept);
                diesel::update(threads::table.find(thread.id).filter(same)).set(set).execute(conn)?
            }
            Text::Passage(_, passage) => {
                let same = position_or(passages::reach, Position::NONE).eq(seen);
                let set = passages::reach.eq(position);
                diesel::update(passages::table.find(passage.id).filter(same)).set(set).execute(conn)?
            }
            Text::Notice(_, notice) => {
                let same = position_or(notices::reach, Position::NONE).eq(seen);
                let set = notices::reach.eq(position);
                diesel::update(notices::table.find(notice.id).filter(same)).set(set).execute(conn)?
            }
            Text::Note(meeting) => {
                let same = position_or(meetings::reach, Position::NONE).eq(seen);
                let set = meetings::reach.eq(kept);
                diesel::update(meetings::table.find(meeting.id).filter(same)).set(set).execute(conn)?
            }
            Text::Question(meeting, question) => {
                let same = position_or(questions::reach, Position::NONE).eq(question.position);
                let set =
                    (questions::reach.eq(kept), questions::reach_book_id.eq(meeting.book.as_ref().map(|it| it.id)));
                diesel::update(questions::table.find(question.id).filter(same)).set(set).execute(conn)?
            }
            Text::Profile(_) | Text::Proposal(_) => 0,
        };
        if changed == 0 {
            return Err(Error::Conflict("It was changed in the meantime. Please look at it again."));
        }
        self.touch(conn)
    }

    /// Marks cached pages with this text as stale.
    pub(in crate::domain) fn touch(&self, conn: &mut Conn) -> Result<()> {
        match &self.text {
            Text::Post(thread, _) | Text::Title(thread) => the_threads::touch(conn, thread.id),
            Text::Passage(book, _) | Text::Notice(book, _) => the_books::touch(conn, book.id),
            Text::Note(_) | Text::Question(..) => club::touch(conn),
            Text::Profile(_) | Text::Proposal(_) => Ok(()),
        }
    }
}
