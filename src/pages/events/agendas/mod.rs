//! The agenda of a meeting.

mod editing;
mod voting;

pub use editing::{create, edit, edit_item, set_order, set_removed, update_item};
pub use voting::{add_post, new, set_vote};

use crate::db::{AgendaItemId, BookId, Conn, MeetingId};
use crate::domain::core::gate::{Key, Reader};
use crate::domain::events::agendas::{self, AgendaItem};
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::library::{bookmarks, books};
use crate::error::Result;
use crate::web::frame::{Frame, Section};
use crate::web::request::{RequestContext, Viewer};
use crate::web::{html, see_other};
use actix_web::{HttpResponse, web};
use askama::Template;

/// The reader of a meeting and these agenda items.
pub(in crate::pages) fn reader_of(
    conn: &mut Conn,
    viewer: &Viewer,
    unfolds: &[Key],
    meeting: &Meeting,
    items: &[AgendaItem],
) -> Result<Reader> {
    let own: Vec<BookId> = meeting.book.iter().map(|book| book.id).collect();
    let mut concerned = own.clone();
    concerned.extend(items.iter().flat_map(AgendaItem::books));
    concerned.sort_unstable();
    concerned.dedup();
    let titles = if concerned == own { books::titles(conn, &[])? } else { books::titles(conn, &concerned)? };
    Ok(bookmarks::reader(conn, viewer.member.as_ref(), &concerned, unfolds)?.with_titles(titles))
}

#[derive(Template)]
#[template(path = "events/agendas/show.html")]
struct ShowPage {
    frame: Frame,
    meeting: Meeting,
    items: Vec<AgendaItem>,
    reader: Reader,
}

impl ShowPage {
    /// The address of this page with everything unfolded, if something is folded.
    fn unfolded(&self) -> Option<String> {
        let folded = self.items.iter().filter(|item| item.text.is_folded(&self.reader));
        let keys: Vec<String> = folded.map(|item| item.text.key().to_string()).collect();
        (!keys.is_empty()).then(|| format!("/meetings/{}/agenda?unfold={}", self.meeting.id, keys.join(",")))
    }
}

/// Redirects to an item on its meeting's page.
pub async fn find(context: RequestContext, id: web::Path<AgendaItemId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, (meeting, key)) = context
        .read(move |conn, viewer| {
            let item = agendas::get(conn, viewer.member.as_ref(), id)?;
            Ok((meetings::get(conn, None, item.meeting)?, item.text.key()))
        })
        .await?;
    Ok(see_other(&format!("{}#{key}", meeting.path())))
}

/// The agenda in large type, for printing.
pub async fn show(context: RequestContext, meeting: web::Path<MeetingId>) -> Result<HttpResponse> {
    let (id, location) = (*meeting, context.location.clone());
    let (frame, (meeting, items, reader)) = context
        .read(move |conn, viewer| {
            let meeting = meetings::get(conn, None, id)?;
            let mut items = agendas::list(conn, viewer.member.as_ref(), id)?;
            // Hidden items aren't printed, even for moderators.
            items.retain(|item| item.hidden.is_none());
            let reader = reader_of(conn, viewer, &location.unfolds, &meeting, &items)?;
            Ok((meeting, items, reader))
        })
        .await?;
    Ok(html(&ShowPage { frame: frame.in_section(Section::Meetings), meeting, items, reader }))
}
