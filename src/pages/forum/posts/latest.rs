//! Hiding several of a member's latest posts at once.

use crate::db::{Conn, Moment, PostId};
use crate::domain::core::gate::Reader;
use crate::domain::core::members::{self, Member};
use crate::domain::core::names::Handle;
use crate::domain::core::policy;
use crate::domain::core::words::Reason;
use crate::domain::forum::posts;
use crate::domain::forum::threads::Thread;
use crate::domain::library::bookmarks;
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct LatestForm {
    /// The ids of the selected posts.
    post: Vec<String>,
    reason: String,
}

impl LatestForm {
    fn has(&self, id: &PostId) -> bool {
        self.post.iter().any(|known| known.parse() == Ok(*id))
    }
}

#[derive(Template)]
#[template(path = "forum/posts/latest.html")]
struct LatestPage {
    frame: Frame,
    writer: Member,
    posts: Vec<(PostId, Moment, Thread)>,
    form: LatestForm,
    problems: Problems,
    reader: Reader,
}

/// A list of the member's latest posts, with checkboxes.
pub async fn latest(visit: Visit, handle: web::Path<String>) -> Result<HttpResponse> {
    Ok(html(&latest_page(&visit, &handle, LatestForm::default(), Problems::default()).await?))
}

async fn latest_page(visit: &Visit, handle: &str, form: LatestForm, problems: Problems) -> Result<LatestPage> {
    let (here, handle) = (visit.here.clone(), handle.to_owned());
    let (frame, (writer, posts, reader)) = visit
        .read(move |conn, seen| {
            let writer = writer(conn, &handle)?;
            policy::require_moderation(seen.member()?, Some(writer.role))?;
            let posts = posts::of_member(conn, writer.id, None, posts::MOST_AT_ONCE)?;
            let books: Vec<_> = posts.iter().flat_map(|(_, _, thread)| thread.books()).collect();
            let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &books, &here.unfolds)?;
            Ok((writer, posts, reader))
        })
        .await?;
    Ok(LatestPage { frame, writer, posts, form, problems, reader })
}

fn writer(conn: &mut Conn, handle: &str) -> Result<Member> {
    let handle = Handle::parse(handle).map_err(|_| Error::NotFound)?;
    members::by_handle(conn, handle.as_str())
}

/// Hides the selected posts.
pub async fn set_latest(visit: Visit, handle: web::Path<String>, Form(form): Form<LatestForm>) -> Result<HttpResponse> {
    let mut problems = Problems::default();
    let ids: Result<Vec<PostId>, _> = form.post.iter().map(|id| id.parse()).collect();
    let ids = problems.take("post", ids.map_err(|_| "Please choose posts from the list."));
    let reason = problems.take("reason", Reason::parse(&form.reason));
    let (Some(ids), Some(reason)) = (ids, reason) else {
        return Ok(unprocessable(&latest_page(&visit, &handle, form, problems).await?));
    };
    let name = handle.clone();
    let done = visit
        .write(move |conn, member| {
            let writer = writer(conn, &name)?;
            posts::hide_all(conn, member, writer.id, &ids, &reason)?;
            Ok(writer.handle)
        })
        .await;
    match done {
        Ok(handle) => Ok(see_other_saying(&format!("/members/{handle}"), "Posts hidden.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&latest_page(&visit, &handle, form, problems).await?)),
        Err(error) => Err(error),
    }
}
