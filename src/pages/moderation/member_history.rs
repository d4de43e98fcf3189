//! A member's record, for those who look after members.

use crate::db::{BookId, NoteId};
use crate::domain::accounts::sanctions::Kind;
use crate::domain::accounts::staff_notes::{self, Note};
use crate::domain::core::gate::Reader;
use crate::domain::core::members::{Member, State};
use crate::domain::core::names::Handle;
use crate::domain::core::policy::is_over;
use crate::domain::library::bookmarks;
use crate::domain::moderation::member_history::{self, Joined, Record};
use crate::error::{Error, Problems, Result};
use crate::web::frame::Frame;
use crate::web::html;
use crate::web::request::Visit;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Before which note the list goes on.
#[derive(Deserialize)]
pub struct BeforeQuery {
    before: Option<NoteId>,
}

/// The record, with the form for a note.
#[derive(Template)]
#[template(path = "moderation/member_history/show.html")]
pub struct RecordPage {
    frame: Frame,
    record: Record,
    notes: Vec<Note>,
    next: Option<NoteId>,
    reader: Reader,
    /// Whether the viewer may limit them.
    over: bool,
    /// Whether it is the viewer's own, who sees no notes.
    own: bool,
    note: String,
    problems: Problems,
}

impl RecordPage {
    fn member(&self) -> &Member {
        &self.record.of.member
    }

    fn is(&self, state: &str) -> bool {
        self.member().state.as_str() == state
    }

    /// What can be done to them, where the viewer may.
    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        if !self.over || self.member().state != State::Active {
            return Vec::new();
        }
        Kind::ALL.map(|kind| (kind.as_str(), crate::pages::accounts::sanctions::verb(kind))).to_vec()
    }
}

/// A member's record.
pub async fn show(visit: Visit, handle: web::Path<String>, query: web::Query<BeforeQuery>) -> Result<HttpResponse> {
    let page = page(&visit, handle.into_inner(), query.before, String::new(), Problems::default()).await?;
    Ok(html(&page))
}

/// The record with a note as it was filled in.
pub async fn page(
    visit: &Visit,
    handle: String,
    before: Option<NoteId>,
    note: String,
    problems: Problems,
) -> Result<RecordPage> {
    let here = visit.here.clone();
    let (frame, (record, mut notes, reader, over, own)) = visit
        .read(move |conn, seen| {
            let viewer = seen.member()?;
            let record = member_history::get(conn, viewer, &parse(&handle)?)?;
            let notes = staff_notes::list(conn, viewer, &record.of.member, before)?;
            let mut books: Vec<BookId> = record.wrote.iter().flat_map(|wrote| wrote.thread.books()).collect();
            books.extend(record.things.concerned());
            books.sort_unstable();
            books.dedup();
            let reader = bookmarks::reader(conn, Some(viewer), &books, &here.unfolds)?;
            let (over, own) = (is_over(viewer, &record.of.member), viewer.id == record.of.member.id);
            Ok((record, notes, reader, over, own))
        })
        .await?;
    let more = notes.len() > staff_notes::PAGE;
    notes.truncate(staff_notes::PAGE);
    let next = notes.last().map(|note| note.id).filter(|_| more);
    Ok(RecordPage { frame, record, notes, next, reader, over, own, note, problems })
}

/// The handle in an address.
pub fn parse(handle: &str) -> Result<Handle> {
    Handle::parse(handle).map_err(|_| Error::NotFound)
}

/// Where a member's record is.
pub fn path(handle: &str) -> String {
    format!("/members/{handle}/record")
}
