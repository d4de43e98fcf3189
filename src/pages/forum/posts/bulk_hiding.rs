//! Hiding several of a member's latest posts at once.

use crate::db::{Conn, Moment, PostId};
use crate::domain::core::gate::Reader;
use crate::domain::core::members::{self, Member};
use crate::domain::core::names::Handle;
use crate::domain::core::policy;
use crate::domain::core::text_fields::Reason;
use crate::domain::forum::posts;
use crate::domain::forum::threads::Thread;
use crate::domain::library::bookmarks;
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct BulkHideForm {
    post: SelectedPosts,
    reason: String,
}

#[derive(Template)]
#[template(path = "forum/posts/bulk_hide.html")]
struct BulkHidePage {
    frame: Frame,
    author: Member,
    posts: Vec<(PostId, Moment, Thread)>,
    form: BulkHideForm,
    problems: Problems,
    reader: Reader,
}

/// A list of the member's latest posts, with checkboxes.
pub async fn new(context: RequestContext, handle: web::Path<String>) -> Result<HttpResponse> {
    Ok(html(&bulk_hide_page(&context, &handle, BulkHideForm::default(), Problems::default()).await?))
}

async fn bulk_hide_page(
    context: &RequestContext,
    handle: &str,
    form: BulkHideForm,
    problems: Problems,
) -> Result<BulkHidePage> {
    let (location, handle) = (context.location.clone(), handle.to_owned());
    let (frame, (author, posts, reader)) = context
        .read(move |conn, viewer| {
            let author = author(conn, &handle)?;
            policy::require_moderation(viewer.require_member()?, Some(author.role))?;
            let posts = posts::of_member(conn, author.id, None, posts::MAX_HIDDEN_AT_ONCE)?.items;
            let books: Vec<_> = posts.iter().flat_map(|(_, _, thread)| thread.books()).collect();
            let reader = bookmarks::reader(conn, viewer.member.as_ref(), &books, &location.unfolds)?;
            Ok((author, posts, reader))
        })
        .await?;
    Ok(BulkHidePage { frame, author, posts, form, problems, reader })
}

fn author(conn: &mut Conn, handle: &str) -> Result<Member> {
    let handle = Handle::parse(handle).map_err(|_| Error::NotFound)?;
    members::get_by_handle(conn, handle.as_str())
}

/// Hides the selected posts.
pub async fn create(
    context: RequestContext,
    handle: web::Path<String>,
    Form(form): Form<BulkHideForm>,
) -> Result<HttpResponse> {
    let mut problems = Problems::default();
    let ids = problems.check("post", form.post.parse());
    let reason = problems.check("reason", Reason::parse(&form.reason));
    let parsed = ids.zip(reason).ok_or(Error::Refused(problems));
    let name = handle.clone();
    let done = context
        .write(move |conn, member| {
            let (author, (ids, reason)) = (author(conn, &name)?, parsed?);
            posts::hide_all(conn, member, author.id, &ids, &reason)?;
            Ok(author.handle)
        })
        .await;
    match done {
        Ok(handle) => Ok(see_other_with_flash(&format!("/members/{handle}"), "Posts hidden.")),
        Err(error) => form_again(error, |problems| bulk_hide_page(&context, &handle, form, problems)).await,
    }
}

/// The ids of the selected posts, as the form sends them.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct SelectedPosts(Vec<String>);

impl SelectedPosts {
    pub fn has(&self, id: &PostId) -> bool {
        self.0.iter().any(|known| known.parse() == Ok(*id))
    }

    pub fn parse(&self) -> Result<Vec<PostId>, &'static str> {
        let ids: Result<Vec<PostId>, _> = self.0.iter().map(|id| id.parse()).collect();
        ids.map_err(|_| "Please choose posts from the list.")
    }
}
