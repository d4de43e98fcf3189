//! Adding posts to an agenda, and voting for its items.

use crate::db::{AgendaItemId, MeetingId, PostId};
use crate::domain::core::gate::Reader;
use crate::domain::events::{agendas, meeting_threads, meetings};
use crate::domain::forum::posts;
use crate::domain::forum::threads::Thread;
use crate::error::{Error, Result};
use crate::pages::forum::posts::post_path;
use crate::pages::forum::threads::reader_of;
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::location::safe_return_path;
use crate::web::request::RequestContext;
use crate::web::{html, see_other, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

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
            let reader = reader_of(conn, viewer, &location, &thread, std::iter::empty())?;
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
