//! The agenda of a meeting.

mod editing;

pub use editing::{create, edit, edit_item, set_order, set_removed, update_item};

use crate::db::{AgendaItemId, BookId, Conn, MeetingId, PostId};
use crate::domain::core::gate::{Key, Reader};
use crate::domain::events::agendas::{self, AgendaItem};
use crate::domain::events::meeting_threads;
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::forum::posts;
use crate::domain::forum::threads::Thread;
use crate::domain::library::{bookmarks, books};
use crate::error::{Error, Result};
use crate::pages::forum::posts::post_path;
use crate::pages::forum::threads;
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::location::safe_return_path;
use crate::web::request::{RequestContext, Viewer};
use crate::web::{html, see_other, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

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

#[derive(Template)]
#[template(path = "events/agendas/new.html")]
struct NewPage {
    frame: Frame,
    thread: Thread,
    post: PostId,
    number: i32,
    back: String,
    reader: Reader,
    /// Upcoming meetings about the book: id and label.
    coming: Vec<(MeetingId, String)>,
}

/// Asks which meeting the post is for.
pub async fn new(context: RequestContext, post: web::Path<PostId>) -> Result<HttpResponse> {
    let (id, location) = (*post, context.location.clone());
    let (frame, (thread, post, reader, coming)) = context
        .read(move |conn, viewer| {
            let (thread, post) = posts::get(conn, viewer.member.as_ref(), id)?;
            let reader = threads::reader_of(conn, viewer, &location, &thread, std::iter::empty())?;
            let coming = meeting_threads::upcoming_meetings(conn, thread.book_id())?;
            Ok((thread, post, reader, coming))
        })
        .await?;
    let back = post_path(&thread, post.id, post.number);
    let frame = frame.in_section(Section::Discussions);
    Ok(html(&NewPage { frame, thread, post: id, number: post.number, back, reader, coming }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct MarkForm {
    meeting: String,
}

/// Adds a post to the agenda of a meeting, or votes for it if it's already there.
pub async fn add_post(
    context: RequestContext,
    post: web::Path<PostId>,
    Form(form): Form<MarkForm>,
) -> Result<HttpResponse> {
    let post = *post;
    let meeting = context
        .write(move |conn, member| {
            let id: MeetingId = form.meeting.parse().map_err(|_| Error::BadRequest("Please choose a meeting."))?;
            agendas::add_post(conn, member, post, id)?;
            meetings::get(conn, None, id)
        })
        .await?;
    let said = format!("Added to the agenda of {}.", meeting.title);
    Ok(see_other_with_flash(&format!("{}#agenda", meeting.path()), &said))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct VoteForm {
    want: String,
    back: String,
}

/// Sets or clears a vote.
pub async fn set_vote(
    context: RequestContext,
    id: web::Path<AgendaItemId>,
    Form(form): Form<VoteForm>,
) -> Result<HttpResponse> {
    let (id, wants) = (*id, form.want == "yes");
    context.write(move |conn, member| agendas::set_vote(conn, member, id, wants)).await?;
    Ok(see_other(safe_return_path(&form.back)))
}
