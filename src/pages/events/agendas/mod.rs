//! The agenda of a meeting.

mod keeping;
mod marking;

pub use keeping::{create, edit, edit_question, set_off, set_order, update_question};
pub use marking::{mark, new, want};

use crate::db::{BookId, Conn, MeetingId, QuestionId};
use crate::domain::core::gate::{Key, Reader};
use crate::domain::events::agendas::{self, Question};
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::library::{bookmarks, books};
use crate::error::Result;
use crate::web::frame::{Frame, Nav};
use crate::web::request::{Seen, Visit};
use crate::web::{html, see_other};
use actix_web::{HttpResponse, web};
use askama::Template;

/// The reader of a meeting and these agenda items.
pub(in crate::pages) fn reader_of(
    conn: &mut Conn,
    seen: &Seen,
    unfolds: &[Key],
    meeting: &Meeting,
    questions: &[Question],
) -> Result<Reader> {
    let own: Vec<BookId> = meeting.book.iter().map(|book| book.id).collect();
    let mut concerned = own.clone();
    concerned.extend(questions.iter().flat_map(Question::books));
    concerned.sort_unstable();
    concerned.dedup();
    let titles = if concerned == own { books::titles(conn, &[])? } else { books::titles(conn, &concerned)? };
    Ok(bookmarks::reader(conn, seen.viewer.as_ref(), &concerned, unfolds)?.naming(titles))
}

#[derive(Template)]
#[template(path = "events/agendas/show.html")]
struct ShowPage {
    frame: Frame,
    meeting: Meeting,
    questions: Vec<Question>,
    reader: Reader,
}

impl ShowPage {
    /// The address of this page with everything unfolded, if something is folded.
    fn unfolded(&self) -> Option<String> {
        let folded = self.questions.iter().filter(|question| question.text.is_folded(&self.reader));
        let keys: Vec<String> = folded.map(|question| question.text.key().to_string()).collect();
        (!keys.is_empty()).then(|| format!("/meetings/{}/agenda?unfold={}", self.meeting.id, keys.join(",")))
    }
}

/// Redirects to an item on its meeting's page.
pub async fn find(visit: Visit, id: web::Path<QuestionId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, (meeting, key)) = visit
        .read(move |conn, seen| {
            let question = agendas::get(conn, seen.viewer.as_ref(), id)?;
            Ok((meetings::get(conn, None, question.meeting)?, question.text.key()))
        })
        .await?;
    Ok(see_other(&format!("{}#{key}", meeting.path())))
}

/// The agenda in large type, for printing.
pub async fn show(visit: Visit, meeting: web::Path<MeetingId>) -> Result<HttpResponse> {
    let (id, here) = (*meeting, visit.here.clone());
    let (frame, (meeting, questions, reader)) = visit
        .read(move |conn, seen| {
            let meeting = meetings::get(conn, None, id)?;
            let mut questions = agendas::of_meeting(conn, seen.viewer.as_ref(), id)?;
            // Hidden items aren't printed, even for moderators.
            questions.retain(|question| question.hidden.is_none());
            let reader = reader_of(conn, seen, &here.unfolds, &meeting, &questions)?;
            Ok((meeting, questions, reader))
        })
        .await?;
    Ok(html(&ShowPage { frame: frame.at(Nav::Meetings), meeting, questions, reader }))
}
