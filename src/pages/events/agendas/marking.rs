//! Adding posts to an agenda, and voting for its items.

use crate::db::{MeetingId, PostId, QuestionId};
use crate::domain::core::gate::Reader;
use crate::domain::events::{agendas, meeting_threads, meetings};
use crate::domain::forum::posts;
use crate::domain::forum::threads::Thread;
use crate::error::{Error, Result};
use crate::pages::forum::posts::post_path;
use crate::pages::forum::threads::reader_of;
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::location::local;
use crate::web::request::Visit;
use crate::web::{html, see_other, see_other_saying};
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
pub async fn new(visit: Visit, post: web::Path<PostId>) -> Result<HttpResponse> {
    let (id, here) = (*post, visit.here.clone());
    let (frame, (thread, post, reader, coming)) = visit
        .read(move |conn, seen| {
            let (thread, post) = posts::get(conn, seen.viewer.as_ref(), id)?;
            let reader = reader_of(conn, seen, &here, &thread, std::iter::empty())?;
            let coming = meeting_threads::coming(conn, thread.book_id())?;
            Ok((thread, post, reader, coming))
        })
        .await?;
    let back = post_path(&thread, post.id, post.number);
    let frame = frame.at(Nav::Discussions);
    Ok(html(&NewPage { frame, thread, post: id, number: post.number, back, reader, coming }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct MarkForm {
    meeting: String,
}

/// Adds a post to the agenda of a meeting, or votes for it if it's already there.
pub async fn mark(visit: Visit, post: web::Path<PostId>, Form(form): Form<MarkForm>) -> Result<HttpResponse> {
    let post = *post;
    let meeting = visit
        .write(move |conn, member| {
            let id: MeetingId = form.meeting.parse().map_err(|_| Error::BadRequest("Please choose a meeting."))?;
            agendas::mark(conn, member, post, id)?;
            meetings::get(conn, None, id)
        })
        .await?;
    let said = format!("Added to the agenda of {}.", meeting.title);
    Ok(see_other_saying(&format!("{}#agenda", meeting.path()), &said))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct WishForm {
    want: String,
    back: String,
}

/// Sets or clears a vote.
pub async fn want(visit: Visit, id: web::Path<QuestionId>, Form(form): Form<WishForm>) -> Result<HttpResponse> {
    let (id, wants) = (*id, form.want == "yes");
    visit.write(move |conn, member| agendas::want(conn, member, id, wants)).await?;
    Ok(see_other(local(&form.back)))
}
