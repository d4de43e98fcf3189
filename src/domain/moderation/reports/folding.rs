//! The reach of a reported text, and how reports change it.

use super::reported::{Reported, ReportedText};
use crate::db::functions::coalesce_integer;
use crate::db::schema::{agenda_items, content_warnings, excerpts, log_entries, meetings, posts, threads};
use crate::db::{Conn, Moment};
use crate::domain::core::club;
use crate::domain::core::gate::Position;
use crate::domain::forum::posts as the_posts;
use crate::domain::forum::threads as the_threads;
use crate::domain::library::books as the_books;
use crate::domain::safety::log::{EventKind, LogSubject};
use crate::error::{Error, Result};
use diesel::dsl::exists;
use diesel::prelude::*;

impl Reported {
    /// Whether it has a reach of its own. Profiles and suggested books don't.
    pub fn can_be_folded(&self) -> bool {
        !matches!(self.text, ReportedText::Profile(_) | ReportedText::Suggestion(_))
    }

    /// How far it goes into its book now.
    pub(super) fn position(&self) -> Position {
        match &self.text {
            ReportedText::Title(thread) => thread.title_position,
            _ => self.reach().within(self.book().map(|book| book.id)),
        }
    }

    /// Whether its author has changed it since `at`.
    pub(super) fn is_changed_since(&self, conn: &mut Conn, at: Moment) -> Result<bool> {
        match &self.text {
            ReportedText::Post(_, post) => Ok(post.edited_at.is_some_and(|edited| edited > at)),
            ReportedText::Note(meeting) | ReportedText::AgendaItem(meeting, _) => {
                let is_note = matches!(self.text, ReportedText::Note(_));
                let kind = if is_note { EventKind::MeetingChanged } else { EventKind::AgendaItemReworded };
                let (subject, id) = LogSubject::Meeting(meeting.id).columns();
                let changes = log_entries::table.filter(log_entries::subject.eq(subject));
                let changes = changes.filter(log_entries::subject_id.eq(id)).filter(log_entries::kind.eq(kind));
                Ok(diesel::select(exists(changes.filter(log_entries::acted_at.gt(at)))).get_result(conn)?)
            }
            ReportedText::Title(_)
            | ReportedText::Excerpt(..)
            | ReportedText::ContentWarning(..)
            | ReportedText::Profile(_)
            | ReportedText::Suggestion(_) => Ok(false),
        }
    }

    /// Sets how far it goes. Returns a conflict if its reach isn't the one that was read.
    pub(super) fn set_position(&self, conn: &mut Conn, position: Position) -> Result<()> {
        if let ReportedText::Post(..) = self.text {
            // Cached pages may quote the post.
            club::touch(conn)?;
        }
        let kept = (!position.is_none()).then_some(position);
        let seen = self.reach().position().unwrap_or_default();
        let changed = match &self.text {
            ReportedText::Post(_, post) => {
                let unchanged = the_posts::if_unchanged(post);
                diesel::update(unchanged).set(posts::reach.eq(position)).execute(conn)?
            }
            ReportedText::Title(thread) => {
                let same = coalesce_integer(threads::title_reach, Position::NONE).eq(thread.title_position);
                let set = threads::title_reach.eq(kept);
                diesel::update(threads::table.find(thread.id).filter(same)).set(set).execute(conn)?
            }
            ReportedText::Excerpt(_, excerpt) => {
                let same = coalesce_integer(excerpts::reach, Position::NONE).eq(seen);
                let set = excerpts::reach.eq(position);
                diesel::update(excerpts::table.find(excerpt.id).filter(same)).set(set).execute(conn)?
            }
            ReportedText::ContentWarning(_, warning) => {
                let same = coalesce_integer(content_warnings::reach, Position::NONE).eq(seen);
                let set = content_warnings::reach.eq(position);
                diesel::update(content_warnings::table.find(warning.id).filter(same)).set(set).execute(conn)?
            }
            ReportedText::Note(meeting) => {
                let same = coalesce_integer(meetings::reach, Position::NONE).eq(seen);
                let set = meetings::reach.eq(kept);
                diesel::update(meetings::table.find(meeting.id).filter(same)).set(set).execute(conn)?
            }
            ReportedText::AgendaItem(meeting, question) => {
                let same = coalesce_integer(agenda_items::reach, Position::NONE).eq(question.position);
                let set = (
                    agenda_items::reach.eq(kept),
                    agenda_items::reach_book_id.eq(meeting.book.as_ref().map(|it| it.id)),
                );
                diesel::update(agenda_items::table.find(question.id).filter(same)).set(set).execute(conn)?
            }
            ReportedText::Profile(_) | ReportedText::Suggestion(_) => 0,
        };
        if changed == 0 {
            return Err(Error::Conflict("It was changed in the meantime. Please look at it again."));
        }
        self.touch(conn)
    }

    /// Marks cached pages with this text as stale.
    pub(in crate::domain) fn touch(&self, conn: &mut Conn) -> Result<()> {
        match &self.text {
            ReportedText::Post(thread, _) | ReportedText::Title(thread) => the_threads::touch(conn, thread.id),
            ReportedText::Excerpt(book, _) | ReportedText::ContentWarning(book, _) => the_books::touch(conn, book.id),
            ReportedText::Note(_) | ReportedText::AgendaItem(..) => club::touch(conn),
            ReportedText::Profile(_) | ReportedText::Suggestion(_) => Ok(()),
        }
    }
}
